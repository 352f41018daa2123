"""Corrections: what the police hold true of a case, against what its reporter said: category, priority, place."""

import datetime as dt

from sqlalchemy.ext.asyncio import AsyncSession

from domain import audit, units
from domain.area_map import AreaMap
from domain.cases import access, claims, clocks, opening, steps, thread
from domain.cases.access import Staff
from domain.cases.search import terms
from domain.errors import ButtonIsStale, NotAllowed
from domain.policy import TWO_PERSON_PRIORITIES
from domain.reports import drafts, taxonomy
from domain.roles import Deed
from models import Anonymity, Report


async def set_category(session: AsyncSession, report: Report, code: str, staff: Staff, *, now: dt.datetime) -> None:
    """Another category, with its usual priority. One that is sensitive takes the case out of everybody else's sight."""
    await claims.claim(session, report, staff, now=now)
    category = taxonomy.category(code)
    was = report.category_code
    report.category_code = code
    _be_urgent(report, category.priority or report.priority, staff)
    clocks.changed_priority(report, now=now)
    _be_discreet(report)
    steps.show_or_lag(report)
    audit.note(session, staff.person, "category", report.number, f"{_told(was)} -> {_told(code)}", now=now)
    if not access.may_open(staff, report):
        await claims.release(session, report, now=now)  # whoever may now open it need not wait
    await _find_anew(session, report)
    hides = units.own_unit(code) not in (None, units.own_unit(was))  # from rooms that read it until now
    await steps.changed(session, report, now=now, at_once=hides)


async def set_priority(session: AsyncSession, report: Report, priority: str, staff: Staff, *, now: dt.datetime) -> None:
    await claims.claim(session, report, staff, now=now)
    was = report.priority
    _be_urgent(report, priority, staff)
    clocks.changed_priority(report, now=now)
    audit.note(session, staff.person, "priority", report.number, f"{was} -> {priority}", now=now)
    await steps.changed(session, report, now=now)


async def set_area(
    session: AsyncSession, report: Report, area_code: str, staff: Staff, areas: AreaMap, *, now: dt.datetime
) -> None:
    """Another kecamatan, and with it another Polsek. Raises ButtonIsStale for a code that is none."""
    if area_code not in areas.by_code:
        raise ButtonIsStale()
    await claims.claim(session, report, staff, now=now)
    report.area_code = area_code
    where = None if units.is_sensitive(report.category_code) else area_code
    audit.note(session, staff.person, "area", report.number, where, now=now)
    await _find_anew(session, report)
    await steps.changed(session, report, now=now)


async def set_place(session: AsyncSession, report: Report, place: str, staff: Staff, *, now: dt.datetime) -> None:
    """The place in words, as the dispatcher learned it. The pin stays."""
    await claims.claim(session, report, staff, now=now)
    drafts.change(report, report.touched_at, place=place[: drafts.PLACE_MAX])
    audit.note(session, staff.person, "place", report.number, now=now)
    await _find_anew(session, report)
    await steps.changed(session, report, now=now)


def _be_urgent(report: Report, priority: str | None, staff: Staff) -> None:
    """Once grave, always grave: nobody makes it end by one person's word. But a commander says what it is."""
    report.priority = priority
    is_now = priority in TWO_PERSON_PRIORITIES
    report.is_grave = is_now if staff.may(Deed.OVERRULE) else (report.is_grave or is_now)


def _be_discreet(report: Report) -> None:
    """A correction may be what saves somebody: from then on nothing on their phone tells what it is about."""
    if report.anonymity is not Anonymity.FULL and report.category_code in opening.DISCREET_CODES:
        report.is_discreet = True
    if not opening.may_be_asked_again(report):
        report.heartbeat_at = None


def _told(category_code: str | None) -> str:
    """What the audit may say of a category: admins read it, who may open no case."""
    return "sensitive" if units.is_sensitive(category_code) else str(category_code)


async def _find_anew(session: AsyncSession, report: Report) -> None:
    """The case is found by what it is about now, and by what was said in it; its category decides by whom."""
    said = await thread.latest(session, report, sides=thread.FOUND_BY, limit=thread.LOOKED_THROUGH)
    await terms.index_case(session, report, [each.words for each in said])


async def release_label(session: AsyncSession, report: Report, staff: Staff, *, now: dt.datetime) -> None:
    """From now on the reporter reads the true state again. Raises NotAllowed."""
    access.require_may_open(staff, report)
    if not staff.may(Deed.OVERRULE):
        raise NotAllowed()
    report.shown_state = None
    audit.note(session, staff.person, "release label", report.number, now=now)
    await steps.changed(session, report, now=now)
