"""Shapes: areas with their borders, read from a GeoJSON file once and kept as compact text."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from domain.geometry import Box, Polygon, Ring, Vertex, box_around, inner_point

MAX_BYTES = 20_000_000
MAX_FEATURES = 5_000
MAX_VERTICES = 2_000_000
MAX_CODE_LENGTH = 16
MAX_NAME_LENGTH = 64
DECIMALS = 6  # about 11 cm, finer than any border

# What Indonesian and international publishers call the two properties; the first one present wins, whatever its case.
CODE_KEYS = (
    "code",
    "kode",
    "kode_kecamatan",
    "kode_kec",
    "kd_kecamatan",
    "kd_kec",
    "kdkec",
    "kdcpum",
    "kode_kemendagri",
    "adm3_pcode",
    "id",
)
NAME_KEYS = (
    "name",
    "nama",
    "nama_kecamatan",
    "nama_kec",
    "nm_kecamatan",
    "nm_kec",
    "kecamatan",
    "wadmkc",
    "namobj",
    "adm3_en",
    "name_3",
)


class BadGeometry(ValueError):
    """A map file that cannot be used; the message is one sentence for whoever imports it."""


@dataclass(frozen=True, slots=True)
class Shape:
    """An area with its border; `latitude` and `longitude` are degrees of a point inside its largest part."""

    code: str
    name: str
    latitude: float
    longitude: float
    polygons: tuple[Polygon, ...]
    box: Box

    def to_json(self) -> str:
        """Compact text that `from_json` reads back to an equal shape."""
        rings = [polygon.rings for polygon in self.polygons]
        content = {"code": self.code, "name": self.name, "at": [self.latitude, self.longitude], "polygons": rings}
        return json.dumps(content, separators=(",", ":"), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Shape":
        """The shape that `to_json` wrote. Raises BadGeometry for any other text."""
        try:
            content = json.loads(text)
            latitude, longitude = content["at"]
            polygons = tuple(
                Polygon.of([tuple((float(x), float(y)) for x, y in ring) for ring in rings])
                for rings in content["polygons"]
            )
            box = _box_of(polygons)
            return cls(str(content["code"]), str(content["name"]), float(latitude), float(longitude), polygons, box)
        except (ValueError, TypeError, LookupError, RecursionError) as error:
            raise BadGeometry("The stored shape is damaged; import the areas again.") from error


def read_geojson(content: bytes) -> list[Shape]:
    """The areas of a GeoJSON FeatureCollection of (Multi)Polygons in WGS84 degrees, in the order of the file.

    Rings left open are closed. Raises BadGeometry at the first fault, naming the feature (from 1) and the reason.
    """
    shapes: list[Shape] = []
    numbers: dict[str, int] = {}
    vertices = 0
    for number, feature in enumerate(_features(content), start=1):
        try:
            shape = _shape(feature)
        except _Fault as fault:
            raise BadGeometry(f"Feature {number} {fault}.") from fault
        if shape.code in numbers:
            raise BadGeometry(f"Feature {number} repeats the code {shape.code} of feature {numbers[shape.code]}.")
        vertices += sum(len(ring) for polygon in shape.polygons for ring in polygon.rings)
        if vertices > MAX_VERTICES:
            raise BadGeometry(f"The file has more than {MAX_VERTICES:,} vertices by feature {number}; simplify it.")
        numbers[shape.code] = number
        shapes.append(shape)
    return shapes


class _Fault(Exception):
    """What is wrong with a feature, as the end of the sentence "Feature 3 ..."."""


def _features(content: bytes) -> list[Any]:
    if len(content) > MAX_BYTES:
        raise BadGeometry(f"The file is larger than {MAX_BYTES // 1_000_000} MB; simplify it.")
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except RecursionError as error:
        raise BadGeometry("The file is nested too deeply to be a map.") from error
    except ValueError as error:
        raise BadGeometry("The file is not JSON.") from error
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or document.get("type") != "FeatureCollection":
        raise BadGeometry("The file is not a GeoJSON FeatureCollection.")
    if not features:
        raise BadGeometry("The file has no features.")
    if len(features) > MAX_FEATURES:
        raise BadGeometry(f"The file has more than {MAX_FEATURES:,} features.")
    return features


def _shape(feature: object) -> Shape:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise _Fault("is not a GeoJSON Feature")
    code, name = _code(feature), _name(feature)
    polygons = tuple(_polygons(feature.get("geometry")))
    inside = inner_point(polygons)
    if inside is None:
        raise _Fault("has no area")
    latitude, longitude = (round(degrees, DECIMALS) for degrees in inside)
    return Shape(code, name, latitude, longitude, polygons, _box_of(polygons))


def _code(feature: dict[str, Any]) -> str:
    code = _property(feature, CODE_KEYS) or _plain(feature.get("id"))
    if not code:
        raise _Fault("has no code; name one of its properties 'code' or 'kode'")
    if len(code) > MAX_CODE_LENGTH:
        raise _Fault(f"has a code longer than {MAX_CODE_LENGTH} characters")
    # Some publishers drop the dots of Kemendagri's codes. BPS codes have seven digits and are left alone.
    return re.sub(r"^(\d\d)(\d\d)(\d\d)$", r"\1.\2.\3", code, flags=re.ASCII)


def _name(feature: dict[str, Any]) -> str:
    name = _property(feature, NAME_KEYS)
    if not name:
        raise _Fault("has no name; name one of its properties 'name' or 'nama'")
    if len(name) > MAX_NAME_LENGTH:
        raise _Fault(f"has a name longer than {MAX_NAME_LENGTH} characters")
    return name


def _property(feature: dict[str, Any], keys: tuple[str, ...]) -> str:
    properties = feature.get("properties")
    if not isinstance(properties, dict):
        return ""
    values = {key.casefold(): _plain(value) for key, value in properties.items()}
    return next((values[key] for key in keys if values.get(key)), "")


def _plain(value: object) -> str:
    """A property as printable text on one line; empty for what is neither text nor a whole number."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    text = str(value) if isinstance(value, str) or abs(value) < 10**MAX_CODE_LENGTH else ""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _polygons(geometry: object) -> Iterator[Polygon]:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if not isinstance(geometry, dict) or kind not in ("Polygon", "MultiPolygon"):
        raise _Fault("is neither a Polygon nor a MultiPolygon")
    coordinates = geometry.get("coordinates")
    parts = _list([coordinates] if kind == "Polygon" else coordinates)
    for part in parts:
        yield Polygon.of([_ring(ring) for ring in _list(part)])


def _list(value: object) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise _Fault("has empty or malformed coordinates")
    return value


def _ring(positions: object) -> Ring:
    ring = [_vertex(position) for position in _list(positions)]
    if ring[0] != ring[-1]:
        ring.append(ring[0])
    if len(ring) < 4:
        raise _Fault("has a ring of fewer than 4 points")
    return tuple(ring)


def _vertex(position: object) -> Vertex:
    if not isinstance(position, list) or len(position) < 2:
        raise _Fault("has a position that is not [longitude, latitude]")
    longitude, latitude = position[:2]
    if not _is_number(longitude) or not _is_number(latitude):
        raise _Fault("has a coordinate that is not a number")
    if abs(longitude) <= 90 < abs(latitude) <= 180:
        raise _Fault("has latitude and longitude swapped; GeoJSON wants [longitude, latitude]")
    if abs(longitude) > 180 or abs(latitude) > 90:
        raise _Fault("has coordinates out of range; they must be degrees (WGS84)")
    return round(float(longitude), DECIMALS), round(float(latitude), DECIMALS)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value


def _box_of(polygons: tuple[Polygon, ...]) -> Box:
    return box_around(vertex for polygon in polygons for vertex in polygon.outer)
