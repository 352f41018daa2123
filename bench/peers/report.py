"""A peer's report: one table, one committed statement a step, SQLAlchemy's own pool, WAL and synchronous=FULL."""

import os
import re
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, event, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

CATEGORIES = ("Pencurian", "Gangguan ketertiban", "Lainnya")
_KECAMATAN = re.compile(r"kec(?:amatan|\.)?\s+(\w+)", re.IGNORECASE)
_NOW = re.compile(r"sekarang|barusan", re.IGNORECASE)


class Base(DeclarativeBase):
    pass


class Report(Base):
    __tablename__ = "reports"

    id: Mapped[int] = mapped_column(primary_key=True)
    chat_id: Mapped[int] = mapped_column(BigInteger, index=True)
    state: Mapped[str] = mapped_column(default="draft")
    step: Mapped[str] = mapped_column(default="text")
    text: Mapped[str | None]
    category: Mapped[str | None]
    place: Mapped[str | None]
    kecamatan: Mapped[str | None]
    happened_at: Mapped[datetime | None]
    anonymous: Mapped[bool | None]
    number: Mapped[str | None] = mapped_column(unique=True)


def make_engine() -> AsyncEngine:
    """An engine for DATABASE_URL with SQLAlchemy's defaults, and SQLite's safe settings."""
    engine = create_async_engine(os.environ["DATABASE_URL"], connect_args={"timeout": 30})

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.close()

    return engine


def make_sessions(engine: AsyncEngine) -> "async_sessionmaker[AsyncSession]":
    return async_sessionmaker(engine, expire_on_commit=False)


async def create_tables(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)


async def open_draft(session: AsyncSession, chat_id: int) -> int:
    """A new draft; returns its id."""
    result = await session.execute(insert(Report).values(chat_id=chat_id).returning(Report.id))
    report_id = result.scalar_one()
    await session.commit()
    return report_id


async def answer(session: AsyncSession, report_id: int, **values: object) -> None:
    """Stores one answer of the resident."""
    await session.execute(update(Report).where(Report.id == report_id).values(**values))
    await session.commit()


async def find_draft(session: AsyncSession, chat_id: int) -> tuple[int, str] | None:
    """The open draft of a chat, as its id and the step that it waits for."""
    drafts = select(Report.id, Report.step).where(Report.chat_id == chat_id, Report.state == "draft")
    row = (await session.execute(drafts.order_by(Report.id.desc()).limit(1))).first()
    return (row.id, row.step) if row else None


def choose_category(text: str) -> str:
    return CATEGORIES[int(text) - 1] if text in {"1", "2", "3"} else CATEGORIES[-1]


def read_place(text: str) -> dict[str, object]:
    found = _KECAMATAN.search(text)
    return {"place": text, "kecamatan": found[1].title() if found else None}


def read_time(text: str) -> dict[str, object]:
    return {"happened_at": datetime.now(UTC).replace(tzinfo=None) if _NOW.match(text) else None}


def read_anonymity(text: str) -> dict[str, object]:
    return {"anonymous": text.lower().startswith("anonim")}


def number_of(report_id: int) -> str:
    return f"LP-{datetime.now(UTC):%y%m}-{report_id:06d}"


def filed(report_id: int) -> dict[str, object]:
    return {"state": "received", "number": number_of(report_id)}
