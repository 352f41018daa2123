"""MarkdownV2 into plain text with entities, refusing what Telegram refuses."""

import re
from typing import NoReturn

from simulator.errors import bad_request
from simulator.units import ParsedText, byte_offset, utf16_length
from simulator.world import Json

RESERVED = frozenset("_*[]()~`>#+-=|{}.!")
# Longer marks first: __ is underline, not two italics.
MARKS = (("__", "underline"), ("||", "spoiler"), ("*", "bold"), ("_", "italic"), ("~", "strikethrough"))
TYPE_NAMES = {
    "underline": "Underline",
    "spoiler": "Spoiler",
    "bold": "Bold",
    "italic": "Italic",
    "strikethrough": "Strikethrough",
    "link": "TextUrl",
    "emoji": "CustomEmoji",
    "code": "Code",
    "pre": "Pre",
}


def cannot_parse(reason: str) -> NoReturn:
    raise bad_request(f"can't parse entities: {reason}")


class MarkdownParser:
    def __init__(self, source: str) -> None:
        self._source = source
        self._text: list[str] = []
        self._units = 0
        # (kind, start in UTF-16, position in the source)
        self._open: list[tuple[str, int, int]] = []
        self._entities: list[Json] = []
        self._quote: tuple[int, bool] | None = None

    def parse(self) -> ParsedText:
        position = 0
        while position < len(self._source):
            position = self._step(position)
        self._close_quote()
        if self._open:
            self._never_ends(self._open[-1][0], self._open[-1][2])
        return "".join(self._text), self._entities

    def _step(self, position: int) -> int:
        source = self._source
        if self._at_line_start(position) and (end := self._quote_line(position)) is not None:
            return end
        character = source[position]
        if character == "\\" and position + 1 < len(source) and 0 < ord(source[position + 1]) < 127:
            self._emit(source[position + 1])
            return position + 2
        if character == "`":
            return self._code(position)
        if character == "]" and self._open and self._open[-1][0] in ("link", "emoji"):
            return self._close_link(position)
        if character == "[" or source.startswith("![", position):
            kind = "link" if character == "[" else "emoji"
            self._open.append((kind, self._units, position))
            return position + len("[" if kind == "link" else "![")
        return self._mark(position)

    def _mark(self, position: int) -> int:
        if self._quote and self._ends_quote(position):
            self._quote = (self._quote[0], True)
            return position + 2
        for mark, kind in MARKS:
            if self._source.startswith(mark, position):
                return self._toggle(kind, mark, position)
        character = self._source[position]
        if character in RESERVED:
            cannot_parse(f"Character '{character}' is reserved and must be escaped with the preceding '\\'")
        self._emit(character)
        return position + 1

    def _ends_quote(self, position: int) -> bool:
        """|| at the end of a quoted line closes an expandable quotation unless a spoiler waits for it."""
        in_spoiler = any(kind == "spoiler" for kind, _, _ in self._open)
        return self._source.startswith("||", position) and self._ends_line(position + 2) and not in_spoiler

    def _toggle(self, kind: str, mark: str, position: int) -> int:
        if self._open and self._open[-1][0] == kind:
            _, start, _ = self._open.pop()
            self._add(start, {"type": kind})
        elif any(kind == opened for opened, _, _ in self._open):
            self._never_ends(self._open[-1][0], self._open[-1][2])
        else:
            self._open.append((kind, self._units, position))
        return position + len(mark)

    def _code(self, position: int) -> int:
        fence = "```" if self._source.startswith("```", position) else "`"
        kind = "pre" if fence == "```" else "code"
        end = position + len(fence)
        content: list[str] = []
        while not self._source.startswith(fence, end):
            if end >= len(self._source):
                self._never_ends(kind, position)
            if self._source[end] == "\\" and self._source[end + 1 : end + 2] in ("`", "\\"):
                end += 1
            content.append(self._source[end])
            end += 1
        self._add_code(kind, "".join(content))
        return end + len(fence)

    def _add_code(self, kind: str, text: str) -> None:
        entity: Json = {"type": kind}
        if kind == "pre" and (match := re.match(r"([\w+#.-]*)\n", text)):
            text = text[match.end() :]
            if match.group(1):
                entity["language"] = match.group(1)
        start = self._units
        self._emit(text)
        self._add(start, entity)

    def _close_link(self, position: int) -> int:
        kind, start, _ = self._open.pop()
        if not self._source.startswith("(", position + 1):
            return position + 1
        end = position + 2
        url: list[str] = []
        while end < len(self._source) and self._source[end] != ")":
            if self._source[end] == "\\" and end + 1 < len(self._source):
                end += 1
            url.append(self._source[end])
            end += 1
        if end >= len(self._source):
            cannot_parse(f"Can't find end of a URL at byte offset {byte_offset(self._source, position + 1)}")
        self._add(start, link_entity(kind, "".join(url)))
        return end + 1

    def _at_line_start(self, position: int) -> bool:
        return position == 0 or self._source[position - 1] == "\n"

    def _ends_line(self, position: int) -> bool:
        return position >= len(self._source) or self._source[position] == "\n"

    def _quote_line(self, position: int) -> int | None:
        start = re.compile(r"(?:\*\*)?>").match(self._source, position)
        if not start:
            self._close_quote()
            return None
        if self._quote and start.group().startswith("**"):
            self._close_quote()
        self._quote = self._quote or (self._units, False)
        return start.end()

    def _close_quote(self) -> None:
        if self._quote:
            start, expandable = self._quote
            self._quote = None
            self._add(start, {"type": "expandable_blockquote" if expandable else "blockquote"})

    def _emit(self, text: str) -> None:
        self._text.append(text)
        self._units += utf16_length(text)

    def _add(self, start: int, entity: Json) -> None:
        if self._units > start:
            self._entities.append({"offset": start, "length": self._units - start, **entity})

    def _never_ends(self, kind: str, position: int) -> NoReturn:
        at = byte_offset(self._source, position)
        cannot_parse(f"Can't find end of {TYPE_NAMES[kind]} entity at byte offset {at}")


def link_entity(kind: str, url: str) -> Json:
    if kind == "emoji":
        return {"type": "custom_emoji", "custom_emoji_id": url.rpartition("id=")[2]}
    if match := re.fullmatch(r"tg://user\?id=(\d+)", url):
        return {"type": "text_mention", "user_id": int(match.group(1))}
    return {"type": "text_link", "url": url}


def parse_markdown(source: str) -> ParsedText:
    return MarkdownParser(source).parse()
