"""Places: areas that reports are routed by, places that matter, the groups bound to a duty and the cards these have."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, new_id
from models.types import WITHOUT_ROWID, BigId, Sealed, UtcDateTime, child_of


class AreaShape(Base):
    """An area imported with its border. While the table is empty the built-in centres serve."""

    __tablename__ = "areas"

    code: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(64))
    shape: Mapped[str] = mapped_column(sa.Text)
    imported_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class DutyRoom(Base):
    """A staff group that receives the cards of new reports: of the whole regency, or of one area. A confidential one,
    for the `unit` that may know (None: for all of them), gets the sensitive reports with their content; others learn
    only that there is one. `oldest_*` is the one message that names the case which has waited longest."""

    __tablename__ = "duty_rooms"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    chat_index: Mapped[bytes] = mapped_column(sa.LargeBinary(16), unique=True)
    chat_sealed: Mapped[bytes]
    area_code: Mapped[str | None] = mapped_column(sa.String(16))
    is_confidential: Mapped[bool] = mapped_column(default=False)
    bound_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    is_reachable: Mapped[bool] = mapped_column(default=True)
    unit: Mapped[str | None] = mapped_column(sa.String(16))
    oldest_report_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("reports.id", ondelete="SET NULL"))
    oldest_level: Mapped[int] = mapped_column(sa.SmallInteger, default=0)
    oldest_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    chat_id = Sealed[int]("chat_sealed")


class Card(Base):
    """The card of a report in a room: what it should show, and whether it does.

    `is_stale` until the room has seen the present state; the keeper (bot/cards.py) sends or edits the most urgent
    stale card whenever the room's budget allows. `call_key` is the outbox row on its way, `message_id` the message
    once Telegram told it, `shown_as` a keyed hash of what it says. It leads to no person, and its moment is as coarse
    as those of a fully anonymous report."""

    __tablename__ = "cards"
    __table_args__ = (
        sa.Index(
            "ix_cards_stale",
            "room_id",
            "rank",
            "posted_at",
            sqlite_where=sa.text("is_stale"),
            postgresql_where=sa.text("is_stale"),
        ),
        sa.Index(
            "ix_cards_on_the_way",
            "room_id",
            sqlite_where=sa.text("call_key IS NOT NULL"),
            postgresql_where=sa.text("call_key IS NOT NULL"),
        ),
        WITHOUT_ROWID,
    )

    report_id: Mapped[uuid.UUID] = mapped_column(child_of("reports.id"), primary_key=True)
    room_id: Mapped[uuid.UUID] = mapped_column(child_of("duty_rooms.id"), primary_key=True)
    posted_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    message_id: Mapped[int | None] = mapped_column(BigId)
    call_key: Mapped[str | None] = mapped_column(sa.String(64))
    is_stale: Mapped[bool] = mapped_column(default=True)
    rank: Mapped[int] = mapped_column(sa.SmallInteger, default=3)  # of the report's priority: 0 is the most urgent
    shown_as: Mapped[bytes | None] = mapped_column(sa.LargeBinary(16))
    refusals: Mapped[int] = mapped_column(sa.SmallInteger, default=0)  # by Telegram, since the case last changed


class Place(Base):
    """A guard post, school, polling place ...: somewhere with a name and a pin. Its QR sheet opens the bot there."""

    __tablename__ = "places"
    __table_args__ = (sa.Index("ix_places_area", "area_code"),)

    id: Mapped[int] = mapped_column(BigId, sa.Identity(), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    kind: Mapped[str] = mapped_column(sa.String(24))
    area_code: Mapped[str | None] = mapped_column(sa.String(16))
    latitude: Mapped[float]
    longitude: Mapped[float]
    made_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    retired_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
