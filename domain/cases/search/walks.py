"""Walks: over the rows of search terms, from the newest case on.

Each statement is made once for its shape: to make it anew for every search would cost more than to run it.
"""

import functools
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from models import Report, ReportState, SearchTerm

Group = Sequence[bytes]  # of these terms one must be there
Position = tuple[int, uuid.UUID]  # quarter of an hour and id: the order of results
FOREVER = 2**31 - 1
ONE: sa.ColumnElement[int] = sa.literal_column("1", sa.Integer())
NOTHING: sa.ColumnElement[int] = sa.literal_column("0", sa.Integer())


@dataclass(frozen=True)
class Stretch:
    """From and to which quarter of an hour, both included; and after which result."""

    first: int = 0
    last: int = FOREVER
    after: Position | None = None

    def as_parameters(self) -> dict[str, Any]:
        quarter, report_id = self.after or (FOREVER, uuid.UUID(int=0))
        last = min(self.last, quarter)
        return {"first": self.first, "last": last, "after_quarter": quarter, "after_id": report_id}


async def sizes(session: AsyncSession, groups: Sequence[Group], stretch: Stretch, bound: int) -> list[int]:
    """How many rows each group has, counted up to the bound."""
    named = {f"group{number}": list(group) for number, group in enumerate(groups)}
    found = await session.execute(_sizes(len(groups)), {**stretch.as_parameters(), **named, "bound": bound})
    return list(found.one())


async def quarter_of_the(session: AsyncSession, nth: int, term: bytes, stretch: Stretch) -> int | None:
    """In which quarter of an hour the nth newest row of a term lies; None if there are fewer."""
    parameters = {**stretch.as_parameters(), "group": [term], "skipped": nth - 1}
    quarter: int | None = await session.scalar(_nth(), parameters)
    return quarter


async def walk(
    session: AsyncSession,
    leading: Group,
    others: Sequence[Group],
    states: frozenset[ReportState],
    stretch: Stretch,
    count: int,
) -> list[Position]:
    """The newest of the leading group's rows whose cases have one term of each other group too, and such a state."""
    named: dict[str, Any] = {f"group{number}": list(group) for number, group in enumerate(others)}
    if states:
        named["states"] = sorted(states)
    parameters = {**stretch.as_parameters(), **named, "group": list(leading), "count": count}
    rows = await session.execute(_walk(len(others), len(leading) == 1, bool(states)), parameters)
    return [(row.quarter, row.report_id) for row in rows]


def asked_of_each(question: sa.Select[Any]) -> sa.ColumnElement[bool]:
    """Whether there is such a row, asked of each row in its turn. The offset of nothing keeps PostgreSQL from
    answering for all rows at once, which for a common word costs more than the whole search."""
    return question.offset(NOTHING).exists()


@functools.cache
def _sizes(groups: int) -> sa.Select[Any]:
    rows = (sa.select(ONE).where(*_rows(f"group{number}")).limit(_number("bound")) for number in range(groups))
    counts = (sa.select(sa.func.count()).select_from(each.subquery()).scalar_subquery() for each in rows)
    return sa.select(*counts)


@functools.cache
def _nth() -> sa.Select[Any]:
    newest = sa.select(SearchTerm.quarter).where(*_rows("group")).order_by(SearchTerm.quarter.desc())
    return newest.offset(_number("skipped")).limit(ONE)


@functools.cache
def _walk(others: int, is_one: bool, has_states: bool) -> sa.Select[int, uuid.UUID]:
    """One term's rows lie in the order of time; those of several are sorted, and a case may be among them twice."""
    chosen = sa.select(SearchTerm.quarter, SearchTerm.report_id).where(*_rows("group"))
    for number in range(others):
        other = aliased(SearchTerm)
        is_there = (other.quarter == SearchTerm.quarter, other.report_id == SearchTerm.report_id)
        has_one = sa.select(ONE).select_from(other).where(_among(other.term, f"group{number}"), *is_there)
        chosen = chosen.where(asked_of_each(has_one))
    if has_states:
        is_so = (Report.id == SearchTerm.report_id, _among(Report.state, "states"))
        chosen = chosen.where(asked_of_each(sa.select(ONE).select_from(Report).where(*is_so)))
    newest = chosen if is_one else chosen.distinct()
    return newest.order_by(SearchTerm.quarter.desc(), SearchTerm.report_id.desc()).limit(_number("count"))


def _rows(group: str) -> list[sa.ColumnElement[bool]]:
    after_id: sa.BindParameter[uuid.UUID] = sa.bindparam("after_id", type_=sa.Uuid())
    return [
        _among(SearchTerm.term, group),
        SearchTerm.quarter >= _number("first"),
        SearchTerm.quarter <= _number("last"),
        sa.or_(SearchTerm.quarter < _number("after_quarter"), SearchTerm.report_id < after_id),
    ]


def _among(column: Any, name: str) -> sa.ColumnElement[bool]:
    among: sa.ColumnElement[bool] = column.in_(sa.bindparam(name, expanding=True))
    return among


def _number(name: str) -> sa.BindParameter[int]:
    return sa.bindparam(name, type_=sa.Integer())
