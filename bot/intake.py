"""Intake: what Telegram delivers becomes one unit of work, and is acknowledged only when that is committed.

    getUpdates or webhook -> take -> one transaction for the batch -> commit -> acknowledge -> replies leave

A batch that fails is replayed one by one; what fails again goes, sealed, to the dead letters and is acknowledged.
Only "the database is away" is never acknowledged: Telegram keeps the updates for us.
"""

import asyncio
import datetime as dt
import hashlib
import json
import time
from collections.abc import Callable
from typing import Any

import structlog
from telegram import Update

from bot import updates, visitors
from bot.clock import Clock
from bot.conversation import Conversation
from bot.floods import FloodGate, Verdict
from bot.metrics import BATCH_SECONDS, DEAD_LETTERS, UPDATES
from domain.area_map import AreaMap
from handlers import errors
from handlers.context import Visit
from models import DeadLetter, new_id
from models.engine import Store, is_away
from models.updates import mark_seen

BATCH = 100
REFUSAL_IS_NEWS_SECONDS = 15
LONGEST_TURN_SECONDS = 0.02
SPOKEN = ("message", "callback_query")  # whoever only blocks us, perhaps after erasing their data, is not kept

log = structlog.get_logger()
Raw = dict[str, Any]


class StoreAway(Exception):
    """The database cannot take a write now; nothing was acknowledged."""


