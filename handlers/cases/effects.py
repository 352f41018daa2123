"""Effects: what else is said when a case has changed. Called by handlers and by duties after their step."""

import datetime as dt

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.reports import live
from models import Report, ReportState


async def follow(session: AsyncSession, report: Report, *, now: dt.datetime) -> None:
    """Brings what the reporter reads up to date, and those whose reports are part of the case. The rooms' cards are
    the domain's to mark (domain/cases/rooms/cards.py)."""
    await live.show(session, report, now=now)


async def acknowledge(session: AsyncSession, report: Report, *, now: dt.datetime) -> None:
    """The case lies open before one of the staff: its reporter sees 👀, or ✍ once somebody has it in hand. What comes
    later in a case's life has signs of its own."""
    if report.state in (ReportState.RECEIVED, ReportState.VERIFIED):
        await live.react(session, report, live.CLAIMED if report.claimed_by is not None else live.OPENED, now=now)
