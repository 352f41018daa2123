"""The people's API as seen by a test: one HTTP session to one simulator."""

import json
from typing import Any

import aiohttp

from simulator.wire import SEQ_HEADER
from simulator.world import Json


class Refused(Exception):
    """The simulator could not do what a person wanted."""


class Client:
    def __init__(self, url: str) -> None:
        self.url = url
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None))

    async def close(self) -> None:
        await self._session.close()

    async def call(self, method: str, path: str, order: Any = None, query: Json | None = None) -> tuple[Any, int]:
        """The answer, and the number of the last change before the deed. Raises Refused."""
        body = None if order is None else json.dumps(order).encode()
        return await self._request(method, path, data=body, params=query)

    async def upload(self, path: str, fields: Json, files: list[tuple[str, bytes]]) -> tuple[Any, int]:
        form = aiohttp.FormData()
        for name, value in fields.items():
            form.add_field(name, str(value))
        for name, content in files:
            form.add_field("file", content, filename=name)
        return await self._request("POST", path, data=form)

    async def download(self, path: str) -> bytes:
        async with self._session.get(self.url + path) as answer:
            return await answer.read()

    async def _request(self, method: str, path: str, **options: Any) -> tuple[Any, int]:
        async with self._session.request(method, self.url + path, **options) as answer:
            result = await answer.json(content_type=None)
            if answer.status >= 400:
                raise Refused(result.get("error", result) if isinstance(result, dict) else result)
            return result, int(answer.headers.get(SEQ_HEADER, 0))
