"""Deleting messages, and the reactions of a bot."""

from simulator.errors import Refusal, bad_request
from simulator.methods.method import Call, method
from simulator.world import Chat, Message

# Telegram deletes for everyone only what is younger than this.
DELETABLE_SECONDS = 48 * 3600
MAX_MESSAGES = 100
REACTIONS = frozenset(
    [
        "❤",
        "👍",
        "👎",
        "🔥",
        "🥰",
        "👏",
        "😁",
        "🤔",
        "🤯",
        "😱",
        "🤬",
        "😢",
        "🎉",
        "🤩",
        "🤮",
        "💩",
        "🙏",
        "👌",
        "🕊",
        "🤡",
        "🥱",
        "🥴",
        "😍",
        "🐳",
        "❤\u200d🔥",
        "🌚",
        "🌭",
        "💯",
        "🤣",
        "⚡",
        "🍌",
        "🏆",
        "💔",
        "🤨",
        "😐",
        "🍓",
        "🍾",
        "💋",
        "🖕",
        "😈",
        "😴",
        "😭",
        "🤓",
        "👻",
        "👨\u200d💻",
        "👀",
        "🎃",
        "🙈",
        "😇",
        "😨",
        "🤝",
        "✍",
        "🤗",
        "🫡",
        "🎅",
        "🎄",
        "☃",
        "💅",
        "🤪",
        "🗿",
        "🆒",
        "💘",
        "🙉",
        "🦄",
        "😘",
        "💊",
        "🙊",
        "😎",
        "👾",
        "🤷\u200d♂",
        "🤷",
        "🤷\u200d♀",
        "😡",
    ]
)


@method("chat_id! Chat, message_id! Integer")
def delete_message(call: Call) -> bool:
    chat = call.chat_to_write()
    message = call.message(chat, "message to delete not found")
    check_deletable(call, chat, message)
    call.telegram.remove(message)
    return True


@method("chat_id! Chat, message_ids! Array")
def delete_messages(call: Call) -> bool:
    """Those that cannot be deleted are skipped, as on Telegram."""
    chat = call.chat_to_write()
    ids = call.get("message_ids")
    if not 1 <= len(ids) <= MAX_MESSAGES:
        raise bad_request("wrong number of message identifiers specified")
    for message_id in ids:
        message = chat.messages.get(message_id)
        if message and is_deletable(call, chat, message):
            call.telegram.remove(message)
    return True


def check_deletable(call: Call, chat: Chat, message: Message) -> None:
    may = message.sender_id == call.bot.id or chat.is_private() or chat.is_admin(call.bot.id)
    if not may:
        raise bad_request("message can't be deleted")
    if call.telegram.clock.now() - message.at >= DELETABLE_SECONDS:
        raise bad_request("message can't be deleted for everyone")


def is_deletable(call: Call, chat: Chat, message: Message) -> bool:
    try:
        check_deletable(call, chat, message)
    except Refusal:
        return False
    return True


@method("chat_id! Chat, message_id! Integer, reaction Array, is_big Boolean")
def set_message_reaction(call: Call) -> bool:
    chat = call.chat_to_write()
    message = call.message(chat, "message to react not found")
    emojis = [reaction.get("emoji", "") for reaction in call.get("reaction", [])]
    if len(emojis) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    if not REACTIONS.issuperset(emojis):
        raise bad_request("REACTION_INVALID")
    message.reactions[call.bot.id] = emojis
    by = [{"emoji": emoji, "by": user} for user, given in message.reactions.items() for emoji in given]
    place = chat.id_for_people()
    call.telegram.events.tell("reaction", place, chat.watchers(), message_id=message.id, reactions=by)
    return True
