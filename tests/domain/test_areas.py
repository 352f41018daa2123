import contextlib
import csv
import json
import math
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import shapes as shapes_module
from domain.areas import BadCoordinates, BadGeometry, Located, Shape, find_by_name, locate, read_geojson
from domain.geometry import contains, distance_metres
from domain.territory import KECAMATAN

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
BORDERS = DATA / "jember_kecamatan.geojson"
PLACES = DATA / "jember_places.csv"

ALUN_ALUN = (-8.1689, 113.7022)
SEA = (-8.75, 113.60)
SURABAYA = (-7.2575, 112.7521)
POLSEK_ARJASA = (-8.122197, 113.747316)


@pytest.fixture(scope="module")
def borders() -> list[Shape]:
    if not BORDERS.exists():
        pytest.skip("the map of Jember is not here")
    return read_geojson(BORDERS.read_bytes())


def names(found: Located) -> list[str]:
    return [area.name for area in found.candidates]


def ring(west: float = 113.0, south: float = -8.0, size: float = 0.1) -> list[list[float]]:
    return [[west, south], [west + size, south], [west + size, south + size], [west, south + size], [west, south]]


def feature(code: object = "35.09.01", name: object = "Barat", coordinates: Any = None, **extra: Any) -> dict[str, Any]:
    geometry = {"type": "Polygon", "coordinates": [ring()] if coordinates is None else coordinates}
    return {"type": "Feature", "properties": {"code": code, "name": name}, "geometry": geometry, **extra}


