"""Search: cases by what was typed, the newest first, and never one that is not theirs to know of.

One of the terms that must all be there leads, the rarest where that matters: its rows are walked from the newest on,
and each is asked for the other terms. Terms lie apart by whose eyes they are for, so nothing is even counted for
anybody else. Every walk is bounded; a search that ended at its bound says so.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.cases import access
from domain.cases.access import Staff
from domain.cases.search import terms, vocabulary, walks
from domain.cases.search.query import Query
from domain.cases.search.walks import ONE, Group, Position, Stretch, asked_of_each
from domain.roles import Deed
from models import IS_OPEN, OPEN_STATES, Place, Report, ReportState, SearchTerm

GLANCE = 1_000  # rows of a common word, most often enough to fill a page
WALKED_MAX = 7_000  # rows of the leading term
REPORTS_WALKED_MAX = 10_000  # where there is no word to go by
OPEN_MAX = 5_000  # with more open cases than this, a search among them goes by its words
PLACE_WORDS = 4

States = frozenset[ReportState]
Walked = tuple[list[Position], int | None]  # and the quarter of an hour at which a walk ended that found too few


@dataclass(frozen=True)
class Found:
    """`has_more`: there is another page. `looked_back_to`: how far, if older ones were not looked at."""

    reports: tuple[Report, ...] = ()
    has_more: bool = False
    looked_back_to: dt.datetime | None = None

    @property
    def is_partial(self) -> bool:
        return self.looked_back_to is not None


@dataclass(frozen=True)
class Window:
    """The stretch of time that is searched, and after which result of the page before: when it was filed, and which
    it was."""

    since: dt.datetime | None = None
    until: dt.datetime | None = None
    after: tuple[dt.datetime, uuid.UUID] | None = None

    def as_stretch(self) -> Stretch:
        """The same in quarters of an hour."""
        first = terms.quarter_of(self.since) if self.since is not None else 0
        last = terms.quarter_of(self.until - dt.timedelta.resolution) if self.until is not None else walks.FOREVER
        after = (terms.quarter_of(self.after[0]), self.after[1]) if self.after is not None else None
        return Stretch(first, last, after)


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
    looked_back_to = None
    if not staff.may(Deed.SEE_CASES):
        return Found()
    if query.states and query.states <= set(OPEN_STATES) and await _are_few_open(session):
        ids = await _among_open(session, staff, query, window, limit + 1)
    elif query.groups:
        ids, looked_back_to = await _by_terms(session, staff, query, window, limit + 1)
    else:
        ids, looked_back_to = await _among_all(session, staff, query, window, limit + 1)
    reports = await _load(session, staff, ids[:limit])
    return Found(reports, len(ids) > limit, looked_back_to)


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
    return [terms.OPEN_TO_ALL, *access.special_units(staff)]


# By terms


async def _by_terms(
    session: AsyncSession, staff: Staff, query: Query, window: Window, count: int
) -> tuple[list[uuid.UUID], dt.datetime | None]:
    """The newest, and back to when it was looked if not to the beginning."""
    found: set[Position] = set()
    ends: list[int] = []
    stretch = window.as_stretch()
    for realm in realms_of(staff):
        groups: list[Group] = [[terms.hashed(realm, key) for key in group] for group in query.groups]
        rows, end = await _in_realm(session, groups, query.states, stretch, count)
        found.update(rows)
        ends += [end] if end is not None else []
        stretch = _that_may_still_count(stretch, found, count)
    looked_back_to = terms.moment_of(max(ends)) if ends else None
    return [report_id for _, report_id in sorted(found, reverse=True)[:count]], looked_back_to


async def _in_realm(session: AsyncSession, groups: list[Group], states: States, stretch: Stretch, count: int) -> Walked:
    """The newest in one realm."""
    sizes = await walks.sizes(session, groups, stretch, GLANCE)
    if not all(sizes):
        return [], None
    if min(sizes) < GLANCE:
        leading, others = _led_by(groups, sizes.index(min(sizes)))
        return await walks.walk(session, leading, others, states, stretch, count), None
    # All are common, so a page may well be full of the newest. If not, the rarest is worth being looked for.
    leading, others = _led_by(groups, min(range(len(groups)), key=lambda position: len(groups[position])))
    rows, end = await _walk_newest(session, leading, others, states, stretch, count, GLANCE)
    if end is None:
        return rows, None
    sizes = await walks.sizes(session, groups, stretch, WALKED_MAX)
    leading, others = _led_by(groups, sizes.index(min(sizes)))
    if min(sizes) < WALKED_MAX:
        return await walks.walk(session, leading, others, states, stretch, count), None
    return await _walk_newest(session, leading, others, states, stretch, count, WALKED_MAX)


def _led_by(groups: list[Group], position: int) -> tuple[Group, list[Group]]:
    return groups[position], [*groups[:position], *groups[position + 1 :]]


async def _walk_newest(
    session: AsyncSession,
    leading: Group,
    others: list[Group],
    states: States,
    stretch: Stretch,
    count: int,
    bound: int,
) -> Walked:
    """Only so many of the leading group's rows, its terms one after the other."""
    rows: list[Position] = []
    ends: list[int] = []
    for term in leading:
        floor = await walks.quarter_of_the(session, max(1, bound // len(leading)), term, stretch)
        within = stretch if floor is None else replace(stretch, first=floor)
        found = await walks.walk(session, [term], others, states, within, count)
        ends += [floor] if floor is not None and len(found) < count else []
        rows += found
        stretch = _that_may_still_count(stretch, rows, count)
    return rows, max(ends, default=None)


def _that_may_still_count(stretch: Stretch, found: Collection[Position], count: int) -> Stretch:
    """Once a page is full, only what is newer than its last one matters."""
    if len(set(found)) < count:
        return stretch
    return replace(stretch, first=max(stretch.first, sorted(set(found), reverse=True)[count - 1][0]))


# Among reports


async def _are_few_open(session: AsyncSession) -> bool:
    few = sa.select(ONE).select_from(Report).where(IS_OPEN).limit(OPEN_MAX).subquery()
    return (await session.scalar(sa.select(sa.func.count()).select_from(few)) or 0) < OPEN_MAX


async def _among_open(session: AsyncSession, staff: Staff, query: Query, window: Window, count: int) -> list[uuid.UUID]:
    # An expression, or SQLite would rather walk all reports in the order of their filing.
    filed_at = sa.func.coalesce(Report.filed_at, sa.null(), type_=Report.filed_at.type)
    chosen = sa.select(Report.id).where(IS_OPEN, access.visible_to(staff), *_within(window, filed_at))
    chosen = chosen.where(Report.state.in_(sorted(query.states)))
    for group in query.groups:
        either = [terms.hashed(realm, key) for realm in realms_of(staff) for key in group]
        is_there = (SearchTerm.report_id == Report.id, SearchTerm.term.in_(either))
        chosen = chosen.where(asked_of_each(sa.select(ONE).select_from(SearchTerm).where(*is_there)))
    return list(await session.scalars(chosen.order_by(filed_at.desc(), Report.id.desc()).limit(count)))


async def _among_all(
    session: AsyncSession, staff: Staff, query: Query, window: Window, count: int
) -> tuple[list[uuid.UUID], dt.datetime | None]:
    """The newest reports of all, when there is no word to go by; and back to when, if not to the beginning."""
    within = [Report.filed_at.is_not(None), *_within(window, Report.filed_at)]
    newest = sa.select(Report.filed_at).where(*within).order_by(Report.filed_at.desc())
    oldest = await session.scalar(newest.offset(REPORTS_WALKED_MAX - 1).limit(1))
    if oldest is not None:
        within.append(Report.filed_at >= oldest)
    # As text, since an index of states would be walked without an order.
    state = sa.cast(Report.state, sa.String)
    is_so = state.in_(sorted(query.states)) if query.states else state != ReportState.ARCHIVED
    chosen = sa.select(Report.id).where(*within, access.visible_to(staff), is_so)
    ids = list(await session.scalars(chosen.order_by(Report.filed_at.desc(), Report.id.desc()).limit(count)))
    return ids, oldest if len(ids) < count else None


def _within(window: Window, filed_at: Any) -> list[sa.ColumnElement[bool]]:
    within: list[sa.ColumnElement[bool]] = []
    if window.since is not None and window.until is not None:
        within += [filed_at >= window.since, filed_at < window.until]
    if window.after is not None:
        last, report_id = window.after
        within += [filed_at <= last, sa.or_(filed_at < last, Report.id < report_id)]
    return within
