"""Polling: getUpdates, and nothing confirmed before it is safe. The offset is never stored: Telegram remembers it."""

import asyncio
import time
from typing import Any

import structlog

from bot import updates
from bot.clock import Clock
from bot.intake import BATCH, Intake, StoreAway
from bot.metrics import LAST_POLL
from bot.transport import NotSent, PerhapsSent, Refused, Transport, Unreadable, backoff

POLL_SECONDS = 25
CONFLICT_SECONDS = 4  # another poller: Telegram delays ours by 3 s anyhow

log = structlog.get_logger()


class Polling:
    def __init__(self, transport: Transport, intake: Intake, clock: Clock) -> None:
        self.transport = transport
        self.intake = intake
        self.clock = clock
        self.answered_at = time.monotonic()
        self.refused: str | None = None
        self.told: int | None = None  # the offset that Telegram was last told
        self.one_by_one = 0  # so many polls more ask for a single update
        self.unreadable: bytes | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Polls until told to stop. What was taken on is finished; what was not is left to Telegram."""
        offset: int | None = None
        failures = 0
        while not stop.is_set():
            try:
                raws = await _until(stop, self._ask(offset))
            except (NotSent, PerhapsSent, Refused) as error:
                failures += 1
                log.warning("poll.failed", error=_name(error))
                await _until(stop, self._rest(error, failures))
                continue
            failures = 0
            if raws is None or not await self._take(raws, stop):
                continue
            numbers = [number for raw in raws if (number := updates.update_id(raw)) is not None]
            if numbers:
                offset = max(numbers) + 1  # confirmed by the next call
            elif raws:
                await _until(stop, backoff(0))  # none of these can be confirmed: only Telegram can end that
        if offset is not None and offset != self.told:
            await self._confirm(offset)

    async def _ask(self, offset: int | None) -> list[Any]:
        limit = 1 if self.one_by_one else BATCH
        self.one_by_one = max(0, self.one_by_one - 1)
        params: dict[str, Any] = {"timeout": POLL_SECONDS, "limit": limit, "allowed_updates": updates.ALLOWED_UPDATES}
        if offset is not None:
            params["offset"] = self.told = offset
        try:
            raws = await self.transport.call("getUpdates", params, timeout=POLL_SECONDS + 10)
        except Unreadable as error:
            # One of them spoils the others, so they come one by one; the same bytes twice are no slip of the line.
            if limit > 1 or error.body != self.unreadable:
                self.unreadable, self.one_by_one = error.body, BATCH
                raise
            raws, self.one_by_one = [updates.unreadable(error.body)], 0
        self.answered_at = time.monotonic()
        self.refused = None
        LAST_POLL.set(self.clock.now().timestamp())
        return raws if isinstance(raws, list) else []

    async def _take(self, raws: list[Any], stop: asyncio.Event) -> bool:
        """Tries until the database takes them: Telegram keeps them meanwhile, and so do we."""
        attempt = 0
        while True:
            try:
                await self.intake.take(raws)
                return True
            except StoreAway:
                if stop.is_set():
                    return False
                await _until(stop, backoff(attempt, longest=5))
                attempt += 1

    async def _rest(self, error: Exception, failures: int) -> None:
        if isinstance(error, Refused):
            self.refused = _name(error)
            if error.code == 409:
                await asyncio.sleep(CONFLICT_SECONDS)
                return
            if error.retry_after:
                await asyncio.sleep(error.retry_after + 0.5)
                return
        await backoff(failures - 1)

    async def _confirm(self, offset: int) -> None:
        """A clean goodbye. Were it lost, the next process would see these again and skip them."""
        try:
            await self.transport.call("getUpdates", {"offset": offset, "timeout": 0, "limit": 1}, timeout=3)
        except (NotSent, PerhapsSent, Refused):
            log.info("poll.goodbye_unheard")


def _name(error: Exception) -> str:
    return f"{type(error).__name__}: {error.code}" if isinstance(error, Refused) else f"{type(error).__name__}: {error}"


async def _until(stop: asyncio.Event, work: Any) -> Any:
    """The result of `work`, or None if told to stop first."""
    task = asyncio.ensure_future(work)
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        return None
    finally:
        stopping.cancel()
        if not task.done():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
