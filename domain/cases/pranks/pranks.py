"""Pranks: closed as such with one tap, or many at once; for ten minutes the whole batch may be undone.

What endangers somebody (P0, P1), or did, is never closed this way, nor is a case that others joined: `closings` ends
those."""

import datetime as dt
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from domain import audit, units
from domain.cases import access, claims, steps
from domain.cases.access import Staff
from domain.cases.incidents import incidents
from domain.cases.outcomes import Reason
from domain.cases.pranks import strikes
from domain.cases.rooms import cards
from domain.errors import DomainError, NotAllowed
from domain.policy import PRANK_TOLD_AFTER, PRANK_UNDONE_WITHIN, PRANKS_AT_ONCE
from domain.reports import states
from domain.reports.states import Actor
from domain.reports.taxonomy import SENSITIVE_CODES
from domain.roles import Role
from models import IS_OPEN, Prank, Report, ReportEvent, ReportState, new_id

S = ReportState
IS_LOW = sa.and_(Report.priority.in_(("P2", "P3")), Report.is_grave.is_(False))
TICKS_KEPT = dt.timedelta(hours=1)
AT_ONCE = 100
# The clock and the claim, as they stood: what undoing puts back.
CLOCK = ("due_at", "due_kind", "waiting_since", "escalation", "claimed_by", "claimed_until", "heartbeat_at")


class NotByOnePerson(DomainError):
    """P0 and P1 are not closed by one person."""

    text_key = "error.not_by_one_person"


class OthersSawIt(DomainError):
    """Other reports are part of the case."""

    text_key = "error.others_saw_it"


class TooLateToUndo(DomainError):
    text_key = "error.too_late_to_undo"


@dataclass(frozen=True)
class Undone:
    """`was_told`: the reporter had heard already that the report was closed."""

    report: Report
    was_told: bool


async def candidates(session: AsyncSession, staff: Staff, *, now: dt.datetime) -> Sequence[Report]:
    """Reports that this person might close as pranks: new, not urgent, in nobody else's hand, joined by no other; those
    that have waited longest first."""
    other = aliased(Report)
    has_joined = sa.exists().where(other.merged_into == Report.id, other.state == S.MERGED)
    chosen = sa.select(Report).where(
        IS_OPEN,
        Report.state == S.RECEIVED,
        IS_LOW,
        _is_free(staff, now),
        ~has_joined,
    )
    hidden = [code for code in SENSITIVE_CODES if units.own_unit(code) not in staff.units]
    if hidden and Role.COMMANDER not in staff.roles:
        chosen = chosen.where(Report.category_code.not_in(hidden))
    return (await session.scalars(chosen.order_by(Report.waiting_since).limit(PRANKS_AT_ONCE))).all()


def _is_free(staff: Staff, now: dt.datetime) -> sa.ColumnElement[bool]:
    return sa.or_(Report.claimed_by.is_(None), Report.claimed_until <= now, Report.claimed_by == staff.person.id)


async def ticked(session: AsyncSession, staff: Staff, *, now: dt.datetime) -> set[uuid.UUID]:
    """What this person ticked in the list within the last hour."""
    own = sa.select(Prank.report_id).where(
        Prank.person_id == staff.person.id, Prank.batch_id.is_(None), Prank.at > now - TICKS_KEPT
    )
    return set(await session.scalars(own))


async def tick(session: AsyncSession, report: Report, staff: Staff, *, now: dt.datetime) -> bool:
    """Ticks it, or takes the tick away again. Whether it is ticked now. Raises NoSuchCase, NotByOnePerson, OthersSawIt,
    ReportCannotMove, CaseIsTaken."""
    await _require_closable(session, report, staff, now=now)
    prank = await session.get(Prank, report.id)
    if prank is not None and prank.batch_id is None and prank.person_id == staff.person.id:
        await session.delete(prank)
        return False
    await _keep(session, prank, report, staff, now=now)
    return True


async def untick_all(session: AsyncSession, staff: Staff) -> None:
    own = sa.delete(Prank).where(Prank.person_id == staff.person.id, Prank.batch_id.is_(None))
    await session.execute(own, execution_options={"synchronize_session": "fetch"})


async def close(session: AsyncSession, report: Report, staff: Staff, *, now: dt.datetime) -> uuid.UUID:
    """Closes one. Returns what undoes it. Raises NoSuchCase, NotByOnePerson, OthersSawIt, ReportCannotMove,
    CaseIsTaken, ReportHasMoved."""
    await _require_closable(session, report, staff, now=now)
    if not await _still(session, [report], staff, now=now):
        raise states.ReportHasMoved()
    batch_id = new_id()
    await _close(session, report, staff, batch_id, now=now)
    return batch_id


async def close_ticked(session: AsyncSession, staff: Staff, *, now: dt.datetime) -> tuple[uuid.UUID, list[Report]]:
    """Closes all that this person ticked, in one batch, but for those that have moved on since. Returns what undoes it,
    and what was closed."""
    ids = await ticked(session, staff, now=now)
    chosen = sa.select(Report).where(Report.id.in_(ids), IS_LOW).limit(PRANKS_AT_ONCE)
    reports = [report for report in await session.scalars(chosen) if access.may_open(staff, report)]
    batch_id, closed = new_id(), []
    for report in await _still(session, reports, staff, now=now):
        if not await incidents.has_joined(session, report):
            await _close(session, report, staff, batch_id, now=now)
            closed.append(report)
    audit.note(session, staff.person, "close pranks", None, str(len(closed)), now=now)
    await session.flush()
    await untick_all(session, staff)
    return batch_id, closed


