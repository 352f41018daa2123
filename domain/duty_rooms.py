"""Duty rooms: the staff groups that see the cards of new reports, and which reports concern each of them."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain import units
from domain.cases.rooms import boards
from domain.reports import taxonomy
from models import IS_OPEN, DutyRoom, Report, ReportState, new_id, sealing

ROOMS = "duty rooms of this transaction"


async def bind(
    session: AsyncSession,
    chat_id: int,
    area_code: str | None,
    *,
    is_confidential: bool = False,
    unit: str | None = None,
    now: dt.datetime,
) -> DutyRoom:
    """Binds a group to the whole regency (None), one area, or the sensitive reports of a unit (None: of all units).

    It gets the cards of what is open. Bound anew, it changes what it is for, and each card is looked at again."""
    room = await room_of(session, chat_id)
    is_new = room is None
    if room is None:
        room = DutyRoom(id=new_id(), chat_index=sealing.number_index("chat", chat_id))
        room.chat_id = chat_id
        session.add(room)
    session.info.pop(ROOMS, None)
    room.area_code, room.is_confidential, room.unit = area_code, is_confidential, unit
    room.bound_at, room.is_reachable = now, True
    await session.flush()
    if not is_new:
        await boards.look_anew(session, room)
        await boards.call_off(session, boards.of(room))  # it may say what the room may not read any more
    await boards.fill(session, room, *concerning(room))
    return room


async def unbind(session: AsyncSession, chat_id: int) -> bool:
    """Whether there was a binding to undo."""
    room = await room_of(session, chat_id)
    if room is not None:
        await boards.call_off(session, boards.of(room))
        await session.delete(room)
        session.info.pop(ROOMS, None)
    return room is not None


async def room_of(session: AsyncSession, chat_id: int) -> DutyRoom | None:
    index = sealing.number_index("chat", chat_id)
    room: DutyRoom | None = await session.scalar(sa.select(DutyRoom).where(DutyRoom.chat_index == index))
    return room


async def set_reachable(session: AsyncSession, chat_id: int, is_reachable: bool) -> None:
    """A room that went keeps its cards, which wait until it is back; what was filed meanwhile comes as well."""
    room = await room_of(session, chat_id)
    if room is None or room.is_reachable == is_reachable:
        return
    room.is_reachable = is_reachable
    if is_reachable:
        await boards.fill(session, room, *concerning(room))
    else:
        await boards.call_off(session, boards.of(room))


async def follow_migration(session: AsyncSession, old_chat_id: int, new_chat_id: int) -> None:
    """A group became a supergroup and has a new id, and its messages stayed behind. Where the new one was bound
    already, the old binding is over."""
    room = await room_of(session, old_chat_id)
    if room is None:
        return
    session.info.pop(ROOMS, None)
    await boards.begin_anew(session, room)
    if await room_of(session, new_chat_id) is not None:
        await session.delete(room)
    else:
        room.chat_id, room.chat_index = new_chat_id, sealing.number_index("chat", new_chat_id)
        room.oldest_report_id = None  # that message is among those which stayed behind


async def rooms_for(session: AsyncSession, report: Report) -> Sequence[DutyRoom]:
    """Where the card of that report belongs: the regency's rooms, its area's own, and if it is sensitive its unit's."""
    return [room for room in await all_rooms(session) if room.is_reachable and concerns(room, report)]


async def all_rooms(session: AsyncSession) -> list[DutyRoom]:
    rooms: list[DutyRoom] | None = session.info.get(ROOMS)
    if rooms is None:
        # Read once in a transaction, and without writing first what the batch has gathered so far.
        with session.no_autoflush:
            rooms = list(await session.scalars(sa.select(DutyRoom).order_by(DutyRoom.id)))
        session.info[ROOMS] = rooms
    return rooms


def concerns(room: DutyRoom, report: Report) -> bool:
    if room.is_confidential:
        return report.category_code in _codes_of(room.unit)
    return room.area_code in (None, report.area_code)


def may_read(room: DutyRoom, report: Report) -> bool:
    """Whether the room may see more of it than that there is one."""
    return not units.is_sensitive(report.category_code) or (room.is_confidential and concerns(room, report))


def concerning(room: DutyRoom) -> list[sa.ColumnElement[bool]]:
    """The same as `concerns`, in SQL."""
    if room.is_confidential:
        return [Report.category_code.in_(_codes_of(room.unit))]
    return [Report.area_code == room.area_code] if room.area_code is not None else []


def _codes_of(unit: str | None) -> list[str]:
    return sorted(code for code in taxonomy.SENSITIVE_CODES if unit in (None, units.own_unit(code)))


async def count_waiting(session: AsyncSession, room: DutyRoom) -> int:
    """How many reports of this room's nobody has taken."""
    waiting = sa.select(sa.func.count()).select_from(Report)
    waiting = waiting.where(IS_OPEN, Report.state == ReportState.RECEIVED, Report.claimed_by.is_(None))
    return await session.scalar(waiting.where(*concerning(room))) or 0


async def fill_rooms(session: AsyncSession, now: dt.datetime) -> int:
    """What a room lacks for whatever reason comes to it: returns how many cards."""
    found = await boards.find_lost(session)
    for room in await all_rooms(session):
        if room.is_reachable:
            found += await boards.fill(session, room, *concerning(room))
    return found


async def try_unseen_again(session: AsyncSession, now: dt.datetime) -> int:
    return await boards.try_again(session)
