"""Conversation: what is typed, sent or pinned becomes part of a report, in whatever order it comes."""

from collections.abc import Awaitable, Callable

from telegram import Message, Update

from domain.cases import callers
from domain.policy import ATTACHMENTS_MAX
from domain.reports import classifier, drafts, places, taxonomy, words
from domain.reports.drafts import Step
from domain.reports.here import read_nearness
from domain.reports.taxonomy import Flag
from handlers.context import Context
from handlers.reports import answers, files, flow, here, talk
from handlers.reports.questions import ANONYMITY_ORDER, WHEN_ORDER, area_options, category_options
from handlers.texts import Raw
from models import Report

FEWEST_WORDS = 3  # fewer, and it is a greeting rather than a report
TOLD_AT_LEAST = 12  # characters: a longer answer to "when?" says more than the button does


async def report(update: Update, context: Context) -> None:
    """/lapor, perhaps with the story right behind it"""
    message = update.effective_message
    assert message is not None
    _, _, told = (message.text or "").partition(" ")
    text = words.clean(told)
    if text and context.draft is None:
        begin_with(context, text, message.message_id)
    else:
        await begin_report(update, context)


async def begin_report(update: Update, context: Context) -> None:
    """An empty draft and its first question; an open one is offered first."""
    if context.draft is not None:
        flow.offer_draft(context, context.draft)
        return
    flow.ask(context, flow.begin(context))


async def put_aside(update: Update, context: Context) -> None:
    """/batal"""
    if talk.waits(context):
        talk.put_down(context)
        return
    if context.draft is not None:
        flow.put_aside(context, context.draft)
        return
    context.end_dialogue()
    context.reply(answers.plain_view(context, "report.nothing_to_cancel"))


async def hear(context: Context, text: str, message_id: int) -> None:
    """Words in the private chat while a draft is open: navigation in words, or the answer to the question."""
    draft = context.draft
    assert draft is not None
    step = flow.awaited(context) or drafts.next_step(draft)
    if words.is_one_of(text, words.CANCEL_WORDS):
        flow.put_aside(context, draft)
    elif words.is_one_of(text, words.BACK_WORDS):
        answers.go_back_from(context, draft, step)
    elif words.is_one_of(text, words.SKIP_WORDS) and step is not Step.REVIEW:
        drafts.skip(draft, step, now=context.now)
        flow.ask(context, draft)
    else:
        await LISTENERS[step](context, draft, text, message_id)


def begin_with_words(context: Context, text: str, message_id: int) -> bool:
    """A first message that sounds like a report begins one. Whether it did."""
    if len(text.split()) < FEWEST_WORDS and not classifier.propose(text):
        return False
    begin_with(context, text, message_id)
    return True


def begin_with(context: Context, text: str, message_id: int) -> None:
    draft = drafts.begin_draft(context.person, now=context.now)
    drafts.say_words(draft, text, message_id, now=context.now)
    context.begin_draft(draft)
    flow.ask(context, draft, note=_with_emergency(context, text, draft, context.say("report.begun")))


async def _hear_here(context: Context, draft: Report, text: str, message_id: int) -> None:
    nearness = read_nearness(text)
    if nearness is None:
        draft_words_changed(context, draft, text, message_id)
    else:
        here.take_nearness(context, draft, nearness)


async def _hear_words(context: Context, draft: Report, text: str, message_id: int) -> None:
    drafts.say_words(draft, text, message_id, now=context.now, replaces=True)
    flow.ask(context, draft, note=_with_emergency(context, text, draft, None))


async def _hear_category(context: Context, draft: Report, text: str, message_id: int) -> None:
    detail = flow.detail(context)
    options = category_options(draft, detail)
    number = words.read_number(text)
    if number is not None:
        if not 1 <= number <= len(options):
            flow.ask_again(context, draft, context.say("report.no_such_number", last=len(options)))
            return
        answers.take_option(context, draft, options[number - 1])
    elif code := LABELS.get(words.plain(text)):
        answers.take_option(context, draft, code)
    else:
        draft_words_changed(context, draft, text, message_id)


