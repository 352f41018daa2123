"""Live: the reporter's one status card, and the words that come to them about their case."""

import datetime as dt
import uuid

from sqlalchemy.ext.asyncio import AsyncSession

from models import Anonymity, Person, Report


async def show(session: AsyncSession, report: Report, *, now: dt.datetime) -> None:
    """Brings the status card up to date. Fully anonymous reporters have none: they ask."""
    if report.anonymity is Anonymity.FULL or report.reporter_id is None:
        return


async def reporter_of(session: AsyncSession, report: Report) -> Person | None:
    """Who can be told about this case. None for fully anonymous reports and for people who are gone."""
    if report.reporter_id is None or report.anonymity is Anonymity.FULL:
        return None
    person = await session.get(Person, uuid.UUID(report.reporter_id))
    return person if person is not None and person.is_reachable else None
