"""Status: one's own reports: where they stand, what was said, and what can still be done."""

from telegram import Update

from domain.cases import steps
from domain.cases.incidents import incidents
from domain.cases.reporter import discretion, own
from domain.reports import lookup, words
from domain.reports.states import ReportCannotMove
from handlers import times
from handlers.cases import recalls
from handlers.context import Context
from handlers.presses import OpenMenu
from handlers.reports import buttons, case_buttons, endings, fitting, held, live, summary
from handlers.texts import Raw
from handlers.views import Press, View, in_rows
from models import Report, ReportState, Side

WORDS_SHOWN = 1200  # of the story: the messages below must fit as well
BOTH = (Side.REPORTER, Side.STAFF)


async def list_reports(update: Update, context: Context) -> None:
    """/laporan"""
    reports = await lookup.own_reports(context.session, context.person)
    rows = [[Press(await _title(context, report), buttons.ShowReport(report.id))] for report in reports]
    if context.draft is not None:
        rows.insert(0, [Press(context.label("button.resume"), buttons.Resume(context.draft.id))])
    rows.append([Press(context.label("button.back"), OpenMenu("menu"))])
    key = "status.list" if reports else "status.none"
    context.show(View(context.say(key), rows))


async def _title(context: Context, report: Report) -> str:
    """With a mark where the police spoke last: there is something to read, or to answer."""
    face = await incidents.public_face(context.session, report)
    mark = "💬 " if own.waits_for_reporter(report) else ""
    return f"{mark}{report.number} · {context.say(f'state.{face}')}"


async def press_list(update: Update, context: Context) -> None:
    buttons.ListReports.read(update)
    await list_reports(update, context)


async def show_report(update: Update, context: Context) -> None:
    button = buttons.ShowReport.read(update)
    await show(context, await lookup.own_report(context.session, context.person, button.report_id))


async def show(context: Context, report: Report, note: Raw | None = None) -> None:
    face = await incidents.public_face(context.session, report)
    text = context.say(
        "status.one",
        number=report.number,
        state=context.say(f"state.{face}"),
        filed=times.moment(context.language, report.filed_at or report.touched_at),
        lines=summary.lines(context.language, report, context.areas, words_shown=WORDS_SHOWN),
    )
    parts = [note, text, await ending(context, report, face)]
    parts.append(Raw("\n".join(await fitting.said(context, report, BOTH, parts))))
    context.show(View(Raw("\n\n".join(part for part in parts if part)), _rows(context, report)))


async def ending(context: Context, report: Report, face: ReportState) -> Raw | None:
    """How it ended, for their eyes; of a merged report as its case did."""
    if face not in live.ENDS or report.state is ReportState.ARCHIVED:
        return None
    parent = await incidents.parent_of(context.session, report)
    is_referred = parent is not None and parent.state is ReportState.REFERRED
    told = endings.words_of(context.language, parent if parent is not None and is_referred else report)
    return context.say("status.ending", words=words.shortened(told, live.WORDS_SHOWN // 4))


def _rows(context: Context, report: Report) -> list[list[Press]]:
    """What its state allows."""
    rows = live.end_rows(context.language, report, context.now)
    presses = []
    if report.state is not ReportState.ARCHIVED:
        presses.append(Press(context.label("button.write"), case_buttons.Answer(report.id)))
    if own.may_withdraw(report):
        presses.append(Press(context.label("button.withdraw"), buttons.Withdraw(report.id, 0)))
    if own.goes_on(report):
        key = "button.discreet_off" if report.is_discreet else "button.discreet_on"
        presses.append(Press(context.label(key), case_buttons.SetDiscreet(report.id, 1 - report.is_discreet)))
    presses.append(Press(context.label("button.erase_traces"), case_buttons.EraseTraces(0)))
    last = [Press(context.label("button.back"), buttons.ListReports())]
    if held.is_bland(context, report):
        last.append(Press(context.label("button.hide"), case_buttons.Hide()))
    return [*rows, *(list(row) for row in in_rows(presses, 2)), last]


async def withdraw(update: Update, context: Context) -> None:
    """Before a unit is at work it ends the case; from then on it is a wish that the police read."""
    button = buttons.Withdraw.read(update)
    report = await lookup.own_report(context.session, context.person, button.report_id)
    if not own.may_withdraw(report):
        raise ReportCannotMove()
    ends = await own.ends_when_withdrawn(context.session, report)
    if not button.is_sure:
        sure = Press(context.label("button.withdraw_sure"), buttons.Withdraw(report.id, 1), style="danger")
        back = Press(context.label("button.back"), buttons.ShowReport(report.id))
        text = context.say("status.withdraw" if ends else "status.wish", number=report.number)
        context.show(View(text, [[sure], [back]]))
        return
    ends = await steps.recall(context.session, report, now=context.now)
    if not ends:
        await recalls.tell_rooms(context.session, report, now=context.now)
    await live.show(context.session, report, now=context.now)
    await show(context, report, context.say("status.withdrawn" if ends else "status.wished"))


async def set_discreet(update: Update, context: Context) -> None:
    button = case_buttons.SetDiscreet.read(update)
    report = await lookup.own_report(context.session, context.person, button.report_id)
    discretion.set_report_discreet(report, bool(button.is_on))
    await show(context, report, context.say("discreet.on" if button.is_on else "discreet.off"))