async def _hear_place(context: Context, draft: Report, text: str, message_id: int) -> None:
    drafts.tell_place(draft, text, context.areas, now=context.now)
    flow.ask(context, draft, note=_area_note(context, draft))


async def _hear_area(context: Context, draft: Report, text: str, message_id: int) -> None:
    options = area_options(draft, flow.detail(context))
    number = words.read_number(text)
    if number is not None and 1 <= number <= len(options):
        answers.take_area(context, draft, options[number - 1])
        return
    guess = places.guess_area(text, context.areas)
    if guess.area is not None:
        answers.take_area(context, draft, guess.area.code)
    elif guess.candidates:
        drafts.propose_areas(draft, [area.code for area in guess.candidates], now=context.now)
        flow.ask(context, draft, step=Step.AREA)
    else:
        flow.ask_again(context, draft, context.say("report.no_such_area"))


async def _hear_when(context: Context, draft: Report, text: str, message_id: int) -> None:
    number = words.read_number(text)
    if number is not None:
        if not 1 <= number <= len(WHEN_ORDER):
            flow.ask_again(context, draft, context.say("report.no_such_number", last=len(WHEN_ORDER)))
            return
        drafts.choose_when(draft, WHEN_ORDER[number - 1], now=context.now)
        flow.ask(context, draft)
        return
    when = words.read_answer(text, words.WHEN_ANSWERS)
    if when is None:
        draft_words_changed(context, draft, text, message_id)
        return
    told = text if TOLD_AT_LEAST <= len(text) <= drafts.NAME_MAX else None
    drafts.choose_when(draft, when, now=context.now, told=told)
    flow.ask(context, draft)


async def _hear_anonymity(context: Context, draft: Report, text: str, message_id: int) -> None:
    number = words.read_number(text)
    mode = words.read_answer(text, words.ANONYMITY_ANSWERS)
    if number is not None and 1 <= number <= len(ANONYMITY_ORDER):
        mode = ANONYMITY_ORDER[number - 1]
    if mode is None:
        # It may be a name: what is typed here never slips into the story.
        flow.ask_again(context, draft, context.say("report.choose_one"))
        return
    drafts.choose_anonymity(draft, mode, now=context.now)
    flow.ask(context, draft)


async def _hear_name(context: Context, draft: Report, text: str, message_id: int) -> None:
    drafts.tell_name(draft, text, now=context.now)
    flow.ask(context, draft)


async def _hear_review(context: Context, draft: Report, text: str, message_id: int) -> None:
    if words.is_one_of(text, words.SEND_WORDS):
        await answers.send_draft(context, draft)
    else:
        draft_words_changed(context, draft, text, message_id)


def draft_words_changed(context: Context, draft: Report, text: str, message_id: int) -> None:
    """What answers no question is taken as part of the story, and the question stays."""
    drafts.say_words(draft, text, message_id, now=context.now)
    flow.ask_again(context, draft, _with_emergency(context, text, draft, context.say("report.words_added")))


async def _hear_source(context: Context, draft: Report, text: str, message_id: int) -> None:
    """What answers nothing is what the caller said: nobody has time for questions about questions."""
    source = callers.read_source(text)
    if source is None:
        draft_words_changed(context, draft, text, message_id)
    else:
        callers.choose_source(draft, source, now=context.now)
        flow.ask(context, draft)


async def _hear_caller(context: Context, draft: Report, text: str, message_id: int) -> None:
    callers.tell_caller(draft, text, now=context.now)
    flow.ask(context, draft)


LISTENERS: dict[Step, Callable[[Context, Report, str, int], Awaitable[None]]] = {
    Step.SOURCE: _hear_source,
    Step.HERE: _hear_here,
    Step.WORDS: _hear_words,
    Step.CATEGORY: _hear_category,
    Step.PLACE: _hear_place,
    Step.AREA: _hear_area,
    Step.WHEN: _hear_when,
    Step.ANONYMITY: _hear_anonymity,
    Step.NAME: _hear_name,
    Step.CALLER: _hear_caller,
    Step.REVIEW: _hear_review,
}
KINDS: tuple[taxonomy.Group | taxonomy.Category, ...] = (*taxonomy.GROUPS, *taxonomy.CATEGORIES)
LABELS = {words.plain(text): kind.code for kind in KINDS for text in (kind.label_id, kind.label_en)}


