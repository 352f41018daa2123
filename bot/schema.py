"""The schema: which revision the database is at, and which one this program needs."""

from pathlib import Path

import sqlalchemy as sa

from models.engine import Store

ROOT = Path(__file__).resolve().parent.parent


def newest() -> str:
    """The newest migration, by its number. Read off the files: loading alembic would cost a running bot 10 MB."""
    return max(path.name.split("_")[0] for path in (ROOT / "alembic" / "versions").glob("[0-9]*.py"))


async def revisions(store: Store) -> tuple[str | None, str]:
    """The database's revision (None: no schema yet) and the program's. They must be equal before anything runs."""
    async with store.reader.connect() as connection:
        has_schema = await connection.run_sync(lambda sync: sa.inspect(sync).has_table("alembic_version"))
        found = await connection.scalar(sa.text("SELECT version_num FROM alembic_version")) if has_schema else None
    return found, newest()
