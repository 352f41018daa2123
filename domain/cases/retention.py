"""Retention: for how long a case is kept after its end, and how it is erased."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value

from domain import audit
from domain.errors import DomainError
from domain.policy import HOLD_FOR, KEPT, KEPT_OTHERWISE, Kept
from domain.reports import states
from domain.reports.states import END_STATES, Actor
from models import (
    Attachment,
    Card,
    CaseKey,
    CaseMessage,
    Closing,
    Desk,
    MessageLink,
    OutboxMessage,
    OutboxState,
    Person,
    Prank,
    Report,
    ReportState,
    SearchTerm,
    Strike,
    WitnessAnswer,
    WitnessQuestion,
)

AT_ONCE = 100
FILES_AT_ONCE = 500
# Whatever says what the case was about, who reported it, or who spoke in it. Attachments come with their names.
GOES_WITH_THE_CASE: tuple[Any, ...] = (
    CaseKey,
    WitnessAnswer,
    WitnessQuestion,
    MessageLink,
    CaseMessage,
    SearchTerm,
    Closing,
    Prank,
    Desk,
)
FORGOTTEN = (
    "content_sealed",
    "reporter_index",
    "reporter_sealed",
    "access_code_index",
    "place_id",
    "status_message_id",
    "shown_state",
    "last_word",
    "held_until",
)
WITHOUT_LOADING = {"synchronize_session": False}


class CaseIsErased(DomainError):
    """Its content is gone: there is nothing left to hold."""

    text_key = "error.case_is_erased"


class CaseIsHeld(DomainError):
    """It must not be erased before the hold ends."""

    text_key = "error.case_is_held"


def kept(outcome: str | None) -> Kept:
    return KEPT.get(outcome or "", KEPT_OTHERWISE)


def is_held(report: Report, now: dt.datetime) -> bool:
    return report.held_until is not None and report.held_until > now


async def erase_old_cases(session: AsyncSession, now: dt.datetime) -> int:
    """Erases cases whose term is over, so many at once, and returns how many. One that somebody reopens or holds at
    this very moment is locked, so it is left out and looked at again."""
    await _date_the_undated(session, now)
    # A strike has a term of its own: it may outlive the prank, and is all that then leads from there to a keyed hash.
    await session.execute(sa.delete(Strike).where(Strike.expires_at <= now), execution_options=WITHOUT_LOADING)
    ids = [*await session.scalars(_due_by_outcome(now))]
    ids += await session.scalars(_due_otherwise(now).limit(AT_ONCE - len(ids)))
    due = (await session.scalars(sa.select(Report).where(Report.id.in_(ids)))).all() if ids else []
    await _erase(session, due, now)
    return len(due)


def _ended(*more: sa.ColumnElement[bool], now: dt.datetime) -> sa.Select[uuid.UUID]:
    may_go = sa.or_(Report.held_until.is_(None), Report.held_until <= now)
    return sa.select(Report.id).where(*more, may_go).with_for_update(skip_locked=True)


def _due_by_outcome(now: dt.datetime) -> sa.Select[uuid.UUID]:
    """Those whose outcome has a term of its own. Such outcomes are reasons to reject; of what has ended that is the
    smaller part, so no more is looked through."""
    terms = [sa.and_(Report.outcome == outcome, Report.closed_at <= now - term.words) for outcome, term in KEPT.items()]
    shortest = now - min(term.words for term in KEPT.values())
    is_over = (Report.state == ReportState.REJECTED, Report.closed_at <= shortest, sa.or_(*terms))
    return _ended(*is_over, now=now).limit(AT_ONCE)


def _due_otherwise(now: dt.datetime) -> sa.Select[uuid.UUID]:
    is_over = (Report.state.in_(END_STATES), Report.closed_at <= now - KEPT_OTHERWISE.words)
    return _ended(*is_over, now=now)


async def _date_the_undated(session: AsyncSession, now: dt.datetime) -> None:
    """What ended before ends were dated is kept from today on: too long rather than for ever."""
    undated = sa.select(Report.id).where(Report.state.in_(END_STATES), Report.closed_at.is_(None)).limit(AT_ONCE)
    dated = sa.update(Report).where(Report.id.in_(undated)).values(closed_at=now)
    await session.execute(dated, execution_options=WITHOUT_LOADING)


async def erase_case(session: AsyncSession, report: Report, now: dt.datetime) -> list[str]:
    """Erases an ended case and archives it. Returns the names of its files, for which no row is left: the sweep takes
    them away. Raises CaseIsHeld, ReportCannotMove, ReportHasMoved."""
    if is_held(report, now):
        raise CaseIsHeld(number=report.number)
    return await _erase(session, [report], now)


async def _erase(session: AsyncSession, reports: Sequence[Report], now: dt.datetime) -> list[str]:
    for report in reports:
        await states.move(session, report, ReportState.ARCHIVED, by=Actor.SYSTEM, now=now)
        for column in FORGOTTEN:
            setattr(report, column, None)
        audit.note(session, None, "erase", report.number, report.outcome, now=now)
    await session.flush()
    ids = [report.id for report in reports]
    names = await _delete_files(session, ids)
    for table in GOES_WITH_THE_CASE:
        await session.execute(sa.delete(table).where(table.report_id.in_(ids)), execution_options=WITHOUT_LOADING)
    for report in reports:
        set_committed_value(report, "case_key", None)
    await _silence(session, ids)
    return names


async def _delete_files(session: AsyncSession, report_ids: Sequence[uuid.UUID]) -> list[str]:
    gone = sa.delete(Attachment).where(Attachment.report_id.in_(report_ids))
    rows = await session.execute(
        gone.returning(Attachment.stored_as, Attachment.copy_as), execution_options=WITHOUT_LOADING
    )
    return [name for row in rows for name in row if name is not None]


async def _silence(session: AsyncSession, report_ids: Sequence[uuid.UUID]) -> None:
    """Nothing more is said about them, and cards that still show their words are made anew."""
    waiting = (OutboxMessage.report_id.in_(report_ids), sa.text("state = 'pending'"))  # literal, for its index
    off = sa.update(OutboxMessage).where(*waiting).values(state=OutboxState.CANCELLED, payload_sealed=None)
    await session.execute(off, execution_options=WITHOUT_LOADING)
    shown = sa.update(Card).where(Card.report_id.in_(report_ids), Card.message_id.is_not(None))
    await session.execute(shown.values(is_stale=True), execution_options=WITHOUT_LOADING)


class OldFiles:
    """Files go sooner than words. They are walked round and round in small portions, since a case with files to erase
    looks no different from one whose files have gone."""

    def __init__(self) -> None:
        self.after: uuid.UUID | None = None

    async def erase(self, session: AsyncSession, now: dt.datetime) -> int:
        """Looks at the next portion; returns of how many cases the files are gone."""
        chosen = sa.select(Attachment.id, Attachment.report_id).order_by(Attachment.id).limit(FILES_AT_ONCE)
        if self.after is not None:
            chosen = chosen.where(Attachment.id > self.after)
        rows = (await session.execute(chosen)).all()
        self.after = rows[-1].id if len(rows) == FILES_AT_ONCE else None
        due = await self._due(session, {row.report_id for row in rows}, now)
        for report in due:
            audit.note(session, None, "erase files", report.number, now=now)
        await session.flush()
        await _delete_files(session, [report.id for report in due])
        return len(due)

    async def _due(self, session: AsyncSession, report_ids: set[uuid.UUID], now: dt.datetime) -> list[Report]:
        if not report_ids:
            return []
        ended = _ended(Report.id.in_(report_ids), Report.state.in_(END_STATES), Report.closed_at <= now, now=now)
        ids = list(await session.scalars(ended))
        reports = await session.scalars(sa.select(Report).where(Report.id.in_(ids)))
        return [each for each in reports if each.closed_at and each.closed_at <= now - kept(each.outcome).files]


async def hold(session: AsyncSession, report: Report, *, by: Person, now: dt.datetime) -> dt.datetime:
    """Keeps the case from being erased, from now on for HOLD_FOR; returns until when. Raises CaseIsErased."""
    until = now + HOLD_FOR
    await _hold_until(session, report, until)
    audit.note(session, by, "hold", report.number, f"until {until:%Y-%m-%d}", now=now)
    return until


async def release_hold(session: AsyncSession, report: Report, *, by: Person, now: dt.datetime) -> None:
    """The case is erased at its term again, at once if that is over. Raises CaseIsErased."""
    await _hold_until(session, report, None)
    audit.note(session, by, "release hold", report.number, now=now)


async def _hold_until(session: AsyncSession, report: Report, until: dt.datetime | None) -> None:
    """With a condition: it may have been erased since it was read."""
    is_there = (Report.id == report.id, Report.state != ReportState.ARCHIVED)
    done = await session.execute(
        sa.update(Report).where(*is_there).values(held_until=until), execution_options=WITHOUT_LOADING
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise CaseIsErased(number=report.number)
    set_committed_value(report, "held_until", until)
