"""The engine: how sessions are opened on SQLite and PostgreSQL, and what each new connection must prove."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from models import audit, one_hop
from models.outbox import write_staged

# One busy writer is enough on SQLite, and a second would only fight for the lock.
SQLITE_PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: what was acknowledged to Telegram outlives a power cut
    "foreign_keys": 1,
    "secure_delete": 1,  # what is erased leaves no bytes behind
    "busy_timeout": 10_000,
}
POSTGRES_MUST_BE_ON = ("fsync", "full_page_writes", "synchronous_commit")
# A replica that froze inside a transaction must not hold up the others: the server lets go of it, and the network
# notices the dead.
POSTGRES_SETTINGS = {
    "idle_in_transaction_session_timeout": "5000",
    "lock_timeout": "8000",
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "10000",
}
# SQLSTATE classes: connection lost, out of resources, operator intervention, system error, read-only transaction;
# idle too long, serialization failure, deadlock, lock not available: all of them pass.
AWAY_SQLSTATES = ("08", "53", "57", "58", "25006", "25P03", "40001", "40P01", "55P03")
AWAY_SQLITE_ERRORS = (
    "database or disk is full",
    "readonly database",
    "database is locked",
    "disk i/o error",
    "unable to open database",
    "closed database",
    "no active connection",
)


class StoreUnusable(Exception):
    """The database's own settings would lose what was acknowledged."""


class Store:
    """The two ways into the database. `write` holds the lock from its first moment; `read` never takes it."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self.writer = _sqlite_engine(self.url, begin="BEGIN IMMEDIATE", pool_size=1)
            self.reader = _sqlite_engine(self.url, begin=None, pool_size=2)
        else:
            self.writer = self.reader = _postgres_engine(self.url)
        self.write = async_sessionmaker(self.writer, expire_on_commit=False)
        self.read = async_sessionmaker(self.reader, expire_on_commit=False)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        """A session inside one transaction: committed at the end, or rolled back whole."""
        async with self.write() as session:
            try:
                yield session
                await session.flush()
                await write_staged(session)
                await audit.write_staged(session)  # last, since it holds up every other writer until the commit
            except BaseException:
                session.info.clear()
                await _to_the_end(session.rollback())
                raise
            await _to_the_end(session.commit())

    async def prove(self) -> None:
        """Writes and takes it back. Raises what is_away knows when the database cannot take a write."""
        async with self.write() as session:
            await session.execute(sa.text("DELETE FROM seen_updates WHERE update_id = 0"))
            await session.execute(
                sa.text("INSERT INTO seen_updates (update_id, seen_at) VALUES (0, CURRENT_TIMESTAMP)")
            )
            await session.rollback()

    async def empty_log(self) -> None:
        """On SQLite: what was erased must not live on in the write-ahead log. PostgreSQL recycles its own."""
        if self.is_sqlite:
            async with self.reader.connect() as connection:
                await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    async def close(self) -> None:
        await self.writer.dispose()
        if self.reader is not self.writer:
            await self.reader.dispose()


async def _to_the_end(work: Coroutine[Any, Any, None]) -> None:
    """Whoever is cancelled meanwhile hears of it afterwards: half a commit would have an unknown outcome."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        raise


def is_away(error: BaseException | None) -> bool:
    """Whether the database could not be reached or could not take a write, so that trying again later helps."""
    if isinstance(error, PoolTimeout | ConnectionError | TimeoutError | OSError):
        return True
    if isinstance(error, DBAPIError):
        if error.connection_invalidated:
            return True
        state = getattr(error.orig, "sqlstate", None)
        if state:
            return str(state).startswith(AWAY_SQLSTATES)
        text = str(error.orig).lower()
        if isinstance(error, OperationalError | InterfaceError) and any(word in text for word in AWAY_SQLITE_ERRORS):
            return True
        return is_away(getattr(error.orig, "__cause__", None))
    return False


def _sqlite_engine(url: URL, *, begin: str | None, pool_size: int) -> AsyncEngine:
    """With `begin` every transaction starts so; without, each statement reads what is committed at that moment."""
    reading: dict[str, Any] = {"isolation_level": "AUTOCOMMIT", "skip_autocommit_rollback": True}
    engine = create_async_engine(
        url,
        async_creator=lambda: one_hop.connect(url.database or ":memory:"),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=30,
        **({} if begin else reading),
    )

    @sa.event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, record: object) -> None:
        # The driver's own transactions start too late (after the first read): lost updates. Ours start explicitly.
        connection.isolation_level = None
        cursor = connection.cursor()
        for name, value in SQLITE_PRAGMAS.items():
            cursor.execute(f"PRAGMA {name}={value}")
            cursor.execute(f"PRAGMA {name}")
            found = cursor.fetchone()[0]
            if found != value:
                raise StoreUnusable(f"SQLite keeps {name}={found}, not {value}")
        cursor.close()

    if begin:

        @sa.event.listens_for(engine.sync_engine, "begin")
        def start(connection: sa.Connection) -> None:
            connection.exec_driver_sql(begin)

    return engine


def _postgres_engine(url: URL) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=8,
        max_overflow=4,
        pool_timeout=10,
        connect_args={"timeout": 5, "command_timeout": 30, "server_settings": POSTGRES_SETTINGS},
    )

    @sa.event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, record: object) -> None:
        cursor = connection.cursor()
        for name in POSTGRES_MUST_BE_ON:
            cursor.execute(f"SHOW {name}")
            if cursor.fetchone()[0] == "off":
                raise StoreUnusable(f"PostgreSQL has {name} off: it may lose what was acknowledged")
        cursor.close()
        connection.commit()

    return engine
