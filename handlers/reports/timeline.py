"""Timeline: a case as its reporter reads it: the states that are theirs to know, when, and what happens next."""

import datetime as dt
from collections.abc import Sequence

from domain.policy import LAGGING_CODES
from domain.reports import drafts, taxonomy
from handlers import times
from handlers.reports import summary
from handlers.texts import Raw, say
from models import Report, ReportEvent, ReportState

S = ReportState
STEPS_SHOWN = 8
AT_WORK = (S.ASSIGNED, S.HANDLING)
# From draft and to draft lead no steps; what is archived is read by nobody.
NEXT = tuple(state for state in ReportState if state not in (S.DRAFT, S.ARCHIVED))


def card(language: str, report: Report, face: ReportState, steps: Sequence[ReportEvent], now: dt.datetime) -> Raw:
    """The one status card. `face` is the state that the reporter reads."""
    category = taxonomy.category(report.category_code or drafts.UNSURE)
    return say(
        language,
        "live.card",
        number=report.number,
        category=summary.label(language, category),
        state=say(language, f"state.{face}"),
        steps=Raw("\n".join(lines(language, report, steps, now))),
        next=say(language, f"live.next.{face}"),
    )


def lines(language: str, report: Report, steps: Sequence[ReportEvent], now: dt.datetime) -> list[Raw]:
    """One for each step that may be read, oldest first."""
    told = [(step.at, label) for step, label in _told(language, report, steps)]
    return [say(language, "live.step", at=_at(language, at, now), step=label) for at, label in told[-STEPS_SHOWN:]]


def _told(language: str, report: Report, steps: Sequence[ReportEvent]) -> list[tuple[ReportEvent, Raw]]:
    told: list[tuple[ReportEvent, Raw]] = []
    seen: set[ReportState] = set()
    for step in _that_stand(steps):
        state = ReportState(step.to_state)
        if step.reason == "reopened":
            seen = {S.RECEIVED}
            told.append((step, say(language, "live.reopened")))
        elif step.from_state == S.NEEDS_INFO and step.by == "reporter" and state is not S.WITHDRAWN:
            told.append((step, say(language, "live.answered")))
        elif (state not in seen or state is S.NEEDS_INFO) and not (state in AT_WORK and _must_lag(report)):
            seen.add(state)
            told.append((step, say(language, f"state.{state}")))
    return told


def _that_stand(steps: Sequence[ReportEvent]) -> list[ReportEvent]:
    """Without what was undone, and its undoing: a slip of the police is no part of the case."""
    standing: list[ReportEvent] = []
    for step in steps:
        if step.reason == "undone" and standing and standing[-1].batch_id == step.batch_id:
            standing.pop()
        else:
            standing.append(step)
    return standing


def _must_lag(report: Report) -> bool:
    """Nobody shall time the police: of some categories it is never said when they were sent, until that is released,
    and not once the case has ended either, lest the next time be counted from this one."""
    is_released = report.state in AT_WORK and report.shown_state is None
    return report.category_code in LAGGING_CODES and not is_released


def _at(language: str, at: dt.datetime, now: dt.datetime) -> str:
    is_today = times.local(at).date() == times.local(now).date()
    return times.clock(at) if is_today else f"{times.day(language, at)} {times.clock(at)}"
