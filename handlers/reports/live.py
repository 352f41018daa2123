"""Live: the reporter's one status card, and the words that come to them about their case."""

import datetime as dt
import secrets
import uuid

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from domain import outbox
from domain.cases import access, links, thread
from domain.cases.incidents import incidents
from domain.cases.reporter import discretion, own, ratings
from domain.outbox import About
from domain.policy import LAGGING_CODES
from domain.reports import words
from domain.reports.words import harmless
from handlers.reports import case_buttons, endings, timeline
from handlers.reports.buttons import ShowReport
from handlers.texts import Raw, plain, say
from handlers.views import Press, View
from models import Anonymity, CaseMessage, Person, Report, ReportEvent, ReportState
from models.sealing import Unsealable

S = ReportState
ENDS = (S.RESOLVED, S.REFERRED, S.REJECTED)
WORDS_SHOWN = 3700  # UTF-16 units; with its heading a message stays under Telegram's 4,096
OPENED, CLAIMED, ACCEPTED, DONE = "👀", "✍", "🫡", "👌"
REACTIONS = {S.HANDLING: ACCEPTED, S.RESOLVED: DONE}
MARKS = {ratings.Mark.GOOD: "👍", ratings.Mark.FAIR: "😐", ratings.Mark.BAD: "👎"}

log = structlog.get_logger()


async def show(session: AsyncSession, report: Report, *, now: dt.datetime) -> None:
    """Brings the status card up to date, in place. Only an end, which asks for something, is a message of its own: a
    question is told by `tell`. What happens to a case is shown to all whose reports were merged into it, and that it
    is over to whoever's report is merged into it after its end."""
    await session.flush()
    steps = await thread.steps_of(session, report)
    news = steps[-1] if steps and steps[-1].at >= now else None
    # What is released shows without a step.
    if news is None and report.category_code not in LAGGING_CODES:
        return
    over = await incidents.parent_of(session, report) if report.outcome else None
    await _show_one(session, report, over or report, news, now=now)
    for joined in await incidents.followers(session, report):
        await _show_one(session, joined, report, news, now=now)


async def _show_one(
    session: AsyncSession, report: Report, source: Report, news: ReportEvent | None, *, now: dt.datetime
) -> None:
    """`source` is the case that changed: this one, or the one that it was merged into."""
    person = await reporter_of(session, report)
    if person is None:
        return
    if news is not None and source.state in ENDS:
        await _tell_end(session, person, report, source, now=now)
    if discretion.is_bland(person, report):
        return
    if news is not None and (emoji := REACTIONS.get(ReportState(news.to_state))):
        await react(session, report, emoji, now=now)
    face = await incidents.public_face(session, report)
    steps = await thread.steps_of(session, report)
    await _post_card(session, person, report, timeline.card(person.language, report, face, steps, now), now=now)


async def tell_end(session: AsyncSession, report: Report, *, now: dt.datetime) -> None:
    """The report came along with another one into a case that was over: no step of its own says so."""
    await session.flush()
    person, over = await reporter_of(session, report), await incidents.parent_of(session, report)
    if person is None or over is None or over.state not in ENDS:
        return
    await _tell_end(session, person, report, over, now=now)
    if not discretion.is_bland(person, report):
        face, steps = await incidents.public_face(session, report), await thread.steps_of(session, report)
        await _post_card(session, person, report, timeline.card(person.language, report, face, steps, now), now=now)


async def _post_card(session: AsyncSession, person: Person, report: Report, text: Raw, *, now: dt.datetime) -> None:
    """Posted once, silently; edited from then on. What has not left yet is out of date and stays here."""
    await outbox.call_off_about(session, report.id, "status")
    chat_id = _chat(person)
    method, payload = "sendMessage", {**View(text).payload(chat_id), "disable_notification": True}
    if report.status_message_id is not None:
        method = "editMessageText"
        payload = {**View(text).payload(chat_id, edits=True), "message_id": report.status_message_id}
    # By chance, not by the case's version: some things change without one.
    key = f"status.{report.id.hex[:20]}.{report.version}.{secrets.token_hex(4)}"
    about = About(report.id, "status")
    outbox.post(session, "status", to=chat_id, method=method, payload=payload, key=key, now=now, about=about)


async def _tell_end(session: AsyncSession, person: Person, report: Report, source: Report, *, now: dt.datetime) -> None:
    """How it ended, and what can still be done. Witnesses read the usual sentence: what the police wrote in their own
    words they wrote to the reporter of the case."""
    key = f"ended.{report.id.hex[:20]}.{source.version}.{report.reopened}"
    if discretion.is_bland(person, report):
        _post_news(session, person, report, key, now=now)
        return
    face = await incidents.public_face(session, report)
    view = View(_end(person.language, report, source, face), end_rows(person.language, report, now))
    _post(session, person, report, view, key, About(report.id, "relay"), now=now)


def _end(language: str, report: Report, source: Report, face: ReportState) -> Raw:
    told = source if report is source or source.state is S.REFERRED else report
    return say(
        language,
        "talk.ended",
        number=report.number,
        state=say(language, f"state.{face}"),
        words=words.shortened(endings.words_of(language, told), WORDS_SHOWN),
    )


