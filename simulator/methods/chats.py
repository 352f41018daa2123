"""Chats and their members, as a bot asks about them."""

from simulator.errors import bad_request
from simulator.groups import remove_member
from simulator.methods.method import Call, method
from simulator.shapes import full_chat, member_shape
from simulator.world import Chat, Json, Member


@method("chat_id! Chat")
def get_chat(call: Call) -> Json:
    return full_chat(call.chat(), call.bot)


def group(call: Call) -> Chat:
    chat = call.chat_to_write()
    if chat.is_private():
        raise bad_request("there are no administrators in the private chat")
    return chat


@method("chat_id! Chat, user_id! Integer")
def get_chat_member(call: Call) -> Json:
    chat = call.chat_to_write()
    user = call.telegram.world.user(call.get("user_id"))
    if user is None:
        raise bad_request("invalid user_id specified")
    if chat.is_private():
        return member_shape(Member(user))
    return member_shape(chat.members.get(user.id) or Member(user, "left"))


@method("chat_id! Chat")
def get_chat_member_count(call: Call) -> int:
    chat = call.chat_to_write()
    if chat.is_private():
        return 2
    return sum(chat.is_member(user_id) for user_id in chat.members)


@method("chat_id! Chat, return_bots Boolean")
def get_chat_administrators(call: Call) -> list[Json]:
    chat = group(call)
    admins = [m for m in chat.members.values() if chat.is_admin(m.user.id)]
    with_bots = call.get("return_bots", False)
    return [member_shape(m) for m in admins if with_bots or not m.user.is_bot or m.user.id == call.bot.id]


@method("chat_id! Chat")
def leave_chat(call: Call) -> bool:
    chat = group(call)
    remove_member(call.telegram, chat, call.bot, call.bot)
    return True
