"""Query: what somebody who looks for cases typed, read as filters and words."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from domain.area_map import AreaMap
from domain.cases.search import dates, vocabulary
from domain.policy import REPORT_NUMBER_PREFIX
from domain.reports import words
from domain.reports.states import END_STATES
from domain.reports.taxonomy import CATEGORIES, Kind
from domain.territory import Area
from models import OPEN_STATES, ReportState

LONGEST_TEXT = 200
GROUPS_MAX = 8  # words that all must be there; more would only cost time

Group = tuple[str, ...]
S = ReportState


@dataclass(frozen=True)
class Query:
    """Of each group one term must be in the case; its state among `states`, if there are any; filed in [since, until).
    `near` is the name of a place still to be looked up, `is_wide` how far around it. `kinds` names the filters, for the
    audit, and holds nothing of what was typed."""

    number: str | None = None
    groups: tuple[Group, ...] = ()
    states: frozenset[ReportState] = frozenset()
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    near: str | None = None
    is_wide: bool = False
    kinds: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.kinds


@dataclass
class Reading:
    """A text while it is read: each reader takes its part out of it."""

    text: str
    areas: AreaMap
    now: dt.datetime
    number: str | None = None
    groups: list[Group] = field(default_factory=list)
    states: set[ReportState] = field(default_factory=set)
    span: tuple[dt.datetime, dt.datetime] | None = None
    near: str | None = None
    is_wide: bool = False
    kinds: list[str] = field(default_factory=list)

    def take(self, pattern: re.Pattern[str]) -> list[re.Match[str]]:
        """All that the pattern finds, taken out of the text."""
        found = list(pattern.finditer(self.text))
        for match in reversed(found):
            self.cut(match.start(), match.end())
        return found

    def cut(self, start: int, end: int) -> None:
        self.text = f"{self.text[:start]} , {self.text[end:]}"

    def add(self, kind: str, groups: Iterable[Group] = ()) -> None:
        self.kinds.append(kind)
        self.groups.extend(groups)


def parse(text: str, areas: AreaMap, now: dt.datetime) -> Query:
    """Reads the text. `now` in local time: "kemarin" is a day here. What is no filter is a word to be found."""
    reading = Reading(vocabulary.fold(text[:LONGEST_TEXT]), areas, now)
    for read in READERS:
        read(reading)
    since, until = reading.span or (None, None)
    return Query(
        reading.number,
        tuple(dict.fromkeys(group for group in reading.groups if group))[:GROUPS_MAX],
        frozenset(reading.states),
        since,
        until,
        reading.near,
        reading.is_wide,
        tuple(dict.fromkeys(reading.kinds)),
    )


_PREFIX = REPORT_NUMBER_PREFIX.casefold()
_NUMBER = re.compile(rf"\b{_PREFIX}[\s\-]*([2-9a-z]{{3}})[\s\-]*([2-9a-z]{{4}})\b")
_HALF = re.compile(rf"\b{_PREFIX}[\s\-]*([2-9a-z]{{3,4}})\b")
_LIKE_HALF = re.compile(r"\b(?=[2-9a-z]*[2-9])(?=[2-9a-z]*[a-z])[2-9a-z]{3,4}\b")


def _read_number(reading: Reading) -> None:
    for match in reading.take(_NUMBER)[:1]:
        reading.number = f"{_PREFIX}-{match[1]}-{match[2]}".upper()
        reading.add("number")
    for match in reading.take(_HALF):
        reading.add("number", [(f"n:{match[1]}",)])


def _read_half_number(reading: Reading) -> None:
    """What only looks like half a number may also be something that was said."""
    for match in reading.take(_LIKE_HALF):
        said = vocabulary.terms_in(match[0])
        reading.add("words", [(f"n:{match[0]}", *said[:1])])


_COORDINATES = re.compile(r"(?:\b(?:dekat|near|sekitar|around)\s+)?(-?\d{1,2}\.\d{3,}\s*,\s*-?\d{2,3}\.\d{3,})")
_NEAR = re.compile(r"\b(dekat|near|sekitar|around)\s+([^,]+)")
_WIDE = ("sekitar", "around")
NAME_WORDS = 3


def _read_pin(reading: Reading) -> None:
    for match in reading.take(_COORDINATES)[:1]:
        pin = words.read_coordinates(match[1])
        if pin is not None and abs(pin[0]) <= 90 and abs(pin[1]) <= 180:
            is_wide = match[0].startswith(_WIDE)
            reading.add("near", [tuple(vocabulary.cells_near(*pin, is_wide=is_wide))])


def _read_near(reading: Reading) -> None:
    """Near an area is two kilometres around its middle; other names are looked up among the places."""
    found = _NEAR.search(reading.text)
    if found is None:
        return
    area, count = _named(reading.areas, found[2].split())
    if area is not None:
        rest = " ".join(found[2].split()[count:])
        reading.text = f"{reading.text[: found.start()]} {rest} {reading.text[found.end() :]}"
        reading.add("near", [tuple(vocabulary.cells_near(area.latitude, area.longitude, is_wide=True))])
    elif vocabulary.terms_in(found[2]):
        reading.cut(found.start(), found.end())
        reading.near, reading.is_wide = " ".join(found[2].split()), found[1] in _WIDE
        reading.add("near")


def _read_dates(reading: Reading) -> None:
    for pattern, span_of in dates.SPANS:
        for match in pattern.finditer(reading.text):
            span = span_of(match, reading.now)
            if span is not None:
                reading.span = span
                reading.cut(match.start(), match.end())
                reading.add("date")
                return


def _read_plates(reading: Reading) -> None:
    """ "M3XD" may be a plate or half a number."""
    for match in reading.take(vocabulary.PLATE):
        plate = "".join(match.groups())
        half = (f"n:{plate}",) if _LIKE_HALF.fullmatch(match[0]) else ()
        reading.add("plate", [(f"p:{plate}", *half)])


_STATE_WORDS: dict[str, tuple[ReportState, ...]] = {
    "baru|diterima|new|received": (S.RECEIVED,),
    "diperiksa|verified|checked": (S.VERIFIED,),
    "ditugaskan|assigned": (S.ASSIGNED,),
    "ditangani|handling": (S.HANDLING,),
    "menunggu jawaban|needs info|waiting": (S.NEEDS_INFO,),
    "selesai|resolved|done": (S.RESOLVED,),
    "dilimpahkan|referred": (S.REFERRED,),
    "ditolak|rejected": (S.REJECTED,),
    "digabung|digabungkan|merged": (S.MERGED,),
    "ditarik|withdrawn": (S.WITHDRAWN,),
    "terbuka|open": OPEN_STATES,
    "ditutup|closed": END_STATES,
}
_STATES = [(re.compile(rf"\b(?:{named})\b"), states) for named, states in _STATE_WORDS.items()]


def _read_states(reading: Reading) -> None:
    for pattern, states in _STATES:
        if reading.take(pattern):
            reading.states.update(states)
            reading.add("state")


_CODE = re.compile(rf"\b({'|'.join(sorted({each.code[:3].casefold() for each in CATEGORIES}))})-?(\d)\b")
_CODES = {each.code for each in CATEGORIES}
_PARTS = re.compile(r",| atau | or | dan | and | di ")
# Of a label's words these say too little alone.
_SAY_LITTLE = frozenset({"rumah", "jalan", "gangguan", "hit", "run", "jam", "shop", "illegal", "tidak tahu / lainnya"})


def _read_labels() -> dict[str, tuple[str, ...]]:
    """The parts of the categories' labels in both languages; single words as their stem."""
    codes: defaultdict[str, list[str]] = defaultdict(list)
    for category in CATEGORIES:
        if category.kind is Kind.REPORT:
            for label in (category.label_id, category.label_en):
                for part in {part.strip() for part in _PARTS.split(vocabulary.fold(label))} - _SAY_LITTLE:
                    codes[part if " " in part else vocabulary.stem(part)].append(f"c:{category.code}")
    return {part: tuple(dict.fromkeys(terms)) for part, terms in codes.items()}


