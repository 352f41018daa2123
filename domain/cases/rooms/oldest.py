"""The oldest: of each room the one case that has waited longest for somebody to take it, and how loudly to say so."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain import duty_rooms
from domain.policy import ALARM_AGAIN_MINUTES, ALARM_STEP_MINUTES
from models import IS_OPEN, DutyRoom, MessageLink, Report, ReportState

S = ReportState
SILENT, LOUD, CALLED = 1, 2, 3  # without a sound, with one, saying that others are being called
LINK = "oldest"


async def unanswered(session: AsyncSession, room: DutyRoom, now: dt.datetime) -> Report | None:
    """The open case of that room which nobody has taken in time, and which has waited longest."""
    is_late = sa.or_(Report.due_at <= now, Report.escalation > 0)
    waiting = sa.select(Report).where(
        IS_OPEN, Report.state.in_((S.RECEIVED, S.VERIFIED)), Report.claimed_by.is_(None), is_late
    )
    first = waiting.where(*duty_rooms.concerning(room)).order_by(Report.waiting_since, Report.id).limit(1)
    return (await session.scalars(first)).first()


def next_level(room: DutyRoom, report: Report, now: dt.datetime) -> int | None:
    """How loudly to name it now; None while what was said last is enough. Once it is loudest, again and again."""
    if room.oldest_report_id != report.id or room.oldest_at is None:
        return SILENT
    minutes = ALARM_STEP_MINUTES if room.oldest_level < CALLED else ALARM_AGAIN_MINUTES
    if now - room.oldest_at < dt.timedelta(minutes=minutes[report.priority or "P3"]):
        return None
    return min(room.oldest_level + 1, CALLED)


async def forget_named(session: AsyncSession, room: DutyRoom) -> list[int]:
    """Nothing is named in that room any more. Returns the messages that did, to be deleted."""
    named = MessageLink.report_id == room.oldest_report_id
    here = sa.and_(named, MessageLink.chat_index == room.chat_index, MessageLink.link == LINK)
    found = list(await session.scalars(sa.select(MessageLink.message_id).where(here)))
    await session.execute(sa.delete(MessageLink).where(here))
    room.oldest_report_id, room.oldest_level, room.oldest_at = None, 0, None
    return found
