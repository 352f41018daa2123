"""The cast of the tests that run on a database alone: reporters, their reports, and the police."""

import datetime as dt
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.cases import opening
from domain.cases.access import Staff
from domain.reports import drafts, filing
from domain.roles import Role
from models import Anonymity, Person, Report, ReportState, RoleGrant, new_id
from models.engine import Store
from models.sealing import number_index

NOW = dt.datetime(2026, 11, 24, 14, 30, tzinfo=dt.UTC)  # 21.30 in Jember
_ids = itertools.count(50_001)


def person(session: AsyncSession, **more: Any) -> Person:
    """Somebody who wrote to the bot."""
    number = next(_ids)
    row = Person(id=new_id(), telegram_index=number_index("person", number), language="id", is_reachable=True, **more)
    row.telegram_id = number
    session.add(row)
    return row


def staff(session: AsyncSession, role: Role = Role.DISPATCHER, unit: str | None = None) -> Staff:
    """Somebody at work in that role, perhaps of a special unit."""
    row = person(session, staff_number=next(_ids) % 50_000)
    session.add(RoleGrant(person_id=row.id, role=role, granted_at=NOW, unit=unit))
    return Staff(row, frozenset({role.value}), frozenset({unit} if unit else ()))


async def report(
    session: AsyncSession,
    *,
    category: str = "MAS-3",
    words: str = "Ada balap liar di depan pasar",
    area: str | None = "35.09.21",
    anonymity: Anonymity = Anonymity.TWO_WAY,
    by: Person | None = None,
    now: dt.datetime = NOW,
) -> Report:
    """A report that went the whole way: told, sent, received."""
    reporter = by or person(session)
    draft = drafts.begin_draft(reporter, now=now)
    session.add(draft)
    drafts.say_words(draft, words, 1, now=now)
    drafts.choose_category(draft, category, now=now)
    drafts.change(draft, now, place="depan pasar", passed=["area", "when", "anonymity", "name"])
    draft.area_code, draft.anonymity = area, anonymity
    await session.flush()
    filed = await filing.file_report(session, draft, now=now)
    is_full = anonymity is Anonymity.FULL
    await opening.open_case(session, filed.report, reporter=None if is_full else reporter, now=now)
    await session.flush()
    return filed.report


async def again(session: AsyncSession, found: Report) -> Report:
    """The same case as the database has it, in this session."""
    row = await session.scalar(
        sa.select(Report).where(Report.id == found.id), execution_options={"populate_existing": True}
    )
    assert row is not None
    return row


async def colleague(session: AsyncSession, known: Staff) -> Staff:
    """The same member of the staff in this session."""
    row = await session.get(Person, known.person.id)
    assert row is not None
    return Staff(row, known.roles, known.units)


@asynccontextmanager
async def opened(store: Store, found: Report, *known: Staff) -> AsyncIterator[tuple[Any, ...]]:
    """One transaction with the case and its people: (session, report, *staff)."""
    async with store.begin() as session:
        yield (session, await again(session, found), *[await colleague(session, each) for each in known])


async def state_of(store: Store, found: Report) -> ReportState:
    async with store.read() as session:
        return (await again(session, found)).state
