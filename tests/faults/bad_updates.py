"""Updates that no Telegram would send, or none that we know yet: made by hand, and by spoiling real ones."""

import copy
import itertools
import json
import random
import time
from typing import Any

from simulator.testing import Simulator

Json = dict[str, Any]
SURROGATE = "\ud800"
CANARY = "kenari-kuning-di-sangkar"  # words that must not be found where they do not belong
numbers = itertools.count(500_000)


def message(sender: int, text: Any = "/bantuan", **more: Any) -> Json:
    """A private message as Telegram shapes it."""
    user = {"id": sender, "is_bot": False, "first_name": "Warga", "language_code": "id"}
    chat = {"id": sender, "type": "private", "first_name": "Warga"}
    body = {"message_id": next(numbers), "date": int(time.time()), "chat": chat, "from": user, "text": text, **more}
    if isinstance(text, str) and text.startswith("/"):
        length = len(text.split()[0])
        body.setdefault("entities", [{"type": "bot_command", "offset": 0, "length": length}])
    return {"message": {name: value for name, value in body.items() if value is not None}}


def press(sender: int, data: Any) -> Json:
    user = {"id": sender, "is_bot": False, "first_name": "Warga", "language_code": "id"}
    below = message(sender, "pertanyaan")["message"]
    query = {"id": str(next(numbers)), "from": user, "message": below, "chat_instance": "1", "data": data}
    return {"callback_query": query}


def acquaint(simulator: Simulator) -> None:
    """Everybody has started the bot, or it may not write to them."""
    telegram = simulator.server.telegram
    for person in telegram.world.people.values():
        telegram.world.private_chat(telegram.world.bots_by_id[simulator.bot["id"]], person).started = True


def put(simulator: Simulator, *raws: Json | str) -> list[int]:
    """Puts them into the bot's queue at one moment; a text is taken as it is, with its update_id for `%d`."""
    queue = simulator.server.telegram.queues[simulator.bot["id"]]
    acquaint(simulator)
    ids = []
    for raw in raws:
        body = {} if isinstance(raw, str) else raw
        number = queue.add_raw(body, next(iter(body), "message"), _chat(body) or next(numbers))
        if isinstance(raw, str):
            queue.pending[number].text = raw.replace("%d", str(number))
        else:
            queue.pending[number].text = json.dumps({"update_id": number, **raw})
        ids.append(number)
    return ids


def nested(depth: int, inner: Any = CANARY) -> Any:
    for _ in range(depth):
        inner = {"reply_to_message": inner}
    return inner


def _chat(raw: Json) -> int | None:
    """Telegram delivers what belongs to one chat in order, and one chat beside the other."""
    inner = raw.get("message")
    chat = inner.get("chat") if isinstance(inner, dict) else None
    number = chat.get("id") if isinstance(chat, dict) else None
    return number if isinstance(number, int) else None


# These spoil the whole answer in which they come.
DEEP = '{"update_id": %d, "message": ' + '{"reply_to_message":' * 3000 + f'"{CANARY}"' + "}" * 3001
LONG_NUMBER = f'{{"update_id": %d, "message": {{"text": "{CANARY}", "date": ' + "9" * 6000 + "}}"


def malformed(sender: int) -> dict[str, Json]:
    """One of each kind that cannot be handled, by name."""
    entity = {"type": "bold", "offset": 0, "length": 4}
    return {
        "an entity without its offset": message(sender, CANARY, entities=[{"type": "bold", "length": 4}]),
        "5 MB of entities": message(sender, CANARY, entities=[entity] * 100_000),
        "a text of 5 MB": message(sender, CANARY * 210_000),
        "a text that is a list": message(sender, [CANARY]),
        "a text that is an object": message(sender, {"words": CANARY}),
        "a date that is a text": message(sender, CANARY, date="yesterday"),
        "a huge date": message(sender, CANARY, date=10**30),
        "a chat that is null": {"message": {**message(sender, CANARY)["message"], "chat": None}},
        "a chat without a type": message(sender, CANARY, chat={"id": sender}),
        "a sender that is a list": message(sender, CANARY, **{"from": [CANARY]}),
        "a chat id that is a text": message(sender, CANARY, chat={"id": CANARY, "type": "private"}),
        "a huge chat id": message(sender, CANARY, chat={"id": 10**40, "type": "private"}),
        "a photo that is a text": message(sender, None, photo=CANARY),
        "a photo without sizes": message(sender, None, photo=[{"file_id": CANARY}]),
        "a place without latitude": message(sender, None, location={"longitude": 113.7}),
        "a place in words": message(sender, None, location={"latitude": CANARY, "longitude": [CANARY]}),
        "a message that is a text": {"message": CANARY},
        "a message that is null but for its id": {"message": {"message_id": 1}},
        "a press without a sender": {"callback_query": {"id": "1", "data": CANARY}},
        "a press whose data is a list": press(sender, [CANARY]),
        "half a character in a file's id": message(
            sender, None, photo=[{"file_id": SURROGATE + CANARY, "file_unique_id": "u", "width": 1, "height": 1}]
        ),
        "nested too deep": {"message": nested(200)},
    }


def unknown(sender: int) -> dict[str, Json]:
    """What is understood well enough to be left alone."""
    query = {"id": "1", "from": message(sender)["message"]["from"], "query": CANARY, "offset": ""}
    return {
        "an unknown kind": {"telepathy": {"from": {"id": sender}, "thought": CANARY}},
        "nothing at all": {},
        "a kind that we do not ask for": {"inline_query": query},
        "a field that is not known yet": message(sender, None, hologram={"id": CANARY}),
    }


def spoiled(raw: Json, chance: random.Random) -> Json:
    """The same update with something wrong in it."""
    raw = copy.deepcopy(raw)
    for _ in range(chance.randint(1, 3)):
        places = list(_places(raw))
        if not places:
            break
        holder, key = chance.choice(places)
        act = chance.random()
        if act < 0.2 and isinstance(holder, dict):
            del holder[key]
        elif act < 0.3 and isinstance(holder, dict):
            holder[str(chance.choice(WRONG))[:30]] = holder[key]
        else:
            holder[key] = copy.deepcopy(chance.choice(WRONG))
    return raw


def _places(value: Any) -> Any:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(items):
        yield value, key
        yield from _places(inner)


WRONG: tuple[Any, ...] = (
    None, True, 0, -1, 2**31, 2**53, 2**63, 2**64, -(2**63), 10**40, 1.5, -1e308, float("nan"), float("inf"),
    "", "0", "null", CANARY, "\x00", "a\x00b", SURROGATE, "\udfff\ud800", "\u202e", "𝕊" * 40, "x" * 5000, "/lapor",
    "/start " + "A" * 200, "kirim", "1", "v1:", "rk.", "%s%n{}", "'; DROP TABLE people; --", "<b>", "&lt;", "\n" * 300,
    [], {}, [None], [[]], {"id": None}, {"id": "1"}, {"": ""}, [{}] * 50, ["x"] * 200, {"type": "private"}, nested(60),
)  # fmt: skip
