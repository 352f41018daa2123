"""SIGKILL at random instants, under load: nothing lost, nothing doubled, nothing out of order.

`make test` kills a few times; `make faults` as often as the promise says.
"""

import asyncio
import random
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa

from models import sealing
from models.engine import Store
from models.sealing import Keyring
from simulator.testing import Simulator
from tests.faults.process import BotProcess, prepare
from tests.faults.traffic import (
    DIALOGUE,
    assert_answers_in_order,
    assert_nothing_lost_or_doubled,
    assert_receipts_are_true,
    copies,
    settle,
    write_reports,
)
from tests.town import TOKEN, USERNAME

RESIDENTS, REPORTS = 100, 3
MOST_IN_FLIGHT = 100  # every resident has at most one message on the wire


async def kill_again_and_again(bot: BotProcess, times: int, writing: asyncio.Task[None]) -> int:
    done = 0
    for _ in range(times):
        await bot.start()
        # Some kills hit a start, most hit work.
        await asyncio.sleep(random.choice([0.3, random.uniform(0.8, 2.0)]))
        await bot.kill()
        done += 1
    return done


async def survive(folder: Path, url: str, intake: str, kills: int) -> None:
    await prepare(url)
    sealing.install(Keyring.at(folder / "keys"))
    store = Store(url)
    async with AsyncExitStack() as stack:
        running = await Simulator.start(token=TOKEN, username=USERNAME, limits=False, webhook_backoff=0.02)
        simulator = await stack.enter_async_context(running)
        bot = BotProcess(folder, simulator.url, url)
        if intake == "webhook":
            bot.settings |= bot.webhook
        stack.push_async_callback(bot.end)
        residents = [await simulator.person(f"Warga {number}") for number in range(RESIDENTS)]
        started = asyncio.get_running_loop().time()
        writing = asyncio.create_task(write_reports(simulator, residents, REPORTS, seconds=1.2 * kills))
        await kill_again_and_again(bot, kills, writing)
        await writing
        await bot.start()
        await bot.ready()
        updates = RESIDENTS * REPORTS * DIALOGUE
        await settle(simulator, store, updates=updates, within=90)
        assert await bot.stop() == 0

        filed = await assert_nothing_lost_or_doubled(store, RESIDENTS, REPORTS)
        await assert_answers_in_order(store)
        assert await assert_receipts_are_true(simulator, filed) >= len(filed), "every report has its receipt"
        doubled = await copies(simulator, store)
        assert 0 <= doubled <= kills * MOST_IN_FLIGHT
        seconds = asyncio.get_running_loop().time() - started
        print(f"\n{intake}: {updates} updates, {kills} kills, {seconds:.0f} s, {doubled} messages sent twice, 0 lost")
    if store.is_sqlite:
        async with store.reader.connect() as connection:
            assert (await connection.exec_driver_sql("PRAGMA integrity_check")).scalar() == "ok"
    async with store.read() as session:
        assert await session.scalar(sa.text("SELECT count(*) FROM dead_letters")) == 0
    await store.close()


@pytest.mark.timeout(180)
@pytest.mark.parametrize("intake", ["polling", "webhook"])
async def test_a_few_kills_lose_nothing(tmp_path: Path, empty_database_url: str, intake: str) -> None:
    await survive(tmp_path, empty_database_url, intake, kills=6)


@pytest.mark.faults
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("intake", "kills"), [("polling", 40), ("webhook", 20)])
async def test_many_kills_lose_nothing(tmp_path: Path, empty_database_url: str, intake: str, kills: int) -> None:
    await survive(tmp_path, empty_database_url, intake, kills)
