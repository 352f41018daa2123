"""Places: the areas that reports are routed by, the groups bound to a duty, and the cards these have had."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, new_id
from models.types import Sealed, UtcDateTime, child_of


class AreaShape(Base):
    """An area imported with its border. While the table is empty the built-in centres serve."""

    __tablename__ = "areas"

    code: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(64))
    shape: Mapped[str] = mapped_column(sa.Text)
    imported_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class DutyRoom(Base):
    """A staff group that receives the cards of new reports: of the whole regency, or of one area. A confidential one,
    for the unit that may know, gets the sensitive reports with their content; others learn only that there is one."""

    __tablename__ = "duty_rooms"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    chat_index: Mapped[bytes] = mapped_column(sa.LargeBinary(16), unique=True)
    chat_sealed: Mapped[bytes]
    area_code: Mapped[str | None] = mapped_column(sa.String(16))
    is_confidential: Mapped[bool] = mapped_column(default=False)
    bound_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    is_reachable: Mapped[bool] = mapped_column(default=True)

    chat_id = Sealed[int]("chat_sealed")


class Card(Base):
    """That a room has had the card of a report; without a row it still gets one. It leads to no person, and its
    moment is as coarse as those of a fully anonymous report."""

    __tablename__ = "cards"
    __table_args__ = (sa.Index("ix_cards_room", "room_id", "posted_at"),)

    report_id: Mapped[uuid.UUID] = mapped_column(child_of("reports.id"), primary_key=True)
    room_id: Mapped[uuid.UUID] = mapped_column(child_of("duty_rooms.id"), primary_key=True)
    posted_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
