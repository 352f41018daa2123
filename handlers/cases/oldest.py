"""The oldest: one message in each duty room that names the case which has waited longest, ever louder."""

import datetime as dt
import secrets

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from domain import duty_rooms, outbox
from domain.cases.rooms import oldest
from domain.outbox import About
from handlers.cases import cards
from handlers.texts import say
from handlers.views import View
from models import DutyRoom, Report
from models.sealing import Unsealable

log = structlog.get_logger()

SAYING = {oldest.SILENT: "silent", oldest.LOUD: "loud", oldest.CALLED: "called"}


async def keep_oldest(session: AsyncSession, now: dt.datetime) -> int:
    """Names, replaces or removes it in each room. Returns in how many something changed."""
    changed = 0
    for room in await duty_rooms.all_rooms(session):
        if not room.is_reachable:
            continue
        try:
            changed += await _keep(session, room, now)
        except Unsealable:
            log.error("rooms.unreadable")
    return changed


async def _keep(session: AsyncSession, room: DutyRoom, now: dt.datetime) -> bool:
    report = await oldest.unanswered(session, room, now)
    level = oldest.next_level(room, report, now) if report is not None else None
    if report is not None and level is None:
        return False
    was_named = room.oldest_report_id is not None
    chat_id = room.chat_id
    assert chat_id is not None
    for message_id in await oldest.forget_named(session, room):
        remove(session, chat_id, message_id, now=now)
    if report is None or level is None:
        return was_named
    room.oldest_report_id, room.oldest_level, room.oldest_at = report.id, level, now
    payload = {**_view(report, level, room).payload(chat_id), "protect_content": True}
    if level == oldest.SILENT:
        payload["disable_notification"] = True
    about = About(report.id, oldest.LINK)
    key = f"oldest.{secrets.token_hex(16)}"
    outbox.post(session, "card", to=chat_id, method="sendMessage", payload=payload, key=key, now=now, about=about)
    return True


def remove(session: AsyncSession, chat_id: int, message_id: int, *, now: dt.datetime) -> None:
    key = f"oldest.{secrets.token_hex(16)}"
    gone = {"message_id": message_id}
    outbox.post(session, "card", to=chat_id, method="deleteMessage", payload=gone, key=key, now=now)


def _view(report: Report, level: int, room: DutyRoom) -> View:
    at = cards.moment(report, report.waiting_since or report.filed_at or report.touched_at)
    case = cards.brief(report)
    text = say(cards.LANGUAGE, f"oldest.{SAYING[level]}", case=case, at=at)
    presses = cards.take_or_open(report)
    return View(text, [presses if duty_rooms.may_read(room, report) else presses[1:]])
