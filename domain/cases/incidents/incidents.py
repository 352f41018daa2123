"""Incidents: one case that several reports are about. Each keeps its own thread; all of them end with the first."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.cases import access
from domain.cases.access import Staff
from domain.cases.outcomes import Reason
from domain.errors import DomainError
from domain.policy import WITNESSES_ASKED_EVERY
from domain.reports import drafts
from domain.reports.states import END_STATES, ReportCannotMove
from models import OPEN_STATES, Report, ReportState, WitnessQuestion
from models.sealing import Unsealable

S = ReportState
REFERRED = "referred"
# The ends that are everybody's. What one reporter takes back, the others still saw.
SHARED_ENDS = (S.RESOLVED, S.REFERRED, S.REJECTED)


class AskedAMomentAgo(DomainError):
    text_key = "error.asked_a_moment_ago"


async def parent_of(session: AsyncSession, report: Report) -> Report | None:
    """The case that this report is part of, if it was merged into one."""
    if report.state is not S.MERGED or report.merged_into is None:
        return None
    return await session.get(Report, report.merged_into)


def visible_parent(staff: Staff, parent: Report | None) -> Report | None:
    """The same for somebody who may open that case; to everybody else not even its number is shown."""
    return parent if parent is not None and access.may_open(staff, parent) else None


async def joined(session: AsyncSession, parent: Report) -> Sequence[Report]:
    """All reports that were merged into this case, the oldest first. They are other people's: each may be told only of
    its own."""
    return (await session.scalars(_joined(parent).order_by(Report.filed_at))).all()


async def followers(session: AsyncSession, parent: Report) -> Sequence[Report]:
    """The reports whose reporters read this case's label: all that joined, without those that ended with it before it
    was reopened. Right after its end they are those that ended with it, to be told of the end as their own."""
    still = Report.outcome.is_(None) if parent.closed_at is None else Report.closed_at == parent.closed_at
    return (await session.scalars(_joined(parent).where(still).order_by(Report.filed_at))).all()


async def count(session: AsyncSession, parent: Report) -> int:
    """How many reports there are of the incident, its own among them."""
    others = sa.select(sa.func.count()).select_from(_joined(parent).subquery())
    return 1 + (await session.scalar(others) or 0)


async def has_joined(session: AsyncSession, parent: Report) -> bool:
    """Whether any other report is part of this case."""
    some = sa.select(Report.id).where(Report.merged_into == parent.id, Report.state == S.MERGED).limit(1)
    return await session.scalar(some) is not None


def _joined(parent: Report) -> sa.Select[Report]:
    return sa.select(Report).where(Report.merged_into == parent.id, Report.state == S.MERGED)


async def end_with(session: AsyncSession, parent: Report, outcome: str, *, now: dt.datetime) -> None:
    """The case ends, and with it all that joined: from now on their 14 days for reopening run too. Called by the step
    that ends it; what happens to the case afterwards changes nothing for them."""
    for report in await followers(session, parent):
        report.outcome, report.closed_at = outcome, now
        share_words(report, parent)


async def share_referral(session: AsyncSession, parent: Report) -> None:
    """Where the case was referred to is everybody's, whatever becomes of it. Called once that is known."""
    for report in await followers(session, parent):
        share_words(report, parent)


def share_words(report: Report, parent: Report) -> None:
    """What the report keeps of the end that it shares: of a referral all of it, otherwise the usual sentence. What the
    police wrote they wrote to one reporter; and nothing is left of a former end of its own."""
    try:
        is_referred = parent.state is S.REFERRED
        referral = drafts.content_of(parent).get("referral") if is_referred else None
        drafts.change(report, report.touched_at, closing=None, referral=referral)
    except Unsealable:
        pass  # one that cannot be read keeps no case from ending


async def require_time_to_ask(session: AsyncSession, parent: Report, *, now: dt.datetime) -> None:
    """Witnesses are asked now and then, and only while the case goes on. Raises AskedAMomentAgo, ReportCannotMove."""
    if parent.state not in OPEN_STATES:
        raise ReportCannotMove()
    latest = sa.select(sa.func.max(WitnessQuestion.asked_at)).where(WitnessQuestion.report_id == parent.id)
    asked_at = await session.scalar(latest)
    if asked_at is not None and now - asked_at < WITNESSES_ASKED_EVERY:
        raise AskedAMomentAgo()


async def public_face(session: AsyncSession, report: Report) -> ReportState:
    """The state whose label the reporter reads, whatever they reported: use it wherever a reporter is told a state.

    A merged report shows its case's state: as far as that is shown, never that another witness was asked something,
    and for good the end that it shared. `parent_of` is the case whose outcome, body and closing words belong to it."""
    if report.state is not S.MERGED:
        return report.shown_state or report.state
    if report.outcome is not None:
        return _end_of(report.outcome)
    parent = await parent_of(session, report)
    if parent is None:
        return S.MERGED
    shown = parent.shown_state or parent.state
    if shown is S.NEEDS_INFO:
        return S.VERIFIED
    return S.MERGED if shown in END_STATES or shown is S.ARCHIVED else shown


def _end_of(outcome: str) -> ReportState:
    if outcome == REFERRED:
        return S.REFERRED
    return S.REJECTED if outcome in set(Reason) else S.RESOLVED
