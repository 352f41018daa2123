"""Plans: how the database means to answer what a function asks of it."""

from collections.abc import Awaitable, Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from models.engine import Store

READS_ALL = ("Seq Scan on reports", "Seq Scan on search_terms")


async def plans_of(store: Store, ask: Callable[[AsyncSession], Awaitable[object]]) -> list[str]:
    """For each SELECT that it makes: the statement on one line, and under it the plan."""
    asked: list[tuple[str, Any]] = []

    def listen(connection: Any, cursor: Any, statement: str, parameters: Any, *rest: Any) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    sa.event.listen(store.reader.sync_engine, "before_cursor_execute", listen)
    try:
        async with store.read() as session:
            await ask(session)
    finally:
        sa.event.remove(store.reader.sync_engine, "before_cursor_execute", listen)
    explain = "EXPLAIN QUERY PLAN" if store.is_sqlite else "EXPLAIN"
    found = []
    async with store.reader.connect() as connection:
        if not store.is_sqlite:  # small tables are read whole, were it not for this
            await connection.exec_driver_sql("SET enable_seqscan = off")
        for statement, parameters in asked:
            rows = await connection.exec_driver_sql(f"{explain} {statement}", parameters)
            lines = "\n".join(str(row[-1]) for row in rows)
            found.append(f"{' '.join(statement.split())}\n{lines}")
        await connection.rollback()
    return found


def reads_all(plan: str) -> bool:
    """Whether a table that grows is read from end to end without an index that bounds it."""
    lines = plan.split("\n")[1:]
    sqlite = any(line.startswith(("SCAN reports", "SCAN search_terms")) and "INDEX" not in line for line in lines)
    return sqlite or any(seq in line for line in lines for seq in READS_ALL)
