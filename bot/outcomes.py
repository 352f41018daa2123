"""Outcomes: what became of the calls, written together, in one transaction for all that ended meanwhile."""

import asyncio
import datetime as dt
import time
from collections.abc import Callable

import structlog

from bot import waiting
from bot.clock import Clock
from bot.verdicts import Verdict
from bot.waiting import Call
from models import Pacing
from models.engine import Store, is_away

LINGER_SECONDS = 0.03  # an outcome waits this long for company, so that they share a commit
AT_ONCE = 500
MOST_UNWRITTEN = 256  # beyond that nothing new is sent: what is not written down would be sent again after a crash
TRY_AGAIN_SECONDS = 0.5

log = structlog.get_logger()


class Outcomes:
    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        written: Callable[[Call, Verdict], None],
        pacing: Callable[[dt.datetime], Pacing],
    ) -> None:
        self.store = store
        self.clock = clock
        self.written = written
        self.pacing = pacing
        self.unwritten: list[tuple[Call, Verdict]] = []
        self.arrived = asyncio.Event()
        self.writing = asyncio.Lock()
        self.is_failing = False

    def add(self, call: Call, verdict: Verdict) -> None:
        self.unwritten.append((call, verdict))
        self.arrived.set()

    @property
    def is_behind(self) -> bool:
        """Whether it would be wrong to send more, since what was sent cannot be written down."""
        return self.is_failing or len(self.unwritten) > MOST_UNWRITTEN

    async def run(self) -> None:
        """Writes for ever; also what a former run of ours could not write any more."""
        while True:
            if not self.unwritten:
                self.arrived.clear()
                await self.arrived.wait()
                await asyncio.sleep(LINGER_SECONDS)
            await self._write()
            if self.is_failing:
                await asyncio.sleep(TRY_AGAIN_SECONDS)

    async def finish(self, within_seconds: float) -> None:
        """Writes what is left, before the end."""
        deadline = time.monotonic() + within_seconds
        while self.unwritten and time.monotonic() < deadline:
            await self._write()
            if self.is_failing:
                await asyncio.sleep(TRY_AGAIN_SECONDS)

    async def _write(self) -> None:
        async with self.writing:
            batch = self.unwritten[:AT_ONCE]
            if not batch:
                return  # somebody else wrote it while we waited
            now = self.clock.now()
            try:
                async with self.store.begin() as session:
                    await waiting.mark(session, batch, now)
                    if any(verdict.retry_after is not None for _, verdict in batch):
                        await session.merge(self.pacing(now))
            except Exception as error:
                if not is_away(error):
                    raise
                self.is_failing = True
                log.warning("outcomes.store_away", error=type(error).__name__)
                return
            self.is_failing = False
            del self.unwritten[: len(batch)]
        for call, verdict in batch:
            self.written(call, verdict)
