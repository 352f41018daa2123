"""Ratings: after the end: how it was, that it is not over, that a rejection should be looked at again."""

from telegram import Update

from domain.cases import steps
from domain.cases.reporter import own, ratings
from domain.cases.reporter.ratings import Mark, Reason
from domain.cases.rooms import cards
from domain.errors import ButtonIsStale
from domain.reports import lookup
from domain.reports.states import ReportCannotMove
from handlers.cases import alarms
from handlers.context import Context
from handlers.reports import case_buttons, live, talk
from handlers.texts import Raw
from handlers.views import Press, View
from models import Report

REASONS = {Reason.SLOW: "slow", Reason.NO_NEWS: "no_news", Reason.NOT_SOLVED: "not_solved"}


async def rate(update: Update, context: Context) -> None:
    """The first tap; the second, why, may be left out."""
    button = case_buttons.Rate.read(update)
    report = await lookup.own_report(context.session, context.person, button.report_id)
    mark = _mark(button.mark)
    await ratings.rate(context.session, report, mark, now=context.now)
    if mark is Mark.GOOD:
        await _thank(context, report, mark)
        return
    rows = [
        [Press(context.label(f"button.rate.{name}"), case_buttons.RateReason(report.id, mark, reason))]
        for reason, name in REASONS.items()
    ]
    await _show(context, report, context.say("rate.why", mark=live.MARKS[mark]), rows)


async def rate_reason(update: Update, context: Context) -> None:
    button = case_buttons.RateReason.read(update)
    report = await lookup.own_report(context.session, context.person, button.report_id)
    if button.reason not in set(Reason):
        raise ButtonIsStale()
    mark = _mark(button.mark)
    await ratings.rate(context.session, report, mark, Reason(button.reason), now=context.now)
    await _thank(context, report, mark)


def _mark(number: int) -> Mark:
    if number not in set(Mark):
        raise ButtonIsStale()
    return Mark(number)


async def _show(context: Context, report: Report, note: Raw, rows: list[list[Press]]) -> None:
    """Below how the case ended, which stays to be read."""
    end = await live.end_text(context.session, context.person, report)
    context.show(View(Raw(f"{end}\n\n{note}") if end else note, rows))


async def _thank(context: Context, report: Report, mark: Mark) -> None:
    rows = []
    if own.may_reopen(report, context.now):
        rows = [[Press(context.label("button.not_solved"), case_buttons.NotSolved(report.id))]]
    await _show(context, report, context.say("rate.thanks", mark=live.MARKS[mark]), rows)


async def not_solved(update: Update, context: Context) -> None:
    """Asks why in one sentence; with it the case goes back. Raises TooLateToReopen."""
    button = case_buttons.NotSolved.read(update)
    report = await lookup.own_report(context.session, context.person, button.report_id)
    if not own.may_reopen(report, context.now):
        raise steps.TooLateToReopen()
    talk.invite(context, report, talk.WHY)


async def contest(update: Update, context: Context) -> None:
    """The commanders look at a rejection again, once."""
    button = case_buttons.Contest.read(update)
    report = await lookup.own_report(context.session, context.person, button.report_id)
    if not own.may_contest(report):
        raise ReportCannotMove()
    report.was_contested = True
    await cards.want(context.session, report, now=context.now)
    await alarms.contested(context.session, report, now=context.now)
    talk.invite(context, report, talk.ANSWER, context.say("rate.contested"))
