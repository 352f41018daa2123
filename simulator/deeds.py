"""What people do in their app: write, edit, react, press, block."""

import asyncio
import re
from typing import Any

from simulator.contents import around, chat_of, content_of, edited_text, message_of
from simulator.entities import caption_text
from simulator.errors import NotPossible
from simulator.files import Upload
from simulator.groups import the_bot
from simulator.media import media_fields
from simulator.methods.polls import vote
from simulator.methods.sending import location
from simulator.shapes import member_shape
from simulator.telegram import Telegram
from simulator.world import ANONYMOUS_ADMIN_ID, CHANNEL_SENDER_ID, Bot, Chat, Json, Member, Message, User

ANONYMOUS_ADMIN = User(ANONYMOUS_ADMIN_ID, "Group", username="GroupAnonymousBot", is_bot=True)
CHANNEL_SENDER = User(CHANNEL_SENDER_ID, "Channel", username="Channel_Bot", is_bot=True)
PRESS_WAIT_SECONDS = 10
PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")


# Writing


def send(telegram: Telegram, person: User, order: Json) -> Message:
    chat = chat_of(telegram, person, order["chat"])
    check_may_write(chat, person)
    content = {**around(chat, order), **content_of(telegram, person, order)}
    return publish(telegram, chat, person, content, order.get("as"))


def check_may_write(chat: Chat, person: User) -> None:
    if chat.is_private():
        if chat.blocked:
            raise NotPossible(f"{person.first_name} blocked this bot.")
        chat.started = True
    elif not chat.is_member(person.id):
        raise NotPossible(f"{person.first_name} is not in {chat.title}.")


def publish(telegram: Telegram, chat: Chat, person: User, content: Json, disguise: str | None = None) -> Message:
    sender, sender_chat = disguised(chat, person, disguise)
    message = telegram.post(chat, sender, content, sender_chat)
    message.sender_id = person.id
    chat.read[person.id] = message.id
    use_up_keyboard(chat, content)
    telegram.announce(message, "channel_post" if chat.kind == "channel" else "message")
    return message


def disguised(chat: Chat, person: User, disguise: str | None) -> tuple[User, Json | None]:
    if disguise is None:
        return person, None
    if disguise == "anonymous_admin":
        if not chat.is_admin(person.id):
            raise NotPossible("Only an admin can write anonymously.")
        return ANONYMOUS_ADMIN, chat.shape
    if disguise == "channel":
        # A channel of the person's own; its id is made from theirs.
        channel = {"id": -1_003_000_000_000 - person.id % 10**9, "title": person.first_name, "type": "channel"}
        return CHANNEL_SENDER, channel
    raise NotPossible("A person writes as anonymous_admin or channel, or as themselves.")


def use_up_keyboard(chat: Chat, content: Json) -> None:
    for bot_id, markup in list(chat.keyboards.items()):
        names = [b if isinstance(b, str) else b["text"] for row in markup["keyboard"] for b in row]
        if markup.get("one_time_keyboard") and content.get("text") in names:
            del chat.keyboards[bot_id]


def send_files(telegram: Telegram, person: User, order: Json, uploads: list[Upload]) -> list[Message]:
    """One message for each file; several are an album, the caption on its first."""
    chat = chat_of(telegram, person, int(order["chat"]))
    check_may_write(chat, person)
    kind = order.get("kind", "photo")
    extra = around(chat, {name: int(order[name]) for name in ("reply_to", "thread") if order.get(name)})
    if len(uploads) > 1:
        extra["media_group_id"] = str(telegram.world.next_seq() + 13_000_000_000_000_000)
    sent = []
    for position, upload in enumerate(uploads):
        file = telegram.files.add(upload, kind)
        content = {**extra, **media_fields(file, kind, order)}
        if position == 0 and order.get("caption"):
            text, entities = caption_text(order["caption"], None, None)
            content |= {"caption": text} | ({"caption_entities": entities} if entities else {})
        sent.append(publish(telegram, chat, person, content, order.get("as")))
    return sent


# Changing


def edit(telegram: Telegram, person: User, order: Json) -> Message:
    message = message_of(chat_of(telegram, person, order["chat"]), order["message_id"])
    if message.sender_id != person.id:
        raise NotPossible("A person can edit only their own messages.")
    body = dict(message.body)
    if "text" in order:
        body |= edited_text(body, order["text"])
    if "location" in order:
        if "live_period" not in body.get("location", {}):
            raise NotPossible("Only a live location can move.")
        body["location"] = location({**body["location"], **order["location"]})
    telegram.change(message, body)
    telegram.announce(message, "edited_message")
    return message


def delete(telegram: Telegram, person: User, order: Json) -> None:
    telegram.remove(message_of(chat_of(telegram, person, order["chat"]), order["message_id"]))


