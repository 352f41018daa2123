"""Duplicates: other cases that may be about the same thing, for a dispatcher to judge."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.cases import access
from domain.cases.access import Staff
from domain.geometry import distance_metres
from domain.policy import NEAR_AFTER_ITS_END, NEAR_METRES, NEAR_WITHIN, SAME_METRES, SAME_WITHIN
from domain.reports import drafts, taxonomy, words
from domain.reports.lexicon import FILLERS, NEGATIONS
from models import OPEN_STATES, Report, ReportState
from models.sealing import Unsealable

LOOKED_AT = 300
SHOWN = 5
SHORTEST_WORD = 4
WORDS_COMPARED = 60
FEWEST_SHARED = 2  # where no two pins can be compared
UNKNOWN_METRES = 700  # as far away as a case without a pin counts
# Groups between which people hesitate: one sees a fight, the other a brawl, the third a robbery.
KINDRED = (("ORG", "CRI"), ("CRI", "MAS"), ("MAS", "LLT"), ("LLT", "BCN"), ("MAS", "PIL"))
UNSURE_GROUP = "INF"
_COMMON = frozenset(f"{FILLERS} {NEGATIONS} sekarang tolong segera depan dekat jalan banyak orang sedang masih".split())


@dataclass(frozen=True)
class Likeness:
    """A case that may be the same. `metres` is None where one of them has no pin; `is_close` when it very likely is."""

    report: Report
    metres: int | None
    minutes: int
    shared: tuple[str, ...]
    is_close: bool


async def near(session: AsyncSession, report: Report, staff: Staff, *, now: dt.datetime) -> list[Likeness]:
    """At most five cases of the same or a kindred group, the likeliest first: within 1,000 m and two hours, or, where
    pins are wanting, in the same area and with words in common. Open ones, and those that ended a moment ago; only what
    this person may open."""
    told_at = report.filed_at or report.touched_at
    found = []
    for other in await _candidates(session, report, told_at):
        if _is_current(other, now) and access.may_open(staff, other):
            likeness = _compare(report, other, told_at)
            if likeness is not None:
                found.append(likeness)
    found.sort(key=lambda likeness: _unlikeness(report, likeness))
    return found[:SHOWN]


def kindred_codes(category_code: str | None) -> list[str]:
    """The categories under which others may have reported the same; all of them for somebody who did not know."""
    group = taxonomy.category(category_code or drafts.UNSURE).group
    groups = {group, *(other for pair in KINDRED for other in pair if group in pair)}
    is_unsure = group == UNSURE_GROUP
    return [
        each.code for each in taxonomy.CATEGORIES if is_unsure or each.group in groups or each.code == drafts.UNSURE
    ]


async def _candidates(session: AsyncSession, report: Report, told_at: dt.datetime) -> Sequence[Report]:
    """By category and time alone, for which there is an index; of very many the latest."""
    chosen = sa.select(Report).where(
        Report.category_code.in_(kindred_codes(report.category_code)),
        Report.filed_at.between(told_at - NEAR_WITHIN, told_at + NEAR_WITHIN),
        Report.id != report.id,
    )
    return (await session.scalars(chosen.order_by(Report.filed_at.desc()).limit(LOOKED_AT))).all()


def _is_current(report: Report, now: dt.datetime) -> bool:
    """Open, or ended a moment ago. What was merged is represented by its case, and what was rejected by nobody."""
    if report.state in (ReportState.RESOLVED, ReportState.REFERRED):
        return report.closed_at is not None and report.closed_at > now - NEAR_AFTER_ITS_END
    return report.state in OPEN_STATES


def _compare(report: Report, other: Report, told_at: dt.datetime) -> Likeness | None:
    """None where they have too little in common. One that cannot be read has nothing in common with any."""
    try:
        metres, shared = _metres(report, other), _shared(report, other)
    except Unsealable:
        return None
    if metres is not None and metres > NEAR_METRES:
        return None
    is_same_area = report.area_code is not None and report.area_code == other.area_code
    if metres is None and not (is_same_area and len(shared) >= FEWEST_SHARED):
        return None
    apart = abs((other.filed_at or other.touched_at) - told_at)
    is_close = metres is not None and metres <= SAME_METRES and apart <= SAME_WITHIN
    return Likeness(other, metres, int(apart.total_seconds() // 60), shared, is_close)


def _metres(report: Report, other: Report) -> int | None:
    here, there = drafts.content_of(report).get("pin"), drafts.content_of(other).get("pin")
    return round(distance_metres(*here, *there)) if here and there else None


def _shared(report: Report, other: Report) -> tuple[str, ...]:
    """The telling words that both use, in the order in which the first does."""
    theirs = set(_telling(other))
    return tuple(word for word in _telling(report) if word in theirs)


def _telling(report: Report) -> list[str]:
    content = drafts.content_of(report)
    said = words.plain(f"{drafts.words_of(report)} {content.get('place', '')}").split()
    return list(dict.fromkeys(w for w in said if len(w) >= SHORTEST_WORD and w not in _COMMON))[:WORDS_COMPARED]


def _unlikeness(report: Report, likeness: Likeness) -> float:
    """The smaller, the likelier: how far, how long apart, another category, and few words in common."""
    far = (UNKNOWN_METRES if likeness.metres is None else likeness.metres) / NEAR_METRES
    long = likeness.minutes * 60 / NEAR_WITHIN.total_seconds()
    other = 0.0 if likeness.report.category_code == report.category_code else 0.3
    return far + long + other - 0.1 * min(len(likeness.shared), 5)
