import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.geometry import Polygon, Ring, border_distance_metres, box_around, contains, distance_metres, inner_point

LATITUDE, LONGITUDE = -8.17, 113.70
latitudes = st.floats(-9, -7)
longitudes = st.floats(113, 115)


def closed(*vertices: tuple[float, float]) -> Ring:
    return (*vertices, vertices[0])


def square(west: float, south: float, size: float) -> Ring:
    return closed((west, south), (west + size, south), (west + size, south + size), (west, south + size))


UNIT = Polygon.of([square(0, 0, 4)])
WITH_A_HOLE = Polygon.of([square(0, 0, 4), square(1, 1, 2)])


@st.composite
def convex_polygons(draw: st.DrawFn) -> Polygon:
    """A polygon whose corners lie on an ellipse, which makes it convex whatever the angles."""
    angles = draw(st.lists(st.integers(0, 359), min_size=3, max_size=12, unique=True))
    assume(
        max(b - a for a, b in zip(sorted(angles), [*sorted(angles)[1:], sorted(angles)[0] + 360], strict=True)) < 180
    )
    width, height = draw(st.floats(0.01, 0.5)), draw(st.floats(0.01, 0.5))
    at = [math.radians(angle) for angle in sorted(angles)]
    return Polygon.of([closed(*((LONGITUDE + width * math.cos(a), LATITUDE + height * math.sin(a)) for a in at))])


def test_a_degree_of_latitude_is_about_111_kilometres() -> None:
    assert distance_metres(-8, 113, -9, 113) == pytest.approx(111_195, abs=1)


def test_the_far_side_of_the_earth_is_half_its_girth_away() -> None:
    assert distance_metres(0, 0, 0, 180) == pytest.approx(20_015_115, abs=1)


@given(latitudes, longitudes, latitudes, longitudes)
def test_a_distance_is_the_same_both_ways(a: float, b: float, c: float, d: float) -> None:
    assert distance_metres(a, b, c, d) == pytest.approx(distance_metres(c, d, a, b))
    assert distance_metres(a, b, a, b) == 0


def test_a_hole_is_not_inside() -> None:
    assert contains([WITH_A_HOLE], 0.5, 0.5)
    assert not contains([WITH_A_HOLE], 2, 2)
    assert not contains([WITH_A_HOLE], 5, 2)


def test_every_part_of_several_counts() -> None:
    parts = [UNIT, Polygon.of([square(10, 10, 1)])]
    assert contains(parts, 10.5, 10.5)
    assert not contains(parts, 7, 7)


@given(convex_polygons(), st.data())
def test_a_mix_of_the_corners_of_a_convex_polygon_is_inside(polygon: Polygon, data: st.DataObject) -> None:
    corners = polygon.outer[:-1]
    weights = data.draw(st.lists(st.floats(0.05, 1), min_size=len(corners), max_size=len(corners)))
    longitude = sum(w * x for w, (x, _) in zip(weights, corners, strict=True)) / sum(weights)
    latitude = sum(w * y for w, (_, y) in zip(weights, corners, strict=True)) / sum(weights)
    assert contains([polygon], latitude, longitude)


@given(convex_polygons(), latitudes, longitudes)
def test_a_point_outside_the_box_is_outside(polygon: Polygon, latitude: float, longitude: float) -> None:
    assume(not polygon.box.holds(latitude, longitude))
    assert not contains([polygon], latitude, longitude)


@given(st.floats(0, 1, exclude_max=True), st.floats(0.001, 0.999), st.floats(-0.3, 1.3), st.floats(-0.3, 1.3))
def test_neighbours_share_out_the_land_without_gap_or_overlap(x: float, y: float, bend_x: float, bend_y: float) -> None:
    border = ((0.37, 0.0), (bend_x, 0.2), (bend_y, 0.7), (0.61, 1.0))
    west = Polygon.of([closed((-1.0, 0.0), *border, (-1.0, 1.0))])
    east = Polygon.of([closed((2.0, 1.0), *reversed(border), (2.0, 0.0))])
    assert contains([west], y, x) != contains([east], y, x)


@given(convex_polygons())
def test_the_inner_point_is_inside(polygon: Polygon) -> None:
    point = inner_point([polygon])
    assert point is not None
    assert contains([polygon], *point)


def test_a_crescent_whose_centroid_is_outside_has_an_inner_point() -> None:
    crescent = Polygon.of([closed((0, 0), (4, 0), (4, 4), (0, 4), (0, 3.5), (3.5, 3.5), (3.5, 0.5), (0, 0.5))])
    point = inner_point([crescent])
    assert point is not None
    assert contains([crescent], *point)


def test_the_middle_of_a_ring_of_land_is_not_its_inner_point() -> None:
    point = inner_point([WITH_A_HOLE])
    assert point is not None
    assert contains([WITH_A_HOLE], *point)


def test_the_inner_point_lies_in_the_largest_part() -> None:
    assert inner_point([Polygon.of([square(10, 10, 1)]), UNIT]) == pytest.approx((2, 2))


def test_a_line_has_no_inner_point() -> None:
    assert inner_point([Polygon.of([closed((0, 0), (1, 1), (2, 2))])]) is None


def test_the_border_of_a_square_is_as_far_as_its_nearest_side() -> None:
    polygon = Polygon.of([square(113.0, -8.0, 0.1)])
    assert border_distance_metres([polygon], -7.95, 113.001) == pytest.approx(110.1, abs=0.2)
    assert border_distance_metres([polygon], -8.001, 113.05) == pytest.approx(111.2, abs=0.2)


def test_a_hole_has_a_border_too() -> None:
    assert border_distance_metres([WITH_A_HOLE], 2, 1.001) == pytest.approx(111.1, abs=0.5)


def test_a_border_beyond_the_limit_is_infinitely_far() -> None:
    assert border_distance_metres([UNIT], 2, 2, within_metres=1000) == math.inf


@given(convex_polygons(), st.floats(-0.5, 0.5), st.floats(-0.5, 0.5), st.floats(10, 20_000))
def test_the_limit_never_changes_a_distance_within_it(
    polygon: Polygon, north: float, east: float, limit: float
) -> None:
    latitude, longitude = LATITUDE + north, LONGITUDE + east
    metres = border_distance_metres([polygon], latitude, longitude)
    limited = border_distance_metres([polygon], latitude, longitude, within_metres=limit)
    assert limited == (metres if metres <= limit else math.inf)


@given(convex_polygons(), st.floats(-0.02, 0.02), st.floats(-0.02, 0.02))
def test_the_border_is_never_farther_than_its_nearest_corner(polygon: Polygon, north: float, east: float) -> None:
    latitude, longitude = LATITUDE + north, LONGITUDE + east
    corner = min(distance_metres(latitude, longitude, y, x) for x, y in polygon.outer)
    assert border_distance_metres([polygon], latitude, longitude) <= corner * 1.01 + 0.01


@given(st.lists(st.tuples(longitudes, latitudes), min_size=1))
def test_a_box_holds_what_it_was_drawn_around(vertices: list[tuple[float, float]]) -> None:
    box = box_around(vertices)
    assert all(box.holds(latitude, longitude) for longitude, latitude in vertices)
