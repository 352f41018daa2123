"""Audit: who of the staff did or read what. Rows are only ever added, each bound to the one before by a MAC."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import BigId, UtcDateTime


class AuditEntry(Base):
    """`actor` is a staff number, "system" or "console"; `about` a report's number or another thing's public name.
    No content, no reporter: it never needs erasing. Triggers refuse to change or delete a row."""

    __tablename__ = "audit_entries"

    sequence: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(sa.String(16))
    deed: Mapped[str] = mapped_column(sa.String(32))
    about: Mapped[str | None] = mapped_column(sa.String(48))
    detail: Mapped[str | None] = mapped_column(sa.String(120))
    mac: Mapped[bytes] = mapped_column(sa.LargeBinary(32))


class AuditHead(Base):
    """The one row that says how long the chain is and how it ends. Whoever appends holds its lock until the commit."""

    __tablename__ = "audit_heads"

    id: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(BigId)
    mac: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
