"""Geometry: distances, borders and insides on a map the size of a regency, without a GIS library.

Vertices are (longitude, latitude) in degrees, the order of GeoJSON. Nothing here may cross the 180th meridian.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

EARTH_RADIUS_METRES = 6_371_008.8
METRES_PER_DEGREE = EARTH_RADIUS_METRES * math.pi / 180

Vertex = tuple[float, float]
Ring = tuple[Vertex, ...]


class Box(NamedTuple):
    """A bounding box in degrees."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, latitude: float, longitude: float, margin_metres: float = 0.0) -> bool:
        """Whether a point lies in the box or at most about `margin_metres` outside it."""
        margin = margin_metres / METRES_PER_DEGREE
        if not self.south - margin <= latitude <= self.north + margin:
            return False
        if margin:
            margin /= max(math.cos(math.radians(latitude)), 0.01)  # degrees of longitude shrink towards the poles
        return self.west - margin <= longitude <= self.east + margin


@dataclass(frozen=True, slots=True)
class Polygon:
    """One piece of land: an outer ring, holes in it, and the box around it. Build it with `of`."""

    outer: Ring
    holes: tuple[Ring, ...]
    box: Box

    @classmethod
    def of(cls, rings: Sequence[Ring]) -> "Polygon":
        """A polygon from closed rings, the outer one first, as GeoJSON lists them."""
        return cls(rings[0], tuple(rings[1:]), box_around(rings[0]))

    @property
    def rings(self) -> tuple[Ring, ...]:
        """All rings, the outer one first."""
        return (self.outer, *self.holes)


def box_around(vertices: Iterable[Vertex]) -> Box:
    """The smallest box that holds all vertices; there must be at least one."""
    longitudes, latitudes = zip(*vertices, strict=True)
    return Box(min(longitudes), min(latitudes), max(longitudes), max(latitudes))


