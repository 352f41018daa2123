"""Errors: one friendly sentence for what cannot be done, an apology for what went wrong."""

import datetime as dt

from telegram import Update

from domain import outbox
from domain.errors import DomainError
from handlers import times
from handlers.context import Context, Visit
from handlers.reports import flow
from handlers.texts import DEFAULT, plain, say
from handlers.views import View


async def answer_domain_error(context: Context, error: DomainError) -> None:
    """Says what is the matter and asks the open question again, so that nobody is stuck."""
    chat = context.incoming.effective_chat
    query = context.incoming.callback_query
    if query is not None:
        context.toast(plain(context.language, error.text_key, **_readable(context, error)), alert=True)
        # Only in private: the message whose button was pressed may be a card that a whole room reads.
        is_private = query.message is not None and query.message.chat.type == "private"
        if is_private and context.draft is not None and flow.awaited(context) is not None:
            flow.ask_again(context, context.draft)
        return
    if chat is None or context.incoming.effective_message is None:
        return
    kind = "secret" if error.is_secret else "reply"
    sentence = context.say(error.text_key, **_readable(context, error))
    if chat.type == "private" and context.draft is not None and flow.awaited(context) is not None:
        flow.ask_again(context, context.draft, sentence)
    else:
        context.reply(View(sentence), kind=kind)


def _readable(context: Context, error: DomainError) -> dict[str, object]:
    """What fills the sentence; a moment as people here read it."""
    moments = {name: value for name, value in error.params.items() if isinstance(value, dt.datetime)}
    return {**error.params, **{name: times.moment(context.language, value) for name, value in moments.items()}}


def apology(visit: Visit, number: str, chat_id: int) -> None:
    """Our fault, not theirs: what was saved is safe, and 110 is always there."""
    _post(visit, chat_id, View(say(_language(visit), "error.apology", number=number)))


def too_fast(visit: Visit, update: Update) -> None:
    """Said once; then there is silence until they slow down."""
    chat = update.effective_chat
    if update.callback_query is not None:
        text = plain(_language(visit), "error.too_fast")
        visit.toasts.append({"callback_query_id": update.callback_query.id, "text": text, "show_alert": True})
    elif chat is not None and chat.type == "private":
        _post(visit, chat.id, View(say(_language(visit), "error.too_fast")))


def _post(visit: Visit, chat_id: int, view: View) -> None:
    visit.posted += 1
    key = f"u{visit.update_id}.{visit.posted}"
    payload = view.payload(chat_id)
    outbox.post(visit.session, "reply", to=chat_id, method="sendMessage", payload=payload, key=key, now=visit.now)


def _language(visit: Visit) -> str:
    return visit.person.language if visit.person else DEFAULT
