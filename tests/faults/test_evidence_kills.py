"""SIGKILL while files are fetched, cleaned and sealed: each is kept whole in the end, and no row names a half one."""

import asyncio
import random
from pathlib import Path

import sqlalchemy as sa

from bot.clock import Clock
from bot.evidence.files import EvidenceFiles
from models import Attachment, FileState, Report, ReportState, new_id, sealing
from models.engine import Store
from models.sealing import Keyring
from simulator.testing import Simulator
from tests import samples
from tests.faults.process import BotProcess, prepare
from tests.town import TOKEN, USERNAME

FILES, KILLS = 30, 2


async def waiting_case(store: Store, file_ids: list[str]) -> Report:
    now = Clock().now()
    report = Report(id=new_id(), number="JBR-7KQ-M3XD", state=ReportState.RECEIVED, version=2, touched_at=now)
    report.begin_case()
    report.filed_at = now
    async with store.begin() as session:
        session.add(report)
        for position, file_id in enumerate(file_ids, 1):
            made = Attachment(id=new_id(), report_id=report.id, position=position, kind="document", added_at=now)
            made.state, made.tries, made.file = FileState.WAITING, 0, {"file_id": file_id}
            session.add(made)
    return report


async def kept(store: Store) -> list[Attachment]:
    async with store.read() as session:
        found = await session.scalars(sa.select(Attachment).where(Attachment.state == FileState.KEPT))
        return list(found)


def assert_whole(files: EvidenceFiles, report: Report, rows: list[Attachment], originals: list[bytes]) -> None:
    for row in rows:
        assert row.stored_as is not None
        assert row.copy_as is not None
        assert files.open(row.stored_as, report.case_sealer()) == originals[row.position - 1]
        assert files.open(row.copy_as, report.case_sealer()).startswith(b"\xff\xd8\xff")


async def test_files_survive_kills_at_any_moment(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}"
    await prepare(url)
    sealing.install(Keyring.at(tmp_path / "keys"))
    store, files = Store(url), EvidenceFiles(tmp_path)
    originals = [samples.jpeg(size=(200 + number, 100)) for number in range(FILES)]
    async with await Simulator.start(token=TOKEN, username=USERNAME, limits=False) as simulator:
        siti = await simulator.person("Siti")
        sent = [await siti.sends_document(content, "foto.jpg") for content in originals]
        report = await waiting_case(store, [message["document"]["file_id"] for message in sent])
        bot = BotProcess(tmp_path, simulator.url, url)
        try:
            for _ in range(KILLS):
                await bot.start()
                await bot.ready()
                await asyncio.sleep(random.uniform(0.1, 0.7))
                await bot.kill()
                assert_whole(files, report, await kept(store), originals)
            assert len(await kept(store)) < FILES, "there was something to interrupt"
            await bot.start()
            async with asyncio.timeout(60):
                while len(await kept(store)) < FILES:
                    await asyncio.sleep(0.1)
            assert await bot.stop() == 0
        finally:
            await bot.end()
    rows = await kept(store)
    await store.close()
    assert_whole(files, report, rows, originals)
    named = {name for row in rows for name in (row.stored_as, row.copy_as)}
    on_disk = set(files.names())
    orphans = on_disk - named
    # Four at a time, an original and a copy each, and one of them half written.
    assert len(orphans) <= KILLS * 8
    assert named <= on_disk
