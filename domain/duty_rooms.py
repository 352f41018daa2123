"""Duty rooms: the staff groups that see the cards of new reports, and which cards each has had.

A card repeated is better than a card missed. So a room that comes back gets anew what waits since the first card
that is known not to have arrived, and a room that is bound anew gets anew all that waits.
"""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.reports import filing, taxonomy
from models import Card, DutyRoom, OutboxMessage, OutboxState, Report, ReportState, new_id, sealing

LOOKED_AT = 50
DID_NOT_ARRIVE = (OutboxState.CANCELLED, OutboxState.FAILED)
ROOMS = "duty rooms of this transaction"


async def bind(
    session: AsyncSession, chat_id: int, area_code: str | None, *, is_confidential: bool = False, now: dt.datetime
) -> DutyRoom:
    """Binds a group to the whole regency (None), one area or the sensitive reports. Bound anew, it
    changes what it is for."""
    room = await room_of(session, chat_id)
    if room is None:
        room = DutyRoom(id=new_id(), chat_index=sealing.number_index("chat", chat_id))
        room.chat_id = chat_id
        session.add(room)
        session.info.pop(ROOMS, None)
    else:
        await _forget_cards(session, room)
    room.area_code, room.is_confidential, room.bound_at, room.is_reachable = area_code, is_confidential, now, True
    return room


async def unbind(session: AsyncSession, chat_id: int) -> bool:
    """Whether there was a binding to undo."""
    room = await room_of(session, chat_id)
    if room is not None:
        await session.delete(room)
        session.info.pop(ROOMS, None)
    return room is not None


async def room_of(session: AsyncSession, chat_id: int) -> DutyRoom | None:
    index = sealing.number_index("chat", chat_id)
    room: DutyRoom | None = await session.scalar(sa.select(DutyRoom).where(DutyRoom.chat_index == index))
    return room


async def set_reachable(session: AsyncSession, chat_id: int, is_reachable: bool) -> None:
    room = await room_of(session, chat_id)
    if room is None:
        return
    if is_reachable and not room.is_reachable:
        await forget_undelivered(session, room)
    room.is_reachable = is_reachable


async def follow_migration(session: AsyncSession, old_chat_id: int, new_chat_id: int) -> None:
    """A group became a supergroup and has a new id. Where that was bound already, the old binding is over."""
    room = await room_of(session, old_chat_id)
    if room is None:
        return
    session.info.pop(ROOMS, None)
    if await room_of(session, new_chat_id) is not None:
        await session.delete(room)
    else:
        room.chat_id, room.chat_index = new_chat_id, sealing.number_index("chat", new_chat_id)


async def rooms_for(session: AsyncSession, report: Report) -> Sequence[DutyRoom]:
    """Where the card of that report belongs: the regency's rooms, its area's own, and if it is sensitive its unit's."""
    return [room for room in await all_rooms(session) if room.is_reachable and _concerns(room, report)]


async def all_rooms(session: AsyncSession) -> list[DutyRoom]:
    rooms: list[DutyRoom] | None = session.info.get(ROOMS)
    if rooms is None:
        # Read once in a transaction, and without writing first what the batch has gathered so far.
        with session.no_autoflush:
            rooms = list(await session.scalars(sa.select(DutyRoom).order_by(DutyRoom.id)))
        session.info[ROOMS] = rooms
    return rooms


def _concerns(room: DutyRoom, report: Report) -> bool:
    if room.is_confidential:
        return report.category_code in taxonomy.SENSITIVE_CODES
    return room.area_code in (None, report.area_code)


async def count_waiting(session: AsyncSession, room: DutyRoom) -> int:
    """How many reports of this room's nobody has taken."""
    waiting = sa.select(sa.func.count()).select_from(Report).where(*_waiting_for(room))
    return await session.scalar(waiting) or 0


def _waiting_for(room: DutyRoom) -> list[sa.ColumnElement[bool]]:
    """The same in SQL as _concerns, of what nobody has taken."""
    waiting = [Report.state == ReportState.RECEIVED]
    if room.is_confidential:
        waiting.append(Report.category_code.in_(taxonomy.SENSITIVE_CODES))
    elif room.area_code is not None:
        waiting.append(Report.area_code == room.area_code)
    return waiting


async def missed_reports(session: AsyncSession, room: DutyRoom) -> Sequence[Report]:
    """The oldest that nobody has taken and whose card this room has not had; more than are posted at once, since
    some may be unreadable."""
    has_card = sa.exists().where(Card.report_id == Report.id, Card.room_id == room.id)
    missed = sa.select(Report).where(*_waiting_for(room), ~has_card)
    return (await session.scalars(missed.order_by(Report.filed_at).limit(LOOKED_AT))).all()


def note_card(session: AsyncSession, room: DutyRoom, report: Report, *, now: dt.datetime) -> None:
    """From now on this room has had the card of that report."""
    session.add(Card(report_id=report.id, room_id=room.id, posted_at=filing.coarse(now), is_stale=False))


async def forget_undelivered(session: AsyncSession, room: DutyRoom) -> None:
    """The cards since the first of which the outbox still knows that it did not arrive count as not had. Full
    anonymity keeps the outbox from saying which ones these were, so their time decides."""
    first = sa.select(sa.func.min(OutboxMessage.created_at)).where(
        OutboxMessage.chat_index == room.chat_index,
        OutboxMessage.kind == "card",
        OutboxMessage.state.in_(DID_NOT_ARRIVE),
    )
    since = await session.scalar(first)
    if since is not None:
        await _forget_cards(session, room, Card.posted_at >= filing.coarse(since))


async def _forget_cards(session: AsyncSession, room: DutyRoom, *which: sa.ColumnElement[bool]) -> None:
    waiting = sa.select(Report.id).where(Report.state == ReportState.RECEIVED)
    await session.execute(sa.delete(Card).where(Card.room_id == room.id, Card.report_id.in_(waiting), *which))
