"""getUpdates: one long poll at a time, with the server's rules for offsets and conflicts."""

import asyncio
import time

from simulator.errors import Refusal, conflict
from simulator.updates import Pending, UpdateQueue

MAX_TIMEOUT_SECONDS = 50
# The server gathers for a moment so that a burst arrives as one batch.
GATHER_SECONDS = 0.002
CONFLICT_DELAY_SECONDS = 3.0
# An offset further ahead than this cannot be ours; the server then starts from the head.
MAX_OFFSET_AHEAD = 10

OTHER_POLLER = "terminated by other getUpdates request; make sure that only one bot instance is running"
BY_WEBHOOK = "terminated by setWebhook request"
WEBHOOK_IS_ACTIVE = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


class Poller:
    def __init__(self, queue: UpdateQueue) -> None:
        self._queue = queue
        self._waiting: asyncio.Future[str | None] | None = None
        self._previous_offset: int | None = None
        self._previous_start = 0.0
        self._next_conflict_at = 0.0

    async def get(self, offset: int, limit: int, timeout: int) -> list[Pending]:
        """Raises Refusal 409 when another poll takes over."""
        self.interrupt(OTHER_POLLER)
        limit, timeout = self._slow_down(offset, limit, min(max(timeout, 0), MAX_TIMEOUT_SECONDS))
        self._acknowledge(offset)
        if not (updates := self._queue.first(limit)) and timeout:
            await self._wait(timeout)
            updates = self._queue.first(limit)
        return updates

    def interrupt(self, reason: str) -> None:
        if self._waiting and not self._waiting.done():
            self._waiting.set_result(reason)

    async def conflict(self, reason: str) -> Refusal:
        """The first conflict is told at once, later ones after 3 s."""
        now = time.monotonic()
        if now >= self._next_conflict_at:
            self._next_conflict_at = now + CONFLICT_DELAY_SECONDS
        else:
            await asyncio.sleep(CONFLICT_DELAY_SECONDS)
        return conflict(reason)

    def _slow_down(self, offset: int, limit: int, timeout: int) -> tuple[int, int]:
        """A bot that asks again without confirming anything is failing; the server gives it less, slower."""
        now = time.monotonic()
        if offset == self._previous_offset:
            if now < self._previous_start + 3.0:
                timeout = max(timeout, 3)
            if now < self._previous_start + 0.5:
                limit = 1
        self._previous_offset, self._previous_start = offset, now
        return limit, timeout

    def _acknowledge(self, offset: int) -> None:
        self._queue.expire()
        if offset < 0:
            ids = list(self._queue.pending)
            self._queue.confirm_before(ids[offset] if -offset <= len(ids) else 0)
        elif offset <= self._queue.last_id + MAX_OFFSET_AHEAD:
            self._queue.confirm_before(offset)

    async def _wait(self, timeout: int) -> None:
        future: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self._waiting = future

        def arrived(_: Pending) -> None:
            if not future.done():
                future.set_result(None)

        self._queue.on_arrival.append(arrived)
        try:
            async with asyncio.timeout(timeout):
                reason = await future
            if reason:
                raise await self.conflict(reason)
            await asyncio.sleep(GATHER_SECONDS)
        except TimeoutError:
            pass
        finally:
            self._queue.on_arrival.remove(arrived)
            if self._waiting is future:
                self._waiting = None
