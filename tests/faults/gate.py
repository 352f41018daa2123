"""A gate between the bot and PostgreSQL: open it lets everything through, closed it cuts every connection."""

import asyncio
import contextlib
from pathlib import Path
from typing import Self

from sqlalchemy.engine import make_url


class Gate:
    """A TCP port that leads to the server's Unix socket."""

    def __init__(self, database_url: str) -> None:
        url = make_url(database_url)
        self.socket = Path(str(url.query["host"])) / f".s.PGSQL.{url.port or 5432}"
        self.inner = url
        self.is_open = True
        self.writers: set[asyncio.StreamWriter] = set()
        self.server: asyncio.Server | None = None

    @property
    def database_url(self) -> str:
        assert self.server is not None
        port = self.server.sockets[0].getsockname()[1]
        outer = self.inner.set(host="127.0.0.1", port=port).update_query_dict({})
        return outer.difference_update_query(["host"]).render_as_string(hide_password=False)

    async def __aenter__(self) -> Self:
        self.server = await asyncio.start_server(self._pass_through, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self.server is not None
        self.server.close()
        self.close()

    def close(self) -> None:
        self.is_open = False
        for writer in self.writers:
            writer.transport.abort()
        self.writers.clear()

    def open(self) -> None:
        self.is_open = True

    async def _pass_through(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self.is_open:
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_unix_connection(str(self.socket))
        self.writers |= {writer, far_writer}
        await asyncio.gather(_copy(reader, far_writer), _copy(far_reader, writer))
        self.writers -= {writer, far_writer}


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await source.read(65_536):
            target.write(chunk)
            await target.drain()
    with contextlib.suppress(OSError):
        target.close()
