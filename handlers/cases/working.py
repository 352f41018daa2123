"""Working: the steps of a case as pressed by the police, on a card or below the case."""

from telegram import Update

from domain import units
from domain.cases import access, claims, corrections, retention, steps
from domain.cases.access import NoSuchCase
from domain.cases.steps import Progress
from domain.errors import ButtonIsStale
from domain.reports import lookup, taxonomy
from domain.reports.taxonomy import Kind
from handlers.cases import buttons, desk, view
from handlers.cases.buttons import LIST
from handlers.context import Context
from handlers.reports import summary
from handlers.reports.buttons import area_code, area_token
from handlers.views import Press, View
from models import Report

PRIORITIES = ("P0", "P1", "P2", "P3")


async def case_command(update: Update, context: Context) -> None:
    """/kasus, with a number or without: the cases in hand"""
    typed = "".join(context.args or ()).strip()
    if not typed:
        await _show_held(context)
        return
    try:
        found = await lookup.by_number(context.session, typed)
    except lookup.NoSuchReport:
        raise NoSuchCase() from None  # nobody can tell which are there and which are not theirs
    report = await desk.case_of(context, found.id)
    desk.note_reading(context, report)
    await desk.present(context, report)


async def _show_held(context: Context) -> None:
    held = [
        report
        for report in await claims.held_by(context.session, context.person)
        if access.may_open(context.staff, report)
    ]
    rows = [[Press(_title(context, report), buttons.OpenCase(report.id))] for report in held]
    context.whisper(View(context.say("case.held_list" if held else "case.none_held"), rows))


def _title(context: Context, report: Report) -> str:
    category = summary.label(context.language, taxonomy.category(report.category_code or "INF-5"))
    return f"{view.SIGNS[report.priority or 'P3']} {report.number} · {category}"


async def open_case(update: Update, context: Context) -> None:
    report = await desk.case_of(context, buttons.OpenCase.read(update).report_id)
    desk.note_reading(context, report)
    await desk.present(context, report)


async def take(update: Update, context: Context) -> None:
    report = await desk.case_of(context, buttons.TakeCase.read(update).report_id)
    await steps.take(context.session, report, context.staff, now=context.now)
    if not desk.is_private(context):
        context.toast(context.label("case.yours_now", number=report.number))
    await desk.stepped(context, report)


async def take_over(update: Update, context: Context) -> None:
    report = await desk.case_of(context, buttons.TakeOver.read(update).report_id)
    await steps.take(context.session, report, context.staff, now=context.now, takes_over=True)
    await desk.stepped(context, report)


async def let_go(update: Update, context: Context) -> None:
    report = await desk.case_of(context, buttons.LetGo.read(update).report_id)
    await steps.let_go(context.session, report, context.staff, now=context.now)
    context.clear_desk()
    desk.put(context, report, View(context.say("case.let_go", number=report.number)))


async def verify(update: Update, context: Context) -> None:
    report = await desk.case_of(context, buttons.VerifyCase.read(update).report_id)
    await steps.verify(context.session, report, context.staff, now=context.now)
    await desk.stepped(context, report)


async def assign(update: Update, context: Context) -> None:
    button = buttons.AssignTo.read(update)
    report = await desk.case_of(context, button.report_id)
    if button.unit == LIST:
        seen = await desk.seen(context, report)
        presses = [
            Press(view.unit_name(seen, unit.code), buttons.AssignTo(report.id, unit.code))
            for unit in units.proposed_for(report.category_code)
        ]
        desk.put(context, report, view.choice_view(seen, context.say("case.ask_unit"), presses, 2))
        return
    await steps.assign(context.session, report, button.unit, context.staff, now=context.now)
    await desk.stepped(context, report, context.say("case.assigned"))


async def accept(update: Update, context: Context) -> None:
    report = await desk.case_of(context, buttons.AcceptCase.read(update).report_id)
    await steps.accept(context.session, report, context.staff, now=context.now)
    await desk.stepped(context, report)


async def decline(update: Update, context: Context) -> None:
    report = await desk.case_of(context, buttons.DeclineCase.read(update).report_id)
    await steps.decline(context.session, report, context.staff, now=context.now)
    await desk.stepped(context, report)


