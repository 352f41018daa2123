"""Updates: the ids that were handled, and the ones that could not be."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, new_id
from models.types import Sealed, UtcDateTime


class SeenUpdate(Base):
    """One handled update. A row an id, never a high-water mark: ids may arrive out of order and restart at random."""

    __tablename__ = "seen_updates"

    update_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    seen_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)


class DeadLetter(Base):
    """An update that failed twice, sealed as it came, to be replayed by hand; once it is, its content goes."""

    __tablename__ = "dead_letters"

    id: Mapped[str] = mapped_column(sa.String(8), primary_key=True, default=lambda: new_id().hex[-8:])
    update_id: Mapped[int] = mapped_column(sa.BigInteger)
    reason: Mapped[str] = mapped_column(sa.String(120))
    raw_sealed: Mapped[bytes | None]
    received_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    replayed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    raw = Sealed[Any]("raw_sealed")


MARK_SEEN = {
    "sqlite": sa.text(
        "INSERT INTO seen_updates (update_id, seen_at) SELECT value, :now FROM json_each(:ids) WHERE true "
        "ON CONFLICT DO NOTHING RETURNING update_id"
    ).bindparams(sa.bindparam("now", type_=UtcDateTime), sa.bindparam("ids", type_=sa.JSON)),
    "postgresql": sa.text(
        "INSERT INTO seen_updates (update_id, seen_at) SELECT unnest(CAST(:ids AS bigint[])), :now "
        "ON CONFLICT DO NOTHING RETURNING update_id"
    ).bindparams(sa.bindparam("now", type_=UtcDateTime)),
}


async def mark_seen(session: AsyncSession, update_ids: list[int], *, now: dt.datetime) -> set[int]:
    """Inserts the ids and returns those that were not there: one statement for the whole batch."""
    statement = MARK_SEEN[session.get_bind().dialect.name]
    rows = await session.execute(statement, {"ids": sorted(set(update_ids)), "now": now})
    return set(rows.scalars())
