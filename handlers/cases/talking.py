"""Talking: what the police write in a case. Words are notes unless they were asked to go to the reporter."""

from collections.abc import Awaitable, Callable

from telegram import Message, Update

from domain import audit
from domain.cases import corrections, links, steps, thread
from domain.errors import ButtonIsStale
from domain.outbox import About
from domain.reports import words
from domain.roles import Deed
from handlers import guards, times
from handlers.cases import buttons, closing, desk, effects, view
from handlers.cases.canned import CANNED, filled, for_reporter
from handlers.context import Context
from handlers.reports import live
from handlers.texts import Raw
from handlers.views import Press, View, in_rows
from models import Anonymity, CaseMessage, MessageLink, Report, ReportEvent, Side

REPLY, ASK, PLACE = "case reply", "case question", "case place"


async def ask_for_reply(update: Update, context: Context) -> None:
    """*Balas*: the next words go to the reporter. Ready-made ones are offered."""
    report = await desk.case_of(context, buttons.ReplyTo.read(update).report_id)
    context.open_desk(report.id, REPLY)
    canned = [Press(context.label(f"canned.{name}"), buttons.SendCanned(report.id, name)) for name in CANNED]
    key = "case.write_reply_for_pull" if report.anonymity == "full" else "case.write_reply"
    text = context.say(key, number=report.number, staff=context.staff.name)
    desk.put(context, report, View(text, [*in_rows(canned, 2), _stop(context, report)]))


async def ask_for_question(update: Update, context: Context) -> None:
    """*Tanya*: the next words are a question, and the case waits for its answer."""
    report = await desk.case_of(context, buttons.AskReporter.read(update).report_id)
    steps.require_may_ask(report)
    context.open_desk(report.id, ASK)
    desk.put(context, report, View(context.say("case.write_question", number=report.number), [_stop(context, report)]))


async def ask_for_place(update: Update, context: Context) -> None:
    report = await desk.case_of(context, buttons.SetPlace.read(update).report_id)
    context.open_desk(report.id, PLACE)
    desk.put(context, report, View(context.say("case.write_place", number=report.number), [_stop(context, report)]))


async def stop_writing(update: Update, context: Context) -> None:
    report = await desk.case_of(context, buttons.StopWriting.read(update).report_id)
    await desk.present(context, report)


def _stop(context: Context, report: Report) -> list[Press]:
    return [Press(context.label("button.cancel"), buttons.StopWriting(report.id))]


async def send_canned(update: Update, context: Context) -> None:
    """A ready-made reply: shown first, in the reporter's language, then sent."""
    button = buttons.SendCanned.read(update)
    if button.reply not in CANNED:
        raise ButtonIsStale()
    report = await desk.case_of(context, button.report_id)
    if not button.is_sure:
        text = filled(context.language, report, button.reply, context.areas)
        send = Press(context.label("button.case.send"), buttons.SendCanned(report.id, button.reply, 1), style="success")
        shown = context.say("case.preview", number=report.number, words=text)
        desk.put(context, report, View(shown, [[send], _stop(context, report)]))
        return
    await _say_once(context, report, await for_reporter(context.session, report, button.reply, context.areas))
    await desk.stepped(context, report, context.say("case.sent"))


async def send_note(update: Update, context: Context) -> None:
    """What was kept as a note goes to the reporter after all."""
    button = buttons.SendNote.read(update)
    report = await desk.case_of(context, button.report_id)
    note = await context.session.get(CaseMessage, button.words_id)
    if note is None or note.report_id != report.id or note.side is not Side.NOTE:
        raise ButtonIsStale()
    guards.require(context, Deed.WORK_CASES)
    await _say_once(context, report, thread.words_of(report, note))
    await desk.stepped(context, report, context.say("case.sent"))


# ---- what is typed


def hears(context: Context) -> bool:
    """Whether the next words belong to the case that lies open before a member of the staff."""
    awaited = context.desk.awaiting if context.desk is not None else None
    if not context.staff.may(Deed.OPEN_CASES) or not desk.is_at_hand(context):
        return False
    return awaited in HEARERS or (awaited is None and context.draft is None)


async def hear(context: Context, text: str, message: Message) -> None:
    """Words in the private chat of somebody at work on a case. Raises NoSuchCase, MessageTooLong."""
    assert context.desk is not None
    report = await desk.case_of(context, context.desk.report_id)
    await HEARERS.get(context.desk.awaiting or "", _keep_note)(context, report, text, message)


async def _reply(context: Context, report: Report, text: str, message: Message) -> None:
    guards.require(context, Deed.WORK_CASES)
    said = await _say_to_reporter(context, report, text)
    await _link(context, report, message, said)
    await desk.stepped(context, report, context.say("case.sent"))


async def _ask(context: Context, report: Report, text: str, message: Message) -> None:
    guards.require(context, Deed.WORK_CASES)
    steps.require_may_ask(report)
    thread.require_fits(text)
    await steps.ask(context.session, report, context.staff, now=context.now)
    said = await _say_to_reporter(context, report, text)
    await _link(context, report, message, said)
    await desk.stepped(context, report, context.say("case.asked"))


async def _place(context: Context, report: Report, text: str, message: Message) -> None:
    guards.require(context, Deed.WORK_CASES)
    await corrections.set_place(context.session, report, text, context.staff, now=context.now)
    await desk.stepped(context, report)


async def _finish(context: Context, report: Report, text: str, message: Message) -> None:
    assert context.desk is not None
    end, _, outcome = (context.desk.detail or "").partition(":")
    await closing.finish(context, report, end, outcome, text)


