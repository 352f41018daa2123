"""Queue: the open cases in the order in which somebody should take them."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.cases import access
from domain.cases.access import Staff
from domain.roles import Deed
from models import IS_OPEN, Report

PRIORITIES = ("P0", "P1", "P2", "P3")
COUNTED_MAX = 5_000


@dataclass(frozen=True)
class Queue:
    """One page. `counts` of all open cases by priority; `is_more`: there are more than were counted."""

    reports: tuple[Report, ...]
    counts: Mapping[str, int]
    is_more: bool
    has_next: bool


async def queue(
    session: AsyncSession,
    staff: Staff,
    *,
    area: str | None = None,
    mine: bool = False,
    limit: int = 10,
    skip: int = 0,
) -> Queue:
    """What they have in hand first, then by priority, then who has waited longest; last those that wait for others.

    `area` is a kecamatan's code; `mine`: only what they have in hand."""
    if not staff.may(Deed.SEE_CASES):
        return Queue((), dict.fromkeys(PRIORITIES, 0), is_more=False, has_next=False)
    own = Report.claimed_by == staff.person.id
    theirs: list[sa.ColumnElement[bool]] = [access.visible_to(staff)]
    if area is not None:
        # An expression, or SQLite would rather go through an index of all that ever was there.
        theirs.append(sa.func.coalesce(Report.area_code, "") == area)
    if mine:
        theirs.append(own)
    order = (sa.case((own, 0), else_=1), Report.priority, Report.waiting_since.is_(None), Report.waiting_since)
    page = sa.select(Report.id).where(IS_OPEN, *theirs).order_by(*order, Report.filed_at).offset(skip).limit(limit + 1)
    ids = list(await session.scalars(page))
    counts = await _counts(session, theirs)
    return Queue(
        await _load(session, ids[:limit]),
        counts,
        is_more=sum(counts.values()) >= COUNTED_MAX,
        has_next=len(ids) > limit,
    )


async def _load(session: AsyncSession, ids: list[uuid.UUID]) -> tuple[Report, ...]:
    found = {report.id: report for report in await session.scalars(sa.select(Report).where(Report.id.in_(ids)))}
    return tuple(found[each] for each in ids if each in found)


async def _counts(session: AsyncSession, theirs: list[sa.ColumnElement[bool]]) -> dict[str, int]:
    """By priority, up to a bound that no duty room can work through anyway."""
    few = sa.select(Report.priority).where(IS_OPEN, *theirs).limit(COUNTED_MAX).subquery()
    rows = await session.execute(sa.select(few.c.priority, sa.func.count().label("number")).group_by(few.c.priority))
    numbers = {row.priority: row.number for row in rows}
    return {priority: numbers.get(priority, 0) for priority in PRIORITIES}
