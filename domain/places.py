"""Places: guard posts, schools, polling places ..., and the signed codes by which their QR sheets open the bot."""

import base64
import datetime as dt
import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.area_map import AreaMap
from domain.areas import BadCoordinates
from domain.errors import DomainError
from domain.policy import PLACES_MAX
from models import Place, sealing

NAME_MAX = 80
TOKEN_PREFIX = "q_"
MAC_BYTES = 8
MAC_CHARACTERS = 11  # of 8 bytes in base64 without padding
HIGHEST_ID = 2**63 - 1
SHOWN = 40  # characters of what was wrong


@dataclass(frozen=True, slots=True)
class PlaceKind:
    code: str
    label_id: str
    label_en: str


KINDS: tuple[PlaceKind, ...] = (
    PlaceKind("guard_post", "Pos kamling", "Neighbourhood guard post"),
    PlaceKind("police_post", "Pos polisi", "Police post"),
    PlaceKind("school", "Sekolah", "School"),
    PlaceKind("minimarket", "Minimarket", "Minimarket"),
    PlaceKind("polling_place", "TPS", "Polling place"),
    PlaceKind("kpu", "KPU", "Election commission"),
    PlaceKind("bawaslu", "Bawaslu", "Election supervisors"),
    PlaceKind("housing", "Perumahan", "Housing estate"),
    PlaceKind("quiet_spot", "Titik sepi", "Quiet spot"),
    PlaceKind("market", "Pasar", "Market"),
    PlaceKind("other", "Lainnya", "Other"),
)
BY_CODE = {kind.code: kind for kind in KINDS}
_BY_NAME = {name.casefold(): kind for kind in KINDS for name in (kind.code, kind.label_id, kind.label_en)}


class NoSuchPlace(DomainError):
    """No place in use has this number."""

    text_key = "error.no_such_place"


class BadPlace(ValueError):
    """What is wrong with a place that somebody wants to add, in one sentence."""


@dataclass(frozen=True, slots=True)
class NewPlace:
    """A place that may be added. `area_code` is sure if it was named, or if `is_guess` is false."""

    name: str
    kind: str
    latitude: float
    longitude: float
    area_code: str
    is_guess: bool


def kind_named(text: str) -> PlaceKind | None:
    """The kind that is meant by its code, or by its label in either language."""
    return _BY_NAME.get(" ".join(text.split()).casefold())


def checked(name: str, kind: str, latitude: float, longitude: float, area: str, area_map: AreaMap) -> NewPlace:
    """The place, if all of it makes sense. `area` is a kecamatan's name or code; left empty, the pin tells it.

    Raises BadPlace."""
    name = " ".join(name.split())
    if not name or len(name) > NAME_MAX or not name.isprintable():
        raise BadPlace(f"the name must have 1 to {NAME_MAX} characters that can be printed")
    known = kind_named(kind)
    if known is None:
        raise BadPlace(f"{kind[:SHOWN]!r} is no kind of place; there are {', '.join(BY_CODE)}")
    try:
        located = area_map.locate(latitude, longitude)
    except BadCoordinates:
        raise BadPlace(f"{latitude}, {longitude} is no place on Earth") from None
    if area.strip():
        return NewPlace(name, known.code, latitude, longitude, _area_named(area.strip(), area_map), is_guess=False)
    if located.is_outside:
        raise BadPlace(f"{latitude}, {longitude} lies outside all areas; are latitude and longitude swapped?")
    return NewPlace(name, known.code, latitude, longitude, located.candidates[0].code, is_guess=located.must_ask)


def _area_named(text: str, area_map: AreaMap) -> str:
    named = [area.code for area in area_map.areas if text.casefold() in (area.code, area.name.casefold())]
    if len(named) != 1:
        raise BadPlace(f"{text[:SHOWN]!r} is no area here")
    return named[0]


Identity = tuple[str, str, float, float]


def identity(place: NewPlace | Place) -> Identity:
    """What makes it the same place: "TPS 01" alone is the name of many."""
    return place.name, place.kind, round(place.latitude, 5), round(place.longitude, 5)


def add_place(session: AsyncSession, new: NewPlace, *, now: dt.datetime) -> Place:
    place = Place(
        name=new.name,
        kind=new.kind,
        area_code=new.area_code,
        latitude=new.latitude,
        longitude=new.longitude,
        made_at=now,
    )
    session.add(place)
    return place


async def add_places(session: AsyncSession, wanted: Sequence[NewPlace], *, now: dt.datetime) -> list[Place]:
    """Adds those that are not there yet, so a list may be imported again. Raises BadPlace when they are too many."""
    there = {identity(place) for place in await in_use(session)}
    missing = [new for new in wanted if identity(new) not in there]
    if len(there) + len(missing) > PLACES_MAX:
        raise BadPlace(f"{len(there)} places are in use and at most {PLACES_MAX} can be")
    added = [add_place(session, new, now=now) for new in missing]
    await session.flush()
    return added


async def retire_place(session: AsyncSession, place_id: int, *, now: dt.datetime) -> Place:
    """Its code opens nothing any more; reports from there keep their place. Raises NoSuchPlace."""
    place = await find(session, place_id)
    if place is None:
        raise NoSuchPlace()
    place.retired_at = now
    return place


async def find(session: AsyncSession, place_id: int) -> Place | None:
    """The place with that number, unless it was retired."""
    place = await session.get(Place, place_id)
    return place if place is not None and place.retired_at is None else None


async def in_use(session: AsyncSession, *, ids: Collection[int] = (), kinds: Collection[str] = ()) -> Sequence[Place]:
    """The places whose codes are good: all of them (there are at most PLACES_MAX), or only those."""
    wanted = sa.select(Place).where(Place.retired_at.is_(None)).order_by(Place.id)
    if ids:
        wanted = wanted.where(Place.id.in_(ids))
    if kinds:
        wanted = wanted.where(Place.kind.in_(kinds))
    return (await session.scalars(wanted)).all()


def token(place_id: int) -> str:
    """What the sheet's link carries after `?start=`: Telegram allows 64 of A-Z a-z 0-9 _ and -."""
    return f"{TOKEN_PREFIX}{place_id}{_mac(str(place_id))}"


def read_token(text: str) -> int | None:
    """The number of the place that this code was made for; None for any other text."""
    body, mac = text[:-MAC_CHARACTERS], text[-MAC_CHARACTERS:]
    number = body.removeprefix(TOKEN_PREFIX)
    if not (is_token(text) and text.isascii() and number.isdecimal() and len(number) <= len(str(HIGHEST_ID))):
        return None
    # Compared as text: other letters may stand for the same bytes, and a code has one spelling only.
    if not hmac.compare_digest(mac, _mac(number)) or int(number) > HIGHEST_ID:
        return None
    return int(number)


def is_token(text: str) -> bool:
    """Whether it wants to be a place code, good or not."""
    return text.startswith(TOKEN_PREFIX)


async def find_by_token(session: AsyncSession, text: str) -> Place | None:
    """The place that a code opens; None if somebody else made or changed the code, or the place was retired."""
    place_id = read_token(text)
    return None if place_id is None else await find(session, place_id)


def _mac(number: str) -> str:
    mac = sealing.keyring().index("place code", number.encode())[:MAC_BYTES]
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()
