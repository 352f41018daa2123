"""The timetable: which duty is looked after how often."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from bot.metrics import OUTBOX_DEPTH, OUTBOX_OLDEST
from bot.scheduler import Duty
from domain import duty_rooms
from domain.cases.retention import OldFiles, erase_old_cases
from domain.outbox import Lane
from domain.policy import OUTBOX_KEPT, SEEN_UPDATES_KEPT
from domain.reports import duties as reports
from handlers.audit import tell_head
from handlers.cases import alarms
from handlers.cases.oldest import keep_oldest
from handlers.cases.pranks import tell_closed
from handlers.reports.heartbeat import ask_whether_it_goes_on
from handlers.reports.nudges import nudge_drafts
from models import DeadLetter, OutboxMessage, OutboxState, SeenUpdate

DEAD_LETTERS_KEPT = FAILURES_KEPT = dt.timedelta(days=7)
PORTION, PORTIONS = 500, 20
WENT_WELL = [OutboxState.SENT, OutboxState.EXPIRED, OutboxState.CANCELLED]
WENT_BADLY = [OutboxState.FAILED, OutboxState.AMBIGUOUS]


async def prune_seen(session: AsyncSession, now: dt.datetime) -> int:
    """Ids that Telegram will not deliver again, and letters that nobody asked for in a week."""
    seen = sa.select(SeenUpdate.update_id).where(SeenUpdate.seen_at < now - SEEN_UPDATES_KEPT)
    letters = await session.execute(sa.delete(DeadLetter).where(DeadLetter.received_at < now - DEAD_LETTERS_KEPT))
    return await _prune(session, SeenUpdate.update_id, seen) + _count(letters)


async def prune_outbox(session: AsyncSession, now: dt.datetime) -> int:
    """What went well is forgotten after two days; what did not, after a week in which somebody could look at it."""
    well = sa.and_(OutboxMessage.created_at < now - OUTBOX_KEPT, OutboxMessage.state.in_(WENT_WELL))
    badly = sa.and_(OutboxMessage.created_at < now - FAILURES_KEPT, OutboxMessage.state.in_(WENT_BADLY))
    return await _prune(session, OutboxMessage.id, sa.select(OutboxMessage.id).where(sa.or_(well, badly)))


async def _prune(session: AsyncSession, key: Any, old: sa.Select[Any]) -> int:
    """Deletes in portions, a bounded number of them, so that no run takes long and every evening is caught up with."""
    pruned = 0
    for _ in range(PORTIONS):
        gone = _count(await session.execute(sa.delete(key.class_).where(key.in_(old.limit(PORTION)))))
        pruned += gone
        if gone < PORTION:
            break
    return pruned


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
        Duty("sound alarms", 5, alarms.sound_alarms),
        Duty("end claims", 10, alarms.end_claims),
        Duty("stop waiting for answers", 60, alarms.stop_waiting),
        Duty("ask whether it goes on", 15, ask_whether_it_goes_on),
        Duty("tell of closed pranks", 10, tell_closed),
        Duty("nudge drafts", 30, nudge_drafts),
        Duty("expire drafts", 60, reports.expire_drafts),
        Duty("fill rooms", 60, duty_rooms.fill_rooms),
        Duty("try unseen cards again", 600, duty_rooms.try_unseen_again),
        Duty("name the oldest", 15, keep_oldest),
        Duty("erase old files", 60, OldFiles().erase),
        Duty("erase old cases", 300, erase_old_cases),
        Duty("tell the audit head", 60, tell_head),
        Duty("prune seen updates", 60, prune_seen),
        Duty("prune outbox", 60, prune_outbox),
        Duty("measure outbox", 5, measure_outbox),
    ]


def _count(result: object) -> int:
    return int(getattr(result, "rowcount", 0) or 0)
