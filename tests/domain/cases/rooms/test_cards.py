"""Cards: which rooms are to see a case, in which order, and that none is lost whatever happens to a room."""

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain import duty_rooms, outbox, units
from domain.cases import corrections, steps
from domain.cases.rooms import boards, cards
from domain.outbox import About
from domain.reports import taxonomy
from domain.roles import Role
from models import Anonymity, Card, DutyRoom, OutboxMessage, Report, ReportState
from models.engine import Store
from models.sealing import number_index
from tests.cast import NOW, again, opened, report, staff

REGENCY, SUMBERSARI, PATRANG, PPA = -101, -102, -103, -104
MINUTE = dt.timedelta(minutes=1)


async def bind(store: Store, chat_id: int = REGENCY, area: str | None = None, **more: Any) -> DutyRoom:
    async with store.begin() as session:
        return await duty_rooms.bind(session, chat_id, area, now=NOW, **more)


async def wanted(store: Store, **told: Any) -> Report:
    """A report that every room which it concerns is to see."""
    async with store.begin() as session:
        case = await report(session, **told)
        await cards.want(session, case, now=NOW)
        return case


async def cards_of(store: Store, found: Report) -> list[Card]:
    async with store.read() as session:
        rows = sa.select(Card).where(Card.report_id == found.id)
        return list(await session.scalars(rows.order_by(Card.room_id)))


async def shown(session: AsyncSession, found: Report, message_id: int = 7) -> None:
    """As if the keeper had posted its cards and they had landed."""
    await session.execute(
        sa.update(Card)
        .where(Card.report_id == found.id)
        .values(is_stale=False, call_key=None, message_id=message_id, shown_as=b"x" * 16)
    )


async def on_its_way(
    session: AsyncSession, found: Report, key: str = "card.key", *, to: int = REGENCY, room: DutyRoom | None = None
) -> None:
    outbox.post(
        session,
        "card",
        to=to,
        method="sendMessage",
        payload={"text": "kartu"},
        key=key,
        now=NOW,
        about=About(found.id, "card"),
    )
    card = sa.update(Card).where(Card.report_id == found.id, Card.room_id == room.id if room else sa.true())
    await session.execute(card.values(is_stale=False, call_key=key, shown_as=b"x" * 16))


async def waiting_rows(store: Store) -> int:
    async with store.read() as session:
        return await session.scalar(sa.select(sa.func.count()).select_from(OutboxMessage)) or 0


async def test_a_report_is_to_be_seen_where_it_belongs_and_only_once(store: Store) -> None:
    for chat_id, area in ((REGENCY, None), (SUMBERSARI, "35.09.21"), (PATRANG, "35.09.19")):
        await bind(store, chat_id, area)
    await bind(store, PPA, is_confidential=True, unit="ppa")
    case = await wanted(store)
    async with opened(store, case) as (session, found):
        await cards.want(session, found, now=NOW + MINUTE)
    found_cards = await cards_of(store, case)
    async with store.read() as session:
        chats = [room.chat_id for room in await duty_rooms.all_rooms(session)]
        homes = {room.id: room.chat_id for room in await duty_rooms.all_rooms(session)}
    assert sorted(homes[card.room_id] or 0 for card in found_cards) == [SUMBERSARI, REGENCY]
    assert len(chats) == 4
    assert {(card.is_stale, card.rank, card.message_id) for card in found_cards} == {(True, 1, None)}


async def test_what_rooms_see_in_python_and_in_sql_is_the_same(store: Store) -> None:
    rooms = [
        DutyRoom(area_code=area, is_confidential=secret, unit=unit)
        for area, secret, unit in [
            (None, False, None),
            ("35.09.21", False, None),
            (None, True, None),
            *[(None, True, unit.code) for unit in units.SPECIAL],
        ]
    ]
    async with store.begin() as session:
        for category in taxonomy.CATEGORIES:
            if category.kind is taxonomy.Kind.REPORT:
                await report(session, category=category.code, area="35.09.21" if category.code < "M" else None)
        for room in rooms:
            in_sql = set(await session.scalars(sa.select(Report.id).where(*duty_rooms.concerning(room))))
            everything = await session.scalars(sa.select(Report).where(Report.state == ReportState.RECEIVED))
            assert in_sql == {found.id for found in everything if duty_rooms.concerns(room, found)}


def test_a_sensitive_case_is_read_by_its_own_unit_alone() -> None:
    regency, ppa, narcotics = (
        DutyRoom(is_confidential=False),
        DutyRoom(is_confidential=True, unit="ppa"),
        DutyRoom(is_confidential=True, unit="resnarkoba"),
    )
    everything = DutyRoom(is_confidential=True)
    violence = Report(category_code="RTK-1")
    assert [duty_rooms.may_read(room, violence) for room in (regency, ppa, narcotics, everything)] == [
        False,
        True,
        False,
        True,
    ]
    assert [duty_rooms.concerns(room, violence) for room in (regency, ppa, narcotics, everything)] == [
        True,
        True,
        False,
        True,
    ]


