"""A fresh simulator for each test, and a bot that speaks plain HTTP to it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from simulator import Person, Simulator
from simulator.testing import TOKEN

DESCRIPTION = Path(__file__).parents[3] / "shared" / "data" / "botapi-10.0.json"


class Refused(Exception):
    def __init__(self, status: int, answer: dict[str, Any]) -> None:
        super().__init__(answer["description"])
        self.status = status
        self.words: str = answer["description"]
        self.parameters = answer.get("parameters", {})


class Api:
    """api.send_message(...) is not spelled out: api("sendMessage", chat_id=..., text=...)."""

    def __init__(self, url: str, token: str, session: aiohttp.ClientSession) -> None:
        self.url = f"{url}/bot{token}"
        self.session = session

    async def __call__(self, method: str, **params: Any) -> Any:
        async with self.session.post(f"{self.url}/{method}", json=params) as answer:
            body = await answer.json()
        if not body["ok"]:
            raise Refused(answer.status, body)
        return body["result"]

    async def refusal(self, method: str, **params: Any) -> Refused:
        with pytest.raises(Refused) as caught:
            await self(method, **params)
        return caught.value

    async def upload(self, method: str, files: dict[str, bytes], **fields: Any) -> Any:
        form = aiohttp.FormData()
        for name, value in fields.items():
            form.add_field(name, str(value))
        for name, content in files.items():
            form.add_field(name, content, filename=f"{name}.jpg")
        async with self.session.post(f"{self.url}/{method}", data=form) as answer:
            body = await answer.json()
        if not body["ok"]:
            raise Refused(answer.status, body)
        return body["result"]

    async def updates(self, *kinds: str) -> list[Any]:
        """Everything that waits, confirmed; with kinds only what those updates hold."""
        found: list[Any] = await self("getUpdates")
        if found:
            # Again with the offset that confirms; a limit keeps the answer small.
            await self("getUpdates", offset=found[-1]["update_id"] + 1, limit=1)
        return [u[kind] for u in found for kind in kinds if kind in u] if kinds else found


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    schema = str(DESCRIPTION) if DESCRIPTION.exists() else None
    async with await Simulator.start(webhook_backoff=0.01, schema=schema, web=False) as started:
        yield started


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
async def api(sim: Simulator, session: aiohttp.ClientSession) -> Api:
    return Api(sim.url, TOKEN, session)


@pytest.fixture
async def siti(sim: Simulator, api: Api) -> Person:
    """A resident who has started the bot, with nothing left in the queue."""
    person = await sim.person("Siti", language_code="id", last_name="Aminah")
    await person.opens_link()
    await api.updates()
    # So that the next getUpdates is no hasty repetition of the last.
    await asyncio.sleep(0)
    return person
