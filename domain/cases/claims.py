"""Claims: who has a case in hand, and for how long."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value

from domain.cases import clocks
from domain.cases.access import Staff, require_may_open, staff_name
from domain.errors import DomainError
from domain.policy import CLAIM_HOLDS
from models import OPEN_STATES, Person, Report

AT_ONCE = 100


class CaseIsTaken(DomainError):
    """A colleague has it in hand, and was faster."""

    text_key = "error.case_is_taken"


class CaseIsClosed(DomainError):
    text_key = "error.case_is_closed"


async def claim(
    session: AsyncSession, report: Report, staff: Staff, *, now: dt.datetime, takes_over: bool = False
) -> bool:
    """Takes the case in hand, or holds it longer. Whether it is newly theirs.

    One statement with its condition: of two at once one wins. `takes_over`: also from a colleague, as commanders may.
    Raises NoSuchCase, CaseIsClosed, CaseIsTaken."""
    require_may_open(staff, report)
    if report.state not in OPEN_STATES:
        raise CaseIsClosed(number=report.number)
    is_free = sa.or_(Report.claimed_by.is_(None), Report.claimed_until <= now, Report.claimed_by == staff.person.id)
    mine = sa.update(Report).where(
        Report.id == report.id, Report.state.in_(OPEN_STATES), sa.true() if takes_over else is_free
    )
    until = now + CLAIM_HOLDS
    done = await session.execute(
        mine.values(claimed_by=staff.person.id, claimed_until=until), execution_options={"synchronize_session": False}
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise CaseIsTaken(number=report.number, staff=await holder_name(session, report))
    is_new = report.claimed_by != staff.person.id
    _set(report, staff.person, until)
    if is_new:
        clocks.claimed(report, now=now)
    return is_new


async def release(session: AsyncSession, report: Report, *, now: dt.datetime) -> None:
    """Puts it back into the queue."""
    report.claimed_by = report.claimed_until = None
    clocks.unclaimed(report, now=now)


async def expired(session: AsyncSession, now: dt.datetime) -> Sequence[Report]:
    """Cases whose claim nobody renewed."""
    old = sa.select(Report).where(
        Report.claimed_by.is_not(None), Report.claimed_until <= now, Report.state.in_(OPEN_STATES)
    )
    return (await session.scalars(clocks.unhurried(old.order_by(Report.claimed_until).limit(AT_ONCE)))).all()


async def held_by(session: AsyncSession, person: Person) -> Sequence[Report]:
    """The open cases that somebody has in hand."""
    theirs = sa.select(Report).where(Report.claimed_by == person.id, Report.state.in_(OPEN_STATES))
    return (await session.scalars(theirs.order_by(Report.priority, Report.filed_at).limit(AT_ONCE))).all()


async def holder_name(session: AsyncSession, report: Report) -> str:
    """Who has it at this moment, as the database says."""
    holder = sa.select(Person).join(Report, Report.claimed_by == Person.id).where(Report.id == report.id)
    return staff_name(await session.scalar(holder))


def _set(report: Report, person: Person, until: dt.datetime) -> None:
    set_committed_value(report, "claimed_by", person.id)
    set_committed_value(report, "claimed_until", until)
