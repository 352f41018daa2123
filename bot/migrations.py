"""Migrations: bringing the database to the newest schema."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.schema import ROOT
from models.engine import Store


class MigrationBroke(Exception):
    """A migration left rows behind that refer to nothing."""


def configuration() -> Config:
    return Config(str(ROOT / "alembic.ini"))


async def migrate(store: Store, target: str = "head", *, down: bool = False) -> None:
    """Upgrades (or downgrades) to the target revision, each migration in its own transaction.

    SQLite changes a table by copying and dropping it. With foreign keys on, that would empty the tables that refer to
    it, so they are off meanwhile and looked over at the end. Raises MigrationBroke."""
    if store.is_sqlite and store.url.database:
        Path(store.url.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)

    def run(connection: Connection) -> None:
        config = configuration()
        config.attributes["connection"] = connection
        (command.downgrade if down else command.upgrade)(config, target)

    async with store.writer.connect() as connection:
        if store.is_sqlite:
            await _pragma(connection, "foreign_keys=OFF")
        await connection.run_sync(run)
        await connection.commit()
        if store.is_sqlite:
            if orphans := await _pragma(connection, "foreign_key_check"):
                raise MigrationBroke(f"{len(orphans)} rows refer to what is not there, the first in {orphans[0][0]}")
            await _pragma(connection, "foreign_keys=ON")


async def _pragma(connection: AsyncConnection, pragma: str) -> list[Any]:
    """Outside of any transaction: inside of one, SQLite ignores it without a word."""
    raw = (await connection.get_raw_connection()).driver_connection
    assert raw is not None
    async with raw.execute(f"PRAGMA {pragma}") as cursor:
        return list(await cursor.fetchall())
