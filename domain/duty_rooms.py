"""Duty rooms: the staff groups that see the cards of new reports."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.reports import taxonomy
from models import DutyRoom, Report, ReportState, new_id, sealing

WAITING_SHOWN = 10
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
    if room is not None:
        room.is_reachable = is_reachable


async def follow_migration(session: AsyncSession, old_chat_id: int, new_chat_id: int) -> None:
    """A group became a supergroup and has a new id."""
    room = await room_of(session, old_chat_id)
    if room is not None:
        room.chat_id, room.chat_index = new_chat_id, sealing.number_index("chat", new_chat_id)


async def rooms_for(session: AsyncSession, report: Report) -> Sequence[DutyRoom]:
    """Where the card of that report belongs: the regency's rooms, its area's own, and if it is sensitive its unit's."""
    rooms: list[DutyRoom] | None = session.info.get(ROOMS)
    if rooms is None:
        # Read once in a transaction, and without writing first what the batch has gathered so far.
        with session.no_autoflush:
            rooms = list(await session.scalars(sa.select(DutyRoom).order_by(DutyRoom.id)))
        session.info[ROOMS] = rooms
    return [room for room in rooms if room.is_reachable and _concerns(room, report)]


def _concerns(room: DutyRoom, report: Report) -> bool:
    if room.is_confidential:
        return report.category_code in taxonomy.SENSITIVE_CODES
    return room.area_code in (None, report.area_code)


async def waiting_reports(session: AsyncSession, room: DutyRoom) -> tuple[Sequence[Report], int]:
    """The oldest reports that nobody has taken, for a room that was just bound, and how many there are in all."""
    waiting = [Report.state == ReportState.RECEIVED]
    if room.is_confidential:
        waiting.append(Report.category_code.in_(taxonomy.SENSITIVE_CODES))
    elif room.area_code is not None:
        waiting.append(Report.area_code == room.area_code)
    count = await session.scalar(sa.select(sa.func.count()).select_from(Report).where(*waiting))
    reports = await session.scalars(sa.select(Report).where(*waiting).order_by(Report.filed_at).limit(WAITING_SHOWN))
    return reports.all(), count or 0
