"""Migrations: bringing the database to the newest schema."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from bot.schema import ROOT
from models.engine import Store


def configuration() -> Config:
    return Config(str(ROOT / "alembic.ini"))


async def migrate(store: Store, target: str = "head", *, down: bool = False) -> None:
    """Upgrades (or downgrades) to the target revision, each migration in its own transaction."""
    if store.is_sqlite and store.url.database:
        Path(store.url.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)

    def run(connection: Connection) -> None:
        config = configuration()
        config.attributes["connection"] = connection
        (command.downgrade if down else command.upgrade)(config, target)

    async with store.writer.connect() as connection:
        await connection.run_sync(run)
        await connection.commit()