def collection(*features: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


WEST, EAST = read_geojson(
    collection(feature(), feature("35.09.02", "Timur", [ring(west=113.1)])),
)


# The territory


def test_jember_has_thirty_one_kecamatan_with_codes_in_order() -> None:
    assert [area.code for area in KECAMATAN] == [f"35.09.{number:02}" for number in range(1, 32)]
    assert len({area.name for area in KECAMATAN}) == 31
    assert len({area.polsek for area in KECAMATAN}) == 31


def test_the_centre_of_puger_is_on_the_mainland() -> None:
    puger = next(area for area in KECAMATAN if area.name == "Puger")
    assert puger.latitude > -8.37


# A pin without borders


def test_without_borders_the_nearest_centres_are_proposed() -> None:
    found = locate(*ALUN_ALUN, [], KECAMATAN)
    assert names(found) == ["Sumbersari", "Kaliwates", "Patrang"]
    assert (found.is_exact, found.is_outside, found.must_ask) == (False, False, True)


@pytest.mark.parametrize("place", [SEA, SURABAYA, (0, 0), (90, 180)])
def test_far_from_every_centre_is_outside(place: tuple[float, float]) -> None:
    assert locate(*place, [], KECAMATAN) == Located((), is_exact=False, is_outside=True, must_ask=False)


@pytest.mark.parametrize("area", KECAMATAN, ids=lambda area: area.name)
def test_a_pin_on_a_centre_proposes_that_kecamatan_first(area: Any) -> None:
    assert locate(area.latitude, area.longitude, [], KECAMATAN).candidates[0] == area


@pytest.mark.parametrize(
    "place", [(math.nan, 113), (-8, math.nan), (math.inf, 113), (-8, -math.inf), (91, 0), (0, 181)]
)
def test_what_is_no_place_on_earth_is_refused(place: tuple[float, float]) -> None:
    with pytest.raises(BadCoordinates):
        locate(*place, [WEST], KECAMATAN)


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_every_place_on_earth_gets_an_answer(latitude: float, longitude: float) -> None:
    for shapes in ([], [WEST, EAST]):
        found = locate(latitude, longitude, shapes, KECAMATAN)
        assert found.is_outside == (not found.candidates)
        assert len(found.candidates) <= 3


# A pin with borders


def test_well_inside_a_border_nothing_is_asked() -> None:
    found = locate(-7.95, 113.05, [WEST, EAST], KECAMATAN)
    assert [area.code for area in found.candidates] == ["35.09.01"]
    assert (found.is_exact, found.is_outside, found.must_ask) == (True, False, False)


def test_a_shape_takes_the_polsek_of_the_known_area_with_its_code() -> None:
    assert locate(-7.95, 113.05, [WEST], KECAMATAN).candidates == (KECAMATAN[0],)


def test_a_shape_of_another_regency_becomes_an_area_of_its_own() -> None:
    (found,) = locate(-7.95, 113.05, [WEST], ()).candidates
    assert (found.code, found.name, found.polsek) == ("35.09.01", "Barat", "Polsek Barat")


def test_near_a_border_the_neighbour_is_asked_about() -> None:
    found = locate(-7.95, 113.1003, [WEST, EAST], ())
    assert names(found) == ["Timur", "Barat"]
    assert found.must_ask


def test_a_hundred_and_fifty_metres_from_a_border_nothing_is_asked() -> None:
    assert not locate(-7.95, 113.1 + 150 / 110_130, [WEST, EAST], ()).must_ask


def test_on_the_beach_the_only_neighbour_is_proposed_and_confirmed() -> None:
    found = locate(-8.0005, 113.05, [WEST, EAST], ())
    assert names(found) == ["Barat"]
    assert found.must_ask
    assert not found.is_outside


def test_beyond_the_beach_is_outside() -> None:
    assert locate(-8.01, 113.05, [WEST, EAST], ()).is_outside


# The map of Jember


def test_every_centre_lies_in_its_own_borders(borders: list[Shape]) -> None:
    for area in KECAMATAN:
        inside = [shape.code for shape in borders if contains(shape.polygons, area.latitude, area.longitude)]
        assert inside == [area.code]


def test_the_map_and_the_territory_agree_on_names_and_centres(borders: list[Shape]) -> None:
    for area, shape in zip(KECAMATAN, borders, strict=True):
        assert (area.code, area.name) == (shape.code, shape.name)
        assert distance_metres(area.latitude, area.longitude, shape.latitude, shape.longitude) < 50
        assert contains(shape.polygons, shape.latitude, shape.longitude)


def test_every_polsek_stands_in_its_kecamatan(borders: list[Shape]) -> None:
    with PLACES.open() as file:
        polsek = [row for row in csv.DictReader(file) if row["kind"] == "polsek"]
    assert len(polsek) == 31
    for row in polsek:
        best = locate(float(row["lat"]), float(row["lon"]), borders, KECAMATAN).candidates[0]
        assert (best.name, best.polsek) == (row["kecamatan"], row["name"])


def test_at_polsek_arjasa_the_bot_asks_arjasa_or_pakusari(borders: list[Shape]) -> None:
    found = locate(*POLSEK_ARJASA, borders, KECAMATAN)
    assert names(found) == ["Arjasa", "Pakusari"]
    assert found.must_ask


@pytest.mark.parametrize("place", [SEA, SURABAYA])
def test_the_sea_and_surabaya_are_outside_jember(borders: list[Shape], place: tuple[float, float]) -> None:
    assert locate(*place, borders, KECAMATAN).is_outside


def test_a_place_is_found_within_a_millisecond(borders: list[Shape]) -> None:
    places = [(-8.4 + row * 0.01, 113.3 + column * 0.02) for row in range(36) for column in range(33)]
    started = time.perf_counter()
    for place in places:
        locate(*place, borders, KECAMATAN)
    assert (time.perf_counter() - started) / len(places) < 0.001


def test_shapes_of_jember_survive_storage(borders: list[Shape]) -> None:
    assert [Shape.from_json(shape.to_json()) for shape in borders] == borders


# A typed name


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("sumber sari", "Sumbersari"),
        ("kec. Sumbersari", "Sumbersari"),
        ("KECAMATAN JOMBANG", "Jombang"),
        ("kec jombang kab. jember", "Jombang"),
        ("Gumuk Mas", "Gumukmas"),
        ("Sumber Baru", "Sumberbaru"),
        ("sumber jambe", "Sumberjambe"),
        ("Sempolan", "Silo"),
        ("polsek silo", "Silo"),
        ("ptrang", "Patrang"),
        ("kencomg", "Kencong"),
        ("Tempurjo", "Tempurejo"),
        ("ajung", "Ajung"),
        ("dekat pasar di Ambulu", "Ambulu"),
        ("rambi", "Rambipuji"),
    ],
)
def test_what_people_type_finds_the_kecamatan(typed: str, name: str) -> None:
    assert find_by_name(typed)[0].name == name


