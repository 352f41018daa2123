"""Search: cases by what was typed, the newest first, and never one that is not theirs to know of.

One of the terms that must all be there leads, the rarest where that matters: its rows are walked from the newest on,
and each is asked for the other terms. Terms lie apart by whose eyes they are for, so nothing is even counted for
anybody else. Every walk is bounded; a search that ended at its bound says so.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from domain.cases import access, terms, vocabulary
from domain.cases.access import Staff
from domain.cases.query import Query
from domain.roles import Deed
from models import IS_OPEN, OPEN_STATES, Place, Report, ReportState, SearchTerm

GLANCE = 1_000  # rows of a common word, most often enough to fill a page
WALKED_MAX = 20_000  # rows of the leading term, or reports
OPEN_MAX = 5_000  # with more open cases than this, a search among them goes by its words
PLACE_WORDS = 4

Groups = Sequence[Sequence[bytes]]  # of each one term
States = frozenset[ReportState]
Position = tuple[int, uuid.UUID]  # quarter of an hour and id: the order of results


@dataclass(frozen=True)
class Found:
    """`is_partial`: only the newest that fit the rarest word were looked at. `has_more`: there is another page."""

    reports: tuple[Report, ...] = ()
    is_partial: bool = False
    has_more: bool = False


@dataclass(frozen=True)
class Window:
    """The stretch of time that is searched, and after which result of the page before: when it was filed, and which
    it was. `floor` is the quarter of an hour at which a walk ends."""

    since: dt.datetime | None = None
    until: dt.datetime | None = None
    after: tuple[dt.datetime, uuid.UUID] | None = None
    floor: int = 0


async def find(
    session: AsyncSession, staff: Staff, query: Query, *, limit: int = 10, after: uuid.UUID | None = None
) -> Found:
    """The newest cases that fit; `after` is the last one of the page before."""
    if query.number is not None:
        return await _by_number(session, staff, query.number)
    query = await _located(session, query)
    window = await _window(session, query, after)
    if window is None:
        return Found()
    if query.states and query.states <= set(OPEN_STATES) and await _are_few_open(session):
        ids, is_partial = await _among_reports(session, staff, query, window, limit + 1, only_open=True)
    elif query.groups:
        ids, is_partial = await _by_terms(session, staff, query, window, limit + 1)
    else:
        ids, is_partial = await _among_reports(session, staff, query, window, limit + 1, only_open=False)
    reports = await _load(session, staff, ids[:limit])
    return Found(reports, is_partial, len(ids) > limit)


async def _by_number(session: AsyncSession, staff: Staff, number: str) -> Found:
    report = await session.scalar(sa.select(Report).where(Report.number == number))
    return Found((report,)) if report is not None and access.may_open(staff, report) else Found()


async def _load(session: AsyncSession, staff: Staff, ids: Sequence[uuid.UUID]) -> tuple[Report, ...]:
    """What was found, in that order. The index is a hint; whether they may see it is asked of the case."""
    found = {report.id: report for report in await session.scalars(sa.select(Report).where(Report.id.in_(ids)))}
    return tuple(found[each] for each in ids if each in found and access.may_open(staff, found[each]))


async def _located(session: AsyncSession, query: Query) -> Query:
    """A named place becomes the cells around it; a name that no place has is words."""
    if query.near is None:
        return query
    typed = query.near.split()
    for count in range(min(PLACE_WORDS, len(typed)), 0, -1):
        name = " ".join(typed[:count])
        like = sa.func.lower(Place.name).contains(name, autoescape=True)
        found = sa.select(Place.latitude, Place.longitude).where(like, Place.retired_at.is_(None))
        place = (await session.execute(found.order_by(sa.func.length(Place.name)).limit(1))).one_or_none()
        if place is not None:
            cells = vocabulary.cells_near(place.latitude, place.longitude, is_wide=query.is_wide)
            rest = vocabulary.terms_in(" ".join(typed[count:]))
            return replace(query, near=None, groups=(tuple(cells), *((term,) for term in rest), *query.groups))
    said = tuple((term,) for term in vocabulary.terms_in(query.near))
    return replace(query, near=None, groups=(*said, *query.groups))


async def _window(session: AsyncSession, query: Query, after: uuid.UUID | None) -> Window | None:
    """None when the case after which to go on is not known."""
    window = Window(query.since, query.until)
    if after is None:
        return window
    filed_at = await session.scalar(sa.select(Report.filed_at).where(Report.id == after))
    return None if filed_at is None else replace(window, after=(filed_at, after))


def realms_of(staff: Staff) -> list[str]:
    """Among whose cases they may search: everybody's, and those of special units that are theirs to read."""
    return [terms.OPEN_TO_ALL, *access.special_units(staff)] if staff.may(Deed.SEE_CASES) else []


