"""Pinned messages."""

from simulator.errors import bad_request
from simulator.methods.method import Call, method
from simulator.shapes import quoted
from simulator.world import Chat


def check_may_pin(call: Call, chat: Chat) -> None:
    if not chat.is_private() and not chat.is_admin(call.bot.id):
        raise bad_request("not enough rights to manage pinned messages in the chat")


@method("business_connection_id String, chat_id! Chat, message_id! Integer, disable_notification Boolean")
def pin_chat_message(call: Call) -> bool:
    chat = call.chat_to_write()
    check_may_pin(call, chat)
    message = call.message(chat, "message to pin not found")
    if message.id in chat.pinned:
        chat.pinned.remove(message.id)
    chat.pinned.append(message.id)
    call.telegram.post(chat, call.bot, {"pinned_message": quoted(message)})
    return True


@method("business_connection_id String, chat_id! Chat, message_id Integer")
def unpin_chat_message(call: Call) -> bool:
    chat = call.chat_to_write()
    check_may_pin(call, chat)
    message_id = call.get("message_id", chat.pinned[-1] if chat.pinned else 0)
    if message_id not in chat.pinned:
        raise bad_request("message to unpin not found")
    chat.pinned.remove(message_id)
    return True


@method("chat_id! Chat")
def unpin_all_chat_messages(call: Call) -> bool:
    chat = call.chat_to_write()
    check_may_pin(call, chat)
    chat.pinned.clear()
    return True
