"""Words: cleaning what people type, and reading the short answers in it."""

import re
from collections.abc import Collection, Sequence
from typing import TypeVar

from models import Anonymity, When

# Control characters, marks that reverse the writing direction, and halves of characters: they can hide or fake words.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_MANY_BREAKS = re.compile(r"\n{3,}")
_NO_WORD = re.compile(r"[^\w\s]+")
_WEB = re.compile(r"\b(h)tt(ps?)://", re.IGNORECASE)
_SCHEME = re.compile(r"(?<=\w)(?<!\bhxxp)(?<!\bhxxps)://", re.IGNORECASE)
_DOMAIN = re.compile(r"(?<=\w)\.(?=[^\W\d_]{2,}\b)")
_NAME = re.compile(r"@(?=\w)")
_COMMAND = re.compile(r"(?<![\w/<>])/(?=\w)")
JOINER = "\u2060"  # joins two letters invisibly, so that they are no name and no command
_COORDINATES = re.compile(r"(?<![\d.])(-?\d{1,2}\.\d{3,})\s*(?:,|%2C)\s*(-?\d{2,3}\.\d{3,})")

# Answers may be typed in either language, whatever the person chose. The first line that fits wins.
WHEN_ANSWERS: Sequence[tuple[When, Sequence[str]]] = (
    (When.OFTEN, ("sering", "selalu", "setiap", "tiap", "kerap", "terus menerus", "often", "always", "every")),
    (When.NOW, ("sekarang", "skrg", "skrng", "saat ini", "masih", "sedang berlangsung", "now", "ongoing")),
    (When.EARLIER, ("tadi", "barusan", "baru saja", "baru aja", "kemarin", "kmrn", "semalam", "lalu", "sudah lewat")),
    (When.EARLIER, ("jam", "pukul", "earlier", "just", "yesterday", "ago", "last", "this morning")),
    (When.NOW, ("lagi", "sedang")),
)
ANONYMITY_ANSWERS: Sequence[tuple[Anonymity, Sequence[str]]] = (
    (Anonymity.FULL, ("penuh", "total", "full", "fully", "kode", "code")),
    (Anonymity.TWO_WAY, ("tanpa nama", "jangan", "without")),
    (Anonymity.NAMED, ("nama", "bernama", "name", "named")),
    (Anonymity.TWO_WAY, ("anonim", "anonym", "anonymous", "rahasia")),
)
SEND_WORDS = frozenset({"kirim", "ya kirim", "kirimkan", "krim", "ya", "iya", "oke", "ok", "send", "yes", "submit"})
BACK_WORDS = frozenset({"kembali", "back"})
SKIP_WORDS = frozenset({"lewati", "lewat", "skip", "lupa", "don t know", "not sure"}) | {
    f"{no} {know}"
    for no in ("tidak", "tdk", "tak", "gak", "ga", "gk", "nggak", "ngga", "enggak", "ndak")
    for know in ("tahu", "tau", "ingat", "yakin")
}
CANCEL_WORDS = frozenset({"batal", "batalkan", "cancel"})

THANKS = frozenset({"terima kasih", "terimakasih", "makasih", "makasi", "trims", "tks", "suwun", "matur suwun"}) | {
    "matur nuwun",
    "terima kasih banyak",
    "makasih banyak",
    "thanks",
    "thank you",
    "thank u",
    "thx",
    "ok terima kasih",
}
GREETINGS = frozenset({"halo", "hallo", "hai", "hi", "hello", "pagi", "siang", "sore", "malam", "selamat pagi"}) | {
    "selamat siang",
    "selamat sore",
    "selamat malam",
    "permisi",
    "assalamualaikum",
    "assalamu alaikum",
    "p",
    "tes",
    "menu",
}

LONGEST_ANSWER = 40

Answer = TypeVar("Answer")


def clean(text: str) -> str:
    """What a person typed, without characters that are not for reading."""
    return _MANY_BREAKS.sub("\n\n", _UNWANTED.sub("", text)).strip()


def plain(text: str) -> str:
    """For comparing: lower case, no punctuation, single spaces."""
    return " ".join(_NO_WORD.sub(" ", text.casefold()).split())


def is_one_of(text: str, words: Collection[str]) -> bool:
    """Whether the whole text is one of these, which are in plain writing."""
    return len(text) <= LONGEST_ANSWER and plain(text) in words


def read_answer(text: str, answers: Sequence[tuple[Answer, Sequence[str]]]) -> Answer | None:
    """The answer whose words occur in the text, if any."""
    padded = f" {plain(text[:200])} "
    return next((key for key, words in answers if any(f" {word} " in padded for word in words)), None)


def read_number(text: str) -> int | None:
    """The choice meant by "1", "1." or "no 1"."""
    found = re.fullmatch(r"(?:no(?:mor)?\.? ?)?(\d{1,2})[.)]?", text.strip().casefold())
    return int(found[1]) if found else None


def read_coordinates(text: str) -> tuple[float, float] | None:
    """Latitude and longitude as maps write them, alone or inside a link."""
    found = _COORDINATES.search(text)
    return (float(found[1]), float(found[2])) if found else None


def units(text: str) -> int:
    """The length as Telegram counts it: in UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def shortened(text: str, limit: int) -> str:
    """At most that many UTF-16 code units; what is cut is marked."""
    if units(text) <= limit:
        return text
    kept, left = [], limit - 1
    for character in text:
        left -= 1 + (character > "\uffff")
        if left < 0:
            break
        kept.append(character)
    return "".join(kept).rstrip() + "…"


def harmless(text: str) -> str:
    """Addresses, names and commands that no tap can open: hxxp://example[.]com, tg[:]//resolve; @name and /command
    look as they did, with a mark in them that nobody sees."""
    text = _SCHEME.sub("[:]//", _WEB.sub(r"\1xx\2://", text))
    text = _NAME.sub(f"@{JOINER}", _DOMAIN.sub("[.]", text))
    return _COMMAND.sub(f"/{JOINER}", text)