_LABELS = _read_labels()
_PHRASES = sorted((part for part in _LABELS if " " in part), key=len, reverse=True)
_PHRASE = re.compile(rf"\b({'|'.join(re.escape(part) for part in _PHRASES)})\b")


def _read_categories(reading: Reading) -> None:
    codes = [f"{match[1].upper()}-{match[2]}" for match in _CODE.finditer(reading.text)]
    reading.take(_CODE)
    if known := tuple(f"c:{code}" for code in codes if code in _CODES):
        reading.add("category", [known])
    for match in reading.take(_PHRASE):
        reading.add("category", [_LABELS[match[1]]])


_AREA = re.compile(r"\b(?:polsek|sektor|kecamatan|kec\.?)\s+([a-z]+(?:\s+[a-z]+)?)")
_TOO_SHORT_A_NAME = ("kota",)


def _read_areas(reading: Reading) -> None:
    """After "Polsek" the area is meant; a bare name may as well be a word that was said."""
    found = _AREA.search(reading.text)
    if found is not None:
        area, count = _named(reading.areas, found[1].split(), also_alike=True)
        if area is not None:
            rest = " ".join(found[1].split()[count:])
            reading.text = f"{reading.text[: found.start()]} {rest} {reading.text[found.end() :]}"
            reading.add("area", [(f"a:{area.code}",)])
    either: list[str] = []
    for area in reading.areas.areas:
        for name in (area.name, *area.aliases):
            whole = re.compile(rf"\b{re.escape(vocabulary.fold(name))}\b")
            if name.casefold() not in _TOO_SHORT_A_NAME and reading.take(whole):
                either += [f"a:{area.code}", *vocabulary.terms_in(name)[:1]]
    if either:
        reading.add("area", [tuple(dict.fromkeys(either))])


def _named(areas: AreaMap, typed: list[str], *, also_alike: bool = False) -> tuple[Area | None, int]:
    """The area whose name the words begin with, and how many of them are the name."""
    for count in range(min(NAME_WORDS, len(typed)), 0, -1):
        name = "".join(typed[:count])
        for area in areas.areas:
            if name in (_joined(name_of) for name_of in (area.name, *area.aliases)):
                return area, count
    alike = areas.named(typed[0])[:1] if also_alike and typed else ()
    return (alike[0], 1) if alike else (None, 0)


def _joined(name: str) -> str:
    return "".join(vocabulary.fold(name).split())


def _read_words(reading: Reading) -> None:
    """What is left. A word of a category's label finds that category too."""
    for term in vocabulary.terms_in(reading.text):
        reading.add("words", [(term, *_LABELS.get(term[2:], ()))])


READERS: tuple[Callable[[Reading], None], ...] = (
    _read_number,
    _read_pin,
    _read_dates,
    _read_plates,
    _read_states,
    _read_categories,
    _read_near,
    _read_areas,
    _read_half_number,
    _read_words,
)
