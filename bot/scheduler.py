"""The scheduler: APScheduler as the clock, a timetable of duties, each in its own transaction.

Due times live in the database, so a duty asks "what is due now?" and nothing late is ever dropped.
"""

import asyncio
import datetime as dt
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.leases import Lease
from bot.metrics import DUTY_FAILURES, DUTY_SECONDS, TICK_AGE
from models.engine import Store

LONGEST_SECONDS = 30  # for one duty; its transaction is rolled back, and it comes again
STALLED_SECONDS = 60

log = structlog.get_logger()


@dataclass(frozen=True)
class Duty:
    """Something to look after every so often. `does` returns how many things it did."""

    name: str
    every_seconds: float
    does: Callable[[AsyncSession, dt.datetime], Awaitable[int]]


@dataclass(frozen=True)
class Chore:
    """Something to look after that is no transaction: it opens what it needs itself."""

    name: str
    every_seconds: float
    does: Callable[[], Awaitable[None]]


class Scheduler:
    def __init__(
        self,
        store: Store,
        clock: Clock,
        lease: Lease,
        timetable: list[Duty],
        chores: list[Chore],
        *,
        posted: Callable[[], None],
    ) -> None:
        self.chores = chores
        self.store = store
        self.clock = clock
        self.lease = lease
        self.timetable = timetable
        self.posted = posted
        self.ticked_at = time.monotonic()
        self.clockwork: AsyncIOScheduler | None = None

    def start(self) -> None:
        self.clockwork = AsyncIOScheduler(
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        )
        self.clockwork.add_job(self._tick, "interval", seconds=5, id="tick")
        for duty in self.timetable:
            self.clockwork.add_job(self.perform, "interval", [duty], seconds=duty.every_seconds, id=duty.name)
        for chore in self.chores:
            self.clockwork.add_job(self._do, "interval", [chore], seconds=chore.every_seconds, id=chore.name)
        self.clockwork.start()
        self.ticked_at = time.monotonic()

    def stop(self) -> None:
        if self.clockwork is not None:
            self.clockwork.shutdown(wait=False)
            self.clockwork = None

    def is_stalled(self) -> bool:
        return self.clockwork is not None and time.monotonic() - self.ticked_at > STALLED_SECONDS

    async def watch(self) -> None:
        """The watchdog: a clock that stands still is wound up anew."""
        while True:
            await asyncio.sleep(STALLED_SECONDS / 4)
            if self.is_stalled():
                log.error("scheduler.stalled")
                self.stop()
                self.start()

    async def _tick(self) -> None:
        self.ticked_at = time.monotonic()
        TICK_AGE.set(self.clock.now().timestamp())

    async def perform(self, duty: Duty) -> None:
        """Runs one duty. A failure is counted and logged; the next time comes."""
        if not self.lease.is_held():
            return
        started = time.perf_counter()
        try:
            async with asyncio.timeout(LONGEST_SECONDS), self.store.begin() as session:
                done = await duty.does(session, self.clock.now())
                await self.lease.assert_held(session)  # last, since it holds up our own renewal until the commit
        except Exception as error:
            DUTY_FAILURES.labels(duty.name).inc()
            log.error("duty.failed", duty=duty.name, error=type(error).__name__)
            return
        DUTY_SECONDS.labels(duty.name).observe(time.perf_counter() - started)
        if done:
            log.info("duty.done", duty=duty.name, count=done)
            self.posted()

    async def _do(self, chore: Chore) -> None:
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                await chore.does()
        except Exception as error:
            DUTY_FAILURES.labels(chore.name).inc()
            log.error("chore.failed", chore=chore.name, error=type(error).__name__)

    async def perform_all(self) -> None:
        """Everything at once: after a start, and for tests that wind the clock."""
        for duty in self.timetable:
            await self.perform(duty)
