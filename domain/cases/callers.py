"""Callers: what somebody says on the telephone, at the desk or by radio is written down, so that there is one queue.

The questions are those of a report in the bot, without the one about anonymity: nothing leads from such a report to
an account. A caller may be given its code, with which /cek tells how it stands."""

import datetime as dt
import re
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from domain import audit
from domain.cases import access, opening, steps
from domain.cases.access import Staff
from domain.cases.rooms import cards
from domain.reports import drafts, filing, words
from domain.reports.drafts import Step
from domain.reports.filing import DraftIsIncomplete, Filed
from domain.reports.states import Actor
from models import Anonymity, Person, Report, Source

SOURCES = (Source.CALL, Source.WALK_IN, Source.RADIO)
# What may be typed instead of a button, in its order.
ANSWERS: Sequence[tuple[Source, frozenset[str]]] = (
    (Source.CALL, frozenset({"1", "110", "telepon", "telpon", "telfon", "tlp", "call", "phone"})),
    (Source.WALK_IN, frozenset({"2", "datang", "datang langsung", "langsung", "walk in"})),
    (Source.RADIO, frozenset({"3", "ht", "radio", "patroli", "ht patroli", "patrol"})),
)
PHONE_MAX = 24
_PHONE = re.compile(r"\+?\d[\d .\-]{6,20}\d")


def begin(person: Person, *, now: dt.datetime) -> Report:
    """An empty draft of what somebody else says. Until it is filed it is the dispatcher's, to be found again."""
    draft = drafts.begin_draft(person, now=now)
    draft.source, draft.anonymity = Source.CALL, Anonymity.FULL
    return draft


def choose_source(draft: Report, source: Source, *, now: dt.datetime) -> None:
    draft.source = source
    drafts.change(draft, now, passed=drafts.passed_too(draft, Step.SOURCE))


def read_source(text: str) -> Source | None:
    return next((source for source, answers in ANSWERS if words.is_one_of(text, answers)), None)


def tell_caller(draft: Report, text: str, *, now: dt.datetime) -> None:
    """Name and telephone number of the caller, in any order; either may be missing. Raises NameTooLong."""
    found = _PHONE.search(text)
    phone = found[0].strip()[:PHONE_MAX] if found else None
    name = " ".join(text.replace(found[0], " ").split()).strip(" ,;:-/") if found else text
    if len(name) > drafts.NAME_MAX:
        raise drafts.NameTooLong(limit=drafts.NAME_MAX)
    drafts.change(draft, now, name=name or None, phone=phone, passed=drafts.passed_too(draft, Step.CALLER))


async def file_call(session: AsyncSession, draft: Report, staff: Staff, *, now: dt.datetime) -> Filed:
    """Files it, and puts it in the dispatcher's hand if they may open it: what is sensitive goes to its unit.

    Raises DraftIsIncomplete."""
    if drafts.next_step(draft) is not Step.REVIEW:
        raise DraftIsIncomplete()
    content = filing.kept_of(draft)
    draft.reporter_index = draft.reporter_sealed = None
    code = filing.receive(session, draft, content, by=Actor.DISPATCHER, who=staff.person, filed_at=now)
    audit.note(session, staff.person, "log call", draft.number, draft.source.value, now=now)
    await session.flush()
    await opening.open_case(session, draft, reporter=None, now=now)
    await cards.want(session, draft, now=now)
    if access.may_open(staff, draft):
        await steps.take(session, draft, staff, now=now)
    return Filed(draft, code)
