"""Texts: what the bot says, by key and language, from the catalogues in locales/LANGUAGE/, one for each room."""

import html
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

LANGUAGES = {"id": "Bahasa Indonesia", "en": "English"}
DEFAULT = "id"
LOCALES = Path(__file__).resolve().parent.parent / "locales"


class Raw(str):
    """Text that is HTML already; everything else is escaped when it fills a sentence."""


@cache
def catalogue(language: str) -> Mapping[str, Raw]:
    """All sentences of a language by key, e.g. `report.ask_where`."""
    sentences: dict[str, Raw] = {}
    for path in sorted((LOCALES / language).glob("*.po")):
        with path.open("rb") as file:
            found = {str(message.id): Raw(message.string) for message in read_po(file, locale=language) if message.id}
        assert not sentences.keys() & found.keys(), f"{path} repeats a key"
        sentences |= found
    return sentences


def say(language: str, key: str, **params: object) -> Raw:
    """The sentence in that language as Telegram HTML, its placeholders filled and escaped.

    Raises KeyError for an unknown key: a test walks over every key that the code names."""
    if not params:
        return catalogue(language)[key]
    escaped = {name: value if isinstance(value, Raw) else html.escape(str(value)) for name, value in params.items()}
    return Raw(catalogue(language)[key].format_map(escaped))


def plain(language: str, key: str, **params: object) -> str:
    """The sentence for where no markup is allowed: buttons, toasts, command descriptions."""
    sentence = catalogue(language)[key]
    return sentence.format_map(params) if params else sentence
