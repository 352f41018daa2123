"""Formatted text: HTML into plain text with entities, and what every text must be."""

import re
from typing import NoReturn

from simulator.detect import detected
from simulator.errors import bad_request
from simulator.markdown import parse_markdown
from simulator.units import ParsedText, byte_offset, is_unicode, utf16_length
from simulator.world import Json

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_ENTITIES = 100

SIMPLE_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
TAGS = frozenset(SIMPLE_TAGS) | {"a", "span", "tg-emoji"}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}

START_TAG = re.compile(r"<([a-zA-Z][\w-]*)((?:\s+[\w-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]+))?)*)\s*>")
ATTRIBUTE = re.compile(r"([\w-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+)))?")
END_TAG = re.compile(r"</([a-zA-Z][\w-]*)\s*>")
REFERENCE = re.compile(r"&(?:#(\d+)|#x([0-9a-fA-F]+)|([a-z]+));?")


def cannot_parse(reason: str) -> NoReturn:
    raise bad_request(f"can't parse entities: {reason}")


class HtmlParser:
    """Telegram's HTML: few tags, every one closed, and precise about what is wrong."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._text: list[str] = []
        self._units = 0
        self._open: list[tuple[str, Json | None, int]] = []
        self._entities: list[Json] = []

    def parse(self) -> ParsedText:
        position = 0
        while position < len(self._source):
            position = self._step(position)
        if self._open:
            tag = self._open[-1][0]
            cannot_parse(f'Can\'t find end tag corresponding to start tag "{tag}"')
        return "".join(self._text), self._entities

    def _step(self, position: int) -> int:
        character = self._source[position]
        if character == "<":
            return self._end(position) if self._source.startswith("</", position) else self._start(position)
        match = REFERENCE.match(self._source, position) if character == "&" else None
        if match and (replacement := decode_reference(match)) is not None:
            self._emit(replacement)
            return match.end()
        following = self._source.find("<", position + 1)
        ampersand = self._source.find("&", position + 1)
        stops = [stop for stop in (following, ampersand) if stop > 0]
        end = min(stops, default=len(self._source))
        self._emit(self._source[position:end])
        return end

    def _emit(self, text: str) -> None:
        self._text.append(text)
        self._units += utf16_length(text)

    def _start(self, position: int) -> int:
        match = START_TAG.match(self._source, position)
        at = byte_offset(self._source, position)
        if not match:
            name = re.match(r"<([\w-]*)", self._source[position:])
            tag = (name.group(1) if name else "").lower()
            if tag not in TAGS:
                cannot_parse(f'Unsupported start tag "{tag}" at byte offset {at}')
            cannot_parse(f'Unclosed start tag "{tag}" at byte offset {at}')
        tag = match.group(1).lower()
        if tag not in TAGS:
            cannot_parse(f'Unsupported start tag "{tag}" at byte offset {at}')
        attributes = {
            name: decode_references(double or single or bare)
            for name, double, single, bare in ATTRIBUTE.findall(match.group(2))
        }
        self._open.append((tag, self._entity(tag, attributes, at), self._units))
        return match.end()

    def _entity(self, tag: str, attributes: dict[str, str], at: int) -> Json | None:
        if tag == "a":
            href = attributes.get("href", "")
            return link_entity(href) if href else None
        if tag == "span":
            if attributes.get("class") != "tg-spoiler":
                cannot_parse(f'Tag "span" must have class "tg-spoiler" at byte offset {at}')
            return {"type": "spoiler"}
        if tag == "tg-emoji":
            return {"type": "custom_emoji", "custom_emoji_id": attributes.get("emoji-id", "")}
        if tag == "blockquote" and "expandable" in attributes:
            return {"type": "expandable_blockquote"}
        return self._code_entity(tag, attributes)

    def _code_entity(self, tag: str, attributes: dict[str, str]) -> Json | None:
        language = attributes.get("class", "")
        if tag == "code" and language.startswith("language-") and self._open and self._open[-1][0] == "pre":
            pre = self._open[-1][1]
            if pre is not None:
                pre["language"] = language.removeprefix("language-")
            return None
        return {"type": SIMPLE_TAGS[tag]}

    def _end(self, position: int) -> int:
        match = END_TAG.match(self._source, position)
        at = byte_offset(self._source, position)
        if not match:
            cannot_parse(f"Unclosed end tag at byte offset {at}")
        if not self._open:
            cannot_parse(f"Unexpected end tag at byte offset {at}")
        tag, entity, start = self._open.pop()
        if match.group(1).lower() != tag:
            cannot_parse(f'Unmatched end tag at byte offset {at}, expected "</{tag}>", found "{match.group(0)}"')
        if entity and self._units > start:
            self._entities.append({"offset": start, "length": self._units - start, **entity})
        return match.end()


def link_entity(url: str) -> Json:
    if match := re.fullmatch(r"tg://user\?id=(\d+)", url):
        return {"type": "text_mention", "user_id": int(match.group(1))}
    return {"type": "text_link", "url": url if "://" in url or url.startswith("tel:") else f"http://{url}/"}


def decode_reference(match: re.Match[str]) -> str | None:
    decimal, hexadecimal, name = match.groups()
    if name:
        return NAMED.get(name)
    code = int(decimal) if decimal else int(hexadecimal, 16)
    return chr(code) if 0 < code < 0x110000 else None


def decode_references(text: str) -> str:
    return REFERENCE.sub(lambda match: decode_reference(match) or match.group(0), text)


def parse(text: str, parse_mode: str | None, entities: list[Json] | None) -> ParsedText:
    """Plain text and entities, trimmed as the server trims. Raises Refusal in Telegram's words."""
    if not is_unicode(text):
        raise bad_request("strings must be encoded in UTF-8")
    mode = (parse_mode or "").lower()
    if mode == "html":
        text, entities = HtmlParser(text).parse() if "<" in text or "&" in text else (text, [])
    elif mode == "markdownv2":
        text, entities = parse_markdown(text)
    elif mode:
        raise bad_request("unsupported parse_mode")
    text, entities = trim(text, entities or [])
    if len(entities) > MAX_ENTITIES:
        raise bad_request("ENTITIES_TOO_LONG")
    found = detected(text, entities)
    if found:
        entities = entities + found
    entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return text, entities


def trim(text: str, entities: list[Json]) -> ParsedText:
    """Whitespace around a text is not sent; entities move with it and empty ones vanish."""
    stripped = text.strip()
    if not entities:
        return stripped, []
    lead = utf16_length(text[: len(text) - len(text.lstrip())])
    size = utf16_length(stripped)
    kept = []
    for entity in entities:
        start = max(0, entity["offset"] - lead)
        end = min(size, entity["offset"] + entity["length"] - lead)
        if end > start:
            kept.append({**entity, "offset": start, "length": end - start})
    return stripped, kept


def message_text(text: str, parse_mode: str | None, entities: list[Json] | None) -> ParsedText:
    text, found = parse(text, parse_mode, entities)
    if not text:
        raise bad_request("message text is empty")
    if len(text) > MAX_TEXT:
        raise bad_request("message is too long")
    return text, found


def caption_text(text: str, parse_mode: str | None, entities: list[Json] | None) -> ParsedText:
    text, found = parse(text, parse_mode, entities)
    if len(text) > MAX_CAPTION:
        raise bad_request("message caption is too long")
    return text, found