async def take_file(message: Message, context: Context) -> None:
    """A photo, voice, video or document, at any moment. An album is answered once."""
    file = files.read(message)
    assert file is not None
    album = message.media_group_id
    caption = words.clean(message.caption or "")
    draft = context.draft
    is_begun = draft is None
    content = {} if draft is None else drafts.content_of(draft)
    is_same_album = album is not None and content.get("album") == album
    if content.get("attachments", 0) >= ATTACHMENTS_MAX:
        assert draft is not None
        if not is_same_album:
            drafts.change(draft, context.now, album=album)
            flow.ask_again(context, draft, context.say("error.too_many_attachments", limit=ATTACHMENTS_MAX))
        return
    if draft is None:
        draft = flow.begin(context)
    count = drafts.attach(context.session, draft, file.kind, file.data, album=album, now=context.now)
    if caption:
        drafts.say_words(draft, caption, message.message_id, now=context.now)
    if is_same_album and not caption:
        return
    note = _with_emergency(context, caption, draft, _file_note(context, count, is_begun, album))
    if is_begun or (caption and flow.awaited(context) is Step.WORDS):
        flow.ask(context, draft, note=note)
    else:
        flow.ask_again(context, draft, note)


def _file_note(context: Context, count: int, is_begun: bool, album: str | None) -> Raw:
    """An album comes in parts and is answered at the first: how many there will be is not known yet."""
    if album is not None:
        return context.say("report.begun_with_album" if is_begun else "report.album_added")
    return context.say("report.begun_with_file" if is_begun else "report.file_added", count=count)


async def take_pin(message: Message, context: Context) -> None:
    """A pin, whenever it comes, is where it happened."""
    location = message.location
    assert location is not None
    venue = message.venue
    place = words.clean(f"{venue.title}, {venue.address}")[: drafts.PLACE_MAX] if venue else None
    draft = context.draft or drafts.begin_draft(context.person, now=context.now)
    step = flow.awaited(context)
    drafts.pin_place(
        draft,
        location.latitude,
        location.longitude,
        context.areas,
        now=context.now,
        place=place,
        replaces=step is Step.PLACE,
    )
    if context.draft is None:
        context.begin_draft(draft)
    goes_on = step is None or step in (Step.HERE, Step.PLACE, Step.AREA, Step.REVIEW)
    asked = drafts.next_step(draft) if goes_on else step
    # The question about the area says by itself that the pin is outside.
    is_outside = drafts.content_of(draft).get("is_outside") and asked is not Step.AREA
    note = _area_note(context, draft) or context.say("report.pin_outside" if is_outside else "report.pin_taken")
    if goes_on:
        flow.ask(context, draft, note=note)
    else:
        flow.ask_again(context, draft, note)


def correct_words(message: Message, context: Context) -> None:
    """An edited message changes what it said, as long as nothing was sent."""
    draft, text = context.draft, words.clean(message.text or message.caption or "")
    if draft is not None and text and drafts.correct_words(draft, text, message.message_id, now=context.now):
        flow.ask_again(context, draft, context.say("report.words_corrected"))


def _area_note(context: Context, draft: Report) -> Raw | None:
    name = context.areas.name(draft.area_code)
    return context.say("report.area_taken", area=name) if name else None


def _with_emergency(context: Context, text: str, draft: Report, note: Raw | None) -> Raw | None:
    """110 comes before everything else when the words sound like danger to life."""
    proposed = drafts.content_of(draft).get("proposed") or ()
    if not any(Flag.EMERGENCY in taxonomy.category(code).flags for code in proposed):
        return note
    if not classifier.is_emergency(text):
        return note
    first = context.say("emergency.first")
    return Raw(f"{first}\n\n{note}") if note else first
