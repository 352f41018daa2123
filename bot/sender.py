"""The sender: outbox -> Telegram. One message in flight for each chat, the most urgent lane first.

A reply whose answer gets lost is sent again, so it needs no mark before it leaves. A kind that is never sent twice is
claimed first (`sending`), in a commit of its own: what is found claimed after a crash is `ambiguous`.
"""

import asyncio
import datetime as dt
import time
from typing import Any

import structlog

from bot import verdicts, waiting
from bot.clock import Clock
from bot.leases import Lease, LeaseLost
from bot.metrics import AMBIGUOUS, RETRY_AFTER, SEND_RATE, SENDS
from bot.outcomes import Outcomes
from bot.ratelimits import ChatLimits, Pacer
from bot.transport import NotSent, PerhapsSent, Refused, Transport
from bot.uploads import Unreadable, Uploads
from bot.verdicts import Then, Verdict
from bot.waiting import Call
from models import Pacing
from models.engine import Store, is_away

REPLIES_IN_FLIGHT = 128
BULK_IN_FLIGHT_SECONDS = 0.25  # of the rate: about what Telegram's answers take; at least 4
LOOK_AGAIN_SECONDS = 0.5  # for what became due, or was posted by another replica
LOOK_AGAIN_SHARED_SECONDS = 0.1
TIDY_SECONDS = 5.0
KNOCK_SECONDS = 60.0
FREED_SECONDS = 0.005  # a chat that became free is looked at soon, together with the others that did

log = structlog.get_logger()