async def undo(session: AsyncSession, batch_id: uuid.UUID, staff: Staff, *, now: dt.datetime) -> list[Undone]:
    """Every report of the batch is again what it was, but for those that somebody has moved since. Raises NotAllowed,
    TooLateToUndo."""
    batch = (await session.scalars(sa.select(Prank).where(Prank.batch_id == batch_id))).all()
    if not batch or any(now - prank.at > PRANK_UNDONE_WITHIN for prank in batch):
        raise TooLateToUndo()
    if any(prank.person_id != staff.person.id for prank in batch):
        raise NotAllowed()
    by_id = {prank.report_id: prank for prank in batch}
    undone = []
    for report in await session.scalars(sa.select(Report).where(Report.id.in_(by_id)).order_by(Report.id)):
        if await _is_the_last_step(session, report, batch_id):
            await _put_back(session, report, by_id[report.id], staff, now=now)
            undone.append(Undone(report, by_id[report.id].tell_at is None))
    for prank in batch:
        await session.delete(prank)
    return undone


async def to_tell(session: AsyncSession, now: dt.datetime) -> Sequence[tuple[Prank, Report]]:
    """Closed reports whose reporters are to be told now, since nobody has undone it."""
    due = sa.select(Prank, Report).join(Report, Report.id == Prank.report_id).where(Prank.tell_at <= now)
    return [(prank, report) for prank, report in await session.execute(due.limit(AT_ONCE))]


async def forget(session: AsyncSession, now: dt.datetime) -> None:
    """What was told and is past undoing, and ticks that nobody came back to."""
    old = sa.delete(Prank).where(Prank.at <= now - TICKS_KEPT, Prank.tell_at.is_(None))
    await session.execute(old, execution_options={"synchronize_session": False})


async def _require_closable(session: AsyncSession, report: Report, staff: Staff, *, now: dt.datetime) -> None:
    access.require_may_open(staff, report)
    if steps.needs_two(report):
        raise NotByOnePerson(number=report.number)
    if report.state is not S.RECEIVED:
        raise states.ReportCannotMove()
    await session.flush()
    # Whoever merges another report into it at this moment is waited for, or finds that it has ended.
    await session.execute(sa.select(Report.id).where(Report.id == report.id).with_for_update())
    if await incidents.has_joined(session, report):
        raise OthersSawIt(number=report.number)
    is_held = report.claimed_by is not None and report.claimed_until is not None and report.claimed_until > now
    if is_held and report.claimed_by != staff.person.id:
        raise claims.CaseIsTaken(number=report.number, staff=await claims.holder_name(session, report))


async def _still(session: AsyncSession, reports: Sequence[Report], staff: Staff, *, now: dt.datetime) -> list[Report]:
    """Locks the rows, in one order; those that still are as they were read, new and in nobody else's hand."""
    seen = {report.id: report for report in reports}
    held = sa.select(Report.id, Report.version).where(
        Report.id.in_(seen), Report.state == S.RECEIVED, IS_LOW, _is_free(staff, now)
    )
    rows = await session.execute(held.order_by(Report.id).with_for_update())
    return [seen[row.id] for row in rows if row.version == seen[row.id].version]


async def _close(session: AsyncSession, report: Report, staff: Staff, batch_id: uuid.UUID, *, now: dt.datetime) -> None:
    prank = await _keep(session, await session.get(Prank, report.id), report, staff, now=now)
    prank.batch_id, prank.tell_at, prank.before = batch_id, now + PRANK_TOLD_AFTER, _clock_of(report)
    await steps.end(
        session, report, S.REJECTED, Reason.PRANK.value, staff, by=Actor.DISPATCHER, now=now, batch_id=batch_id
    )


async def _keep(session: AsyncSession, prank: Prank | None, report: Report, staff: Staff, *, now: dt.datetime) -> Prank:
    if prank is None:
        prank = Prank(report_id=report.id)
        session.add(prank)
    prank.person_id, prank.at, prank.batch_id = staff.person.id, now, None
    prank.tell_at = prank.before = None
    return prank


async def _is_the_last_step(session: AsyncSession, report: Report, batch_id: uuid.UUID) -> bool:
    """Whether nothing has happened to it since it was closed."""
    last = await session.get(ReportEvent, (report.id, report.version - 1))
    return report.state is S.REJECTED and last is not None and last.batch_id == batch_id


async def _put_back(session: AsyncSession, report: Report, prank: Prank, staff: Staff, *, now: dt.datetime) -> None:
    await states.move(
        session,
        report,
        S.RECEIVED,
        by=Actor.DISPATCHER,
        now=now,
        reason="undone",
        who=staff.person,
        batch_id=prank.batch_id,
    )
    audit.note(session, staff.person, "undo", report.number, now=now)
    report.outcome = report.closed_at = None
    _set_clock(report, prank.before or "{}")
    await strikes.remove(session, report)
    await session.flush()
    await cards.want(session, report, now=now)


def _clock_of(report: Report) -> str:
    return json.dumps({name: _plain(getattr(report, name)) for name in CLOCK}, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.isoformat()
    return value.hex if isinstance(value, uuid.UUID) else value


def _set_clock(report: Report, before: str) -> None:
    for name, value in json.loads(before).items():
        if value is not None and name.endswith(("_at", "_since", "_until")):
            value = dt.datetime.fromisoformat(value)
        elif value is not None and name == "claimed_by":
            value = uuid.UUID(value)
        setattr(report, name, value)