async def end_text(session: AsyncSession, person: Person, report: Report) -> Raw | None:
    """How the case ended, for a message that goes on below it. None where nothing may be said of it."""
    if discretion.is_bland(person, report):
        return None
    source = await incidents.parent_of(session, report) or report
    return _end(person.language, report, source, await incidents.public_face(session, report))


def end_rows(language: str, report: Report, now: dt.datetime) -> list[list[Press]]:
    """What the reporter of an ended case may still do."""
    rows = []
    if ratings.may_rate(report, now):
        rows.append([Press(MARKS[mark], case_buttons.Rate(report.id, int(mark))) for mark in MARKS])
    if own.may_contest(report):
        rows.append([Press(plain(language, "button.contest"), case_buttons.Contest(report.id))])
    elif own.may_reopen(report, now):
        rows.append([Press(plain(language, "button.not_solved"), case_buttons.NotSolved(report.id))])
    return rows


async def tell(session: AsyncSession, report: Report, message: CaseMessage, *, now: dt.datetime, by: Person) -> None:
    """Words of the staff for the reporter, who knows them by a number. Fully anonymous reporters fetch them."""
    person = await reporter_of(session, report)
    if person is None:
        return
    key = f"tell.{message.id.hex}.{message.version}"
    about = About(report.id, "relay", message.id)
    if discretion.is_bland(person, report):
        _post_news(session, person, report, key, now=now, words_id=message.id)
    else:
        view = _told_view(person.language, report, message, by)
        _post(session, person, report, view, key, about, now=now)


async def retell(session: AsyncSession, report: Report, message: CaseMessage, *, now: dt.datetime) -> None:
    """The staff corrected what they wrote: the reporter's message changes, and says so."""
    person = await reporter_of(session, report)
    if person is None or discretion.is_bland(person, report):
        return  # of a bland message nothing has to change: it says nothing
    by = await session.get(Person, message.author_id) if message.author_id else None
    view = _told_view(person.language, report, message, by)
    key, chat_id = f"tell.{message.id.hex}.{message.version}", _chat(person)
    about = About(report.id, "relay", message.id)
    if await outbox.call_off(session, f"tell.{message.id.hex}.{message.version - 1}"):
        _post(session, person, report, view, key, about, now=now)  # it had not left
        return
    link = await links.that_told(session, chat_id, message.id)
    if link is not None:
        payload = {**view.payload(chat_id, edits=True), "message_id": link.message_id}
        outbox.post(session, "relay", to=chat_id, method="editMessageText", payload=payload, key=key, now=now)


def _told_view(language: str, report: Report, message: CaseMessage, by: Person | None) -> View:
    is_question = report.state is S.NEEDS_INFO
    text = say(
        language,
        "talk.question" if is_question else "talk.from_staff",
        staff=access.staff_name(by),
        number=report.number,
        words=words.shortened(harmless(thread.words_of(report, message)), WORDS_SHOWN),
    )
    if message.version > 1:
        text = Raw(f"{text}\n{say(language, 'talk.was_corrected')}")
    key = "button.answer" if is_question else "button.reply"
    return View(text, [[Press(plain(language, key), case_buttons.Answer(report.id))]])


async def react(session: AsyncSession, report: Report, emoji: str, *, now: dt.datetime) -> None:
    """A sign on the reporter's own first message: 👀 opened, ✍ in hand, 🫡 a unit is on its way, 👌 done. None where
    somebody might time the police by it, or look over the reporter's shoulder."""
    person = await reporter_of(session, report)
    if person is None or discretion.is_bland(person, report):
        return
    if emoji == ACCEPTED and report.category_code in LAGGING_CODES:
        return
    message_id = await discretion.first_told(session, person, report)
    if message_id is None:
        return
    payload = {"message_id": message_id, "reaction": [{"type": "emoji", "emoji": emoji}]}
    key = f"react.{report.id.hex[:20]}.{ord(emoji[0]):x}.{report.reopened}"
    outbox.post(session, "reaction", to=_chat(person), method="setMessageReaction", payload=payload, key=key, now=now)


async def reporter_of(session: AsyncSession, report: Report) -> Person | None:
    """Who can be told about this case. None for fully anonymous reports, for people who are gone, and where the key is
    gone that their id was sealed with."""
    if report.anonymity is Anonymity.FULL:
        return None
    try:
        person = await session.get(Person, uuid.UUID(report.reporter_id)) if report.reporter_id is not None else None
        return person if person is not None and person.is_reachable and person.telegram_id is not None else None
    except Unsealable:
        log.error("reporters.unreadable", count=1)
        return None


def _post_news(
    session: AsyncSession,
    person: Person,
    report: Report,
    key: str,
    *,
    now: dt.datetime,
    words_id: uuid.UUID | None = None,
) -> None:
    """That there is something to read, and nothing of what: for eyes that are not the reporter's."""
    open_ = Press(plain(person.language, "button.open"), ShowReport(report.id))
    view = View(say(person.language, "talk.news"), [[open_]])
    _post(session, person, report, view, key, About(report.id, "relay", words_id), now=now)


def _post(
    session: AsyncSession, person: Person, report: Report, view: View, key: str, about: About, *, now: dt.datetime
) -> None:
    chat_id = _chat(person)
    payload = view.payload(chat_id)
    outbox.post(session, "relay", to=chat_id, method="sendMessage", payload=payload, key=key, now=now, about=about)


def _chat(person: Person) -> int:
    assert person.telegram_id is not None
    return person.telegram_id
