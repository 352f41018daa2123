"""Traffic: many residents who write their reports without waiting for answers, and what must be true afterwards."""

import asyncio
import random
from collections import defaultdict

import sqlalchemy as sa

from models import OutboxMessage, Report, ReportState, SeenUpdate
from models.engine import Store
from simulator.person import Person
from simulator.testing import Simulator

PLACES = ("Sumbersari", "Kaliwates", "Patrang", "Ambulu", "Puger")
DIALOGUE = 7  # messages in one report


def messages(resident: int, report: int) -> list[str]:
    """What resident number `resident` types for their report number `report`: told apart by its words."""
    return [
        "/lapor",
        f"ada orang mencurigakan mondar-mandir dekat sekolah tanda {resident}-{report} sejak tadi",
        "1",
        f"Depan balai nomor {report}, Kecamatan {PLACES[resident % len(PLACES)]}",
        "sekarang",
        "anonim",
        "kirim",
    ]


async def write_reports(simulator: Simulator, residents: list[Person], reports: int, *, seconds: float) -> None:
    """Every resident writes that many reports, all of them spread over so many seconds."""

    async def one(number: int, person: Person) -> None:
        script = [text for report in range(reports) for text in messages(number, report)]
        for text in script:
            await asyncio.sleep(random.expovariate(1) * seconds / len(script))
            await person.types(text)

    await asyncio.gather(*(one(number, person) for number, person in enumerate(residents)))


async def settle(simulator: Simulator, store: Store, *, updates: int, within: float = 60) -> None:
    """Waits until everything that was written is handled, and everything that was answered has left."""
    async with asyncio.timeout(within):
        while True:
            async with store.read() as session:
                seen = await session.scalar(
                    sa.select(sa.func.count()).select_from(SeenUpdate).where(SeenUpdate.update_id != 0)
                )
                waiting = await session.scalar(
                    sa.select(sa.func.count())
                    .select_from(OutboxMessage)
                    .where(OutboxMessage.state.in_(["pending", "sending"]))
                )
            if seen is not None and seen >= updates and not waiting and not (await simulator.updates())["pending"]:
                return
            await asyncio.sleep(0.1)


async def filed_reports(store: Store) -> list[Report]:
    async with store.read() as session:
        return list(await session.scalars(sa.select(Report).where(Report.state == ReportState.RECEIVED)))


async def assert_nothing_lost_or_doubled(store: Store, residents: int, reports: int) -> list[Report]:
    """Each report that was written is there once, with exactly the words, place and order that were typed."""
    filed = await filed_reports(store)
    found: dict[str, int] = defaultdict(int)
    for report in filed:
        assert report.content is not None
        found[f"{report.content['words']} @ {report.content['place']}"] += 1
    expected = {
        f"{messages(resident, report)[1]} @ {messages(resident, report)[3]}"
        for resident in range(residents)
        for report in range(reports)
    }
    lost, doubled = expected - set(found), {text for text, count in found.items() if count > 1}
    assert not lost, f"{len(lost)} of {len(expected)} reports are lost or out of order: {sorted(lost)[:3]}"
    assert not doubled, f"{len(doubled)} reports were filed twice"
    assert set(found) == expected, f"not written by anyone: {sorted(set(found) - expected)[:3]}"
    return filed


async def assert_answers_in_order(store: Store) -> None:
    """One answer for each update, and in each chat in the order in which its updates came."""
    async with store.read() as session:
        rows = (
            await session.execute(
                sa.select(OutboxMessage.chat_index, OutboxMessage.key).order_by(
                    OutboxMessage.chat_index, OutboxMessage.id
                )
            )
        ).all()
    last: dict[bytes, tuple[int, int]] = {}
    for chat, key in rows:
        if not key.startswith("u"):
            continue
        update, _, ordinal = key[1:].partition(".")
        place = (int(update), int(ordinal))
        assert place > last.get(chat, (-1, -1)), f"{key} was answered after {last[chat]}"
        last[chat] = place


async def assert_receipts_are_true(simulator: Simulator, filed: list[Report]) -> int:
    """Every report number that a resident saw is in the database. Returns how many messages showed one."""
    numbers = {report.number for report in filed}
    shown = 0
    for entry in await simulator.ledger(method="sendMessage"):
        text = str(entry["params"].get("text", ""))
        if entry["delivered"] and "JBR-" in text and "copy_text" in str(entry["params"].get("reply_markup", "")):
            seen = text[text.index("JBR-") :][:12]
            shown += 1
            assert any(number and seen.startswith(number[:12]) for number in numbers), (
                f"a receipt without a report: {seen}"
            )
    return shown


async def copies(simulator: Simulator, store: Store) -> int:
    """How many messages arrived more often than they were posted."""
    delivered = sum(entry["delivered"] for entry in await simulator.ledger(method="sendMessage"))
    async with store.read() as session:
        posted = await session.scalar(sa.select(sa.func.count()).select_from(OutboxMessage))
    return delivered - int(posted or 0)
