"""Messages as a reader would tell them: for failing tests."""

from simulator.media import kind_of
from simulator.world import Json


def words_of(message: Json) -> str:
    """Everything in a message that a person can read, buttons aside."""
    parts = [message.get("text"), message.get("caption")]
    if venue := message.get("venue"):
        parts += [venue["title"], venue["address"]]
    if poll := message.get("poll"):
        parts += [poll["question"], *(option["text"] for option in poll["options"])]
    if contact := message.get("contact"):
        parts += [contact["first_name"], contact["phone_number"]]
    return "\n".join(part for part in parts if part)


def button_rows(message: Json) -> list[list[str]]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [[button["text"] for button in row] for row in rows]


def line(message: Json) -> str:
    who = "" if message["outgoing"] else message["from"]["first_name"]
    marks = [mark for mark in (kind_of(message), "location" if "location" in message else None) if mark]
    marks += [name for name in ("new_chat_members", "left_chat_member", "pinned_message") if name in message]
    head = f"{'>' if message['outgoing'] else '<'} {who or message['from']['first_name']}:"
    body = " ".join([*(f"[{mark}]" for mark in marks), words_of(message).replace("\n", "\n    ")])
    edited = " (edited)" if message["edited"] else ""
    buttons = "".join("\n    " + " ".join(f"[ {name} ]" for name in row) for row in button_rows(message))
    return f"{head} {body}{edited}{buttons}"


def transcript_of(messages: list[Json]) -> str:
    return "\n".join(line(message) for message in messages) or "(no messages)"
