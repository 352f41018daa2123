"""Heartbeats: asking the reporter of something dangerous whether it still goes on, while somebody is on the way."""

import datetime as dt
import enum
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.cases import thread
from domain.cases.rooms import cards
from domain.cases.steps import Progress
from domain.policy import HEARTBEAT_AFTER, HEARTBEATS_MAX
from models import OPEN_STATES, Anonymity, Report, ReportState, Side

S = ReportState
AT_ONCE = 100
WAITING = (S.RECEIVED, S.VERIFIED, S.ASSIGNED)


class Sight(enum.StrEnum):
    """What somebody who sees it may answer."""

    GOING_ON = "going_on"
    OVER = "over"
    MOVED = "moved"
    UNKNOWN = "unknown"


SIGHTS = tuple(Sight)  # buttons carry the number, which is shorter


async def due(session: AsyncSession, now: dt.datetime) -> Sequence[Report]:
    """Cases whose reporter is to be asked now. While another question is open a second one would only confuse; and
    those that nobody need ask about any more are let go of."""
    late = sa.select(Report).where(Report.heartbeat_at <= now, Report.state.in_(OPEN_STATES))
    found = (await session.scalars(late.order_by(Report.heartbeat_at).limit(AT_ONCE))).all()
    for report in found:
        if not makes_sense(report):
            report.heartbeat_at = now + HEARTBEAT_AFTER if report.state is S.NEEDS_INFO else None
    return [report for report in found if makes_sense(report)]


def makes_sense(report: Report) -> bool:
    """Only while nobody is there yet, at most twice, and never where a message might give the reporter away."""
    if report.is_discreet or report.anonymity is Anonymity.FULL or report.heartbeats >= HEARTBEATS_MAX:
        return False
    is_coming = report.state is S.HANDLING and report.progress == Progress.ON_THE_WAY
    return report.state in WAITING or is_coming


def asked(report: Report, *, now: dt.datetime) -> None:
    report.heartbeats += 1
    report.heartbeat_at = now + HEARTBEAT_AFTER if report.heartbeats < HEARTBEATS_MAX else None


async def answer(session: AsyncSession, report: Report, sight: Sight, words: str, *, now: dt.datetime) -> None:
    """Staff read it in the thread, in `words`. What is over is not asked about again."""
    await thread.say(session, report, Side.SYSTEM, words, now=now)
    if sight is Sight.OVER:
        report.heartbeat_at = None
    await cards.want(session, report, now=now)
