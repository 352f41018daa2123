"""Groups as people run them: making, joining, promoting, moving to a supergroup."""

from typing import Any

from simulator.errors import NotPossible
from simulator.shapes import member_shape
from simulator.telegram import Telegram
from simulator.world import Bot, Chat, Json, Member, User

KINDS = ("group", "supergroup", "channel")


def make_group(telegram: Telegram, order: Json) -> Chat:
    """The first admin is the creator. Bots are added last, so they learn of it."""
    kind = order.get("kind", "supergroup" if order.get("forum") else "group")
    if kind not in KINDS:
        raise NotPossible(f"A group is one of {', '.join(KINDS)}.")
    chat = telegram.world.add_group(order["title"], kind, bool(order.get("forum")))
    admins = [the_user(telegram, reference) for reference in order.get("admins", [])]
    members = [the_user(telegram, reference) for reference in order.get("members", [])]
    for position, admin in enumerate(admins):
        status = "creator" if position == 0 else "administrator"
        chat.members[admin.id] = Member(admin, status)
    for member in members:
        chat.members.setdefault(member.id, Member(member))
    actor = admins[0] if admins else members[0] if members else None
    for reference in order.get("bots", []):
        bot = the_bot(telegram, reference)
        add_member(telegram, chat, bot, actor or bot)
    telegram.events.tell("chat", chat.id, chat.watchers())
    return chat


def the_user(telegram: Telegram, reference: Any) -> User:
    user = telegram.world.user(reference) if isinstance(reference, int) else telegram.world.bot_named(str(reference))
    if user is None:
        raise NotPossible(f"There is no user {reference}.", 404)
    return user


def the_bot(telegram: Telegram, reference: Any) -> Bot:
    bot = telegram.world.bot_named(reference)
    if bot is None:
        raise NotPossible(f"There is no bot {reference}.", 404)
    return bot


def the_group(telegram: Telegram, chat_id: int) -> Chat:
    chat = telegram.world.groups.get(chat_id)
    if chat is None:
        raise NotPossible(f"There is no group {chat_id}.", 404)
    return chat


def change_members(telegram: Telegram, chat: Chat, order: Json) -> None:
    actor = next((m.user for m in chat.members.values() if m.status == "creator"), None)
    for reference in order.get("add", []):
        user = the_user(telegram, reference)
        add_member(telegram, chat, user, actor or user)
    for reference in order.get("remove", []):
        user = the_user(telegram, reference)
        remove_member(telegram, chat, user, actor or user)
    for reference in order.get("promote", []):
        user = the_user(telegram, reference)
        set_status(telegram, chat, user, "administrator", actor or user)
    for reference in order.get("demote", []):
        user = the_user(telegram, reference)
        set_status(telegram, chat, user, "member", actor or user)


def add_member(telegram: Telegram, chat: Chat, user: User, actor: User) -> None:
    if chat.is_member(user.id):
        return
    set_status(telegram, chat, user, "member", actor)
    if chat.kind != "channel":
        content = {"new_chat_members": [user.shape()]}
        telegram.announce(telegram.post(chat, actor, content))


def remove_member(telegram: Telegram, chat: Chat, user: User, actor: User) -> None:
    """Someone who goes alone has left; someone removed by another is kicked and a bot can tell."""
    if not chat.is_member(user.id):
        raise NotPossible(f"{user.first_name} is not in {chat.title}.")
    # The service message comes first: the one who goes still sees it in basic groups.
    if chat.kind != "channel":
        telegram.announce(telegram.post(chat, actor, {"left_chat_member": user.shape()}))
    set_status(telegram, chat, user, "left" if actor is user else "kicked", actor)


def set_status(telegram: Telegram, chat: Chat, user: User, status: str, actor: User) -> None:
    """Change a membership and queue my_chat_member and chat_member updates about it."""
    old = chat.members.get(user.id, Member(user, "left"))
    if old.status == status:
        return
    new = Member(user, status)
    change: Json = {
        "chat": chat.shape,
        "from": actor.shape(),
        "date": int(telegram.clock.now()),
        "old_chat_member": member_shape(old),
        "new_chat_member": member_shape(new),
    }
    chat.members[user.id] = new
    if isinstance(user, Bot):
        telegram.queues[user.id].add("my_chat_member", change, chat.id)
    for bot in telegram.bots_in(chat):
        if bot is not user and chat.is_admin(bot.id):
            telegram.queues[bot.id].add("chat_member", change, chat.id)
    telegram.events.tell("chat", chat.id, [*chat.watchers(), user.id])


def migrate(telegram: Telegram, chat: Chat) -> Chat:
    """Basic group to supergroup: a new id, two service messages, and errors at the old id."""
    if chat.kind != "group" or chat.migrated_to:
        raise NotPossible(f"{chat.title} is not a basic group.")
    new = telegram.world.add_group(chat.title, "supergroup", forum=False)
    new.members = dict(chat.members)
    actor = next((m.user for m in chat.members.values() if m.status == "creator"), None)
    actor = actor or next(iter(chat.members.values())).user
    telegram.announce(telegram.post(chat, actor, {"migrate_to_chat_id": new.id}))
    chat.migrated_to = new.id
    telegram.announce(telegram.post(new, actor, {"migrate_from_chat_id": chat.id}))
    telegram.events.tell("chat", new.id, new.watchers(), migrated_from=chat.id)
    return new
