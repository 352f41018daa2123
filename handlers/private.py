"""Private chat: what is written without a command goes to whatever is awaited."""

from telegram import Message, Update

from domain.cases import links
from domain.reports import classifier, words
from domain.roles import Deed
from handlers import members
from handlers.cases import search, talking
from handlers.context import Context
from handlers.reports import codes, conversation, flow, held, talk
from handlers.texts import Raw


async def hear_text(update: Update, context: Context) -> None:
    """Words: for a case, a code, an area, an answer, or the beginning of a report. Forwarded ones too, without their
    origin."""
    message = update.effective_message
    assert message is not None
    text = words.clean(message.text or "")
    awaiting = context.dialogue.awaiting if context.dialogue is not None else None
    if not text:
        await refuse(update, context)
    elif search.is_awaited(context, message):
        await search.hear(context, text)
    elif await _hear_staff(context, text, message) or await talk.hear(context, text, message):
        return
    elif awaiting == codes.AWAITS_CODE and not codes.sounds_like_story(text):
        await codes.hear_code(context, text)
    elif awaiting == members.AWAITS_HOME and members.hear_home(context, text):
        return
    elif flow.is_held(context):
        await held.hear(context, text, message.message_id)
    elif context.draft is not None:
        await conversation.hear(context, text, message.message_id)
    elif not await talk.hear_unaddressed(context, text, message):
        _hear_unasked(context, text, message.message_id)


async def _hear_staff(context: Context, text: str, message: Message) -> bool:
    """Whether the words belong to a case that somebody at work has before them: by reply, or because it lies open."""
    if not context.staff.may(Deed.OPEN_CASES):
        return False
    answered = message.reply_to_message
    link = await links.find(context.session, message.chat.id, answered.message_id) if answered is not None else None
    if link is not None and await talking.hear_reply(context, link, text, message):
        return True
    if link is None and talking.hears(context):
        await talking.hear(context, text, message)
        return True
    return False


def _hear_unasked(context: Context, text: str, message_id: int) -> None:
    """The beginning of a report, or small talk. A question that it does not answer is over."""
    if not conversation.begin_with_words(context, text, message_id):
        context.end_dialogue()
        members.show_menu(context, _greeting(context, text))


def _greeting(context: Context, text: str) -> Raw | None:
    if classifier.is_emergency(text) or classifier.asks_for_help(text):
        return context.say("emergency.first")
    if words.is_one_of(text, words.THANKS):
        return context.say("menu.you_are_welcome")
    return None if words.is_one_of(text, words.GREETINGS) else context.say("menu.not_a_report")


async def hear_file(update: Update, context: Context) -> None:
    message = update.effective_message
    assert message is not None
    if codes.is_command(message.caption or ""):
        await codes.hear_file(context, message)
    elif not await talk.hear_file(context, message):
        await conversation.take_file(message, context)


async def hear_pin(update: Update, context: Context) -> None:
    message = update.effective_message
    assert message is not None
    assert message.location is not None
    if context.dialogue is not None and context.dialogue.awaiting == members.AWAITS_HOME:
        members.pin_home(context, message.location.latitude, message.location.longitude)
    elif not await talk.hear_pin(context, message):
        await conversation.take_pin(message, context)


async def hear_correction(update: Update, context: Context) -> None:
    """An edited message. A live location moves this way too, and is left alone."""
    message = update.edited_message
    if message is None or message.location is not None:
        return
    if not await talk.hear_correction(context, message) and not await _hear_staff_correction(context, message):
        conversation.correct_words(message, context)


async def _hear_staff_correction(context: Context, message: Message) -> bool:
    link = await links.find(context.session, message.chat.id, message.message_id)
    text = words.clean(message.text or "")
    if link is None or link.link != "wrote" or not text or not context.staff.may(Deed.OPEN_CASES):
        return False
    await talking.hear_correction(context, link, text)
    return True


async def refuse(update: Update, context: Context) -> None:
    """Stickers, contacts, polls and the like: says what can be sent, and asks again."""
    _say_or_ask(context, context.say("private.cannot_take"))


async def unknown_command(update: Update, context: Context) -> None:
    _say_or_ask(context, context.say("private.unknown_command"))


def _say_or_ask(context: Context, note: Raw) -> None:
    if context.draft is not None:
        flow.ask_again(context, context.draft, note)
    else:
        members.show_menu(context, note)
