"""Places: which area a typed place lies in, and when that is sure enough not to ask."""

import functools
import re
from dataclasses import dataclass

from domain.area_map import AreaMap
from domain.territory import Area

# "Jalan Mayang" may lie anywhere: a name after one of these is only a guess.
_STREET = r"(?:jalan|jln?|gang|gg|perum(?:ahan)?|desa|ds|dusun|dsn|pasar|rt|rw)"
_OTHER_REGENCY = re.compile(r"\bkab(?:upaten|\.)?\s+(?!jember)\w", re.IGNORECASE)


@dataclass(frozen=True)
class Guess:
    """`area` when it is sure; else up to three to choose from, best first."""

    area: Area | None = None
    candidates: tuple[Area, ...] = ()


def guess_area(text: str, area_map: AreaMap) -> Guess:
    """What a place, as it was typed, says about its area. Slips of the pen are looked at only if no name is right."""
    if not _OTHER_REGENCY.search(text):
        by_name, pattern = _names(area_map.areas)
        found = {by_name[hit[2].casefold()]: bool(hit[1]) for hit in pattern.finditer(text)}
        if len(found) == 1:
            area, is_street = next(iter(found.items()))
            return Guess(candidates=(area,)) if is_street else Guess(area)
        if found:
            return Guess(candidates=tuple(found)[:3])
    return Guess(candidates=area_map.named(text)[:3])


@functools.lru_cache(maxsize=4)
def _names(areas: tuple[Area, ...]) -> tuple[dict[str, Area], re.Pattern[str]]:
    """Names that mean one area only, and the pattern that finds them."""
    by_name: dict[str, Area] = {}
    shared: set[str] = set()
    for area in areas:
        for name in (area.name, *area.aliases):
            shared.update({name.casefold()} & by_name.keys())
            by_name[name.casefold()] = area
    known = {name: area for name, area in by_name.items() if name not in shared}
    either = "|".join(re.escape(name) for name in sorted(known, key=len, reverse=True))
    return known, re.compile(rf"\b({_STREET}\.?\s+)?({either})\b", re.IGNORECASE)
