"""Own: a reporter's cases, and which of them their words may be about."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.cases import links
from domain.cases.incidents import incidents
from domain.policy import REOPEN_WITHIN, REOPENINGS_MAX
from domain.reports import states
from domain.reports.drafts import reporter_index
from domain.reports.states import Actor
from models import OPEN_STATES, MessageLink, Person, Report, ReportState, Side

S = ReportState
LOOKED_AT = 50
GONE = (S.DRAFT, S.ARCHIVED)
REOPENABLE = (S.RESOLVED, S.REFERRED, S.REJECTED, S.WITHDRAWN)


def is_theirs(person: Person, report: Report) -> bool:
    return report.reporter_index == reporter_index(person)


def goes_on(report: Report) -> bool:
    """Whether the police are still at it: on its own, or as part of another case."""
    return report.state in OPEN_STATES or (report.state is S.MERGED and report.outcome is None)


def waits_for_reporter(report: Report) -> bool:
    """Whether it is the reporter's turn: a question is open, or the police spoke last."""
    return report.state is S.NEEDS_INFO or report.last_word == Side.STAFF


async def that_go_on(session: AsyncSession, person: Person) -> Sequence[Report]:
    """Their cases that have not ended, the newest first."""
    is_part = sa.and_(Report.state == S.MERGED, Report.outcome.is_(None))
    theirs = sa.select(Report).where(
        Report.reporter_index == reporter_index(person), sa.or_(Report.state.in_(OPEN_STATES), is_part)
    )
    return (await session.scalars(theirs.order_by(Report.filed_at.desc()).limit(LOOKED_AT))).all()


def only_one_waiting(reports: Sequence[Report]) -> Report | None:
    """The one that words without an address must be meant for: no other case waits for an answer."""
    waiting = [report for report in reports if waits_for_reporter(report)]
    return waiting[0] if len(waiting) == 1 else None


async def of_message(
    session: AsyncSession, person: Person, chat_id: int, message_id: int
) -> tuple[Report, MessageLink] | None:
    """Which of their cases a message in their chat is about, however old it is. None for everybody else's."""
    link = await links.find(session, chat_id, message_id)
    report = await session.get(Report, link.report_id) if link is not None else None
    if link is None or report is None or not is_theirs(person, report) or report.state in GONE:
        return None
    return report, link


def may_withdraw(report: Report) -> bool:
    """Taken back at once, or once a unit is at work at least wished to be."""
    return report.state in OPEN_STATES and not report.is_recalled


async def ends_when_withdrawn(session: AsyncSession, report: Report) -> bool:
    """Otherwise it is a wish that the police read: a unit is at work, or others saw it too."""
    if await incidents.has_joined(session, report):
        return False
    return states.may_move(report.state, S.WITHDRAWN, Actor.REPORTER)


def may_reopen(report: Report, now: dt.datetime) -> bool:
    """Within 14 days of its end, and twice at most. What was merged into another case ended with that one."""
    is_recent = report.closed_at is not None and now - report.closed_at <= REOPEN_WITHIN
    is_over = report.state in REOPENABLE or (report.state is S.MERGED and report.outcome is not None)
    return is_over and is_recent and report.reopened < REOPENINGS_MAX


def may_contest(report: Report) -> bool:
    """A rejection is looked at again once."""
    return report.state is S.REJECTED and not report.was_contested
