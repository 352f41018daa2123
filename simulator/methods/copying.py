"""Forwards and copies of messages."""

from simulator.errors import Refusal, bad_request
from simulator.methods.method import CAPTION, DELIVERY, MARKUP, SUGGESTED, Call, method, one
from simulator.shapes import origin
from simulator.world import Chat, Json, Message

MAX_MESSAGES = 100
# What belongs to a message's place and history rather than to what it says.
OWN = frozenset(
    [
        "message_id",
        "message_thread_id",
        "is_topic_message",
        "from",
        "sender_chat",
        "chat",
        "date",
        "edit_date",
        "forward_origin",
        "reply_to_message",
        "quote",
        "media_group_id",
        "reply_markup",
        "has_protected_content",
        "effect_id",
        "author_signature",
    ]
)
PLACE = "chat_id! Chat, message_thread_id Integer, direct_messages_topic_id Integer, from_chat_id! Chat"
QUIET = "disable_notification Boolean, protect_content Boolean"


def contents(message: Message) -> Json:
    return {k: v for k, v in message.body.items() if k not in OWN}


def forwarded(message: Message, hide_name: bool = False) -> Json:
    fields = contents(message)
    if not hide_name:
        fields["forward_origin"] = origin(message)
    return fields


def count(params: Json) -> int:
    return max(1, len(params.get("message_ids", ())))


def source_message(call: Call, message_id: int, deed: str) -> Message:
    source = call.telegram.find_chat(call.bot, call.get("from_chat_id"))
    message = source.messages.get(message_id)
    if message is None:
        raise bad_request(f"message to {deed} not found")
    if message.body.get("has_protected_content"):
        raise bad_request(f"message can't be {'copied' if deed == 'copy' else 'forwarded'}")
    return message


def source_messages(call: Call, deed: str) -> list[Message]:
    """Those that exist, in order; the rest is skipped, as on Telegram."""
    ids = call.get("message_ids")
    if not 1 <= len(ids) <= MAX_MESSAGES:
        raise bad_request("wrong number of message identifiers specified")
    found = []
    for message_id in ids:
        try:
            found.append(source_message(call, message_id, deed))
        except Refusal:
            continue
    if not found:
        raise bad_request(f"there are no messages to {deed}")
    return found


@method(
    PLACE,
    "message_id! Integer, video_start_timestamp Integer, message_effect_id String",
    QUIET,
    SUGGESTED,
    cost=one,
)
def forward_message(call: Call) -> Json:
    chat = call.chat_to_write()
    message = source_message(call, call.get("message_id"), "forward")
    return call.send(chat, forwarded(message))


@method(PLACE, "message_ids! Array", QUIET, cost=count)
def forward_messages(call: Call) -> list[Json]:
    chat = call.chat_to_write()
    return [id_of(call.send(chat, forwarded(message))) for message in source_messages(call, "forward")]


@method(
    PLACE,
    "message_id! Integer, video_start_timestamp Integer, show_caption_above_media Boolean",
    CAPTION,
    DELIVERY,
    SUGGESTED,
    MARKUP,
    cost=one,
)
def copy_message(call: Call) -> Json:
    chat = call.chat_to_write()
    message = source_message(call, call.get("message_id"), "copy")
    fields = contents(message)
    if "caption" in call.params and "text" not in fields:
        fields.pop("caption", None)
        fields.pop("caption_entities", None)
        fields |= call.caption()
    return id_of(call.send(chat, fields))


@method(PLACE, "message_ids! Array, remove_caption Boolean", QUIET, cost=count)
def copy_messages(call: Call) -> list[Json]:
    chat = call.chat_to_write()
    return [id_of(copy_one(call, chat, message)) for message in source_messages(call, "copy")]


def copy_one(call: Call, chat: Chat, message: Message) -> Json:
    fields = contents(message)
    if call.get("remove_caption"):
        fields.pop("caption", None)
        fields.pop("caption_entities", None)
    return call.send(chat, fields)


def id_of(body: Json) -> Json:
    return {"message_id": body["message_id"]}
