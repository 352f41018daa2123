"""What people see: their chats, the messages in them, the keyboards and commands."""

from typing import Any

from simulator.telegram import Telegram
from simulator.world import Bot, Chat, Json, Message, User

DEFAULT_LIMIT = 100


def message_view(message: Message, person: User | None) -> Json:
    return {
        **message.body,
        "outgoing": person is not None and message.sender_id == person.id,
        "edited": message.edited,
        "reactions": [{"emoji": e, "by": user} for user, emojis in message.reactions.items() for e in emojis],
        "seq": message.seq,
    }


def messages_view(chat: Chat, person: User, after: int = 0, limit: int = DEFAULT_LIMIT) -> list[Json]:
    """The newest messages, oldest first."""
    found: list[Json] = []
    for message in reversed(chat.messages.values()):
        if message.id <= after or len(found) >= limit:
            break
        found.append(message_view(message, person))
    return found[::-1]


def chats_view(telegram: Telegram, person: User) -> list[Json]:
    world = telegram.world
    chats = [world.private_chat(bot, person) for bot in world.bots.values()]
    chats += [chat for chat in world.groups.values() if chat.is_member(person.id) and not chat.migrated_to]
    return [chat_view(telegram, chat, person) for chat in chats]


def chat_view(telegram: Telegram, chat: Chat, person: User) -> Json:
    last = next(reversed(chat.messages.values()), None)
    read = chat.read.get(person.id, 0)
    return {
        "id": chat.id_for_people(),
        "title": chat.bot.first_name if chat.bot else chat.title,
        "username": chat.bot.username if chat.bot else chat.username,
        "kind": chat.kind,
        "is_bot": chat.bot is not None,
        "unread": sum(1 for m in chat.messages.values() if m.id > read and m.sender_id != person.id),
        "last": message_view(last, person) if last else None,
        "commands": [c for bot in telegram.bots_in(chat) for c in commands_for(bot, chat, person)],
        "forum": chat.forum,
        "topics": [{"id": t.id, "name": t.name, "closed": t.closed} for t in chat.topics.values()],
        "started": chat.started,
        "blocked": chat.blocked,
        "pinned": chat.pinned,
        "members": [{**m.user.card(), "status": m.status} for m in chat.members.values()],
    }


def commands_for(bot: Bot, chat: Chat, person: User) -> list[Json]:
    """The narrowest scope that has commands wins; within it the person's language."""
    for scope in scopes(chat, person):
        for language in (person.language_code or "", ""):
            if commands := bot.commands.get((scope, language)):
                return commands
    return []


def scopes(chat: Chat, person: User) -> list[str]:
    if chat.is_private():
        return [f"chat:{chat.id}", "all_private_chats", "default"]
    found = [f"chat_member:{chat.id}:{person.id}"]
    if chat.is_admin(person.id):
        found.append(f"chat_administrators:{chat.id}")
    found.append(f"chat:{chat.id}")
    if chat.is_admin(person.id):
        found.append("all_chat_administrators")
    return [*found, "all_group_chats", "default"]


def keyboard_view(chat: Chat) -> Any:
    return next(reversed(chat.keyboards.values()), None)