async def test_the_most_urgent_is_taken_first_and_nothing_becomes_less_urgent_by_waiting(store: Store) -> None:
    room = await bind(store)
    late, low, high = await wanted(store), await wanted(store, category="MAS-4"), await wanted(store, category="MAS-1")
    async with opened(store, high) as (session, found):
        found.priority = "P3"
        await cards.want(session, found, now=NOW)
    async with store.begin() as session:
        taken = await cards.take_stale(session, room, 10)
        assert [found.id for _, found in taken] == [high.id, late.id, low.id]
        assert [behind.rank for behind in await cards.rooms_behind(session)] == [0]


async def test_a_room_that_sees_everything_is_not_behind(store: Store) -> None:
    await bind(store)
    case = await wanted(store)
    async with store.begin() as session:
        await shown(session, case)
        assert await cards.rooms_behind(session) == []
    async with opened(store, case) as (session, found):
        await cards.want(session, found, now=NOW)
        (behind,) = await cards.rooms_behind(session)
        assert (behind.rank, behind.on_the_way) == (1, 0)
        await on_its_way(session, found)
        await cards.want(session, found, now=NOW)
        assert await cards.rooms_behind(session) == [], "the next look waits until this one has landed"
        await cards.landed(session, case.id, "card.key", behind.chat_index, 8)
        assert len(await cards.rooms_behind(session)) == 1
    (card,) = await cards_of(store, case)
    assert (card.message_id, card.call_key, card.is_stale) == (8, None, True)


async def test_a_case_that_becomes_sensitive_is_hidden_before_anything_else(store: Store) -> None:
    room = await bind(store)
    await bind(store, PPA, is_confidential=True, unit="ppa")
    case, urgent = await wanted(store, category="MAS-4"), await wanted(store)
    async with store.begin() as session:
        budi = staff(session, unit="ppa")
        await shown(session, case)
    async with opened(store, case, budi) as (session, found, dispatcher):
        await corrections.set_category(session, found, "PEK-4", dispatcher, now=NOW)
    async with store.begin() as session:
        taken = await cards.take_stale(session, room, 10)
        assert [found.id for _, found in taken] == [case.id, urgent.id]
    assert len(await cards_of(store, case)) == 2, "its unit sees it from now on"


async def test_a_reopened_case_is_told_anew(store: Store) -> None:
    await bind(store)
    case = await wanted(store)
    async with store.begin() as session:
        chief = staff(session, Role.COMMANDER)
        await shown(session, case)
    async with opened(store, case, chief) as (session, found, commander):
        await steps.recall(session, found, now=NOW)
        await session.flush()
        await steps.reopen(session, found, staff=commander, now=NOW)
    (card,) = await cards_of(store, case)
    assert (card.message_id, card.is_stale) == (None, True)


async def test_a_reopened_case_is_told_anew_whatever_was_on_its_way(store: Store) -> None:
    await bind(store)
    case = await wanted(store)
    async with opened(store, case) as (session, found):
        await shown(session, found)
        await on_its_way(session, found)
    async with opened(store, case) as (session, found):
        await cards.want(session, found, now=NOW, anew=True)
    assert await waiting_rows(store) == 0
    async with store.begin() as session:  # the edit was on the wire
        assert await cards.landed(session, case.id, "card.key", number_index("chat", REGENCY), None)
    (card,) = await cards_of(store, case)
    assert (card.message_id, card.call_key, card.is_stale) == (None, None, True)


async def test_a_first_card_that_arrives_after_its_successor_was_posted_is_superfluous(store: Store) -> None:
    await bind(store)
    case = await wanted(store)
    chat = number_index("chat", REGENCY)
    async with store.begin() as session:
        await on_its_way(session, case, "card.new")
        assert not await cards.landed(session, case.id, "card.old", chat, 8)
        assert await cards.landed(session, case.id, "card.new", chat, 9)
        assert not await cards.landed(session, case.id, "card.old", chat, 8)
        assert await cards.landed(session, case.id, "card.new", chat, 9), "told twice"
    (card,) = await cards_of(store, case)
    assert card.message_id == 9


