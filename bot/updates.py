"""Updates as they come off the wire: who sent one, where, and whether it can be one at all."""

import json
import re
from typing import Any

# What we ask Telegram for. Anything else that still arrives is acknowledged and left alone.
ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member", "chat_member"]
# A message has at most 4,096 characters and 100 entities; ten times as much is no message any more.
LARGEST_UPDATE_BYTES = 256 * 1024
DEEPEST = 40
LARGEST_ID = 2**31  # of an update: Telegram's own count ends at two thousand million

UNREADABLE = "unreadable"


class Malformed(Exception):
    """Not an update that Telegram could have sent."""


def update_id(raw: Any) -> int | None:
    value = raw.get("update_id") if isinstance(raw, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < LARGEST_ID else None


def kind(raw: dict[str, Any]) -> str | None:
    return next((name for name in ALLOWED_UPDATES if isinstance(raw.get(name), dict)), None)


def sender(raw: dict[str, Any]) -> dict[str, Any] | None:
    """The user object of whoever caused it; None for channels and for what has no shape."""
    name = kind(raw)
    user = raw[name].get("from") if name else None
    return user if isinstance(user, dict) and _is_id(user.get("id")) else None


def chat(raw: dict[str, Any]) -> dict[str, Any] | None:
    name = kind(raw)
    if name is None:
        return None
    holder = raw[name].get("message") if name == "callback_query" else raw[name]
    found = holder.get("chat") if isinstance(holder, dict) else None
    return found if isinstance(found, dict) and _is_id(found.get("id")) else None


def is_private(raw: dict[str, Any]) -> bool:
    found = chat(raw)
    return found is not None and found.get("type") == "private"


def counts(raw: dict[str, Any]) -> bool:
    """Whether it counts against its sender's allowance: what they say to us, not what they say in a group, and never
    what Telegram reports about a chat."""
    name = kind(raw)
    if name in (None, "my_chat_member", "chat_member"):
        return False
    if name == "callback_query" or is_private(raw):
        return True
    return str(raw[name].get("text") or "").startswith("/")


def refuse_monsters(raw: Any) -> None:
    """Raises Malformed for what would cost seconds merely to look at. Counts no more than it must."""
    if isinstance(raw, dict) and UNREADABLE in raw:
        raise Malformed("no JSON")
    budget = LARGEST_UPDATE_BYTES
    waiting: list[tuple[Any, int]] = [(raw, 0)]
    while waiting:
        value, depth = waiting.pop()
        if depth > DEEPEST:
            raise Malformed("nested too deep")
        if isinstance(value, dict):
            budget -= sum(16 + len(name) for name in value)
            waiting.extend((inner, depth + 1) for inner in value.values())
        elif isinstance(value, list):
            budget -= 16 * len(value)
            waiting.extend((inner, depth + 1) for inner in value[: budget // 8 + 1])
        elif isinstance(value, str):
            budget -= len(value)
        if budget < 0:
            raise Malformed("larger than any update")


def keepable(raw: Any) -> Any:
    """The same as plain JSON that can be sealed: without halves of characters, and however deep it is nested."""
    if raw is None:
        return {UNREADABLE: "null"}
    try:
        return json.loads(json.dumps(raw, ensure_ascii=False, default=repr).encode("utf-8", "replace"))
    except (RecursionError, ValueError):
        return {UNREADABLE: "nested too deep"}


def unreadable(body: bytes) -> dict[str, Any]:
    """An update whose very bytes are no JSON that can be read; its id is looked for in them."""
    raw: dict[str, Any] = {UNREADABLE: body[:LARGEST_UPDATE_BYTES].decode("utf-8", "replace")}
    if found := re.search(rb'"update_id"\s*:\s*(\d{1,10})\b', body):
        raw["update_id"] = int(found[1])
    return raw


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**62
