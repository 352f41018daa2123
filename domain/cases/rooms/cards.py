"""Cards: what each room should see of a case, and whether it does."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain import duty_rooms
from domain.cases import access
from domain.cases.rooms import boards
from domain.reports import filing
from models import OPEN_STATES, Card, Closing, DutyRoom, OutboxMessage, OutboxState, Person, Report, ReportState

REFUSALS_MAX = 3
# Literal, so that the partial index is used.
IS_STALE = sa.text("cards.is_stale")


async def want(
    session: AsyncSession, report: Report, *, now: dt.datetime, at_once: bool = False, anew: bool = False
) -> None:
    """The case has changed: every room that has its card, or should, is to see it anew.

    `at_once`: however little urgent the case is, since some rooms may not read it any more. `anew`: as a new message,
    since nobody looks up the old one."""
    rank = 0 if at_once else boards.RANKS[report.priority or "P3"]
    # What waits already goes no later because of this.
    changed = {"is_stale": True, "refusals": 0, "rank": sa.case((_waits_before(rank), Card.rank), else_=rank)}
    if anew:
        changed |= {"message_id": None, "shown_as": None}
    stale = sa.update(Card).where(Card.report_id == report.id).values(**changed)
    await session.execute(stale, execution_options={"synchronize_session": False})
    if anew:
        await boards.call_off(session, Card.report_id == report.id)  # an edit of the old message would be all they get
    if at_once:
        await _hide(session, report)
    if report.state not in OPEN_STATES:
        return
    row = {"report_id": report.id, "posted_at": filing.coarse(now), "is_stale": True, "rank": rank, "refusals": 0}
    rows = [{**row, "room_id": room.id} for room in await duty_rooms.rooms_for(session, report)]
    if rows:
        await boards.insert(session, rows)


async def _hide(session: AsyncSession, report: Report) -> None:
    """What waits to leave for rooms that may not read the case any more does not leave; and where reports were merged
    into it, their cards are looked at again, since they name it."""
    blind = [room for room in await duty_rooms.all_rooms(session) if not duty_rooms.may_read(room, report)]
    await boards.call_off(session, Card.report_id == report.id, Card.room_id.in_([room.id for room in blind]))
    alarms = sa.delete(OutboxMessage).where(
        OutboxMessage.report_id == report.id,
        OutboxMessage.link == "alarm",
        OutboxMessage.chat_index.in_([room.chat_index for room in blind]),
        OutboxMessage.state == OutboxState.PENDING,
    )
    await session.execute(alarms, execution_options={"synchronize_session": False})
    parts = sa.select(Report.id).where(Report.merged_into == report.id)
    theirs = sa.update(Card).where(Card.report_id.in_(parts)).values(is_stale=True, refusals=0, rank=0)
    await session.execute(theirs, execution_options={"synchronize_session": False})


def _waits_before(rank: int) -> sa.ColumnElement[bool]:
    return sa.and_(Card.is_stale, Card.rank < rank)


# ---- what the keeper asks


@dataclass(frozen=True)
class Behind:
    """A reachable room that does not see the present state of everything. `rank`: of the most urgent card that waits;
    `on_the_way`: how many of its cards have been posted and have not landed."""

    room_id: uuid.UUID
    chat_index: bytes
    rank: int
    on_the_way: int


def _waiting(room_id: object) -> tuple[sa.ColumnElement[bool], ...]:
    return (Card.room_id == room_id, sa.and_(IS_STALE), Card.call_key.is_(None))


async def rooms_behind(session: AsyncSession) -> list[Behind]:
    most_urgent = sa.select(Card.rank).where(*_waiting(DutyRoom.id)).order_by(Card.rank, Card.posted_at).limit(1)
    on_the_way = sa.select(sa.func.count()).where(Card.room_id == DutyRoom.id, Card.call_key.is_not(None))
    rooms = sa.select(
        DutyRoom.id,
        DutyRoom.chat_index,
        most_urgent.correlate(DutyRoom).scalar_subquery(),
        on_the_way.select_from(Card).correlate(DutyRoom).scalar_subquery(),
    ).where(DutyRoom.is_reachable)
    return [Behind(*row) for row in (await session.execute(rooms)).all() if row[2] is not None]


def most_urgent(room_id: uuid.UUID, limit: int) -> sa.Select[Any]:
    """The statement that takes the next cards of a room. It locks them before their cases are read: whoever changes a
    case meanwhile makes its card stale after us, never before."""
    waiting = sa.select(Card).where(*_waiting(room_id)).order_by(Card.rank, Card.posted_at).limit(limit)
    return waiting.with_for_update(skip_locked=True)


async def take_stale(session: AsyncSession, room: DutyRoom, limit: int) -> list[tuple[Card, Report]]:
    """The most urgent cards that the room should see, with their cases as they are now."""
    cards: list[Card] = list(await session.scalars(most_urgent(room.id, limit)))
    found = await session.scalars(sa.select(Report).where(Report.id.in_([card.report_id for card in cards])))
    reports = {report.id: report for report in found}
    return [(card, reports[card.report_id]) for card in cards if card.report_id in reports]


@dataclass(frozen=True)
class Facts:
    """What a card tells besides the report itself."""

    holder: str | None = None
    witnesses: int = 0
    merged_into: str | None = None
    closing: str | None = None  # the outcome that waits for a second person


async def facts(session: AsyncSession, report: Report, room: DutyRoom) -> Facts:
    """For that room: a case that it may not read is not named."""
    if report.state is ReportState.MERGED:
        parent = await session.get(Report, report.merged_into) if report.merged_into is not None else None
        is_named = parent is not None and duty_rooms.may_read(room, parent)
        return Facts(merged_into=parent.number if parent is not None and is_named else None)
    if report.state not in OPEN_STATES:
        return Facts()
    holder = await session.get(Person, report.claimed_by) if report.claimed_by is not None else None
    witnesses = sa.select(sa.func.count()).select_from(Report).where(Report.merged_into == report.id)
    closing = sa.select(Closing.outcome).where(Closing.report_id == report.id)
    return Facts(
        holder=access.staff_name(holder) if holder is not None else None,
        witnesses=await session.scalar(witnesses) or 0,
        closing=await session.scalar(closing),
    )


# ---- what became of the calls


async def landed(
    session: AsyncSession, report_id: uuid.UUID, call_key: str, chat_index: bytes, message_id: int | None
) -> bool:
    """The call of a card has arrived, as that new message (None: it was an edit). Returns whether that message is the
    card; otherwise another one is, or soon will be, and nothing would ever change what this one says."""
    change: dict[str, object] = {"call_key": None, "refusals": 0}
    if message_id is not None:
        change["message_id"] = message_id
    if await _end(session, report_id, call_key, change) or message_id is None:
        return True
    # It was called off when it was on the wire already: from now on this message is the card.
    here = sa.select(DutyRoom.id).where(DutyRoom.chat_index == chat_index).scalar_subquery()
    theirs = (Card.report_id == report_id, Card.room_id == here)
    unknown = sa.update(Card).where(*theirs, Card.message_id.is_(None), Card.call_key.is_(None))
    options = {"synchronize_session": False}
    done = await session.execute(unknown.values(message_id=message_id), execution_options=options)
    if done.rowcount:  # type: ignore[attr-defined]
        return True
    is_other = sa.or_(Card.message_id.is_(None), Card.message_id != message_id)
    return await session.scalar(sa.select(Card.report_id).where(*theirs, is_other)) is None


async def refused(session: AsyncSession, report_id: uuid.UUID, call_key: str, *, is_gone: bool) -> bool:
    """Telegram would not take it. `is_gone`: the message that it was to change is no more, so it is sent anew.

    Three times at most, until the case changes or a duty looks again. Whether that was the last time."""
    card: Card | None = await session.scalar(
        sa.select(Card).where(Card.report_id == report_id, Card.call_key == call_key).with_for_update()
    )
    if card is None:
        return False
    refusals = min(card.refusals + 1, REFUSALS_MAX)
    change: dict[str, object] = {"call_key": None, "refusals": refusals, "shown_as": None}
    if is_gone:
        change["message_id"] = None
    if refusals < REFUSALS_MAX:
        change["is_stale"] = True
    await _end(session, report_id, call_key, change)
    session.expunge(card)
    return refusals == REFUSALS_MAX


async def _end(session: AsyncSession, report_id: uuid.UUID, call_key: str, change: dict[str, object]) -> bool:
    theirs: Sequence[sa.ColumnElement[bool]] = (Card.report_id == report_id, Card.call_key == call_key)
    done = await session.execute(
        sa.update(Card).where(*theirs).values(**change), execution_options={"synchronize_session": False}
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]
