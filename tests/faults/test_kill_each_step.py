"""An evening on which the bot is killed after every step: the draft goes on at the same question, and is whole."""

from pathlib import Path

import sqlalchemy as sa

from models import Attachment, Report, ReportState, sealing
from models.engine import Store
from models.sealing import Keyring
from simulator.testing import Simulator
from tests.faults.process import BotProcess, prepare
from tests.town import TOKEN, USERNAME


async def test_killed_after_every_step_a_report_is_whole_in_the_end(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}"
    await prepare(url)
    async with await Simulator.start(token=TOKEN, username=USERNAME) as simulator:
        bot = BotProcess(tmp_path, simulator.url, url)
        siti = await simulator.person("Siti", language_code="id")

        async def killed() -> None:
            await bot.kill()
            await bot.start()
            await bot.ready()

        await bot.start()
        await bot.ready()
        try:
            await siti.sends_album(3, caption="tawuran di depan pasar")
            await siti.sees("Belum ada yang dikirim", within=20)
            await killed()
            for question, answer in (
                ("jenis", "1"),
                ("Di mana", "depan pasar, kecamatan Sumbersari"),
                ("Kapan?", "sekarang"),
                ("dengan nama atau anonim", "anonim"),
                ("Periksa dulu", "kirim"),
            ):
                await siti.sees(question, within=20, anywhere=True)
                await siti.types(answer)
                await killed()
            await siti.sees("Laporan diterima", within=20, anywhere=True)
        finally:
            await bot.end()
    sealing.install(Keyring.at(tmp_path / "keys"))
    store = Store(url)
    async with store.read() as session:
        report = (await session.scalars(sa.select(Report))).one()
        files = (await session.scalars(sa.select(Attachment).where(Attachment.report_id == report.id))).all()
    await store.close()
    assert (report.state, report.category_code, report.area_code) == (ReportState.RECEIVED, "MAS-1", "35.09.21")
    assert (report.content or {})["words"] == "tawuran di depan pasar"
    assert len(files) == 3, "the album is complete"
