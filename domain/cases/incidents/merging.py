"""Merging: a report becomes part of another case, and for a day it may be taken out again."""

import datetime as dt
import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain import audit, units
from domain.cases import access, claims, clocks, steps
from domain.cases.access import Staff
from domain.cases.incidents import incidents
from domain.cases.rooms import cards
from domain.cases.rooms.boards import RANKS
from domain.errors import DomainError
from domain.policy import UNMERGE_WITHIN
from domain.reports import drafts, states
from domain.reports.states import Actor
from models import OPEN_STATES, Closing, Report, ReportState

S = ReportState
JOINABLE = (*OPEN_STATES, S.RESOLVED, S.REFERRED)
# What is due of a case that waits for its reporter's answer, by the state that the answer leads back to.
DUE_AFTER_ANSWER = {S.RECEIVED: "claim", S.VERIFIED: "claim", S.ASSIGNED: "accept", S.HANDLING: "arrive"}


class SameCase(DomainError):
    """It is that case, or part of it already."""

    text_key = "error.same_case"


class WouldBeSeen(DomainError):
    """A sensitive report would become part of a case that others read."""

    text_key = "error.would_be_seen"


class EndedBySomebodyElse(DomainError):
    """What endangers somebody is not ended by one person, neither by making it part of a case that is over."""

    text_key = "error.merge_would_end_it"


class TooLateToUnmerge(DomainError):
    text_key = "error.too_late_to_unmerge"


async def merge(session: AsyncSession, child: Report, parent: Report, staff: Staff, *, now: dt.datetime) -> Report:
    """Makes the report part of the case, and returns that case: of one that is part of another, that other one. What
    was merged into the report comes along, so there are never chains.

    Raises NoSuchCase, SameCase, WouldBeSeen, ReportCannotMove, EndedBySomebodyElse, CaseIsTaken, ReportHasMoved."""
    parent = await incidents.parent_of(session, parent) or parent
    _require_fitting(child, parent, staff)
    await _hold_still(session, child, parent)
    await claims.claim(session, child, staff, now=now)
    took = await incidents.joined(session, child)
    before = child.state
    await states.move(session, child, S.MERGED, by=Actor.DISPATCHER, now=now, reason=parent.number, who=staff.person)
    audit.note(session, staff.person, "merge", child.number, parent.number, now=now)
    child.merged_into, child.merged_from, child.merged_at = parent.id, before.value, now
    child.claimed_by = child.claimed_until = None
    clocks.follow(child, now=now)
    memory = {"priority": parent.priority, "took": [report.id.hex for report in took]}
    drafts.change(child, child.touched_at, merge=memory)
    for report in took:
        report.merged_into = parent.id
    _share_the_end([child, *(report for report in took if report.outcome is None)], parent, now=now)
    await session.execute(sa.delete(Closing).where(Closing.report_id == child.id))
    await _be_as_urgent_as(session, parent, child, now=now)
    await _changed(session, child, parent, now=now)
    return parent


async def unmerge(session: AsyncSession, child: Report, staff: Staff, *, now: dt.datetime) -> Report | None:
    """Takes the report out again: it is where it was, with what had been part of it, and its clock begins anew. Only
    whoever may open both does that. Returns the case that it was part of. Raises NoSuchCase, ReportCannotMove,
    TooLateToUnmerge, ReportHasMoved."""
    access.require_may_open(staff, child)
    if child.state is not S.MERGED or child.merged_at is None:
        raise states.ReportCannotMove()
    if now - child.merged_at > UNMERGE_WITHIN:
        raise TooLateToUnmerge()
    parent = await incidents.parent_of(session, child)
    if parent is not None:
        access.require_may_open(staff, parent)
    back = ReportState(child.merged_from or S.RECEIVED.value)
    await states.move(session, child, back, by=Actor.DISPATCHER, now=now, reason="taken apart", who=staff.person)
    audit.note(session, staff.person, "unmerge", child.number, parent.number if parent else None, now=now)
    ended_at = child.closed_at if child.outcome is not None else None
    child.merged_into = child.merged_from = child.merged_at = child.outcome = child.closed_at = None
    memory = drafts.content_of(child).get("merge", {})
    drafts.change(child, child.touched_at, merge=None)
    _restart(child, now=now)
    if parent is not None:
        await _give_back(session, child, parent, memory.get("took", ()), ended_at)
        await _calm_down(session, child, parent, memory.get("priority"), now=now)
        await _changed(session, child, parent, now=now)
    else:
        await _changed(session, child, now=now)
    return parent


