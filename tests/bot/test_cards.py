"""The keeper: which cards leave when, and what room is always left for a life in danger."""

import json
from collections import deque
from typing import Any

import pytest
import sqlalchemy as sa

from bot import cards as keeping
from bot import landings
from bot.cards import Keeper
from bot.clock import Clock
from bot.ratelimits import GROUP_COUNT, GROUP_SECONDS, ChatLimits
from bot.verdicts import Then, Verdict
from bot.waiting import Call
from domain import duty_rooms, outbox
from domain.area_map import AreaMap
from domain.cases import corrections, steps
from domain.cases.rooms import cards
from models import Anonymity, Card, OutboxMessage, Report
from models.engine import Store
from tests.bot.conftest import HeldLease
from tests.cast import NOW, again, opened, report, staff

ROOM = -4001


class Desk:
    """A keeper without a sender: what it posts is read, landed or refused by hand."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.sent = 0
        self.posted = 0
        self.messages = 100
        self.lease = HeldLease()
        self.keeper = Keeper(
            store, Clock(), self.lease, areas=AreaMap, used=lambda chat: self.sent, posted=self._count_posted
        )

    def _count_posted(self) -> None:
        self.posted += 1

    async def bind(self, chat_id: int = ROOM, **more: Any) -> None:
        async with self.store.begin() as session:
            await duty_rooms.bind(session, chat_id, None, now=NOW, **more)

    async def file(self, *categories: str, **told: Any) -> list[Report]:
        async with self.store.begin() as session:
            filed = [await report(session, category=category, **told) for category in categories]
            for case in filed:
                await cards.want(session, case, now=NOW)
            return filed

    async def changes(self, case: Report) -> None:
        async with self.store.begin() as session:
            await cards.want(session, await again(session, case), now=NOW)

    async def rows(self) -> list[OutboxMessage]:
        async with self.store.read() as session:
            return list(await session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id)))

    async def calls(self) -> list[tuple[str, str, dict[str, Any]]]:
        """Kind, method and parameters of what waits in the outbox."""
        return [(row.kind, row.method, outbox.opened(row.key, row.payload_sealed or b"")) for row in await self.rows()]

    async def land(self) -> None:
        """Everything arrives, as messages with numbers of their own."""
        async with self.store.begin() as session:
            for row in await self.rows():
                assert row.report_id is not None
                number = None
                if row.method == "sendMessage":
                    self.messages += 1
                    number = self.messages
                await cards.landed(session, row.report_id, row.key, row.chat_index, number)
            await session.execute(sa.delete(OutboxMessage))

    async def card(self, case: Report) -> Card:
        async with self.store.read() as session:
            return (await session.scalars(sa.select(Card).where(Card.report_id == case.id))).one()


@pytest.fixture
async def desk(store: Store) -> Desk:
    made = Desk(store)
    await made.bind()
    return made


async def test_a_card_is_sent_then_edited_and_left_alone_while_nothing_changes(desk: Desk) -> None:
    (case,) = await desk.file("MAS-3")
    assert await desk.keeper.look() == 1
    ((kind, method, sent),) = await desk.calls()
    assert (kind, method, sent["protect_content"]) == ("card", "sendMessage", True)
    assert case.number is not None
    assert case.number in sent["text"]
    assert await desk.keeper.look() == 0, "it is on its way"
    await desk.land()
    await desk.changes(case)
    assert await desk.keeper.look() == 0, "it says what it said"
    async with desk.store.begin() as session:
        budi = staff(session)
    async with opened(desk.store, case, budi) as (session, found, dispatcher):
        await steps.take(session, found, dispatcher, now=NOW)
    assert await desk.keeper.look() == 1
    ((_, method, edited),) = await desk.calls()
    assert (method, edited["message_id"]) == ("editMessageText", 101)
    assert dispatcher.name in edited["text"]


async def test_ten_changes_while_one_is_on_its_way_are_one_edit(desk: Desk) -> None:
    (case,) = await desk.file("MAS-3")
    await desk.keeper.look()
    for number in range(10):
        async with opened(desk.store, case) as (session, found):
            found.reopened = number
            await cards.want(session, found, now=NOW)
        await desk.keeper.look()
    assert len(await desk.calls()) == 1
    await desk.land()
    assert await desk.keeper.look() == 1
    await desk.land()
    assert await desk.keeper.look() == 0


async def test_ordinary_cards_leave_room_for_a_life_in_danger(desk: Desk) -> None:
    await desk.file(*["MAS-4"] * 6)
    await desk.keeper.look()
    assert len(await desk.calls()) == keeping.ON_THE_WAY_MAX, "what waits in the outbox cannot be coalesced any more"
    await desk.file("MAS-1", "MAS-1")
    await desk.keeper.look()
    calls = await desk.calls()
    assert [kind for kind, *_ in calls] == ["card"] * 3 + ["alert"] * 2
    await desk.land()
    desk.sent = keeping.ORDINARY_A_MINUTE
    assert await desk.keeper.look() == 0
    await desk.file("MAS-1")
    assert await desk.keeper.look() == 1
    await desk.land()
    desk.sent = 0
    assert await desk.keeper.look() == 3


async def test_what_was_over_before_the_room_saw_it_is_not_told(desk: Desk) -> None:
    (case,) = await desk.file("MAS-4")
    async with opened(desk.store, case) as (session, found):
        await steps.recall(session, found, now=NOW)
    assert await desk.keeper.look() == 0
    async with desk.store.read() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(Card)) == 0


async def test_one_unreadable_report_keeps_no_other_from_its_room(desk: Desk) -> None:
    broken, fine = await desk.file("MAS-1", "MAS-4")
    async with desk.store.begin() as session:
        unreadable = sa.update(Report).where(Report.id == broken.id)
        await session.execute(unreadable.values(content_sealed=b"\x01" + b"?" * 40))
    assert await desk.keeper.look() == 1
    ((_, _, sent),) = await desk.calls()
    assert str(fine.number) in sent["text"]
    assert await desk.keeper.look() == 0


async def test_of_a_fully_anonymous_report_no_row_names_it_but_the_one_on_its_way(desk: Desk) -> None:
    (case,) = await desk.file("MAS-3", anonymity=Anonymity.FULL)
    await desk.keeper.look()
    (row,) = await desk.rows()
    assert case.id.hex[:12] not in row.key
    assert str(case.number) not in row.key
    assert outbox.KINDS[row.kind].leaves_no_trace


async def test_a_sensitive_case_is_edited_away_from_those_who_read_it_until_now(desk: Desk) -> None:
    (case,) = await desk.file("MAS-4", words="Teriakan dari rumah nomor tujuh")
    await desk.keeper.look()
    await desk.land()
    desk.sent = keeping.ORDINARY_A_MINUTE  # the budget is used up, and still
    async with desk.store.begin() as session:
        budi = staff(session, unit="ppa")
    async with opened(desk.store, case, budi) as (session, found, dispatcher):
        await corrections.set_category(session, found, "PEK-4", dispatcher, now=NOW)
    assert await desk.keeper.look() == 1
    ((_, method, edited),) = await desk.calls()
    assert method == "editMessageText"
    assert "rumah nomor tujuh" not in json.dumps(edited, ensure_ascii=False)


async def test_a_card_that_was_on_the_wire_when_its_case_was_hidden_is_hidden_too(desk: Desk) -> None:
    (case,) = await desk.file("MAS-4", words="Teriakan dari rumah nomor tujuh")
    await desk.keeper.look()
    (wire,) = await desk.rows()
    async with opened(desk.store, case) as (session, found):
        found.category_code = "PEK-4"
        await session.flush()
        await cards.want(session, found, now=NOW, at_once=True)
    assert await desk.rows() == []
    await desk.keeper.look()
    ((_, method, hidden),) = await desk.calls()
    assert method == "sendMessage"
    assert "rumah nomor tujuh" not in json.dumps(hidden, ensure_ascii=False)
    payload = outbox.opened(wire.key, wire.payload_sealed or b"")
    call = Call(
        wire.id, wire.key, wire.lane, wire.kind, wire.chat_index, wire.method, wire.payload_sealed, 0, None, payload
    )
    call.report_id, call.link = case.id, "card"
    async with desk.store.begin() as session:
        await landings.note(session, [(call, Verdict(Then.SENT, message_id=7))], NOW)
    assert [(method, told["message_id"]) for _, method, told in await desk.calls() if method != "sendMessage"] == [
        ("deleteMessage", 7)
    ]


async def test_who_leads_no_longer_posts_nothing(desk: Desk) -> None:
    from bot.leases import LeaseLost

    async def lost(session: Any) -> None:
        raise LeaseLost()

    desk.lease.assert_held = lost  # type: ignore[method-assign]
    (case,) = await desk.file("MAS-3")
    with pytest.raises(LeaseLost):
        await desk.keeper.look()
    assert await desk.rows() == []
    assert (await desk.card(case)).is_stale


def test_no_minute_takes_more_than_a_group_may_and_a_first_p0_never_waits() -> None:
    """Two hours of a bad evening on a clock of our own: far more changes than a group can take."""
    limits, chat = ChatLimits(), b"room"
    waiting: deque[tuple[int, bool]] = deque()
    sent: list[tuple[float, int, bool]] = []
    longest_p0 = 0.0
    for tick in range(7200 * 2):
        now = tick * 0.5
        if tick % 2 == 0:  # a change each second, each tenth second also of a P0
            waiting.append((2, False))
        if tick % 20 == 0:
            waiting.append((0, False))
        if tick % 60 == 0:  # two new P0 each minute
            waiting.appendleft((0, True))
        for rank, is_first in sorted(set(waiting), key=lambda one: (one[0], not one[1])):
            if not keeping.may_post(rank, limits.used(chat, now), 0, is_first=is_first):
                continue
            wait = limits.wait_seconds(chat, True, now)
            if rank == 0 and is_first:
                longest_p0 = max(longest_p0, wait)
            if wait == 0:
                waiting.remove((rank, is_first))
                limits.took(chat, True, now)
                sent.append((now, rank, is_first))
    times = [at for at, *_ in sent]
    assert all(last - first > 60 for first, last in zip(times, times[GROUP_COUNT:], strict=False))
    ordinary = [at for at, rank, _ in sent if rank]
    assert ordinary, "they are not starved"
    for first, last in zip(ordinary, ordinary[keeping.ORDINARY_A_MINUTE :], strict=False):
        assert last - first >= GROUP_SECONDS
    assert longest_p0 == 0.0
