"""Closing: how the police end a case, alone or by two."""

from telegram import Update

from domain.cases import closings, steps
from domain.cases.outcomes import BODIES, BODY_BY_CODE, Outcome, Reason, referral
from domain.errors import ButtonIsStale
from domain.reports import drafts
from handlers.cases import alarms, buttons, desk, view
from handlers.cases.buttons import LIST
from handlers.context import Context
from handlers.reports import endings, live
from handlers.texts import plain
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
    reporter = await live.reporter_of(context.session, report)
    sentence = plain(reporter.language if reporter else "id", f"outcome.{outcome}.public")
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
    is_done = await closings.close(
        context.session, report, ENDS[end][0], outcome, sentence, context.staff, now=context.now
    )
    if is_done:
        await desk.stepped(context, report, context.say("case.ended"))
        return
    await alarms.ask_for_second(context.session, report, context.person, context.areas, now=context.now)
    await desk.stepped(context, report, context.say(f"case.second_needed.{end}"))


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
    body = BODY_BY_CODE[button.body]
    kept = referral(body, context.now)
    if not button.is_sure:
        reporter = await live.reporter_of(context.session, report)
        words = endings.referral_words(reporter.language if reporter else "id", kept)
        send = Press(
            context.label("button.case.refer_now"), buttons.ReferCase(report.id, body.code, 1), style="success"
        )
        back = Press(context.label("button.cancel"), buttons.OpenCase(report.id))
        desk.put(
            context, report, View(context.say("case.preview", number=report.number, words=words), [[send], [back]])
        )
        return
    await steps.refer(context.session, report, kept, context.staff, now=context.now)
    await desk.stepped(
        context, report, context.say("case.referred", body=drafts.content_of(report)["referral"]["name"])
    )
