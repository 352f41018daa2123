"""Units: the parts of the Polres that work on cases, and the special ones that alone may read sensitive reports."""

from dataclasses import dataclass

from domain.policy import POLICE
from domain.reports import taxonomy


@dataclass(frozen=True)
class Unit:
    """`code` has no dots: buttons carry it. A special unit reads the sensitive reports of its own categories."""

    code: str
    name: str
    is_special: bool = False


UNITS = (
    Unit("samapta", "Samapta", is_special=True),
    Unit("lantas", "Satlantas"),
    Unit("reskrim", "Satreskrim", is_special=True),
    Unit("ppa", "Unit PPA", is_special=True),
    Unit("resnarkoba", "Satresnarkoba", is_special=True),
    Unit("intelkam", "Satintelkam", is_special=True),
    Unit("gakkumdu", "Sentra Gakkumdu", is_special=True),
    Unit("binmas", "Satbinmas"),
    Unit("polsek", "Polsek"),  # the one of the report's area
)
BY_CODE = {unit.code: unit for unit in UNITS}
SPECIAL = tuple(unit for unit in UNITS if unit.is_special)

# Who reads the sensitive reports of a category. What is not named here belongs to the first unit of its route.
_OWN_UNIT = {
    "ORG-3": "samapta",
    "ORG-4": "intelkam",
    "CRI-6": "reskrim",
    "MAS-2": "intelkam",
    "MAS-5": "reskrim",
    "PEK-1": "resnarkoba",
    "PEK-3": "reskrim",
    "PEK-4": "ppa",
    "RTK-1": "ppa",
    "RTK-2": "ppa",
    "RTK-3": "ppa",
    "PIL-1": "gakkumdu",
    "PIL-2": "intelkam",
    "PIL-3": "gakkumdu",
    "INF-2": "samapta",
}


def is_sensitive(category_code: str | None) -> bool:
    return category_code in taxonomy.SENSITIVE_CODES


def own_unit(category_code: str | None) -> str | None:
    """The special unit that alone reads reports of that category; None where any dispatcher may."""
    return _OWN_UNIT[category_code] if category_code is not None and is_sensitive(category_code) else None


def name_of(unit: str | None, polsek: str | None = None) -> str:
    """How people call it; of a Polsek its own name, where the area tells it."""
    if unit == "polsek" and polsek:
        return polsek
    return BY_CODE[unit].name if unit in BY_CODE else (unit or POLICE)


def proposed_for(category_code: str | None) -> list[Unit]:
    """All units, the likely ones for that category first."""
    route = taxonomy.category(category_code).route.casefold() if category_code else ""
    return sorted(UNITS, key=lambda unit: not any(part in route for part in (unit.code, unit.name.casefold())))


assert set(_OWN_UNIT) == taxonomy.SENSITIVE_CODES, "each sensitive category has a unit of its own"