async def test_a_refused_card_is_tried_three_times_and_again_when_the_case_changes(store: Store) -> None:
    await bind(store)
    case = await wanted(store)
    for last in (False, False, True):
        async with store.begin() as session:
            await on_its_way(session, case, key := f"card.{last}")
            assert await cards.refused(session, case.id, key, is_gone=False) is last
            await session.execute(sa.delete(OutboxMessage))
        (card,) = await cards_of(store, case)
        assert card.is_stale is not last
    async with opened(store, case) as (session, found):
        await cards.want(session, found, now=NOW)
    (card,) = await cards_of(store, case)
    assert (card.is_stale, card.refusals) == (True, 0)


async def test_what_a_room_never_saw_is_tried_again_by_and_by(store: Store) -> None:
    await bind(store)
    case, ended = await wanted(store), await wanted(store)
    async with store.begin() as session:
        await session.execute(sa.update(Card).values(is_stale=False, refusals=3))
        await session.execute(sa.update(Report).where(Report.id == ended.id).values(state="rejected"))
        assert await boards.try_again(session) == 1
    (card,) = await cards_of(store, case)
    assert (card.is_stale, card.refusals) == (True, 3), "one more try, not three"


async def test_a_message_that_somebody_deleted_is_sent_anew(store: Store) -> None:
    await bind(store)
    case = await wanted(store)
    async with store.begin() as session:
        await shown(session, case, message_id=7)
        await on_its_way(session, case)
        await cards.refused(session, case.id, "card.key", is_gone=True)
    (card,) = await cards_of(store, case)
    assert (card.message_id, card.is_stale, card.shown_as) == (None, True, None)


async def test_a_room_out_of_reach_loses_no_card(store: Store) -> None:
    await bind(store)
    case, seen = await wanted(store), await wanted(store)
    async with store.begin() as session:
        await shown(session, seen)
        await on_its_way(session, case)
    async with store.begin() as session:
        await duty_rooms.set_reachable(session, REGENCY, False)
    assert await waiting_rows(store) == 0
    async with store.begin() as session:  # it was on the wire already
        await cards.landed(session, case.id, "card.key", number_index("chat", REGENCY), 9)
    (card,) = await cards_of(store, case)
    assert card.message_id == 9
    meanwhile = await wanted(store)
    assert await cards_of(store, meanwhile) == []
    async with store.begin() as session:
        assert await cards.rooms_behind(session) == []
        await duty_rooms.set_reachable(session, REGENCY, True)
    for found, is_stale in ((case, True), (seen, False), (meanwhile, True)):
        (card,) = await cards_of(store, found)
        assert (card.is_stale, card.call_key) == (is_stale, None)


async def test_a_room_that_moved_gets_its_open_cards_once_more(store: Store) -> None:
    await bind(store)
    case, ended = await wanted(store), await wanted(store)
    async with store.begin() as session:
        await shown(session, case)
        await shown(session, ended)
        await session.execute(sa.update(Report).where(Report.id == ended.id).values(state="rejected"))
        await duty_rooms.follow_migration(session, REGENCY, -555)
    ((card,), (over,)) = await cards_of(store, case), await cards_of(store, ended)
    assert (card.message_id, card.is_stale) == (None, True)
    assert (over.message_id, over.is_stale) == (None, False), "what is over is not told again"


async def test_a_room_bound_to_something_else_looks_at_each_card_anew(store: Store) -> None:
    await bind(store, PPA, is_confidential=True, unit="ppa")
    secret = await wanted(store, category="RTK-1")
    plain = await wanted(store)
    async with store.begin() as session:
        await shown(session, secret)
    await bind(store, PPA)
    (card,) = await cards_of(store, secret)
    assert (card.message_id, card.is_stale, card.shown_as) == (7, True, None), "lest the group read on what is secret"
    assert [card.is_stale for card in await cards_of(store, plain)] == [True]


async def test_what_waits_for_a_room_that_is_bound_to_something_else_does_not_leave(store: Store) -> None:
    await bind(store, PPA, is_confidential=True, unit="ppa")
    secret = await wanted(store, category="RTK-1")
    async with store.begin() as session:
        await on_its_way(session, secret, to=PPA)
    await bind(store, PPA)
    assert await waiting_rows(store) == 0
    (card,) = await cards_of(store, secret)
    assert (card.call_key, card.is_stale, card.shown_as) == (None, True, None)


async def test_what_waits_does_not_leave_for_rooms_that_may_not_read_the_case_any_more(store: Store) -> None:
    rooms = [await bind(store), await bind(store, PPA, is_confidential=True, unit="ppa")]
    case = await wanted(store, category="RTK-1")
    async with opened(store, case) as (session, found):
        found.category_code = "CRI-4"
        for room in rooms:
            await on_its_way(session, found, f"card.{room.chat_id}", to=room.chat_id or 0, room=room)
        alarm = About(case.id, "alarm")
        outbox.post(session, "alarm", to=REGENCY, method="sendMessage", payload={}, key="alarm", now=NOW, about=alarm)
    async with opened(store, case) as (session, found):
        found.category_code = "RTK-1"
        await session.flush()
        await cards.want(session, found, now=NOW, at_once=True)
    async with store.read() as session:
        assert list(await session.scalars(sa.select(OutboxMessage.key))) == [f"card.{PPA}"]
    by_room = {card.room_id: card for card in await cards_of(store, case)}
    assert [by_room[room.id].call_key for room in rooms] == [None, f"card.{PPA}"]
    assert all(card.is_stale for card in by_room.values())


