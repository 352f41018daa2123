"""Talk: what a reporter writes after sending, and which of their cases it goes to. Nothing is passed on as it came."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from telegram import Message, Update

from domain.cases import links, steps
from domain.cases.reporter import own, replies
from domain.cases.reporter.own import goes_on
from domain.cases.reporter.replies import Taken
from domain.outbox import About
from domain.policy import ANSWER_AWAITED_FOR, ANSWER_GOES_ON_FOR
from domain.reports import classifier, drafts, lookup, words
from handlers.context import Context
from handlers.reports import case_buttons, files, flow, held, live
from handlers.texts import DEFAULT, Raw, plain
from handlers.views import View
from models import CaseMessage, Desk, Report

# What the next words are, when a case lies open before its reporter (Desk.awaiting).
ANSWER, WHY, WHERE = "answer", "why", "where"
AWAITED = (ANSWER, WHY, WHERE)
FOLLOWS = "follows"  # Desk.detail: nobody pressed anything, but words after a file belong to it


# ---- which case


async def addressed(context: Context, message: Message) -> Report | None:
    """The case that this message is for, if it says so: as a reply to a message of the case, or because its reporter
    was asked or pressed *Balas*."""
    answered = message.reply_to_message
    if answered is not None:
        found = await own.of_message(context.session, context.person, message.chat.id, answered.message_id)
        if found is not None:
            return found[0]
    return await _at_hand(context)


async def _at_hand(context: Context) -> Report | None:
    desk = _open_desk(context)
    report = await context.session.get(Report, desk.report_id) if desk is not None else None
    is_there = report is not None and own.is_theirs(context.person, report) and report.state not in own.GONE
    return report if is_there else None


def _open_desk(context: Context, report: Report | None = None) -> Desk | None:
    """What lies open before its reporter (of that report, if one is given), unless it has for so long, or a draft was
    worked on since, that they may mean something else."""
    desk, draft = context.desk, context.draft
    if desk is None or desk.awaiting not in AWAITED:
        return None
    holds = ANSWER_GOES_ON_FOR if desk.detail else ANSWER_AWAITED_FOR
    is_newest = draft is None or desk.opened_at >= draft.touched_at
    is_it = report is None or desk.report_id == report.id
    return desk if is_it and is_newest and context.now - desk.opened_at <= holds else None


async def not_addressed(context: Context) -> Report | None:
    """The case that words without an address are for: the only one that waits for an answer."""
    if context.draft is not None:
        return None
    return own.only_one_waiting(await own.that_go_on(context.session, context.person))


def _awaited(context: Context, report: Report) -> str:
    """What the words are, if the case lies open for something particular."""
    desk = _open_desk(context, report)
    return desk.awaiting or ANSWER if desk is not None else ANSWER


# ---- what comes


async def hear(context: Context, text: str, message: Message) -> bool:
    """Words for one of their cases. Whether they were."""
    report = await addressed(context, message)
    if report is None:
        return False
    if words.is_one_of(text, words.CANCEL_WORDS) and message.reply_to_message is None:
        put_down(context)
        return True
    if _must_ask(context, report):
        await held.hold_words(context, text, message.message_id, [report])
        return True
    await HEARERS[_awaited(context, report)](context, report, text, message)
    return True


async def hear_unaddressed(context: Context, text: str, message: Message) -> bool:
    """Words that say nothing of what they are about, from somebody who may mean a case. Whether they were taken."""
    if held.is_small_talk(text):
        return False
    report = await not_addressed(context)
    if report is not None:
        await _take_words(context, report, text, message)
        return True
    cases = [] if context.draft is not None else await own.that_go_on(context.session, context.person)
    if not cases:
        return False
    await held.hold_words(context, text, message.message_id, cases)
    return True


async def hear_file(context: Context, message: Message) -> bool:
    """A file for one of their cases, by the same ways. Whether it was."""
    file = files.read(message)
    assert file is not None
    report = await addressed(context, message) or await not_addressed(context)
    caption = words.clean(message.caption or "")
    if report is None:
        return await held.hold_file(context, message)
    if _must_ask(context, report):
        return await held.hold_file(context, message, [report])
    desk, album = context.desk, message.media_group_id
    joins = _album_message(desk.detail if desk is not None else None, album)
    await replies.require_room(context.session, report)
    await _before_words(context, report)
    taken = await replies.take_file(
        context.session, report, file.kind, file.data, caption, joins=joins, now=context.now
    )
    await _link(context, report, message, taken)
    # Words that follow are about it, and so are the other parts of an album.
    context.open_desk(report.id, ANSWER, f"{album}:{taken.message.id.hex}" if album else FOLLOWS)
    if joins is None:
        await _confirm(context, report, taken, caption)
    return True


def _album_message(detail: str | None, album: str | None) -> UUID | None:
    """The message of the thread that the first part of this album became."""
    first, _, message = (detail or "").partition(":")
    return UUID(hex=message) if album is not None and first == album and message else None


async def hear_pin(context: Context, message: Message) -> bool:
    """A place for one of their cases. Whether it was."""
    report = await addressed(context, message) or await not_addressed(context)
    if report is None or _must_ask(context, report):
        cases = [report] if report is not None else []
        return await held.hold_pin(context, message, cases)
    location, venue = message.location, message.venue
    assert location is not None
    named = words.clean(f"{venue.title}, {venue.address}")[: drafts.PLACE_MAX] if venue else ""
    await _before_words(context, report)
    taken = await replies.take_pin(
        context.session, report, location.latitude, location.longitude, named, now=context.now
    )
    await _taken(context, report, taken, message)
    return True


async def hear_correction(context: Context, message: Message) -> bool:
    """They edited a message of a case. Whether it was one."""
    found = await own.of_message(context.session, context.person, message.chat.id, message.message_id)
    text = words.clean(message.text or message.caption or "")
    if found is None or found[1].link != "told" or not text:
        return found is not None
    report, link = found
    before = await context.session.get(CaseMessage, link.words_id) if link.words_id is not None else None
    said = await replies.correct(context.session, report, before, text, now=context.now)
    if said is None:
        return True
    link.words_id = said.id
    await live.show(context.session, report, now=context.now)
    key = "talk.bland" if held.is_bland(context, report) else "talk.corrected"
    _say(context, report, View(context.say(key, number=report.number)))
    return True


# ---- what becomes of it


async def _take_words(context: Context, report: Report, text: str, message: Message) -> None:
    taken = await replies.take_words(context.session, report, text, now=context.now)
    await _taken(context, report, taken, message)


async def _hear_where(context: Context, report: Report, text: str, message: Message) -> None:
    """Where it went on, after "it moved"."""
    prefix = plain(DEFAULT, "talk.moved_to")  # for the police
    taken = await replies.take_words(context.session, report, f"{prefix} {text}", now=context.now)
    await _taken(context, report, taken, message)


async def _hear_why(context: Context, report: Report, text: str, message: Message) -> None:
    """Why it is not over: the case goes back to the police."""
    await _reopen(context, report)
    await _take_words(context, report, text, message)


HEARERS: dict[str, Callable[[Context, Report, str, Message], Awaitable[None]]] = {
    ANSWER: _take_words,
    WHY: _hear_why,
    WHERE: _hear_where,
}


async def _before_words(context: Context, report: Report) -> None:
    """A photo may be the reason why it is not over, too."""
    if _awaited(context, report) == WHY:
        await _reopen(context, report)


async def _reopen(context: Context, report: Report) -> None:
    """Unless somebody did meanwhile, or it is too late: then the words are kept with the case as it is."""
    if own.may_reopen(report, context.now):
        await steps.reopen(context.session, report, staff=None, now=context.now)


async def _taken(context: Context, report: Report, taken: Taken, message: Message) -> None:
    await _link(context, report, message, taken)
    close_desk(context, report)
    await _confirm(context, report, taken, message.text or "")


async def _confirm(context: Context, report: Report, taken: Taken, text: str) -> None:
    await live.show(context.session, report, now=context.now)
    note = context.say("emergency.first") if classifier.is_emergency(text) else None
    _say(context, report, held.confirmation(context, report, was_asked=taken.was_asked, note=note))


async def _link(context: Context, report: Report, message: Message, taken: Taken) -> None:
    chat = links.chat_index(message.chat.id)
    await links.note(
        context.session, chat, message.message_id, report.id, "told", words_id=taken.message.id, now=context.now
    )


def _say(context: Context, report: Report, said: View) -> None:
    """An open draft goes on after it."""
    if context.draft is not None and flow.awaited(context) is not None:
        flow.ask_again(context, context.draft, said.text)
    else:
        context.reply(said, about=About(report.id, "receipt"))


def _must_ask(context: Context, report: Report) -> bool:
    """What is said about a case that has ended may as well be the beginning of another. Somebody with a draft at hand,
    or who just pressed a button of that case, has told us."""
    if goes_on(report) or context.draft is not None:
        return False
    return _open_desk(context, report) is None


# ---- the desk


async def answer(update: Update, context: Context) -> None:
    """*Balas*, *Jawab*, *Tulis pesan*: the next words are for that case."""
    button = case_buttons.Answer.read(update)
    report = await lookup.own_report(context.session, context.person, button.report_id)
    if report.state in own.GONE:
        raise held.CaseIsArchived()
    invite(context, report, ANSWER)


def invite(context: Context, report: Report, awaiting: str, note: Raw | None = None) -> None:
    """Waits for words about that case. What else was awaited can wait."""
    _interrupt(context)
    context.open_desk(report.id, awaiting)
    key = "talk.write_bland" if held.is_bland(context, report) else f"talk.write.{awaiting}"
    text = context.say(key, number=report.number)
    context.reply(View(Raw(f"{note}\n\n{text}") if note else text), about=About(report.id, "question"))


def _interrupt(context: Context) -> None:
    """A code or an area that was asked for is not what they will type next."""
    if context.draft is not None:
        context.await_(flow.awaited(context) or drafts.next_step(context.draft), context.draft.id, flow.detail(context))
    else:
        context.end_dialogue()


def close_desk(context: Context, report: Report | None = None) -> None:
    """Nothing particular is awaited of the reporter any more. A case that is open before the staff stays, and of a
    reporter's any but the given one."""
    desk = context.desk
    if desk is not None and desk.awaiting in AWAITED and (report is None or desk.report_id == report.id):
        context.clear_desk()


def put_down(context: Context) -> None:
    """*Batal*: nothing is added to any case."""
    close_desk(context)
    if context.draft is not None:
        flow.ask_again(context, context.draft)
    else:
        context.reply(View(context.say("talk.put_down")))


def waits(context: Context) -> bool:
    return _open_desk(context) is not None
