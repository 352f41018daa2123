"""Lists: cases one under another, with a button for each that opens it."""

import datetime as dt
from collections.abc import Sequence

from domain.reports import drafts, taxonomy
from handlers import times
from handlers.cases.buttons import OpenCase
from handlers.cases.view import SIGNS
from handlers.context import Context
from handlers.reports import summary
from handlers.texts import Raw
from handlers.views import Press, in_rows
from models import Anonymity, Report

BUTTONS_IN_A_ROW = 2
MINUTES_SHOWN, HOURS_SHOWN = 100, 48


def lines(context: Context, reports: Sequence[Report], *, first: int = 1, waiting: bool = False) -> Raw:
    """Number, category, area, time and state of each: nothing of what it says. `waiting`: for how long somebody waits
    instead of when it was filed."""
    return Raw("\n".join(_line(context, number, report, waiting) for number, report in enumerate(reports, first)))


def buttons(reports: Sequence[Report], *, first: int = 1) -> list[Sequence[Press]]:
    """Each carries the number of its line."""
    return in_rows(
        [Press(f"{number} · {report.number}", OpenCase(report.id)) for number, report in enumerate(reports, first)],
        BUTTONS_IN_A_ROW,
    )


def _line(context: Context, position: int, report: Report, waiting: bool) -> Raw:
    is_mine = report.claimed_by == context.person.id
    return context.say(
        "list.line",
        position=position,
        sign=SIGNS[report.priority or "P3"],
        number=report.number,
        category=summary.label(context.language, taxonomy.category(report.category_code or drafts.UNSURE)),
        area=context.areas.name(report.area_code) or "–",
        time=_waited(context, report) if waiting else _filed(context, report),
        state=context.say("list.mine" if is_mine else f"staff.state.{report.state}"),
    )


def _filed(context: Context, report: Report) -> Raw:
    """Of a fully anonymous report only the hour, as in the case."""
    told = times.hour if report.anonymity is Anonymity.FULL else times.moment
    return told(context.language, report.filed_at or context.now)


def _waited(context: Context, report: Report) -> Raw:
    if report.waiting_since is None:
        return context.say("list.waits_not")
    minutes = max(0, int((context.now - report.waiting_since) / dt.timedelta(minutes=1)))
    is_full = report.anonymity is Anonymity.FULL
    if minutes < MINUTES_SHOWN and not is_full:
        return context.say("list.minutes", count=minutes)
    hours = minutes // 60 + is_full  # the hour that has begun: the minutes would tell when it was filed
    return (
        context.say("list.hours", count=hours) if hours < HOURS_SHOWN else context.say("list.days", count=hours // 24)
    )
