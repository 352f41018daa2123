"""People: anyone who wrote to the bot, what they agreed to, which roles they hold, what is awaited from them."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, new_id
from models.types import Sealed, UtcDateTime, child_of


class Person(Base):
    """Someone who wrote to the bot. Names and usernames are never stored; the Telegram id only sealed.

    `staff_number` is what colleagues and reporters know an officer by ("Petugas 12"). It is given once and kept."""

    __tablename__ = "people"
    __table_args__ = (sa.Index("ix_people_staff_number", "staff_number", unique=True),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    telegram_index: Mapped[bytes] = mapped_column(sa.LargeBinary(16), unique=True)
    telegram_sealed: Mapped[bytes]
    language: Mapped[str] = mapped_column(sa.String(2), default="id")
    area_code: Mapped[str | None] = mapped_column(sa.String(16))
    notice_version: Mapped[str | None] = mapped_column(sa.String(16))
    notice_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    is_reachable: Mapped[bool] = mapped_column(default=True)
    wrong_codes: Mapped[int] = mapped_column(sa.SmallInteger, default=0)  # guesses at a report's code
    wrong_codes_since: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    staff_number: Mapped[int | None]
    is_discreet: Mapped[bool] = mapped_column(default=False)  # messages to them say nothing of what they are about

    telegram_id = Sealed[int]("telegram_sealed")


class RoleGrant(Base):
    """One role held by one person. Being a resident needs no row. `unit` is the special unit whose sensitive reports
    they may read (see domain/units.py); None for none."""

    __tablename__ = "role_grants"

    person_id: Mapped[uuid.UUID] = mapped_column(child_of("people.id"), primary_key=True)
    role: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    granted_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    unit: Mapped[str | None] = mapped_column(sa.String(16))


class StaffNumber(Base):
    """A number that somebody of the staff was given. It stays when they go: nobody else may be taken for them."""

    __tablename__ = "staff_numbers"

    number: Mapped[int] = mapped_column(primary_key=True)
    given_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class Invitation(Base):
    """A one-time link to a role. Only the keyed hash of its token is kept.

    Whoever opens it first (`used_by`) waits until the issuer confirms that it is the right person. Without an issuer
    it was made on the server itself, and the role is given at once."""

    __tablename__ = "invitations"

    token_index: Mapped[bytes] = mapped_column(sa.LargeBinary(16), primary_key=True)
    role: Mapped[str] = mapped_column(sa.String(16))
    expires_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    used_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("people.id", ondelete="SET NULL"))
    unit: Mapped[str | None] = mapped_column(sa.String(16))
    issuer_id: Mapped[uuid.UUID | None] = mapped_column(child_of("people.id"))
    settled_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)  # confirmed or refused by the issuer


class Dialogue(Base):
    """What is awaited from a person in their private chat, and about which thing. No row: nothing is."""

    __tablename__ = "dialogues"

    person_id: Mapped[uuid.UUID] = mapped_column(child_of("people.id"), primary_key=True)
    awaiting: Mapped[str] = mapped_column(sa.String(32))
    subject_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    detail: Mapped[str | None] = mapped_column(sa.String(64))


class Desk(Base):
    """The case that lies open before a person, beside whatever dialogue they are in: a dispatcher at work on it, or a
    reporter who was asked something. `awaiting` names what their next words are, if anything particular."""

    __tablename__ = "desks"

    person_id: Mapped[uuid.UUID] = mapped_column(child_of("people.id"), primary_key=True)
    report_id: Mapped[uuid.UUID] = mapped_column(child_of("reports.id"), index=True)
    awaiting: Mapped[str | None] = mapped_column(sa.String(32))
    detail: Mapped[str | None] = mapped_column(sa.String(64))
    opened_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
