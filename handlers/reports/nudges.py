"""Nudges: one reminder for a draft that was left alone."""

import datetime as dt

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from domain import outbox
from domain.policy import DRAFT_EXPIRES_AFTER
from domain.reports import duties
from handlers import times
from handlers.reports import buttons
from handlers.texts import plain, say
from handlers.views import Press, View
from models import Person, Report
from models.sealing import Unsealable

log = structlog.get_logger()


async def nudge_drafts(session: AsyncSession, now: dt.datetime) -> int:
    """Reminds each writer once. Returns how many. Whose address cannot be read is passed over, once as well."""
    unreadable = 0
    quiet = await duties.drafts_to_nudge(session, now)
    for draft, person in quiet:
        draft.nudged_at = now
        try:
            _post(session, draft, person, now)
        except Unsealable:
            unreadable += 1
    if unreadable:
        log.error("nudges.unreadable", count=unreadable)
    return len(quiet) - unreadable


def _post(session: AsyncSession, draft: Report, person: Person, now: dt.datetime) -> None:
    chat_id = person.telegram_id
    assert chat_id is not None
    payload = _nudge(draft, person).payload(chat_id)
    outbox.post(
        session, "nudge", to=chat_id, method="sendMessage", payload=payload, key=f"nudge.{draft.id.hex}", now=now
    )


def _nudge(draft: Report, person: Person) -> View:
    language = person.language
    until = times.moment(language, draft.touched_at + DRAFT_EXPIRES_AFTER)
    rows = [
        [Press(plain(language, "button.resume"), buttons.Resume(draft.id))],
        [Press(plain(language, "button.discard"), buttons.Discard(draft.id), style="danger")],
    ]
    return View(say(language, "report.nudge", until=until), rows)
