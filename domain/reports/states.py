"""States: who may move a report from where to where. What the table does not name is refused."""

import datetime as dt
import enum
import uuid

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value

from domain.errors import DomainError
from models import Anonymity, Person, Report, ReportEvent, ReportState

S = ReportState


class Actor(enum.StrEnum):
    REPORTER = "reporter"
    DISPATCHER = "dispatcher"
    UNIT = "unit"
    SUPERVISOR = "supervisor"
    SYSTEM = "system"


R, D, U, V, T = Actor.REPORTER, Actor.DISPATCHER, Actor.UNIT, Actor.SUPERVISOR, Actor.SYSTEM

END_STATES = (S.RESOLVED, S.REFERRED, S.REJECTED, S.MERGED, S.WITHDRAWN)

TRANSITIONS: dict[tuple[ReportState, ReportState], frozenset[Actor]] = {
    pair: frozenset(actors)
    for pair, actors in {
        (S.DRAFT, S.RECEIVED): (R, D),  # a dispatcher writes down what a caller says
        (S.DRAFT, S.WITHDRAWN): (R,),
        (S.RECEIVED, S.VERIFIED): (D,),
        (S.RECEIVED, S.ASSIGNED): (D,),  # P0 only: a life does not wait for a form
        (S.RECEIVED, S.NEEDS_INFO): (D,),
        (S.RECEIVED, S.REFERRED): (D,),
        (S.RECEIVED, S.REJECTED): (D, V),
        (S.RECEIVED, S.MERGED): (D,),
        (S.RECEIVED, S.WITHDRAWN): (R,),
        (S.VERIFIED, S.ASSIGNED): (D,),
        (S.VERIFIED, S.NEEDS_INFO): (D,),
        (S.VERIFIED, S.RESOLVED): (D,),  # information only: nobody had to go anywhere
        (S.VERIFIED, S.REFERRED): (D,),
        (S.VERIFIED, S.REJECTED): (D, V),
        (S.VERIFIED, S.MERGED): (D,),
        (S.VERIFIED, S.WITHDRAWN): (R,),
        (S.ASSIGNED, S.VERIFIED): (U,),  # the unit declines, with a reason
        (S.ASSIGNED, S.HANDLING): (U,),
        (S.ASSIGNED, S.NEEDS_INFO): (D, U),
        (S.ASSIGNED, S.REFERRED): (V,),
        (S.HANDLING, S.ASSIGNED): (D,),  # handed to another unit
        (S.HANDLING, S.NEEDS_INFO): (D, U),
        (S.HANDLING, S.RESOLVED): (U, D),
        (S.HANDLING, S.REFERRED): (V,),
        # An answer, or silence for a day, leads back to where the question was asked.
        (S.NEEDS_INFO, S.RECEIVED): (R, T),
        (S.NEEDS_INFO, S.VERIFIED): (R, T),
        (S.NEEDS_INFO, S.ASSIGNED): (R, T),
        (S.NEEDS_INFO, S.HANDLING): (R, T),
        (S.NEEDS_INFO, S.REJECTED): (D, V),
        (S.NEEDS_INFO, S.MERGED): (D,),
        (S.NEEDS_INFO, S.WITHDRAWN): (R,),
        (S.REJECTED, S.REFERRED): (V,),
        # Taking a merge apart again leads back to where it was done.
        (S.MERGED, S.VERIFIED): (D,),
        (S.MERGED, S.NEEDS_INFO): (D,),
        **{(end, S.RECEIVED): (R, V) for end in END_STATES},
        (S.MERGED, S.RECEIVED): (R, V, D),
        (S.REJECTED, S.RECEIVED): (R, V, D),  # D: only to undo, within minutes, a batch of their own (cases/pranks)
        **{(end, S.ARCHIVED): (T,) for end in END_STATES},
    }.items()
}


class ReportCannotMove(DomainError):
    """This step is not in the table, or not for this actor."""

    text_key = "error.report_cannot_move"


class ReportHasMoved(DomainError):
    """Somebody else was faster: the report is no longer what the page showed."""

    text_key = "error.report_has_moved"


def may_move(from_state: ReportState, to: ReportState, by: Actor) -> bool:
    return by in TRANSITIONS.get((from_state, to), frozenset())


async def move(
    session: AsyncSession,
    report: Report,
    to: ReportState,
    *,
    by: Actor,
    now: dt.datetime,
    reason: str | None = None,
    who: Person | None = None,
    batch_id: uuid.UUID | None = None,
) -> None:
    """Moves the report if it still is as it was read. `who` of the staff did it; steps of one `batch_id` are undone
    together. Raises ReportCannotMove, ReportHasMoved."""
    if not may_move(report.state, to, by):
        raise ReportCannotMove()
    claim = sa.update(Report).where(
        Report.id == report.id, Report.state == report.state, Report.version == report.version
    )
    result = await session.execute(
        claim.values(state=to, version=report.version + 1), execution_options={"synchronize_session": False}
    )
    if result.rowcount != 1:  # type: ignore[attr-defined]
        raise ReportHasMoved()
    step = event(report, to, by=by, at=_noted_at(report, by, now), reason=reason)
    step.actor_id, step.batch_id = who.id if who is not None else None, batch_id
    session.add(step)
    set_committed_value(report, "state", to)
    set_committed_value(report, "version", report.version + 1)


def coarse(moment: dt.datetime) -> dt.datetime:
    """To the quarter hour: nobody can lay it beside the moment of a chat message."""
    return moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)


def _noted_at(report: Report, by: Actor, now: dt.datetime) -> dt.datetime:
    """What a fully anonymous reporter does has no more exact moment than their report."""
    return coarse(now) if by is Actor.REPORTER and report.anonymity is Anonymity.FULL else now


def event(report: Report, to: ReportState, *, by: Actor, at: dt.datetime, reason: str | None = None) -> ReportEvent:
    """The step from the report's present state. Each version has one, so the version numbers them."""
    return ReportEvent(
        report_id=report.id,
        sequence=report.version,
        at=at,
        from_state=report.state,
        to_state=to,
        by=by,
        reason=reason,
    )
