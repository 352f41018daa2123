"""The scheduler: due times live in the database, so nothing late is dropped and nothing is done twice."""

import asyncio
import datetime as dt
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from bot import scheduler as clockwork
from bot.clock import Clock
from bot.scheduler import Chore, Duty, Scheduler
from models import Dialogue, Report, SeenUpdate
from models.engine import Store
from tests.bot.conftest import HeldLease
from tests.faults.bad_updates import message
from tests.town import Town, open_town

NUDGE = "belum dikirim"


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path, limits=False) as opened:
        yield opened


@pytest.fixture
async def town_on_each(tmp_path: Path, empty_database_url: str) -> AsyncIterator[Town]:
    async with open_town(tmp_path, empty_database_url, limits=False) as opened:
        yield opened


async def begin_report(town: Town) -> None:
    await town.siti.types("/lapor")
    await town.siti.sees("Apa yang terjadi?")
    await town.siti.types("Motor dicuri orang di depan rumah")
    await town.siti.sees("jenisnya")


async def look_around(town: Town) -> None:
    """Every duty once, as soon as the lease is ours again."""
    async with asyncio.timeout(15):
        while not town.app.leads:
            await asyncio.sleep(0.02)
    await town.app.scheduler.perform_all()


async def nudges(town: Town) -> int:
    """How many arrived, after a moment in which more could have."""
    await asyncio.sleep(0.7)
    return sum(NUDGE in said.get("text", "") for said in await town.siti.messages())


async def count(town: Town, table: type) -> int:
    async with town.store.read() as session:
        return await session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


async def test_a_draft_is_nudged_once_after_half_an_hour(town: Town) -> None:
    await begin_report(town)
    await town.clock.forward(minutes=29)
    assert await nudges(town) == 0
    await town.clock.forward(minutes=2)
    await town.siti.sees(NUDGE)
    for _ in range(3):
        await town.clock.forward(minutes=40)
    await town.restart()
    await look_around(town)
    assert await nudges(town) == 1


async def test_what_became_due_while_nobody_ran_is_done_late_and_once(town_on_each: Town) -> None:
    town = town_on_each
    await begin_report(town)
    await town.stop()
    town.clock.clock.forward(hours=3)
    await town.simulator.forward(3 * 3600)
    await town.start()
    await look_around(town)
    await town.siti.sees(NUDGE)
    await town.restart()
    await look_around(town)
    assert await nudges(town) == 1


async def test_the_draft_still_goes_on_after_its_nudge(town: Town) -> None:
    await begin_report(town)
    await town.clock.forward(minutes=31)
    await town.siti.sees(NUDGE)
    await town.siti.types("1")
    await town.siti.sees("Di mana")


async def test_a_draft_is_gone_after_a_day_and_nobody_is_told_to_send_it(town: Town) -> None:
    await begin_report(town)
    await town.clock.forward(days=1, minutes=1)
    assert await nudges(town) == 0, "a nudge for a draft that is gone"
    assert await count(town, Report) == 0
    assert await count(town, Dialogue) == 0
    await town.siti.types("/lapor")
    await town.siti.sees("Apa yang terjadi?")


async def test_seen_ids_are_kept_for_two_days_and_then_pruned(town_on_each: Town) -> None:
    town = town_on_each
    raw = {"update_id": 4711, **message(town.siti.id)}
    await town.siti.types("/bantuan")
    await town.siti.sees("Cara melapor")
    await town.app.intake.take([dict(raw)])
    await town.siti.sees("Cara melapor")
    async with asyncio.timeout(5):
        while len([said for said in await town.siti.messages() if not said["outgoing"]]) < 2:
            await asyncio.sleep(0.02)
    await town.clock.forward(hours=47)
    await town.app.intake.take([dict(raw)])
    await asyncio.sleep(0.5)
    assert len([said for said in await town.siti.messages() if not said["outgoing"]]) == 2, "handled twice"
    await town.clock.forward(hours=2)
    assert await count(town, SeenUpdate) == 0


# ---- duties that misbehave, on a store without a bot


class Bell:
    """A duty that counts how often it was asked."""

    def __init__(self, name: str, every: float = 0.1) -> None:
        self.rung = 0
        self.duty = Duty(name, every, self.ring)

    async def ring(self, session: AsyncSession, now: dt.datetime) -> int:
        self.rung += 1
        return 1


def a_scheduler(store: Store, *duties: Duty, chores: tuple[Chore, ...] = ()) -> Scheduler:
    return Scheduler(store, Clock(), HeldLease(), list(duties), list(chores), posted=lambda: None)


async def until(claim: object, within: float = 5) -> None:
    async with asyncio.timeout(within):
        while not claim():  # type: ignore[operator]
            await asyncio.sleep(0.01)


async def test_a_duty_that_raises_does_not_stop_the_others_and_comes_again(store: Store) -> None:
    bell, raised = Bell("bell"), Bell("broken")

    async def fail(session: AsyncSession, now: dt.datetime) -> int:
        await raised.ring(session, now)
        raise ValueError("no")

    async def chore_fails() -> None:
        raise ValueError("no")

    scheduler = a_scheduler(
        store, Duty("broken", 0.1, fail), bell.duty, chores=(Chore("broken too", 0.1, chore_fails),)
    )
    scheduler.start()
    await until(lambda: bell.rung > 3 and raised.rung > 3)
    scheduler.stop()


async def test_a_duty_that_hangs_is_ended_and_its_work_taken_back(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clockwork, "LONGEST_SECONDS", 0.3)
    bell, hangs = Bell("bell"), Bell("hangs", 0.2)

    async def hang(session: AsyncSession, now: dt.datetime) -> int:
        await hangs.ring(session, now)
        await session.execute(sa.insert(SeenUpdate).values(update_id=1, seen_at=now))
        await asyncio.sleep(60)
        return 1

    scheduler = a_scheduler(store, Duty("hangs", 0.2, hang), bell.duty)
    scheduler.start()
    await until(lambda: bell.rung > 3 and hangs.rung > 1, within=10)
    scheduler.stop()
    await asyncio.sleep(0.5)
    async with store.begin() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(SeenUpdate)) == 0


async def test_without_the_lease_nothing_is_done(store: Store) -> None:
    bell = Bell("bell")
    scheduler = a_scheduler(store, bell.duty)
    scheduler.lease.held = False  # type: ignore[attr-defined]
    await scheduler.perform_all()
    assert bell.rung == 0


async def test_a_clock_that_stands_still_is_wound_up_anew(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    bell = Bell("bell")
    scheduler = a_scheduler(store, bell.duty)
    scheduler.start()
    await until(lambda: bell.rung > 0)
    monkeypatch.setattr(clockwork, "STALLED_SECONDS", 0.8)
    first = scheduler.clockwork
    assert first is not None
    first.pause()
    await asyncio.sleep(0.3)
    scheduler.ticked_at, rung = time.monotonic() - 1, bell.rung
    assert scheduler.is_stalled()
    watching = asyncio.create_task(scheduler.watch())
    await until(lambda: bell.rung > rung)
    assert scheduler.clockwork is not first
    watching.cancel()
    scheduler.stop()


async def test_a_loop_that_was_blocked_drops_no_duty(store: Store) -> None:
    bell = Bell("bell", every=0.2)
    scheduler = a_scheduler(store, bell.duty)
    scheduler.start()
    await until(lambda: bell.rung > 0)
    rung = bell.rung
    time.sleep(1.5)
    await until(lambda: bell.rung > rung, within=0.5)
    scheduler.stop()
