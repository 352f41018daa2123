"""Duties: what the clock asks of drafts."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.policy import DRAFT_EXPIRES_AFTER, DRAFT_NUDGE_AFTER
from models import Dialogue, Person, Report, ReportState

AT_ONCE = 200


async def drafts_to_nudge(session: AsyncSession, now: dt.datetime) -> list[tuple[Report, Person]]:
    """Drafts left alone for half an hour but not yet a day, each once. One that was put aside is
    awaited by no dialogue, so not here."""
    quiet = (
        sa.select(Report, Person)
        .join(Dialogue, Dialogue.subject_id == Report.id)
        .join(Person, Person.id == Dialogue.person_id)
        .where(
            Report.state == ReportState.DRAFT,
            Report.nudged_at.is_(None),
            Report.touched_at <= now - DRAFT_NUDGE_AFTER,
            Report.touched_at > now - DRAFT_EXPIRES_AFTER,
            Person.is_reachable,
        )
    )
    rows = await session.execute(quiet.order_by(Report.touched_at).limit(AT_ONCE))
    return [(report, person) for report, person in rows]


async def expire_drafts(session: AsyncSession, now: dt.datetime) -> int:
    """Deletes drafts that nobody touched for a day, and what was awaited for them.

    One that is being sent at this very moment is locked, so it is left out; what was chosen is asked about again."""
    is_old = (Report.state == ReportState.DRAFT, Report.touched_at <= now - DRAFT_EXPIRES_AFTER)
    old = sa.select(Report.id).where(*is_old).order_by(Report.touched_at).limit(AT_ONCE)
    ids = list(await session.scalars(old.with_for_update(skip_locked=True)))
    if not ids:
        return 0
    gone = list(await session.scalars(sa.delete(Report).where(Report.id.in_(ids), *is_old).returning(Report.id)))
    await session.execute(sa.delete(Dialogue).where(Dialogue.subject_id.in_(gone)))
    return len(gone)
