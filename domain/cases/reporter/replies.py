"""Replies: what reporters say about a case after it was sent, whatever it comes as."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.cases import links, steps, thread
from domain.cases.rooms import cards
from domain.policy import CASE_FILES_MAX
from domain.reports import drafts, filing
from domain.reports.drafts import TooManyAttachments
from models import OPEN_STATES, Anonymity, Attachment, CaseMessage, FileState, Person, Report, Side, new_id

# What a file without words says in the thread; the file itself is shown with the evidence.
SIGNS = {"photo": "📷", "video": "🎬", "video_note": "🎬", "animation": "🎬", "voice": "🎤", "audio": "🎤"}
OTHER_SIGN = "📎"


@dataclass(frozen=True)
class Taken:
    """`was_asked`: it answers a question that was open."""

    message: CaseMessage
    was_asked: bool


async def take_words(session: AsyncSession, report: Report, words: str, *, now: dt.datetime) -> Taken:
    """Adds words to the case. Longer ones than a message of the thread may be are parted; none are lost."""
    most = thread.REPORTER_WORDS_MAX
    parts = [words[start : start + most] for start in range(0, len(words), most)]
    said = [await thread.say(session, report, Side.REPORTER, part, now=now) for part in parts]
    return Taken(said[0], await _heard(session, report, now=now))


async def take_file(
    session: AsyncSession,
    report: Report,
    kind: str,
    file: dict[str, Any],
    caption: str = "",
    *,
    joins: uuid.UUID | None = None,
    now: dt.datetime,
) -> Taken:
    """Adds a file, to be fetched. `joins`: the message of the album that it is a part of. Raises TooManyAttachments."""
    count = await require_room(session, report)
    message = await session.get(CaseMessage, joins) if joins is not None else None
    if message is None or message.report_id != report.id or caption:
        words = f"{SIGNS.get(kind, OTHER_SIGN)} {caption}".strip()
        message = await thread.say(session, report, Side.REPORTER, words[: thread.REPORTER_WORDS_MAX], now=now)
    _attach(session, report, kind, file, message, count + 1, now)
    await _recount(session, report, count + 1)
    return Taken(message, await _heard(session, report, now=now))


async def require_room(session: AsyncSession, report: Report) -> int:
    """How many files the case has. Raises TooManyAttachments when it takes no more."""
    count = await _count_files(session, report)
    if count >= CASE_FILES_MAX:
        raise TooManyAttachments(limit=CASE_FILES_MAX)
    return count


def _attach(
    session: AsyncSession,
    report: Report,
    kind: str,
    file: dict[str, Any],
    message: CaseMessage,
    position: int,
    now: dt.datetime,
) -> None:
    """Of a fully anonymous reporter's file neither id nor time tell when it came."""
    is_full = report.anonymity is Anonymity.FULL
    attachment = Attachment(
        id=uuid.uuid4() if is_full else new_id(),
        report_id=report.id,
        position=position,
        kind=kind,
        added_at=filing.coarse(now) if is_full else now,
        state=FileState.WAITING,
        message_id=message.id,
    )
    attachment.file = file
    session.add(attachment)


async def take_pin(
    session: AsyncSession, report: Report, latitude: float, longitude: float, named: str = "", *, now: dt.datetime
) -> Taken:
    """A place becomes words: nothing of a location or a venue is passed on as such."""
    point = f"📍 {latitude:.5f}, {longitude:.5f}"
    return await take_words(session, report, f"{point} · {named}" if named else point, now=now)


async def take_draft(session: AsyncSession, report: Report, draft: Report, person: Person, *, now: dt.datetime) -> bool:
    """What was held as a draft, until its writer said which case it is about, moves into that case, and the draft is
    gone. Whether it answers a question."""
    content = drafts.content_of(draft)
    assert person.telegram_id is not None
    chat = links.chat_index(person.telegram_id)
    was_asked, last = False, None
    for message_id, words in content.get("said", ()):
        taken = await take_words(session, report, words, now=now)
        was_asked, last = was_asked or taken.was_asked, taken.message
        if message_id is not None:
            await links.note(session, chat, message_id, report.id, "told", words_id=last.id, now=now)
    if content.get("attachments"):
        was_asked = await _move_files(session, report, draft, last, now=now) or was_asked
    if pin := content.get("pin"):
        latitude, longitude = pin
        taken = await take_pin(session, report, latitude, longitude, content.get("place", ""), now=now)
        was_asked = was_asked or taken.was_asked
    await drafts.discard(session, draft)
    return was_asked


async def _move_files(
    session: AsyncSession, report: Report, draft: Report, message: CaseMessage | None, *, now: dt.datetime
) -> bool:
    await session.flush()
    if message is None:
        message = await thread.say(session, report, Side.REPORTER, OTHER_SIGN, now=now)
    count = await _count_files(session, report)
    moved = sa.update(Attachment).where(Attachment.report_id == draft.id)
    done = await session.execute(
        moved.values(
            report_id=report.id,
            position=Attachment.position + count,
            message_id=message.id,
            state=FileState.WAITING,
        ),
        execution_options={"synchronize_session": False},
    )
    await _recount(session, report, count + done.rowcount)  # type: ignore[attr-defined]
    return await _heard(session, report, now=now)


async def correct(
    session: AsyncSession, report: Report, message: CaseMessage | None, words: str, *, now: dt.datetime
) -> CaseMessage | None:
    """The reporter edited a message. `message`: what it said in the thread; None for one of those that told the report
    itself, whose correction is new in the thread and has versions from then on. Returns what it says now, None when
    nothing has changed. Raises MessageTooLong."""
    if message is None:
        message = await thread.say(session, report, Side.REPORTER, corrected(words), now=now)
        await _heard(session, report, now=now)
        return message
    first = thread.versions_of(report, message)[0]
    before = next((sign for sign in (CORRECTION, *SIGNS.values(), OTHER_SIGN) if first.startswith(sign)), "")
    if not await thread.correct(session, report, message, f"{before} {words}".strip(), now=now):
        return None
    await cards.want(session, report, now=now)
    return message


CORRECTION = "Perbaikan:"  # the police read Indonesian


def corrected(words: str) -> str:
    return f"{CORRECTION} {words}"


async def _heard(session: AsyncSession, report: Report, *, now: dt.datetime) -> bool:
    """Whoever works on it sees that there is more; an open question is answered."""
    if report.state in OPEN_STATES:
        return await steps.answered(session, report, now=now)
    await cards.want(session, report, now=now)
    return False


async def _count_files(session: AsyncSession, report: Report) -> int:
    counted = sa.select(sa.func.count(), sa.func.max(Attachment.position)).where(Attachment.report_id == report.id)
    count, last = (await session.execute(counted)).one()
    return max(count, last or 0)


async def _recount(session: AsyncSession, report: Report, count: int) -> None:
    """How many there are stands in the sealed content; it is read anew, lest what others changed meanwhile be lost."""
    await session.flush()
    await session.refresh(report, ["content_sealed"], with_for_update=True)
    drafts.change(report, report.touched_at, attachments=count)
