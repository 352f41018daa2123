"""The outbox: every call that the bot will make to Telegram, as sealed rows."""

import datetime as dt
import enum
import functools
import importlib
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import BigId, UtcDateTime, state_column


class OutboxState(enum.StrEnum):
    PENDING = "pending"  # waits for the sender, or for a cancellation
    SENDING = "sending"  # claimed by the sender; after a crash nobody knows whether it left
    SENT = "sent"  # Telegram said so
    FAILED = "failed"  # Telegram refused it for good
    AMBIGUOUS = "ambiguous"  # perhaps sent, and its kind is never sent twice
    EXPIRED = "expired"  # too late to be of use
    CANCELLED = "cancelled"  # the plan changed before it left


class OutboxMessage(Base):
    """One Bot API call. `key` is unique: the same deed asked for twice is one row. The payload goes once it is sent.

    `report_id` and `link` say what the message will be about, so that an answer to it finds its way (MessageLink)."""

    __tablename__ = "outbox"
    __table_args__ = (
        sa.Index(
            "ix_outbox_waiting",
            "lane",
            "id",
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        ),
        sa.Index(
            "ix_outbox_claimed",
            "id",
            sqlite_where=sa.text("state = 'sending'"),
            postgresql_where=sa.text("state = 'sending'"),
        ),
        sa.Index("ix_outbox_chat", "chat_index", "state"),
        sa.Index("ix_outbox_done", "created_at"),
        sa.Index(
            "ix_outbox_report",
            "report_id",
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, sa.Identity(), primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(64), unique=True)
    lane: Mapped[int] = mapped_column(sa.SmallInteger)
    kind: Mapped[str] = mapped_column(sa.String(24))
    chat_index: Mapped[bytes] = mapped_column(sa.LargeBinary(16))
    method: Mapped[str] = mapped_column(sa.String(32))
    payload_sealed: Mapped[bytes | None]
    state: Mapped[OutboxState] = mapped_column(state_column(OutboxState, "state"), default=OutboxState.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    message_id: Mapped[int | None] = mapped_column(BigId)
    error: Mapped[str | None] = mapped_column(sa.String(200))
    report_id: Mapped[uuid.UUID | None]
    link: Mapped[str | None] = mapped_column(sa.String(12))
    words_id: Mapped[uuid.UUID | None]


class Pacing(Base):
    """What Telegram last told us about our speed; it outlives a restart."""

    __tablename__ = "pacing"

    name: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    rate_per_second: Mapped[float]
    paused_until: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


STAGED = "staged outbox rows"


@functools.cache
def insert_or_ignore(dialect: str, table: Any, *unique: str) -> Any:
    """INSERT that leaves alone what is there already. Both engines know ON CONFLICT, each in a module of its own; the
    other one's is not even loaded."""
    module = importlib.import_module(f"sqlalchemy.dialects.{dialect}")
    return module.insert(table).on_conflict_do_nothing(index_elements=list(unique) or None)


def stage(session: AsyncSession, row: dict[str, Any]) -> None:
    """Keeps the row for the end of the transaction, when all of them are written with one statement."""
    session.info.setdefault(STAGED, []).append(row)


async def write_staged(session: AsyncSession) -> int:
    """Writes what was staged, in order. Returns how many."""
    rows = session.info.pop(STAGED, [])
    if rows:
        connection = await session.connection()
        await connection.execute(insert_or_ignore(connection.dialect.name, OutboxMessage, "key"), rows)
    return len(rows)
