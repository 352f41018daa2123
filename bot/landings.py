"""Landings: what is written down once Telegram has said which message a call became, or that it never will be one."""

import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from bot.verdicts import Then, Verdict
from domain.cases import cards, links
from models import Report

if TYPE_CHECKING:
    from bot.waiting import Call

Landing = Callable[[AsyncSession, "Call", Verdict, dt.datetime], Awaitable[None]]


async def note(session: AsyncSession, ended: Sequence[tuple["Call", Verdict]], now: dt.datetime) -> None:
    """Of calls that are about a case and are over."""
    for call, verdict in ended:
        if verdict.is_over:
            await LANDINGS.get(call.link or "", _link)(session, call, verdict, now)


async def _card(session: AsyncSession, call: "Call", verdict: Verdict, now: dt.datetime) -> None:
    """A card has arrived, or could not and is made anew. Its link is kept, so that replies to it find the case."""
    assert call.report_id is not None
    gone = verdict.then is Then.FAILED
    await cards.landed(session, call.key, message_id=verdict.message_id, is_gone=gone)
    await _link(session, call, verdict, now)


async def _status(session: AsyncSession, call: "Call", verdict: Verdict, now: dt.datetime) -> None:
    """The reporter's status card: its number is kept with the case; one that is gone is made anew the next time."""
    if verdict.message_id is None and verdict.then is not Then.FAILED:
        return
    change = sa.update(Report).where(Report.id == call.report_id).values(status_message_id=verdict.message_id)
    await session.execute(change, execution_options={"synchronize_session": False})
    await _link(session, call, verdict, now)


async def _link(session: AsyncSession, call: "Call", verdict: Verdict, now: dt.datetime) -> None:
    if verdict.message_id is not None and call.report_id is not None:
        await links.note(
            session, call.chat, verdict.message_id, call.report_id, call.link or "", words_id=call.words_id, now=now
        )


LANDINGS: dict[str, Landing] = {"card": _card, "status": _status}