def test_the_beginning_of_several_names_offers_them_all() -> None:
    assert [area.name for area in find_by_name("sumber")] == ["Sumberbaru", "Sumbersari", "Sumberjambe"]


def test_the_town_offers_its_three_kecamatan() -> None:
    assert [area.name for area in find_by_name("kota")] == ["Kaliwates", "Patrang", "Sumbersari"]


@pytest.mark.parametrize(
    "typed", ["", "   ", "kecamatan", "Surabaya", "kabupaten jombang", "kab. Jombang", "🚓", "x" * 5000]
)
def test_what_is_no_kecamatan_finds_none(typed: str) -> None:
    assert find_by_name(typed) == ()


@given(st.text(max_size=200))
def test_any_text_finds_at_most_six(typed: str) -> None:
    assert len(find_by_name(typed)) <= 6


# A map file


@pytest.mark.parametrize(
    "keys", [("KODE", "NAMA"), ("kd_kecamatan", "kecamatan"), ("KDCPUM", "WADMKC"), ("id", "NAMOBJ")]
)
def test_codes_and_names_are_found_under_the_keys_publishers_use(keys: tuple[str, str]) -> None:
    properties = {keys[0]: "35.10.01", keys[1]: " Pesanggaran\n", "other": None}
    (shape,) = read_geojson(collection(feature(properties=properties)))
    assert (shape.code, shape.name) == ("35.10.01", "Pesanggaran")


def test_a_code_without_its_dots_gets_them_back() -> None:
    (shape,) = read_geojson(collection(feature(code=350901)))
    assert shape.code == "35.09.01"


def test_the_identifier_of_a_feature_serves_as_code() -> None:
    (shape,) = read_geojson(collection(feature(code=None, id=7)))
    assert shape.code == "7"


def test_an_open_ring_is_closed() -> None:
    assert read_geojson(collection(feature(coordinates=[ring()[:-1]])))[0].polygons == WEST.polygons


def test_several_parts_and_altitudes_are_read() -> None:
    geometry = {"type": "MultiPolygon", "coordinates": [[[[*p, 12.5] for p in ring()]], [ring(west=114, size=0.2)]]}
    (shape,) = read_geojson(collection(feature(geometry=geometry)))
    assert len(shape.polygons) == 2
    assert (shape.latitude, shape.longitude) == (-7.9, 114.1)
    assert shape.box == (113.0, -8.0, 114.2, -7.8)


def test_a_byte_order_mark_is_no_fault() -> None:
    assert read_geojson(b"\xef\xbb\xbf" + collection(feature())) == [WEST]


def nested(depth: int) -> bytes:
    return b'{"type":"FeatureCollection","features":' + b"[" * depth + b"]" * depth + b"}"


