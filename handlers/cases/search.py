"""Search: /cari, cases by number, words, plate, category, area, state, days or nearness."""

import datetime as dt
import html
from dataclasses import dataclass
from uuid import UUID

from telegram import Message, MessageEntity, Update

from domain import audit
from domain.cases.search import query, search
from domain.cases.search.search import Found
from domain.errors import ButtonIsStale
from domain.reports import words
from domain.roles import Deed
from handlers import times
from handlers.buttons import ButtonData
from handlers.cases import lists
from handlers.context import Context
from handlers.reports import flow
from handlers.texts import Raw
from handlers.views import Press, View

AWAITS = "search"
ASKED_FOR = dt.timedelta(minutes=10)  # what is typed later may be about anything
PAGE = 10


@dataclass(frozen=True)
class MoreFound(ButtonData):
    """The page after that case; its lines go on from `shown`. What is searched stands in the message itself."""

    code = "fs"
    after: UUID
    shown: int


@dataclass(frozen=True)
class SearchAgain(ButtonData):
    """The first page of the same search."""

    code = "ff"


async def ask_or_find(update: Update, context: Context) -> None:
    """/cari, with or without what to look for"""
    message = update.effective_message
    assert message is not None
    _, _, typed = (message.text or "").partition(" ")
    if words.clean(typed):
        context.whisper(await _results(context, words.clean(typed)))
        return
    context.await_(AWAITS, detail=context.now.isoformat())
    context.whisper(View(context.say("search.ask", examples=context.say("search.examples"))))


def is_awaited(context: Context, message: Message) -> bool:
    """Whether the words answer /cari: asked a moment ago, no case opened since, and no reply to anything."""
    dialogue, desk = context.dialogue, context.desk
    if dialogue is None or dialogue.awaiting != AWAITS or message.reply_to_message is not None:
        return False
    asked_at = dt.datetime.fromisoformat(dialogue.detail or "1970-01-01T00:00:00+00:00")
    is_fresh = context.now - asked_at <= ASKED_FOR and (desk is None or desk.opened_at <= asked_at)
    return is_fresh and context.staff.may(Deed.SEE_CASES)


async def hear(context: Context, text: str) -> None:
    """What to look for. A draft that was at hand is at hand again."""
    draft = context.draft
    if words.is_one_of(text, words.CANCEL_WORDS):
        context.reply(View(context.say("search.left")))
    else:
        context.reply(await _results(context, text))
    if draft is not None:
        flow.ask(context, draft)
    else:
        context.end_dialogue()


async def show_more(update: Update, context: Context) -> None:
    button = MoreFound.read(update)
    context.show(await _results(context, _asked_in(update), after=button.after, shown=max(button.shown, 0)))


async def show_first(update: Update, context: Context) -> None:
    SearchAgain.read(update)
    context.show(await _results(context, _asked_in(update)))


def _asked_in(update: Update) -> str:
    """What was searched, as the bot's own message says it. Raises ButtonIsStale when Telegram shows it no more."""
    message = update.callback_query.message if update.callback_query is not None else None
    if isinstance(message, Message):
        for entity in message.entities:
            if entity.type == MessageEntity.CODE:
                return message.parse_entity(entity)
    raise ButtonIsStale()


async def _results(context: Context, text: str, *, after: UUID | None = None, shown: int = 0) -> View:
    text = text[: query.LONGEST_TEXT]
    asked = query.parse(text, context.areas, times.local(context.now))
    if asked.is_empty:
        return View(context.say("search.too_little", examples=context.say("search.examples")))
    found = await search.find(context.session, context.staff, asked, limit=PAGE, after=after)
    audit.note(context.session, context.person, "search", None, ",".join(asked.kinds), now=context.now)
    heading = context.say("search.head", text=Raw(f"<code>{html.escape(text)}</code>"))
    listed = lists.lines(context, found.reports, first=shown + 1) or context.say("search.nothing")
    parts = [heading, listed, _how_far(context, found)]
    return View(Raw("\n\n".join(part for part in parts if part)), _rows(context, found, shown))


def _how_far(context: Context, found: Found) -> Raw | str:
    if found.looked_back_to is None:
        return ""
    return context.say("search.partial", date=f"{times.local(found.looked_back_to):%d/%m/%Y}")


def _rows(context: Context, found: Found, shown: int) -> list[list[Press]]:
    rows = [list(row) for row in lists.buttons(found.reports, first=shown + 1)]
    turning = []
    if shown:
        turning.append(Press(context.label("button.list.first"), SearchAgain()))
    if found.has_more and found.reports:
        after = found.reports[-1].id
        turning.append(Press(context.label("button.list.more"), MoreFound(after, shown + len(found.reports))))
    return [*rows, turning] if turning else rows
