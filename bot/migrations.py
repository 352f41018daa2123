"""Migrations: bringing the database to the newest schema, and knowing whether it is there."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from models.engine import Store

ROOT = Path(__file__).resolve().parent.parent


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


async def revisions(store: Store) -> tuple[str | None, str | None]:
    """The database's revision and the code's. They must be equal before anything runs."""
    wanted = ScriptDirectory.from_config(configuration()).get_current_head()
    async with store.reader.connect() as connection:
        found = await connection.run_sync(lambda c: MigrationContext.configure(c).get_current_revision())
    return found, wanted
