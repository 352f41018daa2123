"""Made: a million reports out of the words by which reports are recognised.

Twenty thousand different ones are told; each is filed many times over, with a number, a time and sometimes a plate of
its own. Their terms are those that the bot would keep.
"""

import datetime as dt
import random
import string
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from domain.area_map import AreaMap
from domain.cases.search import terms, vocabulary
from domain.reports import taxonomy
from domain.reports.filing import ALPHABET
from domain.reports.lexicon import CLUES, CONCEPTS
from domain.reports.taxonomy import CATEGORIES, Category, Kind
from domain.territory import Area
from models import Anonymity, Report, ReportState

NOW = dt.datetime(2026, 11, 24, 14, tzinfo=dt.UTC)
SPAN_SECONDS = 3 * 365 * 86_400
TOLD = 20_000
AREAS = AreaMap()
PLACES = (
    *("pasar tanjung", "alun-alun", "terminal tawang alun", "stasiun", "kampus unej", "jembatan", "lapangan"),
    *("masjid", "balai desa", "sma negeri", "perumahan", "spbu", "pabrik", "gudang tembakau", "puskesmas"),
    *("kantor desa", "simpang tiga", "jalan raya", "gang kelinci", "kebun kopi"),
)
COMMON_WORDS = (
    "malam pagi siang sore warga tetangga depan belakang samping cepat ramai sepi gelap hitam merah putih biru dua "
    "tiga empat orang helm jaket tinggi kurus lari arah timur barat utara selatan petugas datang lihat dengar takut"
)
COMMON = COMMON_WORDS.split()
WEIGHTS = {"P0": 2.0, "P1": 3.0, "P2": 3.0, "P3": 1.5}
ENDS = {"resolved": 80, "rejected": 9, "referred": 5, "merged": 4, "withdrawn": 2}
OPEN = {"received": 25, "verified": 20, "assigned": 20, "handling": 30, "needs_info": 5}
SEALED_BYTES = 400  # what a report of some twenty words takes

TOLD_OF = {
    code: [word.replace("_", " ") for clue in clues for name in clue.split() for word in CONCEPTS.get(name, "").split()]
    for code, clues in CLUES.items()
}


# What a new report has without being told.
DEFAULTS: dict[str, Any] = {
    column.name: column.default.arg
    for column in Report.__table__.columns
    if not column.nullable and column.default is not None and column.default.is_scalar
}


@dataclass(frozen=True)
class Story:
    """What is told: with the hashes by which it is found, under whose eyes."""

    category: Category
    area: Area
    content: dict[str, Any]
    realm: str
    hashes: frozenset[bytes]


@dataclass(frozen=True)
class Made:
    """One report: the columns of its row, which story it tells, and the terms that are its own."""

    row: dict[str, Any]
    story: int
    quarter: int
    own: list[bytes]


def stories() -> list[Story]:
    """The same ones every time."""
    chance = random.Random(1945)
    codes = [each for each in CATEGORIES if each.kind is Kind.REPORT]
    by_code = [WEIGHTS[each.priority or "P3"] * chance.uniform(0.1, 2.0) for each in codes]
    by_area = [1 / (1 + position) ** 0.7 for position in range(len(AREAS.areas))]
    pairs = zip(chance.choices(codes, by_code, k=TOLD), chance.choices(AREAS.areas, by_area, k=TOLD), strict=True)
    return [_story(chance, category, area) for category, area in pairs]


def _story(chance: random.Random, category: Category, area: Area) -> Story:
    content = _content(chance, category.code, area)
    report = Report(category_code=category.code, area_code=area.code, id=uuid.UUID(int=1))
    report.content = content
    realm = terms.realm_of(category.code)
    return Story(category, area, content, realm, frozenset(terms.hashed(realm, key) for key in terms.keys_of(report)))


def _content(chance: random.Random, code: str, area: Area) -> dict[str, Any]:
    """Some twenty words: of what it is about, of where, and such as are in every report."""
    told = chance.choices(TOLD_OF.get(code) or COMMON, k=6) + chance.choices(COMMON, k=chance.randint(4, 8))
    if chance.random() < 0.3:
        told.append(f"nomor {chance.randint(1, 4000)}")
    chance.shuffle(told)
    content: dict[str, Any] = {"words": " ".join(told), "place": f"{chance.choice(PLACES)} {area.name}"}
    if chance.random() < 0.6:
        content["pin"] = [area.latitude + chance.gauss(0, 0.02), area.longitude + chance.gauss(0, 0.02)]
    return content


def reports(told: list[Story], count: int, still_open: int) -> Iterator[Made]:
    """The oldest first, over three years; the open ones are among the newest tenth."""
    chance = random.Random(1950)
    open_ones = set(chance.sample(range(count - count // 10, count), still_open))
    for position in range(count):
        filed_at = NOW - dt.timedelta(seconds=SPAN_SECONDS * (1 - position / count))
        story = chance.randrange(len(told))
        is_open = position in open_ones
        (state,) = chance.choices([*(OPEN if is_open else ENDS)], [*(OPEN if is_open else ENDS).values()])
        yield _made(chance, told[story], story, position, filed_at, ReportState(state), is_open)


def _made(
    chance: random.Random,
    told: Story,
    story: int,
    position: int,
    filed_at: dt.datetime,
    state: ReportState,
    is_open: bool,
) -> Made:
    number = _number_at(position)
    keys = vocabulary.number_terms(number)
    if chance.random() < 0.15:
        digits, end = chance.randint(1000, 9999), "".join(chance.choices(string.ascii_lowercase, k=2))
        keys += [f"p:p{digits}{end}", f"w:{digits}"]
    waits = filed_at if is_open and state is not ReportState.NEEDS_INFO else None
    row = {
        **DEFAULTS,
        "id": _id_at(chance, filed_at),
        "number": number,
        "state": state.value,
        "anonymity": Anonymity.TWO_WAY.value,
        "category_code": told.category.code,
        "priority": told.category.priority or "P3",
        "area_code": told.area.code,
        "content_sealed": chance.randbytes(SEALED_BYTES),
        "access_code_index": chance.randbytes(16),
        "touched_at": filed_at,
        "filed_at": filed_at,
        "version": 3,
        "source": "bot",
        "waiting_since": waits,
        "due_at": waits,
        "due_kind": "claim" if waits else None,
        "outcome": None if is_open else "handled",
        "closed_at": None if is_open else filed_at + dt.timedelta(hours=9),
    }
    return Made(row, story, terms.quarter_of(filed_at), [terms.hashed(told.realm, key) for key in keys])


def _number_at(position: int) -> str:
    """No two alike: a walk over all numbers with a stride that has no divisor in common with how many there are."""
    value = position * 7_000_000_001 % len(ALPHABET) ** 7
    letters = ""
    for _ in range(7):
        value, place = divmod(value, len(ALPHABET))
        letters += ALPHABET[place]
    return f"JBR-{letters[:3]}-{letters[3:]}"


def _id_at(chance: random.Random, moment: dt.datetime) -> uuid.UUID:
    value = int(moment.timestamp() * 1000) << 80 | chance.getrandbits(80)
    return uuid.UUID(int=value & ~(0xF << 76) | 0x7 << 76)


assert set(TOLD_OF) <= {each.code for each in taxonomy.CATEGORIES}
