"""Closing: how the police end a case, alone or by two."""

from telegram import Update

from domain.cases import closings
from domain.cases.closings import Closed
from domain.cases.outcomes import BODIES, BODY_BY_CODE, Outcome, Reason, referral
from domain.errors import ButtonIsStale
from handlers.cases import alarms, buttons, desk, view
from handlers.cases.buttons import LIST
from handlers.context import Context
from handlers.reports import endings
from handlers.views import Press, View
from models import Report, ReportState

SENTENCE = "case sentence"
ENDS: dict[str, tuple[ReportState, set[str]]] = {
    "resolved": (ReportState.RESOLVED, set(Outcome)),
    "rejected": (ReportState.REJECTED, set(Reason)),
}


async def choose_outcome(update: Update, context: Context) -> None:
    button = buttons.EndCase.read(update)
    report = await desk.case_of(context, button.report_id)
    if button.outcome == LIST:
        seen = await desk.seen(context, report)
        presses = [
            Press(context.label(f"outcome.{code}"), buttons.EndCase(report.id, code.value)) for code in _likely(report)
        ]
        desk.put(context, report, view.choice_view(seen, context.say("case.ask_outcome"), presses))
        return
    await _preview(context, report, "resolved", button.outcome)


def _likely(report: Report) -> list[Outcome]:
    """Without a unit at work nobody can have been met: it was information."""
    if report.state is ReportState.VERIFIED:
        return [Outcome.INFORMATION, Outcome.PATROL]
    return list(Outcome)


async def choose_reason(update: Update, context: Context) -> None:
    button = buttons.RejectCase.read(update)
    report = await desk.case_of(context, button.report_id)
    if button.reason == LIST:
        seen = await desk.seen(context, report)
        presses = [
            Press(context.label(f"outcome.{code}"), buttons.RejectCase(report.id, code.value)) for code in Reason
        ]
        desk.put(context, report, view.choice_view(seen, context.say("case.ask_reason"), presses))
        return
    await _preview(context, report, "rejected", button.reason)


async def _preview(context: Context, report: Report, end: str, outcome: str) -> None:
    """What the reporter will read. Typing puts other words in its place."""
    if outcome not in ENDS[end][1]:
        raise ButtonIsStale()
    context.open_desk(report.id, SENTENCE, f"{end}:{outcome}")
    sentence = context.label(f"outcome.{outcome}.public")  # in the language of who looks: the reporter's is theirs
    send = Press(context.label("button.case.finish"), buttons.FinishAsShown(report.id, end, outcome), style="success")
    back = Press(context.label("button.cancel"), buttons.StopWriting(report.id))
    text = context.say(
        "case.end_preview", number=report.number, outcome=context.say(f"outcome.{outcome}"), words=sentence
    )
    desk.put(context, report, View(text, [[send], [back]]))


async def finish_as_shown(update: Update, context: Context) -> None:
    button = buttons.FinishAsShown.read(update)
    report = await desk.case_of(context, button.report_id)
    await finish(context, report, button.end, button.outcome, None)


async def finish(context: Context, report: Report, end: str, outcome: str, sentence: str | None) -> None:
    """Ends the case, or puts the end before a second person. `sentence`: for the reporter, None for the usual one."""
    if end not in ENDS or outcome not in ENDS[end][1]:
        raise ButtonIsStale()
    to = ENDS[end][0]
    became = await closings.close(context.session, report, to, outcome, sentence, context.staff, now=context.now)
    await _show_what_became(context, report, became, to)


async def _show_what_became(context: Context, report: Report, became: Closed, to: ReportState) -> None:
    if became is Closed.ENDED:
        await desk.stepped(context, report, context.say("case.ended"))
        return
    told = 1
    if became is Closed.PROPOSED:
        told = await alarms.ask_for_second(context.session, report, context.person, to, now=context.now)
    key = f"case.second_needed.{to}" if told else "case.nobody_to_confirm"
    await desk.stepped(context, report, context.say(key))


async def judge(update: Update, context: Context) -> None:
    """The second person's word."""
    button = buttons.JudgeClosing.read(update)
    report = await desk.case_of(context, button.report_id)
    if button.is_right:
        await closings.confirm(context.session, report, context.staff, now=context.now)
        await desk.stepped(context, report, context.say("case.ended"))
        return
    await closings.refuse(context.session, report, context.staff, now=context.now)
    await desk.stepped(context, report, context.say("case.goes_on"))


async def refer(update: Update, context: Context) -> None:
    """To which body, what the reporter will read, then it is done."""
    button = buttons.ReferCase.read(update)
    report = await desk.case_of(context, button.report_id)
    if button.body == LIST:
        seen = await desk.seen(context, report)
        presses = [Press(body.name, buttons.ReferCase(report.id, body.code)) for body in BODIES]
        desk.put(context, report, view.choice_view(seen, context.say("case.ask_body"), presses))
        return
    if button.body not in BODY_BY_CODE:
        raise ButtonIsStale()
    if not button.is_sure:
        words = endings.referral_words(context.language, referral(BODY_BY_CODE[button.body], context.now))
        send = Press(
            context.label("button.case.refer_now"), buttons.ReferCase(report.id, button.body, 1), style="success"
        )
        back = Press(context.label("button.cancel"), buttons.OpenCase(report.id))
        preview = context.say("case.preview", number=report.number, words=words)
        desk.put(context, report, View(preview, [[send], [back]]))
        return
    became = await closings.refer(context.session, report, button.body, context.staff, now=context.now)
    await _show_what_became(context, report, became, ReportState.REFERRED)