class Sender:
    def __init__(
        self,
        store: Store,
        transport: Transport,
        clock: Clock,
        lease: Lease,
        *,
        rate: float,
        uploads: Uploads | None = None,
    ) -> None:
        self.store = store
        self.uploads = uploads
        self.transport = transport
        self.clock = clock
        self.lease = lease
        self.pacer = Pacer(rate)
        self.chats = ChatLimits()
        self.busy: set[bytes] = set()  # chats with a message in flight
        self.unmarked: set[int] = set()  # rows that are in flight, or back and not yet marked
        self.resting: dict[bytes, float] = {}
        self.in_flight = {True: 0, False: 0}  # bulk, replies
        self.outcomes = Outcomes(store, clock, written=self._written, pacing=self._pacing)
        self.doubtful: set[int] = set()  # rows of a claim whose commit we did not hear of
        self.news = asyncio.Event()
        self.offline_until = 0.0
        self.offline_tries = 0
        self.halted: str | None = None
        self.knock_at = 0.0
        self.tidied_at = 0.0
        self.is_settled = False
        self.quits = False
        self.bulk_waits = False
        self.freed = False
        self.tasks: set[asyncio.Task[None]] = set()
        self.look_again = LOOK_AGAIN_SECONDS if store.is_sqlite else LOOK_AGAIN_SHARED_SECONDS

    def wake(self) -> None:
        self.news.set()

    def quit(self) -> None:
        """Ends `run` after what is on the wire has come back."""
        self.quits = True
        self.news.set()

    # ---- the loop

    async def run(self) -> None:
        """Sends for as long as the lease is held."""
        self.quits = False
        self.is_settled = False
        writing = asyncio.create_task(self.outcomes.run())
        try:
            while self.lease.is_held() and not self.quits:
                self.news.clear()
                if writing.done():
                    writing.result()
                try:
                    await self._turn()
                except LeaseLost:
                    return
                except Exception as error:
                    if not is_away(error):
                        raise
                    log.warning("sender.store_away", error=type(error).__name__)
                    await asyncio.sleep(1)
                await self._wait_for_news()
        finally:
            await self._drain()
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)

    async def _turn(self) -> None:
        if not self.is_settled:
            await self._recover()
            self.is_settled = True
        if time.monotonic() - self.tidied_at > TIDY_SECONDS:
            await self._tidy()
        if self.halted:
            await self._knock()
        elif not self.outcomes.is_behind:
            await self._send_what_may()

    async def _knock(self) -> None:
        """A refused token ends the sending, not the process: what comes in is still taken, and /readyz says why.
        Once a minute we ask again, for it may have been a box in between that refused."""
        if time.monotonic() < self.knock_at:
            return
        self.knock_at = time.monotonic() + KNOCK_SECONDS
        try:
            await self.transport.call("getMe", {})
        except (NotSent, PerhapsSent, Refused):
            return
        self.halted = None
        log.info("sender.goes_on")

    async def _wait_for_news(self) -> None:
        now = time.monotonic()
        wait = self.look_again
        if self.bulk_waits:
            wait = min(wait, self.pacer.wait_seconds(now))
        if self.resting:
            wait = min(wait, min(self.resting.values()) - now)
        if self.offline_until > now:
            wait = max(wait, self.offline_until - now)
        if wait > 0:
            try:
                async with asyncio.timeout(wait):
                    await self.news.wait()
            except TimeoutError:
                pass
        else:
            await asyncio.sleep(0)

    async def _send_what_may(self) -> None:
        now = time.monotonic()
        if now < self.offline_until:
            return
        self.resting = {chat: until for chat, until in self.resting.items() if until > now}
        room = REPLIES_IN_FLIGHT - self.in_flight[False]
        if room > 0:
            for call in await self._fetch(waiting.REPLIES, room):
                if self._may(call):
                    self._start(call, bulk=False)
        slots, window = self.pacer.slots(time.monotonic()), self._bulk_window() - self.in_flight[True]
        if window <= 0:
            self.bulk_waits = False  # an answer will wake the loop, not the pacer
        elif slots > 0:
            await self._send_bulk(min(slots, window))

    def _bulk_window(self) -> int:
        return max(4, int(self.pacer.rate * BULK_IN_FLIGHT_SECONDS))

    async def _send_bulk(self, slots: int) -> None:
        calls = [call for call in await self._fetch(waiting.BULK, slots) if self._may(call)]
        self.bulk_waits = bool(calls)
        once = [call.id for call in calls if not call.resends]
        claimed = await self._claim(once) if once else set()
        for call in calls:
            if call.resends or call.id in claimed:
                self.pacer.took(time.monotonic())
                self._start(call, bulk=True)

    async def _fetch(self, statement: Any, room: int) -> list[Call]:
        blocked = self.busy | set(self.resting)
        calls = await waiting.fetch(self.store, statement, blocked, self.unmarked, room, self.clock.now())
        return [call for call in calls if call.chat not in self.busy]

    def _may(self, call: Call) -> bool:
        """Whether it may leave now. One that nobody can read ends here; a chat that has had enough rests."""
        if not call.is_readable:
            self.busy.add(call.chat)
            self._end(call, self._unreadable(call))
            return False
        now = time.monotonic()
        wait = self.chats.wait_seconds(call.chat, call.is_group, now)
        if wait > 0:
            self.resting[call.chat] = now + wait
        return wait <= 0

    async def _claim(self, ids: list[int]) -> set[int]:
        self.doubtful |= set(ids)
        async with self.store.begin() as session:
            claimed = await waiting.claim(session, ids)
            await self.lease.assert_held(session)
        self.doubtful -= set(ids)
        return claimed

    # ---- one call

    def _start(self, call: Call, *, bulk: bool) -> None:
        now = time.monotonic()
        self.busy.add(call.chat)
        self.unmarked.add(call.id)
        self.chats.took(call.chat, call.is_group, now)
        if not bulk:
            self.pacer.replied(now)
        self.in_flight[bulk] += 1
        task = asyncio.create_task(self._send(call, bulk))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _send(self, call: Call, bulk: bool) -> None:
        try:
            verdict = await self._attempt(call)
        except Exception as error:  # a fault of ours; the chat must not stay busy for ever because of it
            log.exception("send.broke", method=call.method)
            verdict = verdicts.perhaps_sent(PerhapsSent(type(error).__name__), call.kind, call.method, call.attempts)
        finally:
            self.in_flight[bulk] -= 1
        self._end(call, verdict)

    async def _attempt(self, call: Call) -> Verdict:
        try:
            result = await self._call(call)
        except Unreadable:
            return self._unreadable(call)
        except NotSent:
            verdict = verdicts.not_sent()
        except PerhapsSent as error:
            verdict = verdicts.perhaps_sent(error, call.kind, call.method, call.attempts)
        except Refused as refusal:
            verdict = verdicts.refused(refusal, call.method, call.payload, call.attempts)
        else:
            verdict = Verdict(Then.SENT, message_id=result.get("message_id") if isinstance(result, dict) else None)
        SENDS.labels(call.method, verdict.then.value).inc()
        self._learn(call, verdict)
        return verdict

    async def _call(self, call: Call) -> Any:
        if self.uploads is None or "upload" not in call.payload:
            return await self.transport.call(call.method, call.params, may_leave=self.lease.is_held)
        async with self.uploads.opened(call.payload) as (params, upload):
            return await self.transport.call(call.method, params, may_leave=self.lease.is_held, upload=upload)

    def _unreadable(self, call: Call) -> Verdict:
        log.error("send.unreadable", kind=call.kind)
        return Verdict(Then.FAILED, error="unreadable")

    def _learn(self, call: Call, verdict: Verdict) -> None:
        """What one answer says about all the others."""
        now = time.monotonic()
        if verdict.then is Then.OFFLINE:
            self.offline_tries += 1
            self.offline_until = now + min(15, 0.25 * 2 ** min(self.offline_tries, 10))
        else:
            self.offline_tries = 0
        if verdict.then is Then.AMBIGUOUS or verdict.is_repeat:
            AMBIGUOUS.labels("left" if verdict.then is Then.AMBIGUOUS else "repeated").inc()
        if verdict.then is Then.HALT:
            self.halted = verdict.error
            self.knock_at = now + KNOCK_SECONDS
            log.critical("sender.halted", reason=verdict.error)
        if verdict.then is Then.AGAIN:
            self.resting[call.chat] = now + verdict.delay_seconds
        if verdict.retry_after is not None:
            RETRY_AFTER.inc(verdict.retry_after)
            everybody = self.chats.refused(call.chat, now, verdict.retry_after)
            if everybody or not call.is_group:
                self.pacer.refused(now, verdict.retry_after)
                SEND_RATE.set(self.pacer.rate)

    def _end(self, call: Call, verdict: Verdict) -> None:
        self.unmarked.add(call.id)
        if verdict.then is Then.SENT:
            self._release(call)
        self.outcomes.add(call, verdict)

    def _release(self, call: Call) -> None:
        """Its chat may have the next message. A refusal is marked first, since it may change what comes next."""
        self.busy.discard(call.chat)
        if not self.freed:
            self.freed = True
            asyncio.get_running_loop().call_later(FREED_SECONDS, self._look_at_freed)

    def _look_at_freed(self) -> None:
        self.freed = False
        self.news.set()

    # ---- what was written down

    def _written(self, call: Call, verdict: Verdict) -> None:
        self.unmarked.discard(call.id)
        if verdict.then is not Then.SENT:
            self._release(call)

    def _pacing(self, now: dt.datetime) -> Pacing:
        pause = self.pacer.paused_until - time.monotonic()
        until = now + dt.timedelta(seconds=pause) if pause > 0 else None
        return Pacing(name="bot", rate_per_second=self.pacer.rate, paused_until=until)

    async def _recover(self) -> None:
        """After a start: what a predecessor left half done is settled, and the pace is what it was."""
        async with self.store.begin() as session:
            ambiguous = await waiting.settle_claimed(session)
            pacing = await session.get(Pacing, "bot")
            await self.lease.assert_held(session)
        if ambiguous:
            AMBIGUOUS.labels("left").inc(ambiguous)
            log.warning("sender.ambiguous_after_crash", messages=ambiguous)
        if pacing is not None:
            pause = (pacing.paused_until - self.clock.now()).total_seconds() if pacing.paused_until else 0.0
            self.pacer.resume(time.monotonic(), pacing.rate_per_second, max(0.0, pause))
        SEND_RATE.set(self.pacer.rate)

    async def _tidy(self) -> None:
        """Ends what is too late, and takes back a claim whose commit was not heard of: nothing of it ever left."""
        async with self.store.begin() as session:
            await waiting.expire(session, self.clock.now())
            await waiting.unclaim(session, self.doubtful)
        self.doubtful.clear()
        self.tidied_at = time.monotonic()

    async def _drain(self) -> None:
        """Lets what is on the wire come back, at most 8 s, and writes it down."""
        if self.tasks:
            await asyncio.wait(list(self.tasks), timeout=8)
        await self.outcomes.finish(within_seconds=3)
