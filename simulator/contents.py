"""What people's messages say: from an order to the fields of a message."""

from simulator.entities import message_text
from simulator.errors import NotPossible
from simulator.methods.copying import forwarded
from simulator.methods.polls import make_poll
from simulator.methods.sending import location, roll
from simulator.shapes import quoted
from simulator.telegram import Telegram
from simulator.world import Chat, Json, Message, User


def chat_of(telegram: Telegram, person: User, chat_id: int) -> Chat:
    """A chat on this person's screen: a bot's id for a private chat, or a group's."""
    if bot := telegram.world.bots_by_id.get(chat_id):
        return telegram.world.private_chat(bot, person)
    chat = telegram.world.groups.get(chat_id)
    if chat is None:
        raise NotPossible(f"There is no chat {chat_id}.", 404)
    if chat.migrated_to:
        return chat_of(telegram, person, chat.migrated_to)
    return chat


def message_of(chat: Chat, message_id: int) -> Message:
    message = chat.messages.get(message_id)
    if message is None:
        raise NotPossible(f"There is no message {message_id} in this chat.", 404)
    return message


def around(chat: Chat, order: Json) -> Json:
    """The reply and the topic of a message."""
    fields: Json = {}
    if thread := order.get("thread"):
        if thread not in chat.topics:
            raise NotPossible(f"There is no topic {thread} in this chat.", 404)
        fields |= {"message_thread_id": thread, "is_topic_message": True}
    if reply_to := order.get("reply_to"):
        fields["reply_to_message"] = quoted(message_of(chat, reply_to))
    return fields


def content_of(telegram: Telegram, person: User, order: Json) -> Json:
    """What a person's message says, whichever kind it is."""
    for name, build in CONTENTS.items():
        if name in order:
            return build(telegram, person, order)
    raise NotPossible(f"A message has one of {', '.join(CONTENTS)}.")


def text_content(telegram: Telegram, person: User, order: Json) -> Json:
    text, entities = message_text(order["text"], None, order.get("entities"))
    return {"text": text, "entities": entities} if entities else {"text": text}


def location_content(telegram: Telegram, person: User, order: Json) -> Json:
    return {"location": location(order["location"])}


def contact_content(telegram: Telegram, person: User, order: Json) -> Json:
    """A person's own contact carries their id, which is how bots tell it from others'."""
    contact = {"user_id": person.id, "first_name": person.first_name, **order["contact"]}
    if contact["user_id"] is None:
        del contact["user_id"]
    return {"contact": contact}


def venue_content(telegram: Telegram, person: User, order: Json) -> Json:
    venue = dict(order["venue"])
    if "location" not in venue:
        venue["location"] = {"latitude": venue.pop("latitude"), "longitude": venue.pop("longitude")}
    return {"location": venue["location"], "venue": venue}


def poll_content(telegram: Telegram, person: User, order: Json) -> Json:
    poll = dict(order["poll"])
    options = [option if isinstance(option, dict) else {"text": option} for option in poll.pop("options")]
    return {"poll": make_poll({**poll, "options": options})}


def dice_content(telegram: Telegram, person: User, order: Json) -> Json:
    return {"dice": roll(order["dice"])}


def forward_content(telegram: Telegram, person: User, order: Json) -> Json:
    source = chat_of(telegram, person, order["forward"]["from_chat"])
    message = message_of(source, order["forward"]["message_id"])
    return forwarded(message, hide_name=bool(order.get("hide_name")))


def raw_content(telegram: Telegram, person: User, order: Json) -> Json:
    return dict(order["raw"])


CONTENTS = {
    "text": text_content,
    "location": location_content,
    "contact": contact_content,
    "venue": venue_content,
    "poll": poll_content,
    "dice": dice_content,
    "forward": forward_content,
    "raw": raw_content,
}


def edited_text(body: Json, text: str) -> Json:
    """The text of a text message, or the caption of another."""
    field = "text" if "text" in body else "caption"
    marks = "entities" if "text" in body else "caption_entities"
    body.pop(marks, None)
    text, entities = message_text(text, None, None)
    return {field: text} | ({marks: entities} if entities else {})
