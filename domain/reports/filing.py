"""Filing: a draft becomes a report with a public number and a secret code."""

import datetime as dt
import secrets
import uuid
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.cases.pranks import strikes
from domain.errors import DomainError
from domain.policy import REPORT_NUMBER_PREFIX
from domain.reports import drafts, states, taxonomy
from domain.reports.drafts import Content, Step
from models import Anonymity, Attachment, Person, Report, ReportState, sealing

# No 0 O 1 I L U V: read aloud on the phone or copied by hand, they are taken for one another.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTWXYZ"
NUMBER_LETTERS = 7
# What of a draft's content a filed report keeps: nothing that leads to a message in a chat.
KEPT = ("place", "at", "near", "pin", "is_outside", "when_told", "name", "phone", "attachments")


coarse = states.coarse


class DraftIsIncomplete(DomainError):
    text_key = "error.draft_is_incomplete"


@dataclass(frozen=True)
class Filed:
    """`code` is shown once: only its keyed hash is kept. `told_in` are the messages of the reporter that told it."""

    report: Report
    code: str
    told_in: tuple[int, ...] = ()


async def file_report(session: AsyncSession, draft: Report, *, now: dt.datetime) -> Filed:
    """Files the draft. Raises DraftIsIncomplete, CoolingDown.

    In full anonymity the report is a new row that nothing leads to from the reporter, and the draft is gone."""
    if drafts.next_step(draft) is not Step.REVIEW:
        raise DraftIsIncomplete()
    await strikes.require_may_file(session, draft, now=now)
    told_in = tuple(message_id for message_id, _ in drafts.content_of(draft).get("said", ()) if message_id is not None)
    content = kept_of(draft)
    report = await _unlinked(session, draft, now) if draft.anonymity is Anonymity.FULL else draft
    filed_at = coarse(now) if draft.anonymity is Anonymity.FULL else now
    code = receive(session, report, content, by=states.Actor.REPORTER, filed_at=filed_at)
    return Filed(report, code, () if report.anonymity is Anonymity.FULL else told_in)


def kept_of(draft: Report) -> Content:
    """What of a draft's content is reported."""
    content = {name: value for name, value in drafts.content_of(draft).items() if name in KEPT}
    return {**content, "words": drafts.words_of(draft)}


def receive(
    session: AsyncSession,
    report: Report,
    content: Content,
    *,
    by: states.Actor,
    who: Person | None = None,
    filed_at: dt.datetime,
) -> str:
    """Gives the report its number and key, and returns its secret code."""
    code = new_code()
    step = states.event(report, ReportState.RECEIVED, by=by, at=filed_at)
    step.actor_id = who.id if who is not None else None
    session.add(step)
    report.begin_case()
    report.content = content
    report.state = ReportState.RECEIVED
    report.version += 1
    # Taken numbers are one in a million; the unique column then refuses the row, and the update is replayed.
    report.number = new_number()
    report.access_code_index = code_index(code)
    report.priority = taxonomy.category(report.category_code or drafts.UNSURE).priority or "P3"
    report.filed_at = report.touched_at = filed_at
    return code


async def _unlinked(session: AsyncSession, draft: Report, now: dt.datetime) -> Report:
    """The same report in a row of its own, whose id tells no time, and the attachments with it."""
    report = Report(
        id=uuid.uuid4(),
        state=ReportState.DRAFT,
        anonymity=Anonymity.FULL,
        version=1,
        category_code=draft.category_code,
        area_code=draft.area_code,
        when_kind=draft.when_kind,
        place_id=draft.place_id,
    )
    session.add(report)
    report.touched_at = coarse(now)
    if drafts.content_of(draft).get("attachments"):
        for old in await session.scalars(sa.select(Attachment).where(Attachment.report_id == draft.id)):
            moved = Attachment(id=uuid.uuid4(), report_id=report.id, position=old.position, kind=old.kind)
            moved.added_at, moved.file = coarse(now), old.file
            session.add(moved)
    await drafts.discard(session, draft)
    return report


def new_number() -> str:
    """The public number, for example JBR-7KQ-M3XD. It says nothing of when or how many."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(NUMBER_LETTERS))
    return f"{REPORT_NUMBER_PREFIX}-{letters[:3]}-{letters[3:]}"


def new_code() -> str:
    """Sixteen digits, in fours: whoever holds them sees the report's state."""
    digits = f"{secrets.randbelow(10**16):016d}"
    return " ".join(digits[start : start + 4] for start in range(0, 16, 4))


def code_index(code: str) -> bytes | None:
    """The keyed hash of a code, however it was typed; None for what cannot be one."""
    digits = "".join(character for character in code if character in "0123456789")
    return sealing.keyring().index("access code", digits.encode()) if len(digits) == 16 else None
