"""The timetable: which duty is looked after how often."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from bot.metrics import OUTBOX_DEPTH, OUTBOX_OLDEST
from bot.scheduler import Duty
from domain.outbox import Lane
from domain.policy import OUTBOX_KEPT, SEEN_UPDATES_KEPT
from domain.reports import duties as reports
from handlers.reports.cards import post_missed_cards
from handlers.reports.nudges import nudge_drafts
from models import DeadLetter, OutboxMessage, OutboxState, SeenUpdate

DEAD_LETTERS_KEPT = FAILURES_KEPT = dt.timedelta(days=7)
AT_ONCE = 500
WENT_WELL = [OutboxState.SENT, OutboxState.EXPIRED, OutboxState.CANCELLED]
WENT_BADLY = [OutboxState.FAILED, OutboxState.AMBIGUOUS]


async def prune_seen(session: AsyncSession, now: dt.datetime) -> int:
    """Ids that Telegram will not deliver again, and letters that nobody asked for in a week."""
    seen = await session.execute(sa.delete(SeenUpdate).where(SeenUpdate.seen_at < now - SEEN_UPDATES_KEPT))
    letters = await session.execute(sa.delete(DeadLetter).where(DeadLetter.received_at < now - DEAD_LETTERS_KEPT))
    return _count(seen) + _count(letters)


async def prune_outbox(session: AsyncSession, now: dt.datetime) -> int:
    """What went well is forgotten after two days; what did not, after a week in which somebody could look at it."""
    well = sa.and_(OutboxMessage.created_at < now - OUTBOX_KEPT, OutboxMessage.state.in_(WENT_WELL))
    badly = sa.and_(OutboxMessage.created_at < now - FAILURES_KEPT, OutboxMessage.state.in_(WENT_BADLY))
    old = sa.select(OutboxMessage.id).where(sa.or_(well, badly)).limit(AT_ONCE)
    return _count(await session.execute(sa.delete(OutboxMessage).where(OutboxMessage.id.in_(old))))


async def measure_outbox(session: AsyncSession, now: dt.datetime) -> int:
    waiting = OutboxMessage.state == OutboxState.PENDING
    counts = await session.execute(
        sa.select(OutboxMessage.lane, sa.func.count(), sa.func.min(OutboxMessage.created_at))
        .where(waiting)
        .group_by(OutboxMessage.lane)
    )
    found = {lane: (count, oldest) for lane, count, oldest in counts}
    for lane in Lane:
        OUTBOX_DEPTH.labels(lane.name.lower()).set(found.get(int(lane), (0, None))[0])
    oldest = min((oldest for _, oldest in found.values()), default=None)
    OUTBOX_OLDEST.set((now - oldest).total_seconds() if oldest else 0)
    return 0


def timetable() -> list[Duty]:
    return [
        Duty("nudge drafts", 30, nudge_drafts),
        Duty("expire drafts", 60, reports.expire_drafts),
        Duty("post missed cards", 60, post_missed_cards),
        Duty("prune seen updates", 3600, prune_seen),
        Duty("prune outbox", 600, prune_outbox),
        Duty("measure outbox", 5, measure_outbox),
    ]


def _count(result: object) -> int:
    return int(getattr(result, "rowcount", 0) or 0)