def react(telegram: Telegram, person: User, order: Json) -> None:
    chat = chat_of(telegram, person, order["chat"])
    message = message_of(chat, order["message_id"])
    old = message.reactions.get(person.id, [])
    new = [order["emoji"]] if order.get("emoji") else []
    message.reactions[person.id] = new
    update: Json = {
        "chat": chat.shape,
        "message_id": message.id,
        "user": person.shape(),
        "date": int(telegram.clock.now()),
        "old_reaction": [{"type": "emoji", "emoji": emoji} for emoji in old],
        "new_reaction": [{"type": "emoji", "emoji": emoji} for emoji in new],
    }
    for bot in telegram.bots_in(chat):
        # In groups only an admin bot is told of reactions.
        if chat.is_private() or chat.is_admin(bot.id):
            telegram.queues[bot.id].add("message_reaction", update, chat.id)
    show_reactions(telegram, message)


def show_reactions(telegram: Telegram, message: Message) -> None:
    chat = message.chat
    by = [{"emoji": emoji, "by": user_id} for user_id, emojis in message.reactions.items() for emoji in emojis]
    place = chat.id_for_people()
    telegram.events.tell("reaction", place, chat.watchers(), message_id=message.id, reactions=by)


def cast_vote(telegram: Telegram, person: User, order: Json) -> None:
    chat = chat_of(telegram, person, order["chat"])
    vote(telegram, message_of(chat, order["message_id"]), person, order["options"])


# Pressing


async def press(telegram: Telegram, person: User, order: Json) -> Json:
    chat = chat_of(telegram, person, order["chat"])
    message = message_of(chat, order["message_id"])
    button = {"callback_data": order["data"]} if "data" in order else button_of(message, order)
    if "url" in button:
        return {"answer": None, "url": button["url"]}
    if "copy_text" in button:
        return {"answer": None, "copied": button["copy_text"]["text"]}
    if "callback_data" not in button:
        raise NotPossible("The simulator cannot press this kind of button.")
    bot = telegram.world.bots_by_id.get(message.sender_id)
    if bot is None:
        raise NotPossible("No bot sent this message.")
    return await press_callback(telegram, person, bot, message, button["callback_data"], order)


async def press_callback(telegram: Telegram, person: User, bot: Bot, message: Message, data: str, order: Json) -> Json:
    if message.chat.blocked:
        raise NotPossible(f"{person.first_name} blocked this bot.")
    query = telegram.ask(bot, person, message.chat)
    payload = {
        "id": query.id,
        "from": person.shape(),
        "message": message.body,
        "chat_instance": str(message.chat.id_for_people() * 31),
        "data": data,
    }
    telegram.queue_callback(query, payload)
    try:
        async with asyncio.timeout(float(order.get("wait", PRESS_WAIT_SECONDS))):
            return {"answer": shown(await query.answer)}
    except TimeoutError:
        return {"answer": None, "timed_out": True}


def shown(answer: Json) -> Json | None:
    """An empty answer only stops the clock on the button; there is nothing to see."""
    return answer if answer["text"] or answer["url"] else None


def button_of(message: Message, order: Json) -> Json:
    rows: list[list[Json]] = message.body.get("reply_markup", {}).get("inline_keyboard", [])
    if "row" in order:
        try:
            return rows[order["row"]][order["column"]]
        except IndexError:
            raise NotPossible("There is no button in that place.", 404) from None
    text = order.get("text", "")
    buttons = [button for row in rows for button in row]
    exact = [button for button in buttons if button["text"] == text]
    found = exact or [button for button in buttons if text in button["text"]]
    if not found:
        names = ", ".join(button["text"] for button in buttons) or "none"
        raise NotPossible(f"There is no button {text!r}; there are: {names}.", 404)
    return found[0]


async def query_inline(telegram: Telegram, person: User, order: Json) -> Json:
    bot = the_bot(telegram, order["bot"])
    query = telegram.ask(bot, person, None)
    payload = {"id": query.id, "from": person.shape(), "query": order.get("query", ""), "offset": ""}
    telegram.queues[bot.id].add("inline_query", payload, person.id)
    try:
        async with asyncio.timeout(float(order.get("wait", PRESS_WAIT_SECONDS))):
            return await query.answer
    except TimeoutError:
        return {"results": None, "timed_out": True}


# Starting and blocking


def start(telegram: Telegram, person: User, order: Json) -> Message:
    bot = the_bot(telegram, order["bot"])
    set_blocked(telegram, person, bot, False)
    payload = order.get("payload")
    if payload and not PAYLOAD.fullmatch(payload):
        raise NotPossible("A link's payload is up to 64 letters, digits, _ and -.")
    text = f"/start {payload}" if payload else "/start"
    return send(telegram, person, {"chat": bot.id, "text": text})


def set_blocked(telegram: Telegram, person: User, bot: Bot, blocked: bool) -> None:
    chat = telegram.world.private_chat(bot, person)
    if chat.blocked == blocked:
        return
    chat.blocked = blocked
    before, after = ("member", "kicked") if blocked else ("kicked", "member")
    update: dict[str, Any] = {
        "chat": chat.shape,
        "from": person.shape(),
        "date": int(telegram.clock.now()),
        "old_chat_member": member_shape(Member(bot, before)),
        "new_chat_member": member_shape(Member(bot, after)),
    }
    telegram.queues[bot.id].add("my_chat_member", update, chat.id)
    telegram.events.tell("chat", bot.id, [person.id])