async def test_where_a_case_turns_sensitive_the_cards_of_its_parts_no_longer_name_it(store: Store) -> None:
    room = await bind(store)
    case, part = await wanted(store), await wanted(store)
    async with opened(store, part) as (session, found):
        found.state, found.merged_into = ReportState.MERGED, case.id
        await shown(session, found)
        assert (await cards.facts(session, found, room)).merged_into == case.number
    async with opened(store, case) as (session, found):
        found.category_code = "RTK-1"
        await session.flush()
        await cards.want(session, found, now=NOW, at_once=True)
    (card,) = await cards_of(store, part)
    assert (card.is_stale, card.rank) == (True, 0)
    async with opened(store, part) as (session, found):
        assert (await cards.facts(session, found, room)).merged_into is None


async def test_an_unbound_room_hears_nothing_more(store: Store) -> None:
    await bind(store)
    case = await wanted(store)
    async with store.begin() as session:
        await on_its_way(session, case)
    async with store.begin() as session:
        assert await duty_rooms.unbind(session, REGENCY)
    assert await waiting_rows(store) == 0
    assert await cards_of(store, case) == []


async def test_a_new_room_gets_what_is_open_in_bounded_portions_the_oldest_first(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boards, "AT_ONCE", 3)
    async with store.begin() as session:
        waiting = [await report(session, now=NOW + number * 15 * MINUTE) for number in range(5)]
        waiting[0].state = ReportState.REJECTED
    room = await bind(store)
    async with store.begin() as session:
        taken = await cards.take_stale(session, room, 10)
        assert [found.id for _, found in taken] == [found.id for found in waiting[1:4]]
    async with store.begin() as session:
        assert await duty_rooms.fill_rooms(session, NOW) == 1
        assert await duty_rooms.fill_rooms(session, NOW) == 0
        assert len(await cards.take_stale(session, room, 10)) == 4


async def test_a_card_whose_call_is_nowhere_is_found(store: Store) -> None:
    await bind(store)
    lost, waiting = await wanted(store), await wanted(store)
    async with store.begin() as session:
        await on_its_way(session, waiting, "card.waiting")
        await session.execute(sa.update(Card).where(Card.report_id == lost.id).values(is_stale=False, call_key="gone"))
    async with store.begin() as session:
        assert await duty_rooms.fill_rooms(session, NOW) == 1
    assert [card.is_stale for card in await cards_of(store, lost)] == [True]
    assert [card.call_key for card in await cards_of(store, waiting)] == ["card.waiting"]


async def test_that_a_card_is_wanted_tells_no_moment(store: Store) -> None:
    await bind(store)
    case = await wanted(store, anonymity=Anonymity.FULL, now=NOW + dt.timedelta(minutes=7, seconds=13))
    (card,) = await cards_of(store, case)
    assert (card.posted_at.minute % 15, card.posted_at.second) == (0, 0)


async def test_stale_cards_are_found_by_their_index(store: Store) -> None:
    room = await bind(store)
    async with store.begin() as session:
        statement = cards.most_urgent(room.id, 20).compile(
            dialect=session.get_bind().dialect, compile_kwargs={"literal_binds": True}
        )
        if store.is_sqlite:
            plan = str((await session.execute(sa.text(f"EXPLAIN QUERY PLAN {statement}"))).all())
        else:
            await session.execute(sa.text("SET LOCAL enable_seqscan = off"))
            plan = str((await session.execute(sa.text(f"EXPLAIN {statement}"))).all())
        assert "ix_cards_stale" in plan, plan
        assert "TEMP B-TREE" not in plan


async def test_what_a_card_tells_of_others_is_read_with_it(store: Store) -> None:
    room = await bind(store)
    first, second = await wanted(store), await wanted(store)
    async with store.begin() as session:
        budi = staff(session)
    async with opened(store, first, budi) as (session, found, dispatcher):
        await steps.take(session, found, dispatcher, now=NOW)
        other = await again(session, second)
        other.state, other.merged_into = ReportState.MERGED, first.id
        await session.flush()
        facts = await cards.facts(session, found, room)
        assert (facts.holder, facts.witnesses) == (dispatcher.name, 1)
        assert (await cards.facts(session, other, room)).merged_into == first.number
