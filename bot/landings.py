"""Landings: what is written down once Telegram has said which message a call became, or that it never will be one."""

import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.verdicts import Then, Verdict
from domain import duty_rooms, outbox
from domain.cases import cards, links
from domain.reports import filing
from handlers.cases.oldest import remove
from models import Report

if TYPE_CHECKING:
    from bot.waiting import Call

# An edit finds no such message: somebody deleted it, or it is none of ours.
GONE = ("message to edit not found", "message can't be edited", "message_id_invalid")

log = structlog.get_logger()

Landing = Callable[[AsyncSession, "Call", Verdict, dt.datetime], Awaitable[None]]


async def note(session: AsyncSession, ended: Sequence[tuple["Call", Verdict]], now: dt.datetime) -> None:
    """Of calls that are about a case and are over."""
    for call, verdict in ended:
        if verdict.is_over:
            await LANDINGS.get(call.link or "", _link)(session, call, verdict, now)


async def _card(session: AsyncSession, call: "Call", verdict: Verdict, now: dt.datetime) -> None:
    """A card has arrived, or Telegram would not take it. Its link is kept, so that replies to it find the case; like
    the card it tells no moment. What a room out of reach does to its cards is a consequence of its own."""
    assert call.report_id is not None
    if verdict.then is not Then.FAILED:
        await cards.landed(session, call.report_id, call.key, call.chat, verdict.message_id)
    elif verdict.consequence is None:
        gone = any(words in (verdict.error or "").lower() for words in GONE)
        if await cards.refused(session, call.report_id, call.key, is_gone=gone):
            log.error("cards.refused", method=call.method, error=verdict.error)
    await _link(session, call, verdict, filing.coarse(now))


async def _oldest(session: AsyncSession, call: "Call", verdict: Verdict, now: dt.datetime) -> None:
    """The message that names the longest wait. When meanwhile another case is it, or none, it goes again."""
    if verdict.message_id is None:
        return
    chat_id = int(call.payload["chat_id"])
    room = await duty_rooms.room_of(session, chat_id)
    if room is not None and room.oldest_report_id == call.report_id:
        await _link(session, call, verdict, filing.coarse(now))
    else:
        remove(session, chat_id, verdict.message_id, now=now)


async def _status(session: AsyncSession, call: "Call", verdict: Verdict, now: dt.datetime) -> None:
    """The reporter's status card: its number is kept with the case; one that is gone is made anew the next time."""
    if verdict.message_id is None and verdict.then is not Then.FAILED:
        return
    if call.method == "sendMessage" and verdict.message_id is not None:
        await _take_away_first(session, call, verdict.message_id, now)
    change = sa.update(Report).where(Report.id == call.report_id).values(status_message_id=verdict.message_id)
    await session.execute(change, execution_options={"synchronize_session": False})
    await _link(session, call, verdict, now)


async def _take_away_first(session: AsyncSession, call: "Call", message_id: int, now: dt.datetime) -> None:
    """There is one status card. A first one that was on the wire while the case changed again was not called off."""
    first = await session.scalar(sa.select(Report.status_message_id).where(Report.id == call.report_id))
    if first is not None and first != message_id:
        to, key = int(call.payload["chat_id"]), f"status.{call.report_id}.{first}"
        outbox.post(session, "status", to=to, method="deleteMessage", payload={"message_id": first}, key=key, now=now)


async def _link(session: AsyncSession, call: "Call", verdict: Verdict, now: dt.datetime) -> None:
    if verdict.message_id is not None and call.report_id is not None:
        await links.note(
            session, call.chat, verdict.message_id, call.report_id, call.link or "", words_id=call.words_id, now=now
        )


LANDINGS: dict[str, Landing] = {"card": _card, "oldest": _oldest, "status": _status}
