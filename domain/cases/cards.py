"""Cards: what each room should see of a case, and whether it does."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain import duty_rooms
from domain.reports import filing
from models import Card, Report
from models.outbox import insert_or_ignore

RANKS = {"P0": 0, "P1": 1, "P2": 2, "P3": 3}


async def want(session: AsyncSession, report: Report, *, now: dt.datetime) -> None:
    """The case has changed: every room that has its card, or should, is to see it anew."""
    rank = RANKS[report.priority or "P3"]
    stale = sa.update(Card).where(Card.report_id == report.id).values(is_stale=True, rank=rank)
    await session.execute(stale, execution_options={"synchronize_session": False})
    moment = filing.coarse(now)
    rows = [
        {"report_id": report.id, "room_id": room.id, "posted_at": moment, "is_stale": True, "rank": rank}
        for room in await duty_rooms.rooms_for(session, report)
    ]
    if rows:
        await session.flush()
        connection = await session.connection()
        await connection.execute(insert_or_ignore(connection.dialect.name, Card), rows)


async def landed(session: AsyncSession, call_key: str, *, message_id: int | None, is_gone: bool) -> None:
    """The call of a card is over: with the message that it became, or (`is_gone`) refused, so that it is made anew."""
    change: dict[str, object] = {"call_key": None}
    if message_id is not None:
        change["message_id"] = message_id
    elif is_gone:
        change |= {"message_id": None, "is_stale": True}
    await session.execute(
        sa.update(Card).where(Card.call_key == call_key).values(**change),
        execution_options={"synchronize_session": False},
    )