def distance_metres(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Great-circle distance (haversine) between two points in degrees."""
    phi, other_phi = math.radians(latitude), math.radians(other_latitude)
    half_height = math.sin((other_phi - phi) / 2)
    half_width = math.sin(math.radians(other_longitude - longitude) / 2)
    chord = half_height * half_height + math.cos(phi) * math.cos(other_phi) * half_width * half_width
    return 2 * EARTH_RADIUS_METRES * math.asin(math.sqrt(min(1.0, chord)))


def contains(polygons: Iterable[Polygon], latitude: float, longitude: float) -> bool:
    """Whether a point in degrees lies in one of the polygons and in none of its holes."""
    return any(_polygon_contains(polygon, latitude, longitude) for polygon in polygons)


def border_distance_metres(
    polygons: Iterable[Polygon], latitude: float, longitude: float, within_metres: float = math.inf
) -> float:
    """Distance from a point in degrees to the nearest border, also of a hole; infinity beyond `within_metres`.

    Uses a flat map around the point: exact to a metre over a few kilometres, good to a percent over a regency.
    """
    nearest = math.inf
    for polygon in polygons:
        if polygon.box.holds(latitude, longitude, within_metres):
            for ring in polygon.rings:
                nearest = min(nearest, _ring_distance_metres(ring, latitude, longitude, within_metres))
    return nearest if nearest <= within_metres else math.inf


def inner_point(polygons: Sequence[Polygon]) -> tuple[float, float] | None:
    """A (latitude, longitude) inside the largest polygon, or None when that has no area.

    Its centroid when that is inside (a crescent's is not), else the middle of its widest part.
    """
    largest = max(polygons, key=lambda polygon: abs(_signed_area(polygon.outer)))
    centroid = _centroid(largest.outer)
    if centroid and _polygon_contains(largest, *centroid):
        return centroid
    return _widest_middle(largest)


def _polygon_contains(polygon: Polygon, latitude: float, longitude: float) -> bool:
    if not polygon.box.holds(latitude, longitude):
        return False
    if not _ring_contains(polygon.outer, latitude, longitude):
        return False
    return not any(_ring_contains(hole, latitude, longitude) for hole in polygon.holes)


def _ring_contains(ring: Ring, latitude: float, longitude: float) -> bool:
    """Ray casting. Both neighbours of a shared border compute the same crossing, so a point belongs to exactly one."""
    inside = False
    x1, y1 = ring[-1]
    for x2, y2 in ring:
        if (y1 > latitude) != (y2 > latitude) and longitude < _crossing(x1, y1, x2, y2, latitude):
            inside = not inside
        x1, y1 = x2, y2
    return inside


def _crossing(x1: float, y1: float, x2: float, y2: float, latitude: float) -> float:
    """The longitude where a segment meets a latitude, to the same last bit whichever way the segment runs."""
    if y1 > y2:
        x1, y1, x2, y2 = x2, y2, x1, y1
    return x1 + (x2 - x1) * (latitude - y1) / (y2 - y1)


def _ring_distance_metres(ring: Ring, latitude: float, longitude: float, within_metres: float) -> float:
    metres_x = METRES_PER_DEGREE * math.cos(math.radians(latitude))
    margin = within_metres / METRES_PER_DEGREE
    south, north = latitude - margin, latitude + margin
    nearest_squared = math.inf
    x1, y1 = ring[-1]
    for x2, y2 in ring:
        if not ((y1 < south and y2 < south) or (y1 > north and y2 > north)):
            ax, ay = (x1 - longitude) * metres_x, (y1 - latitude) * METRES_PER_DEGREE
            bx, by = (x2 - longitude) * metres_x, (y2 - latitude) * METRES_PER_DEGREE
            nearest_squared = min(nearest_squared, _origin_to_segment_squared(ax, ay, bx, by))
        x1, y1 = x2, y2
    return math.sqrt(nearest_squared)


def _origin_to_segment_squared(ax: float, ay: float, bx: float, by: float) -> float:
    dx, dy = bx - ax, by - ay
    length_squared = dx * dx + dy * dy
    if length_squared > 0:
        share = min(1.0, max(0.0, -(ax * dx + ay * dy) / length_squared))
        ax, ay = ax + share * dx, ay + share * dy
    return ax * ax + ay * ay


def _signed_area(ring: Ring) -> float:
    """Square degrees, taken around the first vertex to keep the digits."""
    x0, y0 = ring[0]
    total = 0.0
    x1, y1 = ring[-1]
    for x2, y2 in ring:
        total += (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        x1, y1 = x2, y2
    return total / 2


def _centroid(ring: Ring) -> tuple[float, float] | None:
    area = _signed_area(ring)
    if area == 0:
        return None
    x0, y0 = ring[0]
    sum_x = sum_y = 0.0
    x1, y1 = ring[-1]
    for x2, y2 in ring:
        cross = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        sum_x += (x1 + x2 - 2 * x0) * cross
        sum_y += (y1 + y2 - 2 * y0) * cross
        x1, y1 = x2, y2
    return y0 + sum_y / (6 * area), x0 + sum_x / (6 * area)


def _widest_middle(polygon: Polygon) -> tuple[float, float] | None:
    """The middle of the widest stretch of land met by a handful of horizontal lines."""
    height = polygon.box.north - polygon.box.south
    best_width, best = 0.0, None
    for step in range(1, 16):
        latitude = polygon.box.south + height * step / 16
        crossings = sorted(_crossings(polygon, latitude))
        for west, east in zip(crossings[::2], crossings[1::2], strict=False):
            if east - west > best_width:
                best_width, best = east - west, (latitude, (west + east) / 2)
    return best


def _crossings(polygon: Polygon, latitude: float) -> Iterable[float]:
    for ring in polygon.rings:
        x1, y1 = ring[-1]
        for x2, y2 in ring:
            if (y1 > latitude) != (y2 > latitude):
                yield _crossing(x1, y1, x2, y2, latitude)
            x1, y1 = x2, y2