# By terms


async def _by_terms(
    session: AsyncSession, staff: Staff, query: Query, window: Window, count: int
) -> tuple[list[uuid.UUID], bool]:
    found: set[Position] = set()
    is_partial = False
    for realm in realms_of(staff):
        groups = [[terms.hashed(realm, key) for key in group] for group in query.groups]
        rows, was_bounded = await _in_realm(session, groups, query.states, window, count)
        found.update(rows)
        is_partial = is_partial or was_bounded
    return [report_id for _, report_id in sorted(found, reverse=True)[:count]], is_partial


async def _in_realm(
    session: AsyncSession, groups: Groups, states: States, window: Window, count: int
) -> tuple[list[Position], bool]:
    """The newest in one realm, and whether there may be more than the walk has seen."""
    sizes = await _sizes(session, groups, window, GLANCE)
    if not all(sizes):
        return [], False
    if min(sizes) < GLANCE:
        leading, others = _led_by(groups, sizes.index(min(sizes)))
        return await _walk(session, leading, others, states, window, count), False
    # All are common, so a page may well be full of the newest. If not, the rarest is worth being looked for.
    leading, others = _led_by(groups, min(range(len(groups)), key=lambda position: len(groups[position])))
    rows, is_partial = await _walk_newest(session, leading, others, states, window, count, GLANCE)
    if not is_partial:
        return rows, False
    sizes = await _sizes(session, groups, window, WALKED_MAX)
    leading, others = _led_by(groups, sizes.index(min(sizes)))
    if min(sizes) < WALKED_MAX:
        return await _walk(session, leading, others, states, window, count), False
    return await _walk_newest(session, leading, others, states, window, count, WALKED_MAX)


def _led_by(groups: Groups, position: int) -> tuple[Sequence[bytes], Groups]:
    return groups[position], [*groups[:position], *groups[position + 1 :]]


async def _sizes(session: AsyncSession, groups: Groups, window: Window, bound: int) -> list[int]:
    """How many rows each group has, counted up to the bound."""
    counts = []
    for group in groups:
        rows = sa.select(sa.literal(1)).where(*_rows(group, window)).limit(bound).subquery()
        counts.append(sa.select(sa.func.count()).select_from(rows).scalar_subquery())
    return list((await session.execute(sa.select(*counts))).one())


async def _walk_newest(
    session: AsyncSession,
    leading: Sequence[bytes],
    others: Groups,
    states: States,
    window: Window,
    count: int,
    bound: int,
) -> tuple[list[Position], bool]:
    """Only so many of the leading group's rows: each of its terms by itself, since one term's rows lie in the order of
    time. Whether one of these walks ended before it had found enough."""
    rows: list[Position] = []
    is_partial = False
    for term in leading:
        newest = sa.select(SearchTerm.quarter).where(*_rows([term], window)).order_by(SearchTerm.quarter.desc())
        floor = await session.scalar(newest.offset(bound - 1).limit(1))
        within = window if floor is None else replace(window, floor=floor)
        found = await _walk(session, [term], others, states, within, count)
        is_partial = is_partial or (floor is not None and len(found) < count)
        rows += found
    return rows, is_partial


def _rows(either: Sequence[bytes], window: Window) -> list[sa.ColumnElement[bool]]:
    """The rows of these terms in the window. One term's lie in the order of time."""
    rows = [SearchTerm.term == either[0] if len(either) == 1 else SearchTerm.term.in_(either)]
    first = window.floor if window.since is None else max(window.floor, terms.quarter_of(window.since))
    rows.append(SearchTerm.quarter >= first)
    if window.until is not None:
        rows.append(SearchTerm.quarter <= terms.quarter_of(window.until - dt.timedelta.resolution))
    if window.after is not None:
        quarter = terms.quarter_of(window.after[0])
        is_older = sa.or_(SearchTerm.quarter < quarter, SearchTerm.report_id < window.after[1])
        rows += [SearchTerm.quarter <= quarter, is_older]
    return rows


