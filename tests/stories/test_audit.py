"""Stories: the audit is read by those who may, and its end is told in the morning."""

import datetime as dt
import re

from domain.roles import Role
from handlers import times
from tests.town import Town


async def test_an_auditor_reads_who_did_what_and_nobody_else_may(town: Town) -> None:
    await town.budi.opens_link(await town.invite(Role.AUDITOR))
    await town.budi.sees("Peran Anda sekarang")
    await town.budi.types("/audit")
    page = await town.budi.sees("yang terbaru di atas")
    assert "Konsol server · mengundang" in page["text"]
    await town.budi.types("/audit", in_=town.duty_room)
    await town.budi.sees("membaca catatan audit")  # in private, where it was read before
    await town.siti.types("/audit")
    await town.siti.sees("peran Anda belum mencakup")


async def test_an_auditor_hears_each_morning_how_the_chain_ends(town: Town) -> None:
    await town.budi.opens_link(await town.invite(Role.AUDITOR))
    await town.budi.sees("Peran Anda sekarang")
    local = times.local(town.clock.now())
    next_morning = dt.datetime.combine(local.date() + dt.timedelta(days=1), dt.time(6, 5), local.tzinfo)
    await town.clock.forward(seconds=(next_morning - local).total_seconds())
    told = await town.budi.sees("berakhir dengan")
    assert re.search(r"\d+ catatan, berakhir dengan [0-9a-f]{16}", told["text"])
