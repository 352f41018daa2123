"""Codes: whoever holds the secret code of a report reads how it stands, and may add to it. For fully anonymous
reporters it is the only way, and what is said in their chat leaves no row behind."""

import re
from typing import NamedTuple

from telegram import Message, Update

from domain import outbox
from domain.cases.incidents import incidents
from domain.cases.reporter import replies
from domain.outbox import SECRET
from domain.policy import POLICE
from domain.reports import classifier, drafts, lookup, taxonomy, words
from handlers import times
from handlers.context import Context
from handlers.reports import files, fitting, flow, held, live, status, summary
from handlers.texts import Raw
from handlers.views import View
from models import Anonymity, Report, ReportState, Side

AWAITS_CODE = "code"
CODE_DIGITS = range(12, 21)
DASHES = "-–—"
FEWEST_WORDS = 3
NEWEST_SHOWN = 1800  # UTF-16 units of the police's last message
COMMAND = re.compile(r"/(?:cek|check)(?:@\w+)?(?:\s+|$)", re.IGNORECASE)
_SIXTEEN = re.compile(r"(?:\D{0,6}?)((?:\d[\s–—-]{0,3}){15}\d)(?!\d)[\s:,.–—-]*", re.DOTALL)


class Typed(NamedTuple):
    """What was typed: the code, and the words behind it."""

    code: str
    words: str


def read(text: str) -> Typed:
    found = _SIXTEEN.match(text)
    return Typed(found[1], text[found.end() :].strip()) if found else Typed(text, "")


def is_command(caption: str) -> bool:
    """A photo cannot carry a command but in its caption."""
    return COMMAND.match(caption) is not None


async def check_code(update: Update, context: Context) -> None:
    """/cek, with or without the code, and perhaps with words for the police behind it"""
    message = update.effective_message
    assert message is not None
    typed = words.clean(COMMAND.sub("", message.text or "", count=1))
    if context.incoming.callback_query is None and typed:
        await hear_code(context, typed)
        return
    context.await_(AWAITS_CODE)
    context.reply(View(context.say("status.ask_code")), kind=SECRET)


def sounds_like_code(text: str) -> bool:
    """As many digits as a code might have by mistake, and hardly anything else."""
    digits = sum(character.isdigit() for character in text)
    others = sum(not (character.isdigit() or character.isspace() or character in DASHES) for character in text)
    return digits in CODE_DIGITS and others <= len("kode:")


def sounds_like_story(text: str) -> bool:
    """Words that tell something: somebody may have an urgent story while a code is awaited."""
    if sounds_like_code(text) or read(text).words:
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
    typed = read(text)
    report = await _find(context, typed.code)
    if report is None:
        return
    note = None
    if typed.words:
        _require_there(report)
        taken = await replies.take_words(context.session, report, typed.words, now=context.now)
        note = await _added(context, report, taken, typed.words)
    await _answer(context, report, note)


async def hear_file(context: Context, message: Message) -> None:
    """A photo or the like whose caption is `/cek CODE words`. Of an album only the part with the caption can be told
    where it belongs: nothing is kept that would tie the others to it."""
    file = files.read(message)
    assert file is not None
    typed = read(words.clean(COMMAND.sub("", message.caption or "", count=1)))
    report = await _find(context, typed.code)
    if report is None:
        return
    _require_there(report)
    taken = await replies.take_file(context.session, report, file.kind, file.data, typed.words, now=context.now)
    note = await _added(context, report, taken, typed.words)
    if message.media_group_id is not None:
        note = Raw(f"{note}\n{context.say('code.one_by_one')}")
    await _answer(context, report, note)


async def _find(context: Context, code: str) -> Report | None:
    """The report, or a word about why there is none. Raises TooManyGuesses."""
    report = await lookup.find_by_code(context.session, context.person, code, now=context.now)
    if report is None:
        context.await_(AWAITS_CODE)
        context.reply(
            View(context.say("status.wrong_code" if sounds_like_code(code) else "status.no_code")), kind=SECRET
        )
    return report


def _require_there(report: Report) -> None:
    if report.state is ReportState.ARCHIVED:
        raise held.CaseIsArchived()


async def _added(context: Context, report: Report, taken: replies.Taken, text: str) -> Raw:
    await live.show(context.session, report, now=context.now)
    note = context.say("code.answered" if taken.was_asked else "code.added", police=POLICE)
    if classifier.is_emergency(text):
        return Raw(f"{context.say('emergency.first')}\n\n{note}")
    return note


async def _answer(context: Context, report: Report, note: Raw | None) -> None:
    """Of a fully anonymous report's no row stays that would tell when somebody asked, nor what they were asked then."""
    context.reply(await _view(context, report, note), kind=SECRET)
    _back_to_draft(context)
    chat = context.incoming.effective_chat
    if report.anonymity is Anonymity.FULL and chat is not None:
        await outbox.leave_no_trace(context.session, chat.id)


async def _view(context: Context, report: Report, note: Raw | None) -> View:
    """Where it stands, what the police wrote, how it ended, and how to add to it."""
    face = await incidents.public_face(context.session, report)
    category = taxonomy.category(report.category_code or drafts.UNSURE)
    text = context.say(
        "status.by_code",
        number=report.number,
        state=context.say(f"state.{face}"),
        category=summary.label(context.language, category),
        filed=times.hour(context.language, report.filed_at or report.touched_at),
    )
    above, below = [note, text], [await status.ending(context, report, face)]
    if report.state is not ReportState.ARCHIVED:
        below.append(context.say("code.add"))
    # Here is the only place to read what the police wrote: the newest almost whole.
    said = await fitting.said(context, report, [Side.STAFF], [*above, *below], newest=NEWEST_SHOWN)
    return View(Raw("\n\n".join(part for part in [*above, *said, *below] if part)))


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
