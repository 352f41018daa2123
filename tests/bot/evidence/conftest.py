"""A bot's errands, between a real database, a real folder, and a Telegram that gives whatever it is told to give."""

import asyncio
import datetime as dt
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.clock import Clock
from bot.errands import Errands
from bot.evidence.cleaning import Cleaning
from bot.evidence.files import EvidenceFiles
from bot.leases import LeaseLost
from bot.transport import Transport
from models import Attachment, FileState, Report, ReportState, new_id
from models.engine import Store

TOKEN = "70001:test-token-of-no-value"
Gives = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Shelf:
    """Telegram's files. `files` by their id; `paths`, `refusals` and `gives` are what a test wants to be strange."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.paths: dict[str, str] = {}
        self.refusals: dict[str, tuple[int, str]] = {}
        self.gives: dict[str, Gives] = {}
        self.asked: list[str] = []
        self.url = ""

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/bot{token}/getFile", self._get_file)
        app.router.add_get("/{path:.*}", self._download)
        return app

    async def _get_file(self, request: web.Request) -> web.Response:
        file_id = (await request.json())["file_id"]
        if file_id in self.refusals:
            code, words = self.refusals[file_id]
            return web.json_response({"ok": False, "error_code": code, "description": words}, status=code)
        path = self.paths.get(file_id, f"documents/{file_id}")
        return web.json_response({"ok": True, "result": {"file_id": file_id, "file_path": path}})

    async def _download(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        file_id = request.path.rpartition("/")[2]
        if file_id in self.gives:
            return await self.gives[file_id](request)
        return web.Response(body=self.files[file_id]) if file_id in self.files else web.Response(status=404)


class Lease:
    is_lost = False

    async def take(self) -> None: ...

    async def keep(self) -> None: ...

    def is_held(self) -> bool:
        return True

    async def assert_held(self, session: Any) -> None:
        if self.is_lost:
            raise LeaseLost()

    async def release(self) -> None: ...


class Desk:
    """One report, whose files are fetched."""

    def __init__(self, store: Store, shelf: Shelf, folder: Path) -> None:
        self.store = store
        self.shelf = shelf
        self.folder = folder / "evidence"
        self.clock = Clock()
        self.lease = Lease()
        self.transport = Transport(TOKEN, shelf.url)
        self.files = EvidenceFiles(folder)
        self.errands = Errands(store, self.transport, self.clock, self.lease, self.files, Cleaning())
        self.report = Report(id=new_id(), number="JBR-7KQ-M3XD", version=2, touched_at=self.clock.now())
        self.report.begin_case()
        self.count = 0

    async def file(self, state: ReportState = ReportState.RECEIVED) -> None:
        self.report.state, self.report.filed_at = state, self.clock.now()
        async with self.store.begin() as session:
            session.add(self.report)

    async def attach(
        self, file_id: str, content: bytes | None = None, *, kind: str = "document", **file: Any
    ) -> uuid.UUID:
        self.count += 1
        made = Attachment(
            id=new_id(),
            report_id=self.report.id,
            position=self.count,
            kind=kind,
            added_at=self.clock.now(),
            state=FileState.WAITING,
            tries=0,
        )
        made.file = {"file_id": file_id, **file}
        if content is not None:
            self.shelf.files[file_id] = content
        async with self.store.begin() as session:
            session.add(made)
        return made.id

    async def look(self, **later: float) -> None:
        """The clock goes on, and what is due then is tried once."""
        self.clock.forward(**later)
        await self.errands.begin_due()
        await asyncio.gather(*self.errands.running.values())

    async def row(self, attachment_id: uuid.UUID) -> Attachment:
        async with self.store.read() as session:
            found = await session.get(Attachment, attachment_id)
            assert found is not None
            return found

    async def case(self) -> Report:
        async with self.store.read() as session:
            return await session.get_one(Report, self.report.id)

    def opened(self, name: str | None) -> bytes:
        assert name is not None
        return self.files.open(name, self.report.case_sealer())

    def on_disk(self) -> list[Path]:
        return [path for path in self.folder.rglob("*") if path.is_file()]

    def since(self, moment: dt.datetime) -> dt.timedelta:
        return self.clock.now() - moment


@pytest.fixture
async def shelf() -> AsyncIterator[Shelf]:
    made = Shelf()
    runner = web.AppRunner(made.app(), access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield made
    await runner.cleanup()


@pytest.fixture
async def desk(store: Store, shelf: Shelf, tmp_path: Path) -> AsyncIterator[Desk]:
    made = Desk(store, shelf, tmp_path)
    yield made
    await made.transport.close()
