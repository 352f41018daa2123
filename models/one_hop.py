"""One hop: a cursor that does a whole statement in a single visit to SQLite's thread.

aiosqlite visits its thread for each of cursor, execute, fetchall and close. At one small transaction for every update
these visits, not SQLite, are what an update costs. SQLAlchemy always fetches everything, so one visit is enough.
"""

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, Self

import aiosqlite


class Cursor:
    """What SQLAlchemy's adapter needs of an asynchronous cursor, its rows fetched ahead."""

    def __init__(self, connection: "Connection") -> None:
        self.connection = connection
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1
        self.rows: list[Any] = []

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, operation: str, parameters: Any = ()) -> Self:
        return await self._visit(lambda cursor: cursor.execute(operation, parameters))

    async def executemany(self, operation: str, parameters: Any) -> Self:
        return await self._visit(lambda cursor: cursor.executemany(operation, parameters))

    async def _visit(self, work: Callable[[sqlite3.Cursor], Any]) -> Self:
        def visit() -> None:
            assert self.connection._conn is not None
            cursor = self.connection._conn.cursor()
            try:
                work(cursor)
                self.description, self.lastrowid = cursor.description, cursor.lastrowid
                self.rows = cursor.fetchall() if cursor.description else []
                self.rowcount = cursor.rowcount
            finally:
                cursor.close()

        await self.connection._execute(visit)  # type: ignore[no-untyped-call]
        return self

    async def fetchall(self) -> Sequence[Any]:
        rows, self.rows = self.rows, []
        return rows

    async def close(self) -> None:
        """Closed already, in the visit that executed it."""


class Connection(aiosqlite.Connection):
    def cursor(self) -> Any:
        return Cursor(self)


async def connect(database: str) -> Connection:
    """A driver-level connection for SQLAlchemy's `async_creator`."""
    connection = Connection(lambda: sqlite3.connect(database, check_same_thread=False), iter_chunk_size=64)
    # The interpreter may end while a connection is open: its thread must not hold that up.
    connection._thread.daemon = True
    await connection
    return connection
