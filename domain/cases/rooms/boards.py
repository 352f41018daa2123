"""Boards: all the cards of one room together. Whatever happens to a room, what waits comes to it in the end.

A card repeated is better than a card missed.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.reports import filing
from models import IS_OPEN, Card, DutyRoom, OutboxMessage, OutboxState, Report
from models.outbox import insert_or_ignore

RANKS = {"P0": 0, "P1": 1, "P2": 2, "P3": 3}
AT_ONCE = 200  # cards that a room may come to lack at once; the others follow with the next duty
UNSEEN = {"call_key": None, "is_stale": True, "shown_as": None}

_OPEN_IDS = sa.select(Report.id).where(IS_OPEN)


async def fill(session: AsyncSession, room: DutyRoom, *which: sa.ColumnElement[bool]) -> int:
    """Gives the room the cards that it lacks of the open cases that concern it (`which`), the oldest first."""
    has_card = sa.exists().where(Card.report_id == Report.id, Card.room_id == room.id)
    filed_at = sa.func.coalesce(Report.filed_at, Report.touched_at)
    missing = sa.select(Report.id, Report.priority, filed_at).where(IS_OPEN, *which, ~has_card)
    found = (await session.execute(missing.order_by(filed_at).limit(AT_ONCE))).all()
    if found:
        rows = [
            {
                "report_id": report_id,
                "room_id": room.id,
                "posted_at": filing.coarse(at),
                "rank": RANKS[priority or "P3"],
                "is_stale": True,
                "refusals": 0,
            }
            for report_id, priority, at in found
        ]
        await insert(session, rows)
    return len(found)


async def insert(session: AsyncSession, rows: Sequence[dict[str, object]]) -> None:
    await session.flush()
    connection = await session.connection()
    await connection.execute(insert_or_ignore(connection.dialect.name, Card), rows)


async def call_off(session: AsyncSession, *which: sa.ColumnElement[bool]) -> None:
    """Nothing of what is on its way (of those cards) leaves any more; it counts as not shown. Where the keeper may be
    at work, change those cards first: that waits for it, and then sees what it has posted."""
    on_the_way = (*which, Card.call_key.is_not(None))
    keys = list(await session.scalars(sa.select(Card.call_key).where(*on_the_way)))
    waiting = (OutboxMessage.key.in_(keys), OutboxMessage.state == OutboxState.PENDING)
    await session.execute(sa.delete(OutboxMessage).where(*waiting))  # a row that is kept would name the case
    await _change(session, sa.update(Card).where(*on_the_way).values(**UNSEEN))


def of(room: DutyRoom) -> sa.ColumnElement[bool]:
    """The cards of that room."""
    return Card.room_id == room.id


async def look_anew(session: AsyncSession, room: DutyRoom) -> None:
    """Every open card of the room is looked at again, also those that should be right."""
    theirs = sa.update(Card).where(Card.room_id == room.id, Card.report_id.in_(_OPEN_IDS))
    await _change(session, theirs.values(is_stale=True, shown_as=None, refusals=0))


async def begin_anew(session: AsyncSession, room: DutyRoom) -> None:
    """The room's messages stayed behind somewhere: its open cards are sent once more."""
    await call_off(session, of(room))
    await _change(session, sa.update(Card).where(Card.room_id == room.id).values(message_id=None, shown_as=None))
    await look_anew(session, room)


async def find_lost(session: AsyncSession) -> int:
    """Cards whose call is nowhere any more are shown after all."""
    waits = sa.exists().where(
        OutboxMessage.key == Card.call_key, OutboxMessage.state.in_((OutboxState.PENDING, OutboxState.SENDING))
    )
    lost = sa.update(Card).where(Card.call_key.is_not(None), ~waits)
    return await _change(session, lost.values(**UNSEEN))


async def try_again(session: AsyncSession) -> int:
    """Open cases that a room was never shown, since Telegram would not take the card: it may take it now."""
    unseen = sa.update(Card).where(
        Card.report_id.in_(_OPEN_IDS), Card.message_id.is_(None), Card.call_key.is_(None), Card.is_stale.is_(False)
    )
    return await _change(session, unseen.values(is_stale=True))


async def _change(session: AsyncSession, change: sa.Update) -> int:
    done = await session.execute(change, execution_options={"synchronize_session": False})
    return int(done.rowcount)  # type: ignore[attr-defined]
