"""The database keeps what it was given: no lost update, no half transaction, no forgiving setting."""

import asyncio
import datetime as dt
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from models import Person, SeenUpdate, new_id
from models.engine import Store, is_away
from models.updates import mark_seen

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


async def test_ten_writers_at_once_lose_no_update(store: Store) -> None:
    async with store.begin() as session:
        session.add(SeenUpdate(update_id=1, seen_at=NOW))

    async def add_one() -> None:
        async with store.begin() as session:
            row = await session.get(SeenUpdate, 1, with_for_update=True)
            assert row is not None
            await asyncio.sleep(0)
            row.seen_at += dt.timedelta(seconds=1)

    await asyncio.gather(*(add_one() for _ in range(10)))
    async with store.read() as session:
        row = await session.get(SeenUpdate, 1)
    assert row is not None
    assert row.seen_at == NOW + dt.timedelta(seconds=10)


async def test_a_failed_transaction_leaves_nothing(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        async with store.begin() as session:
            await mark_seen(session, [1, 2], now=NOW)
            raise ZeroDivisionError
    async with store.begin() as session:
        assert await mark_seen(session, [1, 2, 2], now=NOW) == {1, 2}
    async with store.begin() as session:
        assert await mark_seen(session, [2, 3], now=NOW) == {3}


async def test_the_same_update_at_two_replicas_is_new_for_one_of_them(store: Store) -> None:
    async def one() -> int:
        async with store.begin() as session:
            return len(await mark_seen(session, [77], now=NOW))

    assert sum(await asyncio.gather(*(one() for _ in range(8)))) == 1


async def test_a_naive_moment_is_refused(store: Store) -> None:
    with pytest.raises(sa.exc.StatementError):
        async with store.begin() as session:
            session.add(SeenUpdate(update_id=5, seen_at=dt.datetime(2026, 1, 1)))  # noqa: DTZ001


async def test_a_telegram_id_is_stored_once(store: Store) -> None:
    def person() -> Person:
        made = Person(id=new_id(), telegram_index=b"x" * 16, language="id")
        made.telegram_id = 5
        return made

    with pytest.raises(IntegrityError) as caught:
        async with store.begin() as session:
            session.add_all([person(), person()])
    assert not is_away(caught.value), "a fault of the data must not be retried for ever"


async def test_sqlite_keeps_its_promises_on_every_connection(tmp_path: Path) -> None:
    store = Store(f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}")
    for engine in (store.writer, store.reader):
        async with engine.connect() as connection:
            values = [
                (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
            ]
        assert values == ["wal", 2, 1, 1]
    await store.close()


async def test_a_full_disk_is_away_not_wrong(tmp_path: Path) -> None:
    store = Store(f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}")
    async with store.begin() as session:
        await session.execute(sa.text("CREATE TABLE t (x BLOB)"))
    async with store.writer.connect() as connection:
        await connection.exec_driver_sql("PRAGMA max_page_count=3")
    with pytest.raises(DBAPIError) as caught:
        async with store.begin() as session:
            await session.execute(sa.text("INSERT INTO t VALUES (zeroblob(100000))"))
    assert is_away(caught.value)
    await store.close()


async def test_erased_bytes_are_gone_from_the_files(tmp_path: Path) -> None:
    store = Store(f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}")
    async with store.begin() as session:
        await session.execute(sa.text("CREATE TABLE t (x TEXT)"))
        await session.execute(sa.text("INSERT INTO t VALUES ('KENARI-KUNING')"))
    async with store.begin() as session:
        await session.execute(sa.text("DELETE FROM t"))
    await store.empty_log()
    for file in tmp_path.iterdir():
        assert b"KENARI-KUNING" not in file.read_bytes(), file.name
    await store.close()


async def test_whoever_is_cancelled_during_a_commit_finds_it_done_or_undone(store: Store) -> None:
    for number in range(100, 160):
        begun = asyncio.Event()

        async def write(number: int = number, begun: asyncio.Event = begun) -> None:
            async with store.begin() as session:
                await mark_seen(session, [number], now=NOW)
                begun.set()

        task = asyncio.create_task(write())
        await begun.wait()
        await asyncio.sleep((number % 20) / 10_000)
        task.cancel()
        result = (await asyncio.gather(task, return_exceptions=True))[0]
        assert result is None or isinstance(result, asyncio.CancelledError)
        async with store.begin() as session:
            assert len(await mark_seen(session, [number], now=NOW)) in (0, 1)
