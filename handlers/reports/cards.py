"""Cards: what a duty room sees of a new report. Never who wrote it."""

import datetime as dt
import re
import secrets

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from domain import area_map, duty_rooms, outbox
from domain.area_map import AreaMap
from domain.reports import drafts, taxonomy, words
from domain.reports.taxonomy import Flag
from handlers import times
from handlers.reports import summary
from handlers.texts import DEFAULT, Raw, say
from handlers.views import View
from models import Anonymity, DutyRoom, Report
from models.sealing import Unsealable

log = structlog.get_logger()

LANGUAGE = DEFAULT  # duty rooms work in Indonesian
WORDS_SHOWN = 2600  # UTF-16 units; with place and headings a card stays under Telegram's 4,096
PLACE_SHOWN = 500
MISSED_AT_ONCE = 10  # for one room a minute: a group takes 20 messages, and new reports must come through
SIGNS = {"P0": "🔴", "P1": "🟠", "P2": "🟡", "P3": "⚪"}

_SCHEME = re.compile(r"\b(h)tt(ps?)://", re.IGNORECASE)
_DOMAIN = re.compile(r"(?<=\w)\.(?=[a-z]{2,}\b)", re.IGNORECASE)


async def post_cards(session: AsyncSession, report: Report, areas: AreaMap, *, now: dt.datetime) -> int:
    """Posts the card to every room that it concerns; returns to how many."""
    rooms = await duty_rooms.rooms_for(session, report)
    for room in rooms:
        post_card(session, report, room, areas, now=now)
    return len(rooms)


def post_card(session: AsyncSession, report: Report, room: DutyRoom, areas: AreaMap, *, now: dt.datetime) -> None:
    chat_id = room.chat_id
    assert chat_id is not None
    # In full anonymity the row beside the receipt's must not name the report.
    is_full = report.anonymity is Anonymity.FULL
    # The moment is part of it, or a repeated card would be taken for the one that never arrived.
    moment = f"{int(now.timestamp() * 1000):x}"
    deed = secrets.token_hex(16) if is_full else f"{report.id.hex}.{room.id.hex[-12:]}.{moment}"
    payload = {**card(report, areas, in_confidence=room.is_confidential).payload(chat_id), "protect_content": True}
    outbox.post(session, "card", to=chat_id, method="sendMessage", payload=payload, key=f"card.{deed}"[:64], now=now)
    duty_rooms.note_card(session, room, report, now=now)


async def post_missed_cards(session: AsyncSession, now: dt.datetime) -> int:
    """Posts the cards that rooms have not had: they were away, or bound while more waited than is shown at once.

    Returns how many."""
    areas = await area_map.load(session)
    posted = 0
    for room in await duty_rooms.all_rooms(session):
        if room.is_reachable:
            posted += await post_missed(session, room, areas, now=now)
        else:  # at once, while the outbox still knows what did not arrive
            await duty_rooms.forget_undelivered(session, room)
    return posted


async def post_missed(session: AsyncSession, room: DutyRoom, areas: AreaMap, *, now: dt.datetime) -> int:
    """The oldest ten that this room has not had. What cannot be read is passed over and counted in the log."""
    posted = unreadable = 0
    for report in await duty_rooms.missed_reports(session, room):
        if posted == MISSED_AT_ONCE:
            break
        try:
            post_card(session, report, room, areas, now=now)
            posted += 1
        except Unsealable:
            unreadable += 1
    if unreadable:
        log.error("cards.unreadable", count=unreadable)
    return posted


async def post_withdrawal(session: AsyncSession, report: Report, *, now: dt.datetime) -> None:
    """Tells the rooms that have the card that nobody needs to go there any more."""
    for room in await duty_rooms.rooms_for(session, report):
        chat_id = room.chat_id
        assert chat_id is not None
        payload = View(_say("card.withdrawn", number=report.number)).payload(chat_id)
        key = f"withdrawn.{report.id.hex}.{room.id.hex[-10:]}.{report.version}"
        outbox.post(session, "card", to=chat_id, method="sendMessage", payload=payload, key=key, now=now)


def card(report: Report, areas: AreaMap, *, in_confidence: bool = False) -> View:
    """The card; of a sensitive report only the unit that reads it in confidence sees more than that there is one."""
    category = taxonomy.category(report.category_code or drafts.UNSURE)
    head = _say(
        "card.head", sign=SIGNS[report.priority or "P3"], priority=report.priority or "P3", number=report.number
    )
    received = _say("card.received", at=times.hour(LANGUAGE, report.filed_at or report.touched_at))
    if Flag.SENSITIVE in category.flags and not in_confidence:
        return View(Raw(f"{head}\n{_say('card.sensitive')}\n{received}"))
    content = drafts.content_of(report)
    parts = [
        head,
        _say("card.category", category=summary.label(LANGUAGE, category)),
        _area(report, areas),
        _say("card.when", when=harmless(summary.when(LANGUAGE, report))) if report.when_kind else "",
        _place(content),
        _say("card.words", words=words.shortened(harmless(drafts.words_of(report)), WORDS_SHOWN))
        if drafts.words_of(report)
        else "",
        _say("card.files", count=content["attachments"]) if content.get("attachments") else "",
        _say(f"card.{report.anonymity}"),
        received,
    ]
    return View(Raw("\n".join(part for part in parts if part)))


def _area(report: Report, areas: AreaMap) -> str:
    area = areas.by_code.get(report.area_code or "")
    if area is not None:
        return _say("card.area", area=area.name, polsek=area.polsek or "–")
    outside = drafts.content_of(report).get("is_outside")
    return _say("card.area_outside" if outside else "card.area_unknown")


def _place(content: drafts.Content) -> str:
    place = words.shortened(harmless(summary.place(LANGUAGE, content)), PLACE_SHOWN)
    return _say("card.place", place=place) if place else ""


def harmless(text: str) -> str:
    """Addresses that no tap can open: hxxp://example[.]com."""
    return _DOMAIN.sub("[.]", _SCHEME.sub(r"\1xx\2://", text))


def _say(key: str, **params: object) -> Raw:
    return say(LANGUAGE, key, **params)
