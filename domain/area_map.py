"""The area map: the areas this bot serves, with their borders where these were imported."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain import areas
from domain.areas import Located, Shape
from domain.territory import KECAMATAN, Area
from models import AreaShape


class AreaMap:
    """Areas by code, and the way from a pin or a name to them. Read once, shared by all handlers."""

    def __init__(self, shapes: Sequence[Shape] = ()) -> None:
        known = {area.code: area for area in KECAMATAN}
        self.shapes = tuple(shapes)
        self.areas = tuple(known.get(s.code) or _unknown(s) for s in shapes) or KECAMATAN
        self.by_code = {area.code: area for area in self.areas}
        self.by_name = sorted(self.areas, key=lambda area: area.name)  # the order in which a list is searched by eye

    def locate(self, latitude: float, longitude: float) -> Located:
        return areas.locate(latitude, longitude, self.shapes, self.areas)

    def named(self, text: str) -> tuple[Area, ...]:
        return areas.find_by_name(text, self.areas)

    def name(self, code: str | None) -> str | None:
        area = self.by_code.get(code or "")
        return area.name if area else None


async def load(session: AsyncSession) -> AreaMap:
    rows = await session.scalars(sa.select(AreaShape.shape).order_by(AreaShape.code))
    return AreaMap([Shape.from_json(text) for text in rows])


async def store(session: AsyncSession, shapes: Sequence[Shape], *, now: dt.datetime) -> None:
    """Replaces all areas by these: one regency's map is imported whole."""
    await session.execute(sa.delete(AreaShape))
    session.add_all(AreaShape(code=s.code, name=s.name, shape=s.to_json(), imported_at=now) for s in shapes)


def _unknown(shape: Shape) -> Area:
    # Which station answers for it is not in a border file: views leave an empty polsek out.
    return Area(code=shape.code, name=shape.name, latitude=shape.latitude, longitude=shape.longitude, polsek="")
