"""The keeper of the cards: makes each duty room see the present state of every case, at the pace that a group allows.

Telegram takes 20 messages a minute in a group, edits included. Ordinary cards use at most 14 of them, changes of the
most urgent ones 17, so that the first card of a P0 always finds room. What changed ten times meanwhile is one edit.
"""

import asyncio
import json
import secrets
from collections.abc import Callable
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.leases import Lease, LeaseLost
from domain import duty_rooms, outbox
from domain.area_map import AreaMap
from domain.cases.rooms import cards
from domain.cases.rooms.cards import Behind
from domain.outbox import About
from handlers.cases.cards import card_view
from models import OPEN_STATES, Card, DutyRoom, Report, sealing
from models.engine import Store, is_away
from models.sealing import Unsealable

ORDINARY_A_MINUTE = 14
URGENT_A_MINUTE = 17
ON_THE_WAY_MAX = 3  # ordinary calls of a room in the outbox at once: what is there cannot be coalesced any more
TAKEN_AT_ONCE = 20
LOOK_AGAIN_SECONDS = 0.5
LINGER_SECONDS = 0.05  # what happens together is looked at once

log = structlog.get_logger()


def may_post(rank: int, used: int, on_the_way: int, *, is_first: bool) -> bool:
    """Whether a card may go to a room that got `used` calls within the last minute, those on their way included."""
    if rank == 0:
        return is_first or used < URGENT_A_MINUTE
    return used < ORDINARY_A_MINUTE and on_the_way < ON_THE_WAY_MAX


class Keeper:
    """`used` tells how many calls a chat got within the last minute; `posted` wakes the sender."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        lease: Lease,
        *,
        areas: Callable[[], AreaMap],
        used: Callable[[bytes], int],
        posted: Callable[[], None],
    ) -> None:
        self.store = store
        self.clock = clock
        self.lease = lease
        self.areas = areas
        self.used = used
        self.posted = posted
        self.news = asyncio.Event()

    def wake(self) -> None:
        self.news.set()

    async def run(self) -> None:
        """Keeps the cards true for as long as the lease is held."""
        while self.lease.is_held():
            self.news.clear()
            try:
                await self.look()
            except LeaseLost:
                return
            except Exception as error:
                if not is_away(error):
                    raise
                log.warning("keeper.store_away", error=type(error).__name__)
            await self._wait()

    async def _wait(self) -> None:
        await asyncio.sleep(LINGER_SECONDS)
        try:
            async with asyncio.timeout(LOOK_AGAIN_SECONDS):
                await self.news.wait()
        except TimeoutError:
            pass

    async def look(self) -> int:
        """Posts what may go now; returns how many calls. Where nothing may, nothing is locked."""
        async with self.store.read() as session:
            behind = [room for room in await cards.rooms_behind(session) if self._may_get_something(room)]
        if not behind:
            return 0
        async with self.store.begin() as session:
            posted = sum([await self._keep(session, room) for room in behind])
            await self.lease.assert_held(session)
        if posted:
            self.posted()
        return posted

    def _may_get_something(self, room: Behind) -> bool:
        return may_post(room.rank, self.used(room.chat_index) + room.on_the_way, room.on_the_way, is_first=True)

    async def _keep(self, session: AsyncSession, behind: Behind) -> int:
        room = await session.get(DutyRoom, behind.room_id)
        if room is None or not room.is_reachable:
            return 0
        posted = 0
        used = self.used(behind.chat_index) + behind.on_the_way
        taken = await cards.take_stale(session, room, TAKEN_AT_ONCE)
        if taken:
            await session.refresh(room)  # like a case, a room that changes meanwhile makes its cards stale after us
        for card, report in taken:
            is_first = card.message_id is None
            if is_first and report.state not in OPEN_STATES:
                await session.delete(card)  # it came and went unseen
            elif may_post(card.rank, used + posted, behind.on_the_way + posted, is_first=is_first):
                posted += await self._show(session, card, report, room)
        return posted

    async def _show(self, session: AsyncSession, card: Card, report: Report, room: DutyRoom) -> bool:
        """Posts the card as it should be now. False where nothing has to be said, or nothing can."""
        card.is_stale = False
        payload = await self._payload(session, report, room)
        if payload is None:
            return False
        shown = sealing.keyring().index("card", json.dumps(payload).encode())
        if card.message_id is not None and card.shown_as == shown:
            return False
        card.shown_as, card.call_key = shown, f"card.{secrets.token_hex(16)}"
        chat_id = room.chat_id
        assert chat_id is not None
        is_alert = card.message_id is None and report.priority == "P0"
        if card.message_id is None:
            method, payload = "sendMessage", {**payload, "protect_content": True}
        else:
            method, payload = "editMessageText", {**payload, "message_id": card.message_id}
        outbox.post(
            session,
            "alert" if is_alert else "card",
            to=chat_id,
            method=method,
            payload=payload,
            key=card.call_key,
            now=self.clock.now(),
            about=About(report.id, "card"),
        )
        return True

    async def _payload(self, session: AsyncSession, report: Report, room: DutyRoom) -> dict[str, Any] | None:
        """What the room should see; None for what cannot be read, so that it does not hold up all others."""
        facts = await cards.facts(session, report, room)
        try:
            chat_id = room.chat_id
            assert chat_id is not None
            view = card_view(report, facts, self.areas(), may_read=duty_rooms.may_read(room, report))
            return view.payload(chat_id)
        except Unsealable:
            log.error("cards.unreadable")
        except Exception as error:
            log.error("cards.broke", error=type(error).__name__)
        return None
