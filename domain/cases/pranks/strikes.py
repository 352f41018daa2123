"""Strikes: what a prank costs its reporter, who is known by a keyed hash only. A person gives them; time takes them."""

import datetime as dt
import secrets

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import DomainError
from domain.policy import COOL_DOWNS, EMERGENCIES_WHILE_COOLING, STRIKE_EXPIRES_AFTER
from domain.reports import taxonomy
from domain.reports.taxonomy import Flag
from models import Report, ReportState, Source, Strike

DAY = dt.timedelta(days=1)
NOT_THEIR_OWN = (Source.CALL, Source.WALK_IN, Source.RADIO)
EMERGENCY_CODES = frozenset(each.code for each in taxonomy.CATEGORIES if Flag.EMERGENCY in each.flags)


class CoolingDown(DomainError):
    """Reports of theirs were pranks: until then only an emergency is taken, once a day. What they wrote is kept."""

    text_key = "error.cooling_down"


async def give(session: AsyncSession, report: Report, *, now: dt.datetime) -> bool:
    """A strike for that report; False where nothing leads to its reporter: in full anonymity, and for callers."""
    if report.reporter_index is None:
        return False
    strike = await session.get(Strike, report.id)
    if strike is None:
        strike = Strike(report_id=report.id, reporter_index=report.reporter_index)
        session.add(strike)
    strike.at, strike.expires_at = now, now + STRIKE_EXPIRES_AFTER
    return True


async def remove(session: AsyncSession, report: Report) -> None:
    """It was no prank."""
    strike = await session.get(Strike, report.id)
    if strike is not None:
        await session.delete(strike)


async def forget_reporter(session: AsyncSession, reporter_index: bytes) -> None:
    """The pranks stay pranks, and lead to nobody any more, not even from one to the other."""
    for strike in await session.scalars(sa.select(Strike).where(Strike.reporter_index == reporter_index)):
        strike.reporter_index = secrets.token_bytes(len(reporter_index))


async def cooling_until(session: AsyncSession, reporter_index: bytes | None, *, now: dt.datetime) -> dt.datetime | None:
    """Until when this reporter waits: the longer, the more strikes have not expired. None for everybody else."""
    if reporter_index is None:
        return None
    valid = sa.select(sa.func.count(), sa.func.max(Strike.at)).where(
        Strike.reporter_index == reporter_index, Strike.expires_at > now
    )
    number, latest = (await session.execute(valid)).one()
    if not number:
        return None
    until: dt.datetime = latest + COOL_DOWNS[min(number, len(COOL_DOWNS)) - 1]
    return until if until > now else None


async def require_may_file(session: AsyncSession, draft: Report, *, now: dt.datetime) -> None:
    """Raises CoolingDown. What a dispatcher writes down for a caller is nobody's prank."""
    if draft.source in NOT_THEIR_OWN:
        return
    until = await cooling_until(session, draft.reporter_index, now=now)
    if until is None:
        return
    if draft.category_code not in EMERGENCY_CODES:
        raise CoolingDown(until=until)
    if await _emergencies_today(session, draft, now=now) >= EMERGENCIES_WHILE_COOLING:
        raise CoolingDown(until=until)


async def _emergencies_today(session: AsyncSession, draft: Report, *, now: dt.datetime) -> int:
    """How many they sent within a day. Those sent in full anonymity are nobody's, so they are not counted."""
    sent = sa.select(sa.func.count()).where(
        Report.reporter_index == draft.reporter_index,
        Report.state != ReportState.DRAFT,
        Report.filed_at > now - DAY,
        Report.category_code.in_(EMERGENCY_CODES),
    )
    return await session.scalar(sent) or 0