FAULTS: dict[str, tuple[bytes, str]] = {
    "text": (b"hello", "The file is not JSON."),
    "not unicode": (b"\xff\xfe\x00", "The file is not JSON."),
    "an endless number": (b"1" * 5000, "The file is not JSON."),
    "a list": (b"[]", "The file is not a GeoJSON FeatureCollection."),
    "a lone feature": (json.dumps(feature()).encode(), "The file is not a GeoJSON FeatureCollection."),
    "no features": (collection(), "The file has no features."),
    "deep nesting": (nested(100_000), "The file is nested too deeply to be a map."),
    "nested positions": (nested(500), "Feature 1 is not a GeoJSON Feature."),
    "not a feature": (collection(feature(), 3), "Feature 2 is not a GeoJSON Feature."),
    "no code": (collection(feature(code=" ")), "Feature 1 has no code; name one of its properties 'code' or 'kode'."),
    "no name": (collection(feature(name=True)), "Feature 1 has no name; name one of its properties 'name' or 'nama'."),
    "no properties": (collection(feature(properties=None, id="9")), "Feature 1 has no name"),
    "long code": (collection(feature(code="3" * 17)), "Feature 1 has a code longer than 16 characters."),
    "long name": (collection(feature(name="a" * 65)), "Feature 1 has a name longer than 64 characters."),
    "a repeated code": (collection(feature(), feature()), "Feature 2 repeats the code 35.09.01 of feature 1."),
    "a point": (collection(feature(geometry={"type": "Point"})), "Feature 1 is neither a Polygon nor a MultiPolygon."),
    "no geometry": (collection(feature(geometry=None)), "Feature 1 is neither a Polygon nor a MultiPolygon."),
    "empty": (collection(feature(coordinates=[])), "Feature 1 has empty or malformed coordinates."),
    "an empty ring": (collection(feature(coordinates=[[]])), "Feature 1 has empty or malformed coordinates."),
    "a number": (collection(feature(coordinates=3)), "Feature 1 has empty or malformed coordinates."),
    "two points": (collection(feature(coordinates=[ring()[:2]])), "Feature 1 has a ring of fewer than 4 points."),
    "no position": (collection(feature(coordinates=[[1, 2]])), "Feature 1 has a position that is not"),
    "text for a number": (
        collection(feature(coordinates=[[["a", 1]]])),
        "Feature 1 has a coordinate that is not a number.",
    ),
    "NaN": (collection(feature(coordinates=[[[math.nan, 1]]])), "Feature 1 has a coordinate that is not a number."),
    "infinity": (collection(feature(coordinates=[[[math.inf, 1]]])), "Feature 1 has coordinates out of range"),
    "metres": (collection(feature(coordinates=[[[790000, 9090000]]])), "Feature 1 has coordinates out of range"),
    "a huge number": (collection(feature(coordinates=[[[10**400, 1]]])), "Feature 1 has coordinates out of range"),
    "swapped": (collection(feature(coordinates=[[[-8.1, 113.7]]])), "Feature 1 has latitude and longitude swapped"),
    "a line": (collection(feature(coordinates=[[[1, 1], [2, 2], [3, 3]]])), "Feature 1 has no area."),
}


@pytest.mark.parametrize(("content", "sentence"), FAULTS.values(), ids=FAULTS.keys())
def test_a_faulty_map_is_refused_with_one_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(BadGeometry) as refusal:
        read_geojson(content)
    assert str(refusal.value).startswith(sentence)
    assert str(refusal.value).endswith(".")


def test_a_file_over_twenty_megabytes_is_refused_unread() -> None:
    with pytest.raises(BadGeometry, match="larger than 20 MB"):
        read_geojson(b" " * 20_000_001)


def test_too_many_features_are_refused() -> None:
    with pytest.raises(BadGeometry, match="more than 5,000 features"):
        read_geojson(collection(*[1] * 5001))


def test_too_many_vertices_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapes_module, "MAX_VERTICES", 9)
    with pytest.raises(BadGeometry, match="vertices by feature 2"):
        read_geojson(collection(feature(), feature("35.09.02")))


@given(st.recursive(st.none() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner), max_leaves=20))
def test_no_coordinates_whatever_crash_the_reading(coordinates: Any) -> None:
    with contextlib.suppress(BadGeometry):
        read_geojson(collection(feature(coordinates=coordinates)))


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", '{"at":[1,2],"polygons":[]}', '{"at":[1,2],"polygons":[[]]}', "[" * 100_000]
)
def test_a_damaged_stored_shape_is_refused(text: str) -> None:
    with pytest.raises(BadGeometry):
        Shape.from_json(text)


def test_stored_text_is_compact() -> None:
    assert " " not in WEST.to_json()
    assert Shape.from_json(WEST.to_json()) == WEST
