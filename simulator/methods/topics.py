"""Topics of a forum."""

from simulator.errors import bad_request
from simulator.methods.method import Call, method
from simulator.world import Chat, Json, Topic

MAX_NAME = 128
COLORS = frozenset({7322096, 16766590, 13338331, 9367192, 16749490, 16478047})
THREAD = "chat_id! Chat, message_thread_id! Integer"


def forum(call: Call) -> Chat:
    chat = call.chat_to_write()
    if not chat.forum:
        raise bad_request("the chat is not a forum")
    if not chat.is_admin(call.bot.id):
        raise bad_request("not enough rights to manage topics")
    return chat


def topic_of(call: Call) -> tuple[Chat, Topic]:
    chat = forum(call)
    topic = chat.topics.get(call.get("message_thread_id"))
    if topic is None:
        raise bad_request("TOPIC_ID_INVALID")
    return chat, topic


def checked_name(name: str) -> str:
    if not 1 <= len(name.strip()) <= MAX_NAME:
        raise bad_request("TOPIC_TITLE_EMPTY" if not name.strip() else "TOPIC_TITLE_TOO_LONG")
    return name.strip()


def notice(call: Call, chat: Chat, topic_id: int, content: Json) -> None:
    call.telegram.post(chat, call.bot, {"message_thread_id": topic_id, "is_topic_message": True, **content})


@method("chat_id! Chat, name! String, icon_color Integer, icon_custom_emoji_id String")
def create_forum_topic(call: Call) -> Json:
    chat = forum(call)
    name = checked_name(call.get("name"))
    color = call.get("icon_color", 7322096)
    if color not in COLORS:
        raise bad_request("TOPIC_ICON_COLOR_INVALID")
    # A topic's id is the id of the service message that opens it.
    topic = Topic(chat.last_message_id + 1, name, color, icon_custom_emoji_id=call.get("icon_custom_emoji_id"))
    chat.topics[topic.id] = topic
    looks: Json = {"name": name, "icon_color": color}
    if topic.icon_custom_emoji_id:
        looks["icon_custom_emoji_id"] = topic.icon_custom_emoji_id
    notice(call, chat, topic.id, {"forum_topic_created": looks})
    return {"message_thread_id": topic.id, **looks}


@method(THREAD, "name String, icon_custom_emoji_id String")
def edit_forum_topic(call: Call) -> bool:
    chat, topic = topic_of(call)
    changes = call.picked("icon_custom_emoji_id")
    if call.get("name"):
        changes["name"] = checked_name(call.get("name"))
    if all(getattr(topic, name) == value for name, value in changes.items()):
        raise bad_request("TOPIC_NOT_MODIFIED")
    for name, value in changes.items():
        setattr(topic, name, value)
    notice(call, chat, topic.id, {"forum_topic_edited": changes})
    return True


def set_closed(call: Call, closed: bool) -> bool:
    chat, topic = topic_of(call)
    if topic.closed == closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic.closed = closed
    notice(call, chat, topic.id, {"forum_topic_closed" if closed else "forum_topic_reopened": {}})
    return True


@method(THREAD)
def close_forum_topic(call: Call) -> bool:
    return set_closed(call, True)


@method(THREAD)
def reopen_forum_topic(call: Call) -> bool:
    return set_closed(call, False)


@method(THREAD)
def delete_forum_topic(call: Call) -> bool:
    chat, topic = topic_of(call)
    del chat.topics[topic.id]
    for message in [m for m in chat.messages.values() if m.body.get("message_thread_id") == topic.id]:
        call.telegram.remove(message)
    return True
