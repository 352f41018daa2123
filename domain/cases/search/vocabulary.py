"""Vocabulary: which terms a text holds, however its words, plates and numbers are spelled.

A term is a key with a letter for its kind: `w` a word or number, `p` a plate, `n` part of a case's number, `c` a
category, `a` an area, `f` and `g` a fine and a coarse cell of the map.
"""

import functools
import math
import re
import unicodedata
from collections.abc import Iterator

FEWEST_LETTERS, FEWEST_DIGITS, LONGEST = 3, 2, 32
SHORTEST_STEM = 4
FINE_DEGREES, COARSE_DEGREES = 0.0027, 0.018  # about 300 m and 2 km at this latitude
FEWEST_PHONE_DIGITS = 9

# Regions of Indonesian plates; other letters before a number are words ("RT 01").
_REGIONS = (
    "a b d e f g h k l m n p r s t w z aa ab ad ae ag ba bb bd be bg bh bk bl bm bn bp cc cd da db dc dd de dg dh dk "
    "dl dm dn dp dr ds dt dw ea eb ed kb kh kt ku pa pb pg ps pt"
)
_EITHER = "|".join(sorted(_REGIONS.split(), key=len, reverse=True))
PLATE = re.compile(rf"(?<![^\W_])({_EITHER})[\s.\-]{{0,3}}(\d{{1,4}})[\s.\-]{{0,3}}([a-z]{{1,3}})(?![^\W_])")
_PHONE = re.compile(r"(?<![\w+])(?:\+?62|0)[\s.\-]?\d(?:[\s.\-]?\d){6,14}(?!\w)")
_TOKEN = re.compile(r"[^\W\d_]+|\d+")
_MARKS = re.compile("[\u0300-\u036f'`´‘’ʼ]")
_REPEATS = re.compile(r"([^\W\d_])\1{2,}")

# Words that nearly every report has: they find nothing and would fill the index.
_STOP_WORDS = (
    "ada adalah agar aja akan aku anda apa apakah atas atau bagi bahwa bapak baru bisa boleh buat bukan bu ibu cuma "
    "dan dalam dari dengan dgn di dia dong dulu hal hanya hari harus ini itu jadi jam juga jika kak kalau kalo kami "
    "karena kata ke kepada kita kok krn lagi lah lain lalu lebih lewat maka mas masih mau mbak mereka mohon namun "
    "nanti nih nya oleh pada pak para per perlu pernah saat saja sama sampai sangat saya sebuah sedang sekali "
    "sekarang sekitar selain semua sendiri seorang sering serta setelah siap sih suatu sudah sdh supaya sy tadi tak "
    "tapi tdk telah tentang terus tetapi tidak tlg tolong tsb tersebut untuk utk waktu yaitu yang yg ya the and for "
    "are was were that this with from have has had not but you they there here his her our please"
)
STOP_WORDS = frozenset(_STOP_WORDS.split())
# Prefix, what must follow, what of the word comes back: "memukul" is "pukul", "menulis" "tulis", "mencuri" "curi".
_PREFIXES = tuple(
    (re.compile(prefix), instead)
    for prefix, instead in (
        (r"(?:me|pe)ny(?=[aeiou])", "s"),
        (r"(?:me|pe)ng(?=e)", "k"),
        (r"(?:me|pe)ng", ""),
        (r"(?:me|pe)m(?=[aeiou])", "p"),
        (r"(?:me|pe)m(?=[bpfv])", ""),
        (r"(?:me|pe)n(?=[aeiou])", "t"),
        (r"(?:me|pe)n(?=[cdjtz])", ""),
        (r"ber|ter|per(?![aeiou])", ""),
        (r"di|ke|se|me|pe", ""),
    )
)
# These are cut from every word: "kan" may be a suffix or the end of "keroyok" and "an".
_SUFFIXES = ("an", "i", "k")
_ENCLITICS = ("nya", "lah", "kah")


def terms_in(text: str) -> list[str]:
    """The terms of a text, each once, in the order in which they occur; plates and telephone numbers come first."""
    folded = fold(text)
    found = [f"p:{''.join(plate.groups())}" for plate in PLATE.finditer(folded)]
    found += [f"w:{number}" for number in map(_telephone, _PHONE.findall(folded)) if number]
    return list(dict.fromkeys([*found, *(f"w:{word}" for word in _words(folded))]))


def fold(text: str) -> str:
    """Lower case, one form of each character, no accents and apostrophes, "toloooong" as "tolong"."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return _REPEATS.sub(r"\1", _MARKS.sub("", plain))


def _words(folded: str) -> Iterator[str]:
    for token in _TOKEN.findall(folded):
        if token[0].isdecimal():
            if len(token) >= FEWEST_DIGITS:
                yield token[:LONGEST]
        elif len(token) >= FEWEST_LETTERS and token not in STOP_WORDS:
            yield stem(token[:LONGEST])


@functools.lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The word without common affixes, as far as four letters are left. It need not be a word: both what is kept and
    what is looked for are cut alike."""
    word = _without_prefix(_without_prefix(_without(word, _ENCLITICS)))
    return _without(word, _SUFFIXES)


def _without(word: str, endings: tuple[str, ...]) -> str:
    for ending in endings:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            word = word[: -len(ending)]
    return word


def _without_prefix(word: str) -> str:
    for prefix, instead in _PREFIXES:
        if found := prefix.match(word):
            rest = instead + word[found.end() :]
            return rest if len(rest) >= SHORTEST_STEM else word
    return word


def _telephone(typed: str) -> str | None:
    digits = re.sub(r"\D", "", typed)
    if len(digits) < FEWEST_PHONE_DIGITS:
        return None
    return "0" + digits[2:] if digits.startswith("62") else digits


def number_terms(number: str | None) -> list[str]:
    """Both parts of a case's number: of JBR-7KQ-M3XD people remember one."""
    return [f"n:{part}" for part in (number or "").casefold().split("-")[1:]]


def cells_at(latitude: float, longitude: float) -> list[str]:
    """The cells that a pin lies in, one of each grid."""
    return [_cell("f", FINE_DEGREES, latitude, longitude), _cell("g", COARSE_DEGREES, latitude, longitude)]


def cells_near(latitude: float, longitude: float, *, is_wide: bool) -> list[str]:
    """The nine cells around a point: whatever lies within 300 m of it is in one of them (2 km, if wide)."""
    letter, degrees = ("g", COARSE_DEGREES) if is_wide else ("f", FINE_DEGREES)
    steps = (-degrees, 0.0, degrees)
    return [_cell(letter, degrees, latitude + north, longitude + east) for north in steps for east in steps]


def _cell(letter: str, degrees: float, latitude: float, longitude: float) -> str:
    return f"{letter}:{math.floor(latitude / degrees)}:{math.floor(longitude / degrees)}"
