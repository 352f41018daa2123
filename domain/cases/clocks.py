"""Clocks: which promise to a reporter is due next, and what happens when it is broken."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.policy import ALARM_AGAIN_MINUTES, ALARM_STEP_MINUTES, ANSWER_WAITED_FOR, PROMISES
from domain.reports import filing
from models import IS_OPEN, Anonymity, Report, ReportState

S = ReportState
LAST_STEP = 3  # the room, every dispatcher, every commander; from then on all of them, again and again
AT_ONCE = 50
MOST_COUNTED = 1000  # of steps; what is said in them goes on all the same
ARRIVED = ("on_scene", "investigating", "confirming")


def start(report: Report, kind: str, *, since: dt.datetime) -> None:
    """From now on this is the promise that counts."""
    report.due_kind, report.due_at, report.escalation = kind, since + _allowed(report, kind), 0


def begin(report: Report, *, now: dt.datetime) -> None:
    """A report has come in, or came back: somebody waits for the police.

    Of a fully anonymous one only the quarter hour is shown and kept. But its clock runs from now, to the minute: were
    it as coarse, every one of them would be late from the first moment. It is forgotten when the case ends."""
    report.waiting_since = filing.coarse(now) if report.anonymity is Anonymity.FULL else now
    start(report, "claim", since=_since(report, now))


def _since(report: Report, now: dt.datetime) -> dt.datetime:
    """Since when the next promise counts: since the reporter waits, if that is known exactly."""
    if report.anonymity is Anonymity.FULL:
        return now.replace(second=0, microsecond=0) + dt.timedelta(minutes=1)
    return report.waiting_since or now


def follow(report: Report, *, now: dt.datetime) -> None:
    """The clock that belongs to the state which the case has just reached."""
    if report.state in (S.RECEIVED, S.VERIFIED):
        report.waiting_since = report.waiting_since or now
        start(report, "claim" if report.claimed_by is None else "assign", since=_since(report, now))
    elif report.state is S.ASSIGNED:
        report.waiting_since = now
        start(report, "accept", since=now)
    elif report.state is S.HANDLING:
        report.waiting_since = None
        start(report, "close" if report.progress in ARRIVED else "arrive", since=now)
    elif report.state is S.NEEDS_INFO:
        report.waiting_since, report.asked_at = None, now
    else:
        report.waiting_since = report.due_at = report.due_kind = None


def claimed(report: Report, *, now: dt.datetime) -> None:
    """Somebody took it: what they must do next is due."""
    if report.state in (S.RECEIVED, S.VERIFIED) and report.waiting_since is not None:
        start(report, "assign", since=_since(report, now))


def unclaimed(report: Report, *, now: dt.datetime) -> None:
    """Nobody holds it any more, so it waits to be taken: the time for that begins anew."""
    if report.state in (S.RECEIVED, S.VERIFIED):
        report.waiting_since = report.waiting_since or now
        start(report, "claim", since=now)


def changed_priority(report: Report, *, now: dt.datetime) -> None:
    """What was promised is now promised for the new priority. While the reporter is asked, the time that passes until
    the answer is added later (`resume`)."""
    if report.due_kind is not None:
        since = report.asked_at if report.state is S.NEEDS_INFO else None
        start(report, report.due_kind, since=since or _since(report, now))


def resume(report: Report, *, now: dt.datetime) -> None:
    """The question is answered, or nobody waits for the answer any more: the clock goes on where it stood still."""
    if report.asked_at is None:
        return
    paused = now - report.asked_at
    report.paused_seconds += int(paused.total_seconds())
    report.asked_at = None
    if report.due_at is not None:
        report.due_at += paused
    report.waiting_since = now


def _allowed(report: Report, kind: str) -> dt.timedelta:
    return dt.timedelta(minutes=PROMISES[report.priority or "P3"][kind])


async def overdue(session: AsyncSession, now: dt.datetime) -> Sequence[Report]:
    """Cases whose promise is broken, the most urgent first. A case that waits for its reporter breaks none."""
    broken = sa.select(Report).where(
        IS_OPEN, Report.state.in_((S.RECEIVED, S.VERIFIED, S.ASSIGNED, S.HANDLING)), Report.due_at <= now
    )
    return (await session.scalars(unhurried(broken.order_by(Report.priority, Report.due_at).limit(AT_ONCE)))).all()


def unhurried(cases: sa.Select[Any]) -> sa.Select[Any]:
    """What somebody changes at this very moment is left for the next time; what is read stays as it is until the end
    of the transaction. (Of the case alone: its key is an outer join, which PostgreSQL cannot lock.)"""
    return cases.with_for_update(skip_locked=True, of=Report)


def escalate(report: Report, *, now: dt.datetime) -> int:
    """One step up, and the moment of the next. Returns the step: 1 the room, 2 dispatchers, 3 commanders, more: all.

    It has no last one: only a person ends it."""
    report.escalation = min(report.escalation + 1, MOST_COUNTED)
    minutes = ALARM_STEP_MINUTES if report.escalation < LAST_STEP else ALARM_AGAIN_MINUTES
    report.due_at = now + dt.timedelta(minutes=minutes[report.priority or "P3"])
    return report.escalation


async def waiting_for_reporters(session: AsyncSession, now: dt.datetime) -> Sequence[Report]:
    """Cases whose question has been open long enough to look at."""
    asked = sa.select(Report).where(Report.state == S.NEEDS_INFO, Report.asked_at <= now - ANSWER_WAITED_FOR)
    early = sa.select(Report).where(Report.state == S.NEEDS_INFO, Report.paused_seconds > 0)
    found = [
        *await session.scalars(unhurried(asked.limit(AT_ONCE))),
        *await session.scalars(unhurried(early.limit(AT_ONCE))),
    ]
    return list({report.id: report for report in found}.values())
