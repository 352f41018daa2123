"""Effects: what else is said when a case has changed. Called by handlers and by duties after their step."""

import datetime as dt

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.reports import live
from models import Report


async def follow(session: AsyncSession, report: Report, *, now: dt.datetime) -> None:
    """Brings what the reporter reads up to date, and those whose reports are part of the case. The rooms' cards are
    the domain's to mark (domain/cases/cards.py)."""
    await live.show(session, report, now=now)
