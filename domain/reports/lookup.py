"""Look-up: one's own reports, and any report by its secret code."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain import guesses
from domain.errors import DomainError
from domain.policy import OPEN_REPORTS_SHOWN, REPORT_NUMBER_PREFIX
from domain.reports.drafts import reporter_index
from domain.reports.filing import ALPHABET, NUMBER_LETTERS, code_index
from models import Person, Report, ReportState


class NoSuchReport(DomainError):
    text_key = "error.no_such_report"


class NoSuchDraft(DomainError):
    """It was deleted, has expired, or was sent in full anonymity: nobody can tell which."""

    text_key = "error.no_such_draft"


class AlreadySent(DomainError):
    text_key = "error.already_sent"


async def own_draft(session: AsyncSession, person: Person, report_id: uuid.UUID) -> Report:
    """One's own draft, also one that was put aside. Raises NoSuchDraft, AlreadySent."""
    report = await session.get(Report, report_id)
    if report is None or report.reporter_index != reporter_index(person):
        raise NoSuchDraft()
    if report.state is not ReportState.DRAFT:
        raise AlreadySent(number=report.number)
    return report


async def own_reports(session: AsyncSession, person: Person) -> list[Report]:
    """The newest that were sent, without those filed in full anonymity: nobody knows whose these are."""
    own = sa.select(Report).where(Report.reporter_index == reporter_index(person), Report.state != ReportState.DRAFT)
    return list(await session.scalars(own.order_by(Report.filed_at.desc()).limit(OPEN_REPORTS_SHOWN)))


async def own_report(session: AsyncSession, person: Person, report_id: uuid.UUID) -> Report:
    """Raises NoSuchReport."""
    report = await session.get(Report, report_id)
    if report is None or report.reporter_index != reporter_index(person):
        raise NoSuchReport()
    return report


async def by_number(session: AsyncSession, typed: str) -> Report:
    """The report with that public number, however it was typed: `jbr 7kq m3xd`, `7kqm3xd`. Raises NoSuchReport."""
    letters = "".join(character for character in typed.upper() if character in ALPHABET)[-NUMBER_LETTERS:]
    number = f"{REPORT_NUMBER_PREFIX}-{letters[:3]}-{letters[3:]}"
    report: Report | None = await session.scalar(sa.select(Report).where(Report.number == number))
    if report is None:
        raise NoSuchReport()
    return report


async def find_by_code(session: AsyncSession, person: Person, code: str, *, now: dt.datetime) -> Report | None:
    """The report that the code opens. Raises TooManyGuesses after five wrong ones within an hour."""
    guesses.require_patience(person, now=now)
    index = code_index(code)
    report = None
    if index is not None:
        report = await session.scalar(sa.select(Report).where(Report.access_code_index == index))
    if report is None and index is not None:  # what has no 16 digits is a slip, not a guess
        guesses.note_wrong(person, now=now)
    return report