class Intake:
    def __init__(
        self,
        store: Store,
        conversation: Conversation,
        clock: Clock,
        *,
        areas: Callable[[], AreaMap],
        replies_wait: Callable[[], None],
        toast: Callable[[list[dict[str, Any]]], None],
    ) -> None:
        self.store = store
        self.conversation = conversation
        self.clock = clock
        self.areas = areas
        self.replies_wait = replies_wait
        self.toast = toast
        self.gate = FloodGate()
        self.refused_at = 0.0
        self.refusal: str | None = None
        self.waiting: asyncio.Queue[tuple[Raw, asyncio.Future[None]]] = asyncio.Queue()

    async def take(self, raws: list[Any]) -> None:
        """Returns when every update is committed, dead-lettered or silenced. Raises StoreAway."""
        started = time.perf_counter()
        judged = [(raw, self._admit(raw)) for raw in raws]
        parsed, broken = await self._parse([raw for raw, verdict in judged if verdict is not Verdict.SILENCED])
        try:
            await self._take_together(parsed)
            for raw, reason in broken:
                await self._bury(raw, reason)
        except Exception as error:
            if not is_away(error):
                raise
            for raw, verdict in judged:
                self._take_back(raw, verdict)
            self.refused_at, self.refusal = time.monotonic(), _refusal(error)
            log.warning("store.away", reason=type(error).__name__)
            raise StoreAway(type(error).__name__) from error
        self.refusal = None
        BATCH_SECONDS.observe(time.perf_counter() - started)

    def complaint(self) -> str | None:
        """Why the last updates could not be taken, for as long as that is news."""
        is_news = time.monotonic() - self.refused_at < REFUSAL_IS_NEWS_SECONDS
        return f"the database takes no updates: {self.refusal}" if self.refusal and is_news else None

    def _admit(self, raw: Any) -> Verdict:
        sender = updates.sender(raw) if isinstance(raw, dict) else None
        if sender is None or not updates.counts(raw):
            return Verdict.WELCOME
        verdict = self.gate.judge(sender["id"], raw)
        if verdict is Verdict.WARNED:
            raw["over_the_limit"] = True
        UPDATES.labels(verdict.value).inc()
        return verdict

    def _take_back(self, raw: Any, verdict: Verdict) -> None:
        """What was not acknowledged comes again, and must not count against its sender twice."""
        sender = updates.sender(raw) if isinstance(raw, dict) else None
        if sender is not None and updates.counts(raw):
            self.gate.take_back(sender["id"], verdict)
            raw.pop("over_the_limit", None)

    async def _parse(self, raws: list[Any]) -> tuple[list[tuple[Raw, Update]], list[tuple[Any, str]]]:
        """Each on its own, so that one which makes no sense cannot hold up the others."""
        parsed, broken = [], []
        began = time.perf_counter()
        for raw in raws:
            if time.perf_counter() - began > LONGEST_TURN_SECONDS:
                await asyncio.sleep(0)  # a hundred of the largest would hold up everything else
                began = time.perf_counter()
            try:
                updates.refuse_monsters(raw)
                if updates.update_id(raw) is None:
                    raise updates.Malformed("no update id")
                update = Update.de_json(raw, self.conversation.bot)
                assert update is not None
                parsed.append((raw, update))
            except Exception as error:
                broken.append((raw, f"unreadable: {type(error).__name__}"))
        parsed.sort(key=lambda pair: pair[1].update_id)
        return parsed, broken

    async def _take_together(self, batch: list[tuple[Raw, Update]]) -> None:
        if not batch:
            return
        try:
            await self._work(batch)
        except Exception as error:
            if is_away(error):
                raise
            log.warning("batch.replayed", updates=len(batch), error=type(error).__name__)
            for raw, update in batch:
                await self._take_alone(raw, update)

    async def _take_alone(self, raw: Raw, update: Update) -> None:
        try:
            await self._work([(raw, update)])
        except Exception as error:
            if is_away(error):
                raise
            await self._bury(raw, f"{type(error).__name__} at {_where(error)}")

    async def _work(self, batch: list[tuple[Raw, Update]]) -> None:
        """The unit of work: all of it is committed, or none."""
        now = self.clock.now()
        toasts: list[dict[str, Any]] = []
        async with self.store.begin() as session:
            fresh = await mark_seen(session, [update.update_id for _, update in batch], now=now)
            # A webhook that was kept waiting is delivered again: two copies of one update may be in this very batch.
            once = {update.update_id: (raw, update) for raw, update in reversed(batch) if update.update_id in fresh}
            batch = list(reversed(once.values()))
            senders = [user for raw, _ in batch if (user := updates.sender(raw))]
            known = await visitors.load(session, {user["id"] for user in senders})
            for raw, update in batch:
                visit = self._visit(session, raw, update, known, now)
                if raw.get("over_the_limit"):
                    errors.too_fast(visit, update)
                else:
                    await self.conversation.answer(update, visit)
                self._carry(raw, visit, known)
                await visitors.follow(session, known)
                toasts.extend(visit.toasts or _silent_answer(update))
        self.replies_wait()
        self.toast(toasts)

    def _visit(
        self, session: Any, raw: Raw, update: Update, known: dict[int, visitors.Visitor], now: dt.datetime
    ) -> Visit:
        visit = Visit(session=session, update_id=update.update_id, now=now, areas=self.areas())
        user = updates.sender(raw)
        if user is None:
            return visit
        visitor = known.get(user["id"])
        if visitor is None and updates.is_private(raw) and updates.kind(raw) in SPOKEN:
            visitor = known[user["id"]] = visitors.welcome(session, user)
        if visitor is not None:
            visit.person, visit.dialogue, visit.draft = visitor.person, visitor.dialogue, visitor.draft
            visit.roles, visit.units, visit.desk = visitor.roles, visitor.units, visitor.desk
            visit.is_new = visitor.is_new
            if visitor.roles:
                self.gate.trust(user["id"])
        return visit

    def _carry(self, raw: Raw, visit: Visit, known: dict[int, visitors.Visitor]) -> None:
        """What changed in a person's dialogue is what their next update in this batch finds."""
        user = updates.sender(raw)
        visitor = known.get(user["id"]) if user else None
        if user is None or visitor is None:
            return
        if visit.person is None:
            del known[user["id"]]  # erased at their own wish: whoever writes next is new
            return
        visitor.dialogue, visitor.draft, visitor.desk = visit.dialogue, visit.draft, visit.desk
        visitor.roles, visitor.units = visit.roles, visit.units
        visitor.is_new = False

    async def _bury(self, raw: Any, reason: str) -> None:
        """Keeps what could not be handled, sealed, and tells the person that it was not their fault."""
        now = self.clock.now()
        number = updates.update_id(raw)
        if number is None:
            number = -int.from_bytes(hashlib.sha256(json.dumps(updates.keepable(raw)).encode()).digest()[:7], "big")
        async with self.store.begin() as session:
            if await mark_seen(session, [number], now=now):
                letter = DeadLetter(id=new_id().hex[-8:], update_id=number, reason=reason[:120], received_at=now)
                letter.raw = updates.keepable(raw)
                session.add(letter)
                chat = updates.chat(raw) if isinstance(raw, dict) else None
                if chat is not None and updates.is_private(raw):
                    visit = Visit(session=session, update_id=number, now=now, areas=self.areas())
                    known = await visitors.load(session, {chat["id"]})
                    visit.person = known[chat["id"]].person if known else None
                    errors.apology(visit, letter.id, chat["id"])
                DEAD_LETTERS.inc()
                log.error("update.buried", letter=letter.id, reason=reason)
        self.replies_wait()

    async def replay(self, letter_id: str) -> bool:
        """Handles a dead letter once more. Returns False where there is none that waits; raises what it raises."""
        now = self.clock.now()
        async with self.store.begin() as session:
            letter = await session.get(DeadLetter, letter_id)
            if letter is None or letter.replayed_at is not None:
                return False
            raw = letter.raw
            assert raw is not None
            update = Update.de_json(raw, self.conversation.bot)
            assert update is not None
            senders = [user for user in [updates.sender(raw)] if user]
            known = await visitors.load(session, {user["id"] for user in senders})
            visit = self._visit(session, raw, update, known, now)
            visit.update_id = -abs(update.update_id)  # its keys in the outbox differ from those of the apology
            await self.conversation.answer(update, visit)
            letter.replayed_at, letter.raw = now, None
        self.replies_wait()
        return True

    async def submit(self, raw: Raw) -> None:
        """For the webhook: returns when this update is committed. Raises StoreAway."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.put_nowait((raw, done))
        await done

    async def gather(self) -> None:
        """For the webhook: all that waits becomes one batch, so that a busy evening shares its commits."""
        while True:
            batch = [await self.waiting.get()]
            while len(batch) < BATCH and not self.waiting.empty():
                batch.append(self.waiting.get_nowait())
            error: Exception | None = None
            try:
                await self.take([raw for raw, _ in batch])
            except Exception as caught:
                error = caught
            for _, done in batch:
                if done.done():
                    continue
                if error:
                    done.set_exception(error)
                else:
                    done.set_result(None)


def _silent_answer(update: Update) -> list[dict[str, Any]]:
    """Every press is answered, or the button keeps spinning on the phone."""
    return [{"callback_query_id": update.callback_query.id}] if update.callback_query else []


def _refusal(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    return f"{type(cause).__name__}: {(str(cause).splitlines() or [''])[0][:120]}"


def _where(error: BaseException) -> str:
    """The innermost place in the traceback, as file:line: enough to find the fault, and nothing of the message."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "?"
    return f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}"
