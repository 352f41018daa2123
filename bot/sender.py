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
from bot.leases import Lease
from bot.metrics import AMBIGUOUS, RETRY_AFTER, SEND_RATE, SENDS
from bot.ratelimits import ChatLimits, Pacer
from bot.transport import NotSent, PerhapsSent, Refused, Transport
from bot.verdicts import Then, Verdict
from bot.waiting import Call
from models import Pacing
from models.engine import Store, is_away

REPLIES_IN_FLIGHT = 128
BULK_IN_FLIGHT_SECONDS = 0.25  # of the rate: about what Telegram's answers take; at least 4
LINGER_SECONDS = 0.03  # outcomes wait this long for company, so that they share a commit
LOOK_AGAIN_SECONDS = 0.5  # for what became due, or was posted by another replica
LOOK_AGAIN_SHARED_SECONDS = 0.1
FREED_SECONDS = 0.005  # a chat that became free is looked at soon, together with the others that did
REST_MARGIN_SECONDS = 0.25

log = structlog.get_logger()


class Sender:
    def __init__(self, store: Store, transport: Transport, clock: Clock, lease: Lease, *, rate: float) -> None:
        self.store = store
        self.transport = transport
        self.clock = clock
        self.lease = lease
        self.pacer = Pacer(rate)
        self.chats = ChatLimits()
        self.busy: set[bytes] = set()  # chats with a message in flight
        self.unmarked: set[int] = set()  # rows that are in flight, or back and not yet marked
        self.resting: dict[bytes, float] = {}
        self.in_flight = {True: 0, False: 0}  # bulk, replies
        self.outcomes: list[tuple[Call, Verdict]] = []
        self.news = asyncio.Event()
        self.ended = asyncio.Event()
        self.offline_until = 0.0
        self.offline_tries = 0
        self.halted: str | None = None
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
        await self._recover()
        marking = asyncio.create_task(self._mark_outcomes())
        try:
            while self.lease.is_held() and not self.halted and not self.quits:
                self.news.clear()
                if marking.done():
                    marking.result()
                try:
                    await self._send_what_may()
                except Exception as error:
                    if not is_away(error):
                        raise
                    log.warning("sender.store_away", error=type(error).__name__)
                    await asyncio.sleep(1)
                await self._wait_for_news()
        finally:
            await self._drain()
            marking.cancel()
        await self._stay_halted()

    async def _stay_halted(self) -> None:
        """A refused token ends the sending, not the process: what comes in is still taken, and /readyz says why."""
        while self.halted and self.lease.is_held() and not self.quits:
            self.news.clear()
            await self.news.wait()

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
        slots = min(self.pacer.slots(time.monotonic()), self._bulk_window() - self.in_flight[True])
        if slots > 0:
            await self._send_bulk(slots)

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
        """Whether it may leave now; what is too late ends here, and a chat that has had enough rests."""
        if call.expires_at is not None and call.expires_at <= self.clock.now():
            self._end(call, Verdict(Then.EXPIRED))
            return False
        now = time.monotonic()
        wait = self.chats.wait_seconds(call.chat, call.is_group, now)
        if wait > 0:
            self.resting[call.chat] = now + wait
        return wait <= 0

    async def _claim(self, ids: list[int]) -> set[int]:
        async with self.store.begin() as session:
            await self.lease.assert_held(session)
            return await waiting.claim(session, ids)

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
            verdict = verdicts.perhaps_sent(call.kind, call.method, call.attempts, type(error).__name__)
        finally:
            self.in_flight[bulk] -= 1
        self._end(call, verdict)

    async def _attempt(self, call: Call) -> Verdict:
        try:
            result = await self.transport.call(call.method, call.payload, may_leave=self.lease.is_held)
        except NotSent:
            verdict = verdicts.not_sent()
        except PerhapsSent as error:
            verdict = verdicts.perhaps_sent(call.kind, call.method, call.attempts, str(error))
        except Refused as refusal:
            verdict = verdicts.refused(refusal, call.method, call.payload, call.attempts)
        else:
            verdict = Verdict(Then.SENT, message_id=result.get("message_id") if isinstance(result, dict) else None)
        SENDS.labels(call.method, verdict.then.value).inc()
        self._learn(call, verdict)
        return verdict

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
            log.critical("sender.halted", reason=verdict.error)
        if verdict.then is Then.AGAIN:
            # A little longer than the row itself waits: a younger one must not overtake it.
            self.resting[call.chat] = now + verdict.delay_seconds + REST_MARGIN_SECONDS
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
        self.outcomes.append((call, verdict))
        self.ended.set()

    def _release(self, call: Call) -> None:
        """Its chat may have the next message. A refusal is marked first, since it may change what comes next."""
        self.busy.discard(call.chat)
        if not self.freed:
            self.freed = True
            asyncio.get_running_loop().call_later(FREED_SECONDS, self._look_at_freed)

    def _look_at_freed(self) -> None:
        self.freed = False
        self.news.set()

    # ---- outcomes

    async def _mark_outcomes(self) -> None:
        """Writes what became of the calls: all that ended meanwhile in one transaction."""
        while True:
            await self.ended.wait()
            await asyncio.sleep(LINGER_SECONDS)
            self.ended.clear()
            while self.outcomes:
                await self._mark_batch(self.outcomes[:500])

    async def _mark_batch(self, batch: list[tuple[Call, Verdict]]) -> None:
        now = self.clock.now()
        try:
            async with self.store.begin() as session:
                await waiting.mark(session, batch, now)
                if any(verdict.retry_after is not None for _, verdict in batch):
                    await session.merge(self._pacing(now))
        except Exception as error:
            if not is_away(error):
                raise
            await asyncio.sleep(0.5)
            return  # they stay in `outcomes`, and unmarked: nothing is sent twice for this
        del self.outcomes[: len(batch)]
        for call, verdict in batch:
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
            await self.lease.assert_held(session)
            ambiguous = await waiting.settle_claimed(session)
            pacing = await session.get(Pacing, "bot")
        if ambiguous:
            AMBIGUOUS.labels("left").inc(ambiguous)
            log.warning("sender.ambiguous_after_crash", messages=ambiguous)
        if pacing is not None:
            pause = (pacing.paused_until - self.clock.now()).total_seconds() if pacing.paused_until else 0.0
            self.pacer.resume(time.monotonic(), pacing.rate_per_second, max(0.0, pause))
        SEND_RATE.set(self.pacer.rate)

    async def _drain(self) -> None:
        """Lets what is on the wire come back, at most 8 s, and marks it."""
        if self.tasks:
            await asyncio.wait(list(self.tasks), timeout=8)
        deadline = time.monotonic() + 3
        while self.outcomes and time.monotonic() < deadline:
            await self._mark_batch(self.outcomes[:500])
