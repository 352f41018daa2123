"""The audit as its auditors see it: the newest entries in words, and each morning how the chain ends."""

import datetime as dt
from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Update

from domain import audit, outbox
from domain.audit import CONSOLE, SYSTEM, AuditReport
from domain.policy import AUDIT_CHECKED_DAILY, AUDIT_TOLD_AT
from handlers import times
from handlers.buttons import ButtonData
from handlers.context import Context
from handlers.texts import Raw, catalogue, say
from handlers.views import Press, View
from models import AuditEntry
from models.sealing import Unsealable

SHOWN = 15
DETAIL_SHOWN = 60
MAC_SHOWN = 16  # hex digits: enough to know the rest by

log = structlog.get_logger()


@dataclass(frozen=True)
class OlderEntries(ButtonData):
    code = "ao"
    before: int


async def read(update: Update, context: Context) -> None:
    """/audit"""
    context.whisper(await _page(context, None))


async def read_older(update: Update, context: Context) -> None:
    context.show(await _page(context, OlderEntries.read(update).before))


async def _page(context: Context, before: int | None) -> View:
    """Reading is a deed like any other, so it is written down too."""
    entries = await audit.newest(context.session, before=before, limit=SHOWN)
    if not entries:
        return View(context.say("audit.none"))
    first, last = entries[-1].sequence, entries[0].sequence
    audit.note(context.session, context.person, "read audit", None, f"{first}-{last}", now=context.now)
    lines = "\n".join(_line(context.language, entry) for entry in entries)
    text = context.say("audit.page", first=first, last=last, lines=Raw(lines))
    older = Press(context.label("button.older"), OlderEntries(first))
    return View(text, [[older]] if first > 1 else ())


def _line(language: str, entry: AuditEntry) -> Raw:
    parts = [times.moment(language, entry.at), _who(language, entry.actor), _deed(language, entry.deed)]
    about = [text for text in (entry.about, entry.detail and entry.detail[:DETAIL_SHOWN]) if text]
    return say(language, "audit.line", at=parts[0], who=parts[1], deed=parts[2], about=", ".join(about) or "-")


def _who(language: str, actor: str) -> Raw:
    if actor in (SYSTEM, CONSOLE):
        return say(language, f"audit.by.{actor}")
    return say(language, "audit.by.staff", number=actor)


def _deed(language: str, deed: str) -> str:
    """In words; what a newer version wrote is shown as it is."""
    key = f"audit.deed.{deed.replace(' ', '_')}"
    return say(language, key) if key in catalogue(language) else deed


async def tell_head(session: AsyncSession, now: dt.datetime) -> int:
    """Tells every auditor once a day how the chain ends: what they know nobody can take back. Returns how many."""
    local = times.local(now)
    if local.time() < AUDIT_TOLD_AT:
        return 0
    untold = await audit.auditors_to_tell(session, local.date())
    if not untold:
        return 0
    found = await audit.verify(session, last=AUDIT_CHECKED_DAILY)
    if not found.is_whole:
        log.error("audit.broken", first_bad=found.first_bad, fault=found.fault)
    told, head = 0, await audit.head_of(session)
    for person, key in untold:
        try:
            chat_id = person.telegram_id
        except Unsealable:
            continue
        assert chat_id is not None
        payload = View(_head(person.language, head, found, now)).payload(chat_id)
        outbox.post(session, "audit head", to=chat_id, method="sendMessage", payload=payload, key=key, now=now)
        told += 1
    return told


def _head(language: str, head: tuple[int, bytes], found: AuditReport, now: dt.datetime) -> Raw:
    length, mac = head
    at = times.moment(language, now)
    text = say(language, "audit.head", at=at, count=length, mac=mac.hex()[:MAC_SHOWN])
    if found.fault is None:
        return text
    fault = say(language, f"audit.fault.{found.fault.name.lower()}")
    return Raw(text + "\n\n" + say(language, "audit.broken", first=found.first_bad, fault=fault))


COMMANDS = (("audit", "audit", read),)
PRESSES = ((OlderEntries, read_older),)