def may_unmerge(report: Report, now: dt.datetime) -> bool:
    is_fresh = report.merged_at is not None and now - report.merged_at <= UNMERGE_WITHIN
    return report.state is S.MERGED and is_fresh


def _require_fitting(child: Report, parent: Report, staff: Staff) -> None:
    access.require_may_open(staff, child)
    access.require_may_open(staff, parent)
    if child.id == parent.id or child.merged_into == parent.id:
        raise SameCase(number=parent.number)
    if not states.may_move(child.state, S.MERGED, Actor.DISPATCHER) or parent.state not in JOINABLE:
        raise states.ReportCannotMove()
    if units.own_unit(child.category_code) not in (None, units.own_unit(parent.category_code)):
        raise WouldBeSeen()
    if parent.state not in OPEN_STATES and steps.needs_two(child):
        raise EndedBySomebodyElse(number=parent.number)


async def _hold_still(session: AsyncSession, *reports: Report) -> None:
    """Locks the rows, in one order, and looks whether they still are as they were read: of two merges at once one
    waits, and then sees what the other did. Raises ReportHasMoved."""
    seen = {report.id: (report.state, report.version) for report in reports}
    held = sa.select(Report.id, Report.state, Report.version).where(Report.id.in_(seen)).order_by(Report.id)
    rows = await session.execute(held.with_for_update())
    if {row.id: (row.state, row.version) for row in rows} != seen:
        raise states.ReportHasMoved()


def _share_the_end(reports: Sequence[Report], parent: Report, *, now: dt.datetime) -> None:
    """Every merged report has a date from which on it is kept, and what joins a case that is over is over as well."""
    for report in reports:
        report.closed_at = now
        if parent.state not in OPEN_STATES:
            report.outcome = parent.outcome
            incidents.share_words(report, parent)


async def _be_as_urgent_as(session: AsyncSession, parent: Report, child: Report, *, now: dt.datetime) -> None:
    """The case is as urgent as its most urgent report, and then waits for no answer: its clock must not stand still."""
    if parent.state not in OPEN_STATES:
        return
    parent.is_grave = parent.is_grave or steps.needs_two(child)
    if RANKS[child.priority or "P3"] < RANKS[parent.priority or "P3"]:
        if parent.state is S.NEEDS_INFO:
            await steps.stop_asking(session, parent, now=now)
        parent.priority = child.priority
        clocks.changed_priority(parent, now=now)


async def _give_back(
    session: AsyncSession, child: Report, parent: Report, took: Sequence[str], ended_at: dt.datetime | None
) -> None:
    """`ended_at`: when the report ended by being part of that case. What ended with it goes on with it."""
    ids = [uuid.UUID(hex) for hex in took]
    theirs = sa.select(Report).where(Report.id.in_(ids), Report.merged_into == parent.id, Report.state == S.MERGED)
    for report in await session.scalars(theirs):
        report.merged_into = child.id
        if report.closed_at == ended_at:
            report.outcome = None


async def _calm_down(
    session: AsyncSession, child: Report, parent: Report, before: str | None, *, now: dt.datetime
) -> None:
    """The case is as urgent as it was, unless another report or a person has said otherwise since."""
    if before is None or parent.priority != child.priority or parent.state not in OPEN_STATES:
        return
    others = [report.priority for report in await incidents.joined(session, parent)]
    priority = min([before, *others], key=lambda priority: RANKS[priority or "P3"])
    if priority != parent.priority:
        parent.priority = priority
        clocks.changed_priority(parent, now=now)


def _restart(report: Report, *, now: dt.datetime) -> None:
    report.waiting_since = None
    clocks.follow(report, now=now)
    if report.state is S.NEEDS_INFO:
        clocks.start(report, DUE_AFTER_ANSWER[ReportState(report.returns_to or S.RECEIVED.value)], since=now)


async def _changed(session: AsyncSession, *reports: Report, now: dt.datetime) -> None:
    await session.flush()
    for report in reports:
        await cards.want(session, report, now=now)
