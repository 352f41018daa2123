"""Status: one's own reports, and any report by its code."""

from telegram import Update

from domain.reports import classifier, lookup, taxonomy, words
from handlers import times
from handlers.context import Context
from handlers.presses import OpenMenu
from handlers.reports import buttons, cards, flow, summary
from handlers.texts import Raw
from handlers.views import Press, View
from models import Report

AWAITS_CODE = "code"
CODE_DIGITS = range(12, 21)
DASHES = "-–—"
FEWEST_WORDS = 3


async def list_reports(update: Update, context: Context) -> None:
    """/laporan"""
    reports = await lookup.own_reports(context.session, context.person)
    rows = [[Press(_title(context, report), buttons.ShowReport(report.id))] for report in reports]
    if context.draft is not None:
        rows.insert(0, [Press(context.label("button.resume"), buttons.Resume(context.draft.id))])
    rows.append([Press(context.label("button.back"), OpenMenu("menu"))])
    key = "status.list" if reports else "status.none"
    context.show(View(context.say(key), rows))


async def press_list(update: Update, context: Context) -> None:
    buttons.ListReports.read(update)
    await list_reports(update, context)


async def show_report(update: Update, context: Context) -> None:
    button = buttons.ShowReport.read(update)
    _show(context, await lookup.own_report(context.session, context.person, button.report_id))


def _show(context: Context, report: Report, note: Raw | None = None) -> None:
    rows = [[Press(context.label("button.back"), buttons.ListReports())]]
    if lookup.may_withdraw(report):
        rows.insert(0, [Press(context.label("button.withdraw"), buttons.Withdraw(report.id, 0))])
    text = context.say(
        "status.one",
        number=report.number,
        state=context.say(f"state.{report.state}"),
        filed=times.moment(context.language, report.filed_at or report.touched_at),
        lines=summary.lines(context.language, report, context.areas),
    )
    context.show(View(Raw(f"{note}\n\n{text}") if note else text, rows))


async def withdraw(update: Update, context: Context) -> None:
    button = buttons.Withdraw.read(update)
    report = await lookup.own_report(context.session, context.person, button.report_id)
    if not button.is_sure and lookup.may_withdraw(report):
        sure = Press(context.label("button.withdraw_sure"), buttons.Withdraw(report.id, 1), style="danger")
        back = Press(context.label("button.back"), buttons.ShowReport(report.id))
        context.show(View(context.say("status.withdraw", number=report.number), [[sure], [back]]))
        return
    await lookup.withdraw(context.session, report, now=context.now)
    await cards.post_withdrawal(context.session, report, now=context.now)
    _show(context, report, context.say("status.withdrawn"))


async def check_code(update: Update, context: Context) -> None:
    """/cek, with or without the code"""
    typed = " ".join(context.args or ())
    if typed:
        await hear_code(context, typed)
        return
    context.await_(AWAITS_CODE)
    context.reply(View(context.say("status.ask_code")))


def sounds_like_code(text: str) -> bool:
    """As many digits as a code might have by mistake, and hardly anything else."""
    digits = sum(character.isdigit() for character in text)
    others = sum(not (character.isdigit() or character.isspace() or character in DASHES) for character in text)
    return digits in CODE_DIGITS and others <= len("kode:")


def sounds_like_story(text: str) -> bool:
    """Words that tell something: somebody may have an urgent story while a code is awaited."""
    if sounds_like_code(text):
        return False
    if classifier.is_emergency(text) or classifier.asks_for_help(text) or classifier.propose(text):
        return True
    told = [word for word in text.split() if word.isalpha()]
    return len(told) >= FEWEST_WORDS and sum(character.isdigit() for character in text) not in CODE_DIGITS


async def hear_code(context: Context, text: str) -> None:
    """A code, however it was spaced. A wrong one may be typed again; the draft at hand stays."""
    if words.is_one_of(text, words.CANCEL_WORDS):
        _leave(context)
        return
    report = await lookup.find_by_code(context.session, context.person, text, now=context.now)
    if report is None:
        context.await_(AWAITS_CODE)
        context.reply(View(context.say("status.wrong_code" if sounds_like_code(text) else "status.no_code")))
        return
    category = taxonomy.category(report.category_code or "INF-5")
    view = View(
        context.say(
            "status.by_code",
            number=report.number,
            state=context.say(f"state.{report.state}"),
            category=summary.label(context.language, category),
            filed=times.hour(context.language, report.filed_at or report.touched_at),
        )
    )
    context.reply(view)
    _back_to_draft(context)


def _leave(context: Context) -> None:
    if context.draft is not None:
        flow.ask(context, context.draft)
        return
    context.end_dialogue()
    context.reply(View(context.say("report.nothing_to_cancel")))


def _back_to_draft(context: Context) -> None:
    """Looking something up does not lose the place in the report at hand."""
    if context.draft is not None:
        flow.ask(context, context.draft)
    else:
        context.end_dialogue()


def _title(context: Context, report: Report) -> str:
    return f"{report.number} · {context.say(f'state.{report.state}')}"
