"""The thread: everything that is said in a case, sealed with the case's own key."""

import datetime as dt
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.cases.search import terms
from domain.errors import DomainError
from domain.reports import filing
from models import Anonymity, CaseMessage, Person, Report, ReportEvent, Side, new_id

WORDS_MAX = 3500  # characters: with its heading one message, never two that could be torn apart
# What reporters say is kept whole, with what may stand before it: one message is one. It is shortened where shown.
REPORTER_WORDS_MAX = 4096 + 100
FOUND_BY = (Side.REPORTER, Side.NOTE)  # whose words a case is found by
LOOKED_THROUGH = 50  # messages, when it is to be found anew
EDITABLE_FOR = dt.timedelta(minutes=15)
PRESSED_TWICE_WITHIN = dt.timedelta(minutes=1)


class MessageTooLong(DomainError):
    text_key = "error.message_too_long"


class TooLateToEdit(DomainError):
    text_key = "error.too_late_to_edit"


@dataclass(frozen=True)
class Said:
    """One message as people read it: its newest words, and which version these are."""

    row: CaseMessage
    words: str

    @property
    def version(self) -> int:
        return self.row.version


def require_fits(words: str, side: Side = Side.STAFF) -> None:
    """Before anything else is done for words of the staff. Raises MessageTooLong."""
    limit = REPORTER_WORDS_MAX if side is Side.REPORTER else WORDS_MAX
    if len(words) > limit:
        raise MessageTooLong(limit=limit)


async def say(
    session: AsyncSession, report: Report, side: Side, words: str, *, by: Person | None = None, now: dt.datetime
) -> CaseMessage:
    """Adds a message. Raises MessageTooLong. Of a fully anonymous reporter's only the quarter hour is kept."""
    require_fits(words, side)
    last = await session.scalar(sa.select(sa.func.max(CaseMessage.position)).where(CaseMessage.report_id == report.id))
    is_hidden = side is Side.REPORTER and report.anonymity is Anonymity.FULL
    message = CaseMessage(
        id=uuid.uuid4() if is_hidden else new_id(),
        report_id=report.id,
        position=(last or 0) + 1,
        at=filing.coarse(now) if is_hidden else now,
        side=side,
        author_id=by.id if by is not None else None,
        version=1,
    )
    message.words_sealed = _sealed(report, message, [words])
    session.add(message)
    await session.flush()
    if side in FOUND_BY:
        await terms.add_words(session, report, words)
    if side in (Side.REPORTER, Side.STAFF):
        report.last_word = side.value
    return message


async def was_just_said(session: AsyncSession, report: Report, words: str, *, by: Person, now: dt.datetime) -> bool:
    """Whether they said the very same to the reporter a moment ago, and nobody anything since: a button pressed
    twice."""
    newest = await latest(session, report, sides=(Side.STAFF,), limit=1)
    return any(
        one.words == words and one.row.author_id == by.id and now - one.row.at <= PRESSED_TWICE_WITHIN for one in newest
    )


async def correct(session: AsyncSession, report: Report, message: CaseMessage, words: str, *, now: dt.datetime) -> bool:
    """The same message in other words: its next version. False when nothing has changed.

    Staff may correct for 15 minutes, reporters always. Raises TooLateToEdit, MessageTooLong."""
    require_fits(words, message.side)
    if message.side is not Side.REPORTER and now - message.at > EDITABLE_FOR:
        raise TooLateToEdit()
    before = versions_of(report, message)
    if before[-1] == words:
        return False
    message.version += 1
    message.words_sealed = _sealed(report, message, [*before, words])
    if message.side in FOUND_BY:
        await terms.add_words(session, report, words)
    return True


def versions_of(report: Report, message: CaseMessage) -> list[str]:
    """What it said, oldest first. Raises Unsealable."""
    opened: list[str] = json.loads(report.case_sealer().open(message.words_sealed, _place(message)))
    return opened


def words_of(report: Report, message: CaseMessage) -> str:
    return versions_of(report, message)[-1]


async def latest(
    session: AsyncSession, report: Report, *, sides: Sequence[Side] = tuple(Side), limit: int = 5
) -> list[Said]:
    """The newest messages, oldest of them first."""
    newest = sa.select(CaseMessage).where(CaseMessage.report_id == report.id, CaseMessage.side.in_(sides))
    rows = (await session.scalars(newest.order_by(CaseMessage.position.desc()).limit(limit))).all()
    return [Said(row, words_of(report, row)) for row in reversed(rows)]


@dataclass(frozen=True)
class Page:
    """Messages, oldest first. `before` leads to older ones; 0 when there are none."""

    said: Sequence[Said]
    before: int


async def page(session: AsyncSession, report: Report, *, before: int = 0, limit: int = 8) -> Page:
    """The messages right before that position; from the newest for 0."""
    found = sa.select(CaseMessage).where(CaseMessage.report_id == report.id)
    if before:
        found = found.where(CaseMessage.position < before)
    rows = (await session.scalars(found.order_by(CaseMessage.position.desc()).limit(limit + 1))).all()
    shown = rows[:limit]
    older = shown[-1].position if len(rows) > limit else 0
    return Page([Said(row, words_of(report, row)) for row in reversed(shown)], older)


async def steps_of(session: AsyncSession, report: Report, limit: int = 12) -> Sequence[ReportEvent]:
    """The newest steps of the case, oldest of them first."""
    events = sa.select(ReportEvent).where(ReportEvent.report_id == report.id)
    rows = (await session.scalars(events.order_by(ReportEvent.sequence.desc()).limit(limit))).all()
    return list(reversed(rows))


def _sealed(report: Report, message: CaseMessage, versions: list[str]) -> bytes:
    return report.case_sealer().seal(json.dumps(versions, ensure_ascii=False).encode(), _place(message))


def _place(message: CaseMessage) -> str:
    return f"case_messages:words_sealed:{message.id.hex}"
