"""Areas: which kecamatan a pin or a typed name means, and when to ask."""

import difflib
import itertools
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain.geometry import border_distance_metres, contains, distance_metres
from domain.shapes import BadGeometry, Shape, read_geojson
from domain.territory import KECAMATAN, Area

__all__ = ["BadCoordinates", "BadGeometry", "Located", "Shape", "find_by_name", "locate", "read_geojson"]

# Published borders of one kecamatan differ by this much and a phone's pin is no better: near one a person decides.
BORDER_METRES = 100.0
# No place on Jember's mainland is more than 19 km from the nearest centre.
FARTHEST_FROM_CENTRE_METRES = 25_000.0
MOST_CANDIDATES = 3
MOST_NAMES = 6
LIKENESS = 0.8
LONGEST_NAME = 80


class BadCoordinates(ValueError):
    """A latitude or longitude that is no place on Earth."""


@dataclass(frozen=True, slots=True)
class Located:
    """Where a pin lies: at most three candidates, best first, and whether a person must choose or confirm.

    `is_exact` says that borders were looked at, not only the distance to centres.
    """

    candidates: tuple[Area, ...]
    is_exact: bool
    is_outside: bool
    must_ask: bool


def locate(latitude: float, longitude: float, shapes: Sequence[Shape], centres: Sequence[Area]) -> Located:
    """The area of a pin in degrees: by the borders when there are any, else the nearest centres as a proposal.

    Near a border its neighbours are candidates too. Raises BadCoordinates for what is no place on Earth.
    """
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):  # false for NaN as well
        raise BadCoordinates(f"{latitude}, {longitude} is no place on Earth")
    if shapes:
        return _by_borders(latitude, longitude, shapes, {area.code: area for area in centres})
    return _by_centres(latitude, longitude, centres)


def find_by_name(text: str, areas: Sequence[Area] = KECAMATAN) -> tuple[Area, ...]:
    """The areas a person may mean by what they typed, best first, at most six; spaces, case, small slips do not matter.

    Another regency ("kabupaten Jombang") is nobody's area, though a kecamatan may bear its name.
    """
    words = _words(text)
    if not words:
        return ()
    likeness = {area: _likeness(words, area) for area in areas}
    likely = [area for area in areas if likeness[area] >= LIKENESS]
    return tuple(sorted(likely, key=lambda area: -likeness[area])[:MOST_NAMES])


def _by_borders(latitude: float, longitude: float, shapes: Sequence[Shape], known: dict[str, Area]) -> Located:
    near: list[tuple[bool, float, Area]] = []
    for shape in shapes:
        if shape.box.holds(latitude, longitude, BORDER_METRES):
            is_inside = contains(shape.polygons, latitude, longitude)
            metres = border_distance_metres(shape.polygons, latitude, longitude, BORDER_METRES)
            if is_inside or metres <= BORDER_METRES:
                near.append((not is_inside, metres, known.get(shape.code) or _area_of(shape)))
    if not near:
        return Located((), is_exact=True, is_outside=True, must_ask=False)
    near.sort(key=lambda found: found[:2])
    candidates = tuple(area for _, _, area in near[:MOST_CANDIDATES])
    # On the beach or in a crack between two borders a pin is inside none: whoever sent it confirms the neighbour.
    is_in_none = near[0][0]
    return Located(candidates, is_exact=True, is_outside=False, must_ask=is_in_none or len(candidates) > 1)


def _by_centres(latitude: float, longitude: float, centres: Sequence[Area]) -> Located:
    distances = {area: distance_metres(latitude, longitude, area.latitude, area.longitude) for area in centres}
    within = [area for area in centres if distances[area] <= FARTHEST_FROM_CENTRE_METRES]
    candidates = tuple(sorted(within, key=distances.__getitem__)[:MOST_CANDIDATES])
    return Located(candidates, is_exact=False, is_outside=not candidates, must_ask=bool(candidates))


def _area_of(shape: Shape) -> Area:
    return Area(shape.code, shape.name, shape.latitude, shape.longitude, f"Polsek {shape.name}")


def _words(text: str) -> list[str]:
    """The words that can be part of a name; none when the text names another regency."""
    plain = text[:LONGEST_NAME].casefold()
    plain = re.sub(r"\b(kab|kabupaten)\W{1,3}jember\b", " ", plain)
    words = re.findall(r"[^\W_]+", plain)
    if {"kab", "kabupaten"} & set(words):
        return []
    return [word for word in words if word not in {"kec", "kecamatan", "polsek", "sektor", "di", "daerah", "wilayah"}]


def _likeness(words: list[str], area: Area) -> float:
    """How well the words fit: 3 the whole name, 2 its beginning, 1 the name among others, below 1 a slip of the pen."""
    names = ["".join(name.casefold().split()) for name in (area.name, *area.aliases)]
    whole = "".join(words)
    if whole in names:
        return 3
    if len(whole) >= 3 and any(name.startswith(whole) for name in names):
        return 2
    pieces = set(_pieces(words))
    if not pieces.isdisjoint(names):
        return 1
    return max((_ratio(piece, name) for piece in pieces for name in names), default=0.0)


def _pieces(words: list[str]) -> Iterator[str]:
    """Each word, and each two that follow one another, written together: "sumber sari" may be a slip of one name."""
    yield from words
    yield from map("".join, itertools.pairwise(words))


def _ratio(piece: str, name: str) -> float:
    matcher = difflib.SequenceMatcher(None, piece, name, autojunk=False)
    if matcher.real_quick_ratio() < LIKENESS or matcher.quick_ratio() < LIKENESS:
        return 0.0
    return min(matcher.ratio(), math.nextafter(1, 0))
