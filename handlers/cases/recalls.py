"""Recalls: the rooms hear that a reporter wants to withdraw a case that a unit is at work on."""

import datetime as dt
import secrets

from sqlalchemy.ext.asyncio import AsyncSession

from domain import duty_rooms, outbox
from domain.outbox import About
from handlers.cases import cards
from handlers.texts import say
from handlers.views import View
from models import Report

URGENT = ("P0", "P1")


async def tell_rooms(session: AsyncSession, report: Report, *, now: dt.datetime) -> None:
    """A new message, since nobody watches an old card while somebody may be in danger, or be forced to take it back.
    Only in rooms that may read the case. The cards of less urgent cases say it by themselves."""
    if report.priority not in URGENT:
        return
    view = View(say(cards.LANGUAGE, "card.recalled", case=cards.brief(report)))
    for room in await duty_rooms.rooms_for(session, report):
        if not duty_rooms.may_read(room, report):
            continue
        chat_id = room.chat_id
        assert chat_id is not None
        key = f"recalled.{secrets.token_hex(16)}"
        payload = {**view.payload(chat_id), "protect_content": True}
        about = About(report.id, "recall")
        outbox.post(session, "card", to=chat_id, method="sendMessage", payload=payload, key=key, now=now, about=about)