async def _keep_note(context: Context, report: Report, text: str, message: Message) -> None:
    """A note, and the offer to send it instead."""
    note = await take_note(context, report, text, message)
    context.open_desk(report.id)
    context.reply(_noted(context, report, note), about=About(report.id, "case"))


async def take_note(context: Context, report: Report, text: str, message: Message) -> CaseMessage:
    note = await thread.say(context.session, report, Side.NOTE, text, by=context.person, now=context.now)
    await _link(context, report, message, note)
    audit.note(context.session, context.person, "note", report.number, now=context.now)
    return note


def _noted(context: Context, report: Report, note: CaseMessage) -> View:
    send = Press(context.label("button.case.send_note"), buttons.SendNote(report.id, note.id))
    show = Press(context.label("button.case.show"), buttons.OpenCase(report.id))
    may_send = report.source == "bot" and context.staff.may(Deed.WORK_CASES)
    text = context.say("case.noted", number=report.number, words=thread.words_of(report, note))
    return View(text, [[send, show] if may_send else [show]])


HEARERS: dict[str, Callable[[Context, Report, str, Message], Awaitable[None]]] = {
    REPLY: _reply,
    ASK: _ask,
    PLACE: _place,
    closing.SENTENCE: _finish,
}


async def hear_reply(context: Context, link: MessageLink, text: str, message: Message) -> bool:
    """A reply of the staff to a message about a case: a note in that case, wherever it was written. Whether it was one.

    In a group nothing is answered: the offer to send it goes to the writer in private."""
    may = context.staff.may(Deed.WORK_CASES) or context.staff.may(Deed.ACT_FOR_UNIT)
    if not may or link.link not in STAFF_LINKS:
        return False
    report = await desk.case_of(context, link.report_id)
    note = await take_note(context, report, text, message)
    await effects.follow(context.session, report, now=context.now)
    context.whisper(_noted(context, report, note), about=About(report.id, "case"))
    return True


STAFF_LINKS = ("card", "case", "alarm", "wrote")


async def hear_group_reply(update: Update, context: Context) -> None:
    """A reply to a card in the duty room. Whoever has no role there just talks, and is not heard."""
    message = update.effective_message
    assert message is not None
    answered = message.reply_to_message
    text = words.clean(message.text or "")
    if answered is None or answered.from_user is None or answered.from_user.id != context.bot.id or not text:
        return
    if context.visit.person is None or message.sender_chat is not None:
        return
    link = await links.find(context.session, message.chat.id, answered.message_id)
    if link is not None:
        await hear_reply(context, link, text, message)


async def hear_correction(context: Context, link: MessageLink, text: str) -> None:
    """A member of the staff edited what they wrote: a note at any time, words to the reporter for 15 minutes."""
    report = await desk.case_of(context, link.report_id)
    said = await context.session.get(CaseMessage, link.words_id) if link.words_id else None
    if said is not None and said.side is Side.STAFF:
        guards.require(context, Deed.WORK_CASES)
    if said is None or not await thread.correct(context.session, report, said, text, now=context.now):
        return
    audit.note(context.session, context.person, "correct", report.number, now=context.now)
    if said.side is Side.STAFF:
        await live.retell(context.session, report, said, now=context.now)
    context.reply(View(context.say("case.corrected", number=report.number)))


async def _say_once(context: Context, report: Report, text: str) -> None:
    """From a button, which two quick taps press twice."""
    if not await thread.was_just_said(context.session, report, text, by=context.person, now=context.now):
        await _say_to_reporter(context, report, text)


async def _say_to_reporter(context: Context, report: Report, text: str) -> CaseMessage:
    said = await thread.say(context.session, report, Side.STAFF, text, by=context.person, now=context.now)
    report.waiting_since = None if report.state == "handling" else report.waiting_since
    audit.note(context.session, context.person, "reply", report.number, now=context.now)
    await live.tell(context.session, report, said, now=context.now, by=context.person)
    await steps.changed(context.session, report, now=context.now)
    return said


async def _link(context: Context, report: Report, message: Message, said: CaseMessage) -> None:
    """So that an edit of the staff's own message finds what it said."""
    chat = links.chat_index(message.chat.id)
    await links.note(context.session, chat, message.message_id, report.id, "wrote", words_id=said.id, now=context.now)


async def show_thread(update: Update, context: Context) -> None:
    """Everything that was said and done, newest last, a page at a time."""
    button = buttons.ShowThread.read(update)
    report = await desk.case_of(context, button.report_id)
    desk.note_reading(context, report, "read thread")
    seen = await desk.seen(context, report)
    page = await thread.page(context.session, report, before=button.before)
    events = await thread.steps_of(context.session, report) if button.before == 0 else []
    lines = [
        seen.say("case.step", at=_at(seen, step), state=seen.say(f"staff.state.{step.to_state}"), by=step.by)
        for step in events
    ]
    shown = [view.message_line(seen, said) for said in page.said]
    older = (
        [Press(context.label("button.case.older"), buttons.ShowThread(report.id, page.before))] if page.before else []
    )
    back = Press(context.label("button.back"), buttons.OpenCase(report.id))
    text = Raw("\n\n".join([view.head(seen), Raw("\n".join(lines)), *shown]))
    desk.put(context, report, View(text, [older, [back]] if older else [[back]]))


def _at(seen: view.Seen, step: ReportEvent) -> str:
    """Of a fully anonymous report only the hour, as everywhere."""
    is_full = seen.report.anonymity is Anonymity.FULL
    return times.hour(seen.language, step.at) if is_full else times.clock(step.at)
