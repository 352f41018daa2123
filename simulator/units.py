"""Counting text as Telegram counts it: lengths in code points, entities in UTF-16, errors in bytes."""

from typing import Any

ParsedText = tuple[str, list[dict[str, Any]]]


def utf16_length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf16_slice(text: str, offset: int, length: int) -> str:
    if text.isascii():
        return text[offset : offset + length]
    raw = text.encode("utf-16-le", "surrogatepass")[2 * offset : 2 * (offset + length)]
    return raw.decode("utf-16-le", "replace")


def byte_offset(text: str, position: int) -> int:
    return len(text[:position].encode())


def is_unicode(text: str) -> bool:
    """False for halves of surrogate pairs, which JSON can smuggle in."""
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)
