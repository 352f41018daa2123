"""Held: what somebody with cases wrote, until they say which case it is about. Nothing of it is lost meanwhile."""

from collections.abc import Sequence
from uuid import UUID

from telegram import Message, Update

from domain.cases.reporter import own, replies
from domain.errors import DomainError
from domain.outbox import About
from domain.policy import ATTACHMENTS_MAX
from domain.reports import classifier, drafts, lookup, taxonomy, words
from handlers import times
from handlers.context import Context
from handlers.reports import buttons, case_buttons, files, flow, live, summary
from handlers.texts import Raw
from handlers.views import Press, View
from models import Report

CASES_SHOWN = 5
NEW_WORDS = frozenset({"baru", "laporan baru", "new", "new report"})


class CaseIsArchived(DomainError):
    """What was said in it is gone."""

    text_key = "error.case_is_archived"


def is_small_talk(text: str) -> bool:
    return words.is_one_of(text, words.GREETINGS | words.THANKS)


async def hold_words(context: Context, text: str, message_id: int, cases: Sequence[Report]) -> None:
    draft = flow.begin(context)
    drafts.say_words(draft, text, message_id, now=context.now)
    _ask(context, draft, cases, _emergency(context, text))


async def hear(context: Context, text: str, message_id: int) -> None:
    """The choice in words, or more of what is held."""
    draft = context.draft
    assert draft is not None
    cases = await _offered(context)
    number = words.read_number(text)
    if words.is_one_of(text, words.CANCEL_WORDS):
        flow.put_aside(context, draft)
    elif number is not None and 1 <= number <= len(cases):
        await _move(context, draft, cases[number - 1])
    elif words.is_one_of(text, NEW_WORDS):
        flow.ask(context, draft)
    else:
        drafts.say_words(draft, text, message_id, now=context.now)
        _ask(context, draft, cases, _emergency(context, text))


async def hold_file(context: Context, message: Message, cases: Sequence[Report] = ()) -> bool:
    """Whether it is held: by somebody who has cases, and no draft in which it belongs."""
    draft, album = context.draft, message.media_group_id
    if not flow.is_held(context):
        cases = [] if draft is not None else cases or await own.that_go_on(context.session, context.person)
        if not cases:
            return False
        draft = flow.begin(context)
    assert draft is not None
    content = drafts.content_of(draft)
    is_same_album = album is not None and content.get("album") == album
    is_full = content.get("attachments", 0) >= ATTACHMENTS_MAX
    if not is_full:
        file = files.read(message)
        assert file is not None
        drafts.attach(context.session, draft, file.kind, file.data, album=album, now=context.now)
    caption = words.clean(message.caption or "")
    if caption:
        drafts.say_words(draft, caption, message.message_id, now=context.now)
    if not is_same_album:
        note = context.say("error.too_many_attachments", limit=ATTACHMENTS_MAX) if is_full else None
        _ask(context, draft, cases or await _offered(context), note or _emergency(context, caption))
    return True


async def hold_pin(context: Context, message: Message, cases: Sequence[Report] = ()) -> bool:
    """The same of a place."""
    draft = context.draft
    if not flow.is_held(context):
        cases = [] if draft is not None else cases or await own.that_go_on(context.session, context.person)
        if not cases:
            return False
        draft = flow.begin(context)
    location, venue = message.location, message.venue
    assert draft is not None
    assert location is not None
    place = words.clean(f"{venue.title}, {venue.address}")[: drafts.PLACE_MAX] if venue else None
    drafts.pin_place(draft, location.latitude, location.longitude, context.areas, now=context.now, place=place)
    _ask(context, draft, cases or await _offered(context))
    return True


async def choose_case(update: Update, context: Context) -> None:
    button = case_buttons.ChooseCase.read(update)
    draft = await flow.draft_of(context, button.draft_id)
    await _move(context, draft, await lookup.own_report(context.session, context.person, button.report_id))


async def _move(context: Context, draft: Report, report: Report) -> None:
    """What was held becomes part of that case."""
    if report.state in own.GONE:
        raise CaseIsArchived()
    was_asked = await replies.take_draft(context.session, report, draft, context.person, now=context.now)
    context.end_dialogue()
    await live.show(context.session, report, now=context.now)
    context.show(confirmation(context, report, was_asked=was_asked), about=About(report.id, "receipt"))


def confirmation(context: Context, report: Report, *, was_asked: bool, note: Raw | None = None) -> View:
    """Where it went, in few words; to those who need discretion in none that say what it is."""
    if is_bland(context, report):
        return View(context.say("talk.bland"))
    text = context.say("talk.answered" if was_asked else "talk.added", number=report.number)
    rows = []
    if not own.goes_on(report) and own.may_reopen(report, context.now):
        rows = [[Press(context.label("button.not_solved"), case_buttons.NotSolved(report.id))]]
    return View(Raw(f"{note}\n\n{text}") if note else text, rows)


def is_bland(context: Context, report: Report) -> bool:
    return context.person.is_discreet or report.is_discreet


def _ask(context: Context, draft: Report, cases: Sequence[Report], note: Raw | None = None) -> None:
    """Which case it is about, or none of them."""
    shown = cases[:CASES_SHOWN]
    only = shown[0].id.hex if len(shown) == 1 and not own.goes_on(shown[0]) else None
    context.await_(flow.AWAITS_CASE, draft.id, only)
    rows = [
        [Press(f"{number} · {_title(context, report)}", case_buttons.ChooseCase(draft.id, report.id))]
        for number, report in enumerate(shown, 1)
    ]
    is_any_bland = any(is_bland(context, report) for report in shown)
    new = context.label("button.something_new" if is_any_bland else "button.new_report")
    text = context.say("talk.which" if only is None else "talk.which_ended")
    view = View(Raw(f"{note}\n\n{text}") if note else text, [*rows, [Press(new, buttons.Resume(draft.id))]])
    context.reply(view)


def _title(context: Context, report: Report) -> str:
    if is_bland(context, report):
        return times.moment(context.language, report.filed_at or report.touched_at)
    category = taxonomy.category(report.category_code or drafts.UNSURE)
    return f"{report.number} · {summary.label(context.language, category)}"


async def _offered(context: Context) -> Sequence[Report]:
    """The cases among which the choice is."""
    only = flow.detail(context)
    if only:
        report = await context.session.get(Report, UUID(hex=only))
        return [report] if report is not None and own.is_theirs(context.person, report) else []
    return (await own.that_go_on(context.session, context.person))[:CASES_SHOWN]


def _emergency(context: Context, text: str) -> Raw | None:
    """110 comes before everything else."""
    return context.say("emergency.first") if text and classifier.is_emergency(text) else None
