"""One holder at a time, and another within ten seconds of its death."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.leases import FileLease, LeaseLost, LeaseTaken, RowLease
from bot.migrations import migrate
from models.engine import Store


@pytest.fixture
async def postgres(empty_postgres_url: str) -> AsyncIterator[Store]:
    store = Store(empty_postgres_url)
    await migrate(store)
    yield store
    await store.close()


async def test_a_second_process_on_sqlite_is_refused_at_once_and_may_come_after_the_first(tmp_path: Path) -> None:
    first, second = FileLease(tmp_path / "bot.db"), FileLease(tmp_path / "bot.db")
    await first.take()
    with pytest.raises(LeaseTaken):
        await second.take()
    await first.release()
    await second.take()
    await second.release()


async def test_a_dead_holder_is_replaced_within_ten_seconds(postgres: Store) -> None:
    dead, heir = RowLease(postgres, "dead"), RowLease(postgres, "heir")
    await dead.take()
    started = time.monotonic()
    await heir.take()
    assert time.monotonic() - started < 10
    assert not dead.is_held(), "the old holder must know by its own clock before the new one begins"
    assert heir.fence == dead.fence + 1
    await heir.release()


async def test_a_released_lease_is_free_at_once(postgres: Store) -> None:
    first, second = RowLease(postgres, "first"), RowLease(postgres, "second")
    await first.take()
    await first.release()
    started = time.monotonic()
    await second.take()
    assert time.monotonic() - started < 1
    await second.release()


async def test_a_late_write_of_an_old_holder_is_refused(postgres: Store) -> None:
    old, new = RowLease(postgres, "old"), RowLease(postgres, "new")
    await old.take()
    await old.release()
    await new.take()
    old.good_until = time.monotonic() + 100  # as if it had slept through everything
    with pytest.raises(LeaseLost):
        async with postgres.begin() as session:
            await old.assert_held(session)
    async with postgres.begin() as session:
        await new.assert_held(session)
    await new.release()


async def test_a_keeper_keeps_it_and_nobody_else_gets_it(postgres: Store) -> None:
    keeper, other = RowLease(postgres, "keeper"), RowLease(postgres, "other")
    await keeper.take()
    keeping = asyncio.create_task(keeper.keep())
    waiting = asyncio.create_task(other.take())
    await asyncio.sleep(9)
    assert keeper.is_held()
    assert not waiting.done()
    for task in (keeping, waiting):
        task.cancel()
    await asyncio.gather(keeping, waiting, return_exceptions=True)
    await keeper.release()
