"""Evidence: the files that came with a report, from Telegram's keeping into ours."""

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.cases.rooms import cards
from domain.errors import DomainError
from domain.reports import filing
from models import Anonymity, Attachment, FileState, Report, ReportState

# After each failed try the next one waits; after the last the file is lost. About a day in all.
RETRY_AFTER = tuple(
    dt.timedelta(seconds=seconds) for seconds in (10, 60, 5 * 60, 30 * 60, 2 * 3600, 6 * 3600, 14 * 3600)
)
QUARTER = dt.timedelta(minutes=15)
TRIES_MAX = len(RETRY_AFTER) + 1

# Why a file is lost.
TOO_BIG = "too_big"  # Telegram gives bots no more than 20 MB
GONE = "gone"  # Telegram does not give it, however often it is asked
UNREADABLE = "unreadable"  # the key that its id was sealed with is gone
LOSSES = (TOO_BIG, GONE, UNREADABLE)


class NoSuchFile(DomainError):
    """It was never there, is lost, has been erased, or is not fetched yet."""

    text_key = "error.no_such_file"


@dataclass(frozen=True)
class Waiting:
    """A file to be fetched, with the case that it belongs to."""

    attachment: Attachment
    report: Report


@dataclass(frozen=True)
class Fetched:
    """What was fetched: the sealed files' names, what the original is, and the copy or the reason for none."""

    stored_as: str
    sha256: bytes
    size_bytes: int
    copy_as: str | None = None
    copy_kind: str | None = None
    reason: str | None = None


async def attachments_of(session: AsyncSession, report: Report) -> Sequence[Attachment]:
    """In the order in which they came."""
    found = await session.scalars(
        sa.select(Attachment).where(Attachment.report_id == report.id).order_by(Attachment.position)
    )
    return found.all()


async def begin_fetching(session: AsyncSession, report: Report) -> None:
    """What the reporter attached is part of a case now: it is fetched as soon as may be."""
    held = sa.update(Attachment).where(Attachment.report_id == report.id, Attachment.state == FileState.HELD)
    await session.execute(held.values(state=FileState.WAITING))


async def due(session: AsyncSession, now: dt.datetime, *, besides: Collection[uuid.UUID], room: int) -> list[Waiting]:
    """What should be fetched now, the untried first: one that Telegram does not give holds up no other."""
    rows = await session.execute(
        sa.select(Attachment, Report)
        .join(Report, Report.id == Attachment.report_id)
        .where(
            Attachment.state == sa.literal_column("'waiting'"),  # literal, so that the partial index is used
            sa.or_(Attachment.next_try_at.is_(None), Attachment.next_try_at <= now),
            Attachment.id.not_in(besides),
            Report.state != ReportState.DRAFT,
        )
        .order_by(Attachment.tries, Attachment.next_try_at)
        .limit(room)
    )
    return [Waiting(attachment, report) for attachment, report in rows]


async def note_fetched(session: AsyncSession, waiting: Waiting, fetched: Fetched, *, now: dt.datetime) -> bool:
    """The file is ours, and Telegram's id for it is forgotten. False when it is not wanted any more, or when the case
    got another key meanwhile, so that nobody could open what was sealed with the old one."""
    report = await session.get(Report, waiting.report.id)
    if report is None or _key_of(report) != _key_of(waiting.report):
        return False
    kept = _still_waiting(waiting).values(
        state=FileState.KEPT,
        stored_as=fetched.stored_as,
        sha256=fetched.sha256,
        size_bytes=fetched.size_bytes,
        copy_as=fetched.copy_as,
        copy_kind=fetched.copy_kind,
        reason=fetched.reason,
        file_sealed=None,
        next_try_at=None,
    )
    return await _changes(session, kept, report, now)


async def note_failed(
    session: AsyncSession, waiting: Waiting, reason: str, *, now: dt.datetime, is_final: bool = False
) -> bool:
    """It goes again later, or is lost for good. Whether it is lost."""
    tries = waiting.attachment.tries + 1
    if not is_final and tries < TRIES_MAX:
        later = _untold(waiting, now) + RETRY_AFTER[tries - 1]
        await session.execute(_still_waiting(waiting).values(tries=tries, next_try_at=later))
        return False
    report = await session.get(Report, waiting.report.id)
    lost = _still_waiting(waiting).values(
        state=FileState.LOST, tries=tries, reason=reason, file_sealed=None, next_try_at=None
    )
    return report is not None and await _changes(session, lost, report, now)


async def put_off(session: AsyncSession, waiting: Waiting, until: dt.datetime) -> None:
    """It goes again then. This was no try: Telegram was not reached, or told us to wait."""
    if waiting.report.anonymity is Anonymity.FULL:
        until = filing.coarse(until) + QUARTER
    await session.execute(_still_waiting(waiting).values(next_try_at=until))


def _untold(waiting: Waiting, now: dt.datetime) -> dt.datetime:
    """The moment that tries are counted from: of a fully anonymous report's files only the quarter hour is kept, so
    the first tries may follow each other at once."""
    return filing.coarse(now) if waiting.report.anonymity is Anonymity.FULL else now


def _still_waiting(waiting: Waiting) -> sa.Update:
    return sa.update(Attachment).where(Attachment.id == waiting.attachment.id, Attachment.state == FileState.WAITING)


async def _changes(session: AsyncSession, change: sa.Update, report: Report, now: dt.datetime) -> bool:
    done = await session.execute(change, execution_options={"synchronize_session": False})
    if done.rowcount != 1:  # type: ignore[attr-defined]
        return False
    await cards.want(session, report, now=now)
    return True


def _key_of(report: Report) -> bytes | None:
    return report.case_key.key_sealed if report.case_key is not None else None
