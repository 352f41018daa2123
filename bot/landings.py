"""Landings: what is written down once Telegram has said which message a call became, or that it never will be one."""

import datetime as dt
import uuid
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.verdicts import Then, Verdict
from domain import duty_rooms, outbox
from domain.cases import links
from domain.cases.rooms import cards
from domain.reports import filing
from handlers.cases.oldest import remove
from models import CaseMessage, OutboxMessage, Report, ReportState

if TYPE_CHECKING:
    from bot.waiting import Call

# An edit finds no such message: somebody deleted it, or it is none of ours.
GONE = ("message to edit not found", "message can't be edited", "message_id_invalid")

log = structlog.get_logger()

# Returns the moment that the message's link shall tell; None for no link.
Landing = Callable[[AsyncSession, "Call", Verdict, dt.datetime], Awaitable[dt.datetime | None]]


async def note(session: AsyncSession, ended: Sequence[tuple["Call", Verdict]], now: dt.datetime) -> None:
    """Of calls that are about a case and are over. A case that is erased, or a chat that is forgotten, while a message
    is on the wire stays so; what rooms see of it is theirs to know all the same."""
    over = [(call, verdict) for call, verdict in ended if verdict.is_over]
    standing = await _standing(session, [call for call, _ in over])
    for call, verdict in over:
        if call.id in standing or call.link in OF_ROOMS:
            at = await LANDINGS.get(call.link or "", _other)(session, call, verdict, now)
            if at is not None and verdict.message_id is not None and call.id in standing:
                await _link(session, call, verdict.message_id, at)


async def _standing(session: AsyncSession, calls: Sequence["Call"]) -> set[int]:
    """Those that are still about something: their row, its case and its words are there. The words are locked, so that
    they are there when we commit."""
    if not calls:
        return set()
    rows = sa.select(OutboxMessage.id, OutboxMessage.words_id).join(Report, Report.id == OutboxMessage.report_id)
    about = rows.where(OutboxMessage.id.in_([call.id for call in calls]), Report.state != ReportState.ARCHIVED)
    found = (await session.execute(about)).all()
    named = {words_id for _, words_id in found if words_id is not None}
    said: set[uuid.UUID] = set()
    if named:
        there = sa.select(CaseMessage.id).where(CaseMessage.id.in_(named)).order_by(CaseMessage.id)
        said = set(await session.scalars(there.with_for_update(read=True, key_share=True)))
    return {row_id for row_id, words_id in found if words_id is None or words_id in said}


async def _card(session: AsyncSession, call: "Call", verdict: Verdict, now: dt.datetime) -> dt.datetime | None:
    """A card has arrived, or Telegram would not take it. Its link is kept, so that replies to it find the case; like
    the card it tells no moment. What a room out of reach does to its cards is a consequence of its own."""
    assert call.report_id is not None
    if verdict.then is not Then.FAILED:
        new = verdict.message_id if call.method.startswith("send") else None
        if not await cards.landed(session, call.report_id, call.key, call.chat, new) and new is not None:
            remove(session, int(call.payload["chat_id"]), new, now=now)
            return None
    elif verdict.consequence is None:
        gone = any(words in (verdict.error or "").lower() for words in GONE)
        if await cards.refused(session, call.report_id, call.key, is_gone=gone):
            log.error("cards.refused", method=call.method, error=verdict.error)
    return filing.coarse(now)


async def _oldest(session: AsyncSession, call: "Call", verdict: Verdict, now: dt.datetime) -> dt.datetime | None:
    """The message that names the longest wait. When meanwhile another case is it, or none, it goes again."""
    if verdict.message_id is None:
        return None
    chat_id = int(call.payload["chat_id"])
    room = await duty_rooms.room_of(session, chat_id)
    if room is not None and room.oldest_report_id == call.report_id:
        return filing.coarse(now)
    remove(session, chat_id, verdict.message_id, now=now)
    return None


async def _status(session: AsyncSession, call: "Call", verdict: Verdict, now: dt.datetime) -> dt.datetime | None:
    """The reporter's status card: its number is kept with the case; one that is gone is made anew the next time."""
    if verdict.message_id is None and verdict.then is not Then.FAILED:
        return None
    if call.method == "sendMessage" and verdict.message_id is not None:
        await _take_away_first(session, call, verdict.message_id, now)
    change = sa.update(Report).where(Report.id == call.report_id).values(status_message_id=verdict.message_id)
    await session.execute(change, execution_options={"synchronize_session": False})
    return now


async def _take_away_first(session: AsyncSession, call: "Call", message_id: int, now: dt.datetime) -> None:
    """There is one status card. A first one that was on the wire while the case changed again was not called off."""
    first = await session.scalar(sa.select(Report.status_message_id).where(Report.id == call.report_id))
    if first is not None and first != message_id:
        to, key = int(call.payload["chat_id"]), f"status.{call.report_id}.{first}"
        outbox.post(session, "status", to=to, method="deleteMessage", payload={"message_id": first}, key=key, now=now)


async def _other(session: AsyncSession, call: "Call", verdict: Verdict, now: dt.datetime) -> dt.datetime | None:
    return now


async def _link(session: AsyncSession, call: "Call", message_id: int, at: dt.datetime) -> None:
    assert call.report_id is not None
    await links.note(session, call.chat, message_id, call.report_id, call.link or "", words_id=call.words_id, now=at)


LANDINGS: dict[str, Landing] = {"card": _card, "oldest": _oldest, "status": _status}
OF_ROOMS = ("card", "oldest")