async def tell_progress(update: Update, context: Context) -> None:
    button = buttons.TellProgress.read(update)
    if button.progress not in set(Progress):
        raise ButtonIsStale()
    report = await desk.case_of(context, button.report_id)
    await steps.tell_progress(context.session, report, Progress(button.progress), context.staff, now=context.now)
    await desk.stepped(context, report)


async def open_menu(update: Update, context: Context) -> None:
    button = buttons.OpenCaseMenu.read(update)
    if button.menu not in MENUS:
        raise ButtonIsStale()
    report = await desk.case_of(context, button.report_id)
    seen = await desk.seen(context, report)
    desk.put(context, report, view.menu_view(seen, button.menu))


MENUS = (view.CHANGE, view.CLOSE)


async def set_category(update: Update, context: Context) -> None:
    """The groups, then the categories of one, then it is set."""
    button = buttons.SetCategory.read(update)
    report = await desk.case_of(context, button.report_id)
    group_codes = {group.code for group in taxonomy.GROUPS}
    if button.choice == LIST or button.choice in group_codes:
        choices = taxonomy.GROUPS if button.choice == LIST else taxonomy.in_group(button.choice)
        presses = [
            Press(summary.label(context.language, choice), buttons.SetCategory(report.id, choice.code))
            for choice in choices
            if getattr(choice, "kind", Kind.REPORT) is Kind.REPORT
        ]
        seen = await desk.seen(context, report)
        desk.put(context, report, view.choice_view(seen, context.say("case.ask_category"), presses))
        return
    if not any(category.code == button.choice and category.kind is Kind.REPORT for category in taxonomy.CATEGORIES):
        raise ButtonIsStale()
    await corrections.set_category(context.session, report, button.choice, context.staff, now=context.now)
    await desk.stepped(context, report)


async def set_priority(update: Update, context: Context) -> None:
    button = buttons.SetPriority.read(update)
    report = await desk.case_of(context, button.report_id)
    if button.priority == LIST:
        presses = [
            Press(
                f"{view.SIGNS[priority]} {context.label(f'priority.{priority}')}",
                buttons.SetPriority(report.id, priority),
            )
            for priority in PRIORITIES
        ]
        seen = await desk.seen(context, report)
        desk.put(context, report, view.choice_view(seen, context.say("case.ask_priority"), presses))
        return
    if button.priority not in PRIORITIES:
        raise ButtonIsStale()
    await corrections.set_priority(context.session, report, button.priority, context.staff, now=context.now)
    await desk.stepped(context, report)


async def set_area(update: Update, context: Context) -> None:
    button = buttons.SetArea.read(update)
    report = await desk.case_of(context, button.report_id)
    if button.area == LIST:
        presses = [
            Press(area.name, buttons.SetArea(report.id, area_token(area.code))) for area in context.areas.by_name
        ]
        seen = await desk.seen(context, report)
        desk.put(context, report, view.choice_view(seen, context.say("case.ask_area"), presses, 2))
        return
    await corrections.set_area(
        context.session, report, area_code(button.area), context.staff, context.areas, now=context.now
    )
    await desk.stepped(context, report)


async def reopen(update: Update, context: Context) -> None:
    report = await desk.case_of(context, buttons.ReopenCase.read(update).report_id)
    await steps.reopen(context.session, report, staff=context.staff, now=context.now)
    await desk.stepped(context, report, context.say("case.reopened"))


async def release_label(update: Update, context: Context) -> None:
    report = await desk.case_of(context, buttons.ReleaseLabel.read(update).report_id)
    await corrections.release_label(context.session, report, context.staff, now=context.now)
    await desk.stepped(context, report)


async def hold(update: Update, context: Context) -> None:
    """A commander keeps the case from being erased when its time is over, or lets it go again."""
    button = buttons.HoldCase.read(update)
    report = await desk.case_of(context, button.report_id)
    if button.holds:
        await retention.hold(context.session, report, by=context.person, now=context.now)
    else:
        await retention.release_hold(context.session, report, by=context.person, now=context.now)
    await desk.stepped(context, report)
