"""Discretion: messages that say nothing of what they are about, and a chat from which its traces are taken."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain import outbox
from domain.cases import links
from domain.cases.opening import DISCREET_CODES
from domain.cases.reporter import own
from models import MessageLink, OutboxMessage, Person, Report

DELETABLE_FOR = dt.timedelta(hours=47, minutes=45)  # Telegram lets bots delete for 48 hours; some way is left
AT_ONCE = 100  # ids in one call
# Just below the newest message lie those of which nothing is kept. A call in which one message is too old may fail as
# a whole, so the calls grow with the distance.
SWEEPS = (10, 20, 70, 100, 100)


def is_bland(person: Person, report: Report) -> bool:
    return person.is_discreet or report.is_discreet


async def set_discreet(session: AsyncSession, person: Person, is_discreet: bool) -> None:
    """From now on, also for the cases that go on. Where discretion may save somebody it stays with the case, until it
    is turned off there."""
    person.is_discreet = is_discreet
    for report in await own.that_go_on(session, person):
        report.is_discreet = is_discreet or report.category_code in DISCREET_CODES
        if is_discreet:
            report.heartbeat_at = None


def set_report_discreet(report: Report, is_discreet: bool) -> None:
    report.is_discreet = is_discreet
    if is_discreet:
        report.heartbeat_at = None


async def traces(session: AsyncSession, chat_id: int, newest: int, *, now: dt.datetime) -> list[list[int]]:
    """The ids of what can be deleted in that chat, in portions: the messages that we know of, then those that nothing
    is kept of, from the newest down, as far as they may be young enough."""
    since = now - DELETABLE_FOR
    chat = links.chat_index(chat_id)
    linked = sa.select(MessageLink.message_id, MessageLink.at).where(MessageLink.chat_index == chat)
    sent = sa.select(OutboxMessage.message_id, OutboxMessage.sent_at).where(
        OutboxMessage.chat_index == chat,
        OutboxMessage.message_id.is_not(None),
        OutboxMessage.sent_at.is_not(None),
        OutboxMessage.method.startswith("send"),  # an edit is young, what it edited may be old
    )
    rows = [*(await session.execute(linked)).all(), *(await session.execute(sent)).all()]
    dated: list[tuple[int, dt.datetime]] = [(number, at) for number, at in rows if number and at]
    known = sorted({number for number, at in dated if at > since}, reverse=True)
    too_old = max((number for number, at in dated if at <= since), default=0)
    portions = [known[start : start + AT_ONCE] for start in range(0, len(known), AT_ONCE)]
    return [*portions, *_swept(newest, too_old, set(known))]


def _swept(newest: int, too_old: int, known: set[int]) -> list[list[int]]:
    portions, upper = [], newest
    for size in SWEEPS:
        ids = [number for number in range(upper, max(upper - size, too_old, 0), -1) if number not in known]
        if ids:
            portions.append(ids)
        upper -= size
    return portions


async def forget_status_messages(session: AsyncSession, person: Person) -> None:
    """The status cards are gone with the rest; editing them would fail."""
    for report in await own.that_go_on(session, person):
        report.status_message_id = None


async def forget_chat(session: AsyncSession, person: Person) -> None:
    """Nothing is kept of which messages of that chat were about which case. The outbox goes first: what is on the wire
    is linked before we look, or finds no row any more."""
    assert person.telegram_id is not None
    await outbox.forget_chat(session, person.telegram_id)
    chat = links.chat_index(person.telegram_id)
    await session.execute(
        sa.delete(MessageLink).where(MessageLink.chat_index == chat), execution_options={"synchronize_session": False}
    )


async def first_told(session: AsyncSession, person: Person, report: Report) -> int | None:
    """The reporter's message that told the case first, if it is known."""
    assert person.telegram_id is not None
    theirs = sa.select(sa.func.min(MessageLink.message_id)).where(
        MessageLink.report_id == report.id,
        MessageLink.chat_index == links.chat_index(person.telegram_id),
        MessageLink.link == "told",
    )
    first: int | None = await session.scalar(theirs)
    return first
