"""Entities that the server finds by itself: commands, mentions, hashtags, links."""

import re

from simulator.units import utf16_length
from simulator.world import Json

PATTERNS = (
    ("url", re.compile(r"(?:https?|tg)://[^\s<>\"]*[^\s<>\".,;:!?)\]']", re.IGNORECASE)),
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("url", re.compile(r"(?<![\w@./-])(?:[a-z0-9-]+\.)+(?:com|org|net|id|me|io|gov|info)\b(?:/[^\s<>\"]*)?", re.I)),
    ("bot_command", re.compile(r"(?<![\w/<>])/[a-zA-Z0-9_]{1,64}(?:@[a-zA-Z0-9_]{3,32})?(?![\w@/])")),
    ("mention", re.compile(r"(?<!\w)@[a-zA-Z0-9_]{3,32}\b")),
    ("hashtag", re.compile(r"(?<!\w)#(?!\d+\b)\w{1,256}")),
)
MAY_HOLD_ENTITY = re.compile(r"[/@#.]")
# Nothing is looked for inside these.
OPAQUE = frozenset({"code", "pre", "text_link", "text_mention", "url", "email", "mention", "bot_command"})


def detected(text: str, known: list[Json]) -> list[Json]:
    """New entities in `text` that do not touch known links or code."""
    if not MAY_HOLD_ENTITY.search(text):
        return []
    taken = [(e["offset"], e["offset"] + e["length"]) for e in known if e["type"] in OPAQUE]
    found: list[Json] = []
    for kind, pattern in PATTERNS:
        for match in pattern.finditer(text):
            start = utf16_length(text[: match.start()])
            end = start + utf16_length(match.group())
            if all(end <= left or start >= right for left, right in taken):
                taken.append((start, end))
                found.append({"offset": start, "length": end - start, "type": kind})
    return found