async def _walk(
    session: AsyncSession,
    leading: Sequence[bytes],
    others: Groups,
    states: States,
    window: Window,
    count: int,
) -> list[Position]:
    """Those of the leading group's rows whose cases have one term of each other group too."""
    chosen = sa.select(SearchTerm.quarter, SearchTerm.report_id).where(*_rows(leading, window))
    for group in others:
        chosen = chosen.where(_has_one(group, SearchTerm.quarter, SearchTerm.report_id))
    if states:
        chosen = chosen.where(_is_in(states))
    if len(leading) > 1:
        chosen = chosen.distinct()
    newest = chosen.order_by(SearchTerm.quarter.desc(), SearchTerm.report_id.desc()).limit(count)
    return [(row.quarter, row.report_id) for row in await session.execute(newest)]


def _has_one(group: Sequence[bytes], quarter: Any, report_id: Any) -> sa.ColumnElement[bool]:
    """Whether the case has one of these terms too."""
    other = aliased(SearchTerm)
    is_there = (other.term.in_(group), other.quarter == quarter, other.report_id == report_id)
    return _each(sa.select(sa.literal(1)).select_from(other).where(*is_there))


def _is_in(states: States) -> sa.ColumnElement[bool]:
    is_so = (Report.id == SearchTerm.report_id, Report.state.in_(sorted(states)))
    return _each(sa.select(sa.literal(1)).select_from(Report).where(*is_so))


def _each(question: sa.Select[Any]) -> sa.ColumnElement[bool]:
    """Asked of each row in its turn. The offset of nothing keeps PostgreSQL from answering it for all rows at once,
    which for a common word costs more than the whole search."""
    return question.offset(0).exists()


# Among reports


async def _are_few_open(session: AsyncSession) -> bool:
    few = sa.select(sa.literal(1)).select_from(Report).where(IS_OPEN).limit(OPEN_MAX).subquery()
    return (await session.scalar(sa.select(sa.func.count()).select_from(few)) or 0) < OPEN_MAX


async def _among_reports(
    session: AsyncSession, staff: Staff, query: Query, window: Window, count: int, *, only_open: bool
) -> tuple[list[uuid.UUID], bool]:
    """Without words, or among the few that are open, the reports themselves are walked."""
    if not realms_of(staff):
        return [], False
    within = _filed_within(window)
    chosen = sa.select(Report.id).where(*within, access.visible_to(staff))
    oldest = None
    if only_open:
        chosen = chosen.where(IS_OPEN)
    else:
        newest = sa.select(Report.filed_at).where(*within).order_by(Report.filed_at.desc())
        oldest = await session.scalar(newest.offset(WALKED_MAX - 1).limit(1))
    if oldest is not None:
        chosen = chosen.where(Report.filed_at >= oldest)
    # As text, since an index of states would be walked without an order.
    state = sa.cast(Report.state, sa.String)
    chosen = chosen.where(state.in_(sorted(query.states)) if query.states else state != ReportState.ARCHIVED)
    for group in query.groups:
        either = [terms.hashed(realm, key) for realm in realms_of(staff) for key in group]
        is_there = (SearchTerm.report_id == Report.id, SearchTerm.term.in_(either))
        chosen = chosen.where(_each(sa.select(sa.literal(1)).select_from(SearchTerm).where(*is_there)))
    found = await session.scalars(chosen.order_by(Report.filed_at.desc(), Report.id.desc()).limit(count))
    ids = list(found)
    return ids, oldest is not None and len(ids) < count


def _filed_within(window: Window) -> list[sa.ColumnElement[bool]]:
    within: list[sa.ColumnElement[bool]] = [Report.filed_at.is_not(None)]
    if window.since is not None and window.until is not None:
        within += [Report.filed_at >= window.since, Report.filed_at < window.until]
    if window.after is not None:
        filed_at, report_id = window.after
        within += [Report.filed_at <= filed_at, sa.or_(Report.filed_at < filed_at, Report.id < report_id)]
    return within
