"""The store away: nothing is acknowledged, nothing is lost, /readyz says why, and it recovers by itself.

`make test` keeps it away for five seconds; `make faults` for thirty.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import sqlalchemy as sa
from sqlalchemy.util import greenlet_spawn

from models import DeadLetter, sealing
from models.engine import Store
from models.sealing import Keyring
from simulator.person import Person
from simulator.testing import Simulator
from tests.faults.gate import Gate
from tests.faults.process import BotProcess, prepare
from tests.faults.traffic import (
    DIALOGUE,
    assert_answers_in_order,
    assert_nothing_lost_or_doubled,
    settle,
    write_reports,
)
from tests.town import TOKEN, USERNAME, Town, open_town

RESIDENTS = 20


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    async with await Simulator.start(token=TOKEN, username=USERNAME, limits=False, webhook_backoff=0.02) as running:
        yield running


async def people_of(simulator: Simulator) -> list[Person]:
    return [await simulator.person(f"Warga {number}") for number in range(RESIDENTS)]


async def answer_of(port: int, path: str) -> tuple[int, str]:
    patience = aiohttp.ClientTimeout(total=8)
    async with aiohttp.ClientSession(timeout=patience) as http, http.get(f"http://127.0.0.1:{port}{path}") as answer:
        return answer.status, await answer.text()


class Watch:
    """Looks at /livez and /readyz for as long as the store is away."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.reasons: set[str] = set()
        self.not_ready = 0
        self.slowest_life = 0.0

    async def run(self) -> None:
        await asyncio.gather(self._live(), self._ready())

    async def _live(self) -> None:
        while True:
            started = time.monotonic()
            assert await answer_of(self.port, "/livez") == (200, "ok")
            self.slowest_life = max(self.slowest_life, time.monotonic() - started)
            await asyncio.sleep(0.2)

    async def _ready(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                status, text = await answer_of(self.port, "/readyz")
                self.not_ready += status == 503
                self.reasons.add(text)
            await asyncio.sleep(0.3)

    @contextlib.asynccontextmanager
    async def looking(self) -> AsyncIterator["Watch"]:
        task = asyncio.create_task(self.run())
        yield self
        assert not task.done(), f"it did not seem alive: {task.exception()!r}"
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until_ready(port: int, within: float) -> float:
    started = time.monotonic()
    async with asyncio.timeout(within):
        while (await answer_of(port, "/readyz"))[0] != 200:
            await asyncio.sleep(0.05)
    return time.monotonic() - started


# ---- PostgreSQL behind a gate, the bot as a process


async def survive_absence(folder: Path, url: str, simulator: Simulator, intake: str, seconds: float) -> None:
    await prepare(url)
    sealing.install(Keyring.at(folder / "keys"))
    residents = await people_of(simulator)
    async with Gate(url) as gate:
        bot = BotProcess(folder, simulator.url, gate.database_url)
        if intake == "webhook":
            bot.settings |= bot.webhook
        await bot.start()
        await bot.ready()
        process = bot.process
        writing = asyncio.create_task(write_reports(simulator, residents, 2, seconds=seconds + 3))
        await asyncio.sleep(1.5)
        gate.close()
        await asyncio.sleep(0.5)  # what was on its way to Telegram is acknowledged, if its commit was heard
        before = await simulator.updates()
        async with Watch(bot.port).looking() as watch:
            await asyncio.sleep(seconds)
        after = await simulator.updates()
        assert after["confirmed"] == before["confirmed"], "acknowledged while nothing could be stored"
        assert watch.not_ready, "/readyz did not notice"
        assert any("the database takes no" in reason for reason in watch.reasons)
        gate.open()
        opened = time.monotonic()
        await until_ready(bot.port, within=20)
        await writing
        store = Store(url)
        await settle(simulator, store, updates=RESIDENTS * 2 * DIALOGUE, within=60)
        recovery = time.monotonic() - opened
        assert bot.process is process
        assert process is not None
        assert process.returncode is None, "it crashed"
        assert await bot.stop() == 0
    await assert_nothing_lost_or_doubled(store, RESIDENTS, 2)
    await assert_answers_in_order(store)
    async with store.read() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(DeadLetter)) == 0
    await store.close()
    assert "Traceback" not in bot.log.read_text()
    print(
        f"\n{intake}: away {seconds:.0f} s, all answered {recovery:.1f} s after; /livez took {watch.slowest_life:.2f} s"
    )


@pytest.mark.timeout(120)
async def test_postgresql_away_for_a_few_seconds(tmp_path: Path, empty_postgres_url: str, simulator: Simulator) -> None:
    await survive_absence(tmp_path, empty_postgres_url, simulator, "polling", 6)


@pytest.mark.faults
@pytest.mark.timeout(240)
@pytest.mark.parametrize("intake", ["polling", "webhook"])
async def test_postgresql_away_for_half_a_minute(
    tmp_path: Path, empty_postgres_url: str, simulator: Simulator, intake: str
) -> None:
    await survive_absence(tmp_path, empty_postgres_url, simulator, intake, 30)


@pytest.mark.faults
@pytest.mark.timeout(120)
async def test_a_connection_that_breaks_again_and_again_ends_no_process(
    tmp_path: Path, empty_postgres_url: str, simulator: Simulator
) -> None:
    await prepare(empty_postgres_url)
    sealing.install(Keyring.at(tmp_path / "keys"))
    residents = await people_of(simulator)
    async with Gate(empty_postgres_url) as gate:
        bot = BotProcess(tmp_path, simulator.url, gate.database_url)
        await bot.start()
        await bot.ready()
        writing = asyncio.create_task(write_reports(simulator, residents, 1, seconds=8))
        for number in range(12):
            await asyncio.sleep(0.3 + 0.1 * (number % 5))
            gate.close()
            await asyncio.sleep(0.05 + 0.2 * (number % 3))
            gate.open()
        await writing
        store = Store(empty_postgres_url)
        await settle(simulator, store, updates=RESIDENTS * DIALOGUE, within=60)
        assert await bot.stop() == 0
    await assert_nothing_lost_or_doubled(store, RESIDENTS, 1)
    await store.close()


# ---- SQLite, the bot in this process, so that its own connection can be hindered


@contextlib.asynccontextmanager
async def own_writer(town: Town) -> AsyncIterator[Callable[[str], Any]]:
    """Runs a PRAGMA on the bot's one writing connection."""

    async def pragma(statement: str) -> Any:
        connection = await town.store.writer.raw_connection()
        try:
            cursor = await connection.driver_connection.execute(statement)  # type: ignore[union-attr]
            row = await cursor.fetchone()
            await cursor.close()
            return row and row[0]
        finally:
            await greenlet_spawn(connection.close)  # back into the pool

    yield pragma


async def full(pragma: Callable[[str], Any]) -> None:
    pages = await pragma("PRAGMA page_count")
    await pragma(f"PRAGMA max_page_count = {pages}")


async def no_longer_full(pragma: Callable[[str], Any]) -> None:
    await pragma("PRAGMA max_page_count = 1073741823")


async def read_only(pragma: Callable[[str], Any]) -> None:
    await pragma("PRAGMA query_only = ON")


async def no_longer_read_only(pragma: Callable[[str], Any]) -> None:
    await pragma("PRAGMA query_only = OFF")


HINDRANCES = {
    "full": (full, no_longer_full, "database or disk is full"),
    "read-only": (read_only, no_longer_read_only, "attempt to write a readonly database"),
}


@pytest.mark.parametrize("name", ["full", pytest.param("read-only", marks=pytest.mark.faults)])
async def test_a_disk_that_takes_nothing_more_loses_nothing(tmp_path: Path, name: str) -> None:
    hinder, free, words = HINDRANCES[name]
    async with open_town(tmp_path, limits=False) as town, own_writer(town) as pragma:
        residents = await people_of(town.simulator)
        port = town.settings.listen_address[1]
        await hinder(pragma)
        started = time.monotonic()
        writing = asyncio.create_task(write_reports(town.simulator, residents, 1, seconds=3))
        async with Watch(port).looking() as watch:
            await writing
            async with asyncio.timeout(10):
                while not any(words in reason for reason in watch.reasons):
                    await asyncio.sleep(0.1)
            await asyncio.sleep(max(0.0, 5 - (time.monotonic() - started)))
        assert (await town.simulator.updates())["pending"], "acknowledged what could not be stored"
        assert not town.running.done(), "it crashed"
        await free(pragma)
        freed = time.monotonic()
        await settle(town.simulator, town.store, updates=RESIDENTS * DIALOGUE, within=40)
        assert (await answer_of(port, "/readyz"))[0] == 200
        await assert_nothing_lost_or_doubled(town.store, RESIDENTS, 1)
        async with town.store.read() as session:
            assert await session.scalar(sa.select(sa.func.count()).select_from(DeadLetter)) == 0
        print(f"\n{name}: all answered {time.monotonic() - freed:.1f} s after; /livez took {watch.slowest_life:.2f} s")


async def survive_lock(folder: Path, seconds: float) -> None:
    async with open_town(folder, limits=False) as town:
        residents = await people_of(town.simulator)
        port = town.settings.listen_address[1]
        await asyncio.sleep(0.5)  # until the town's own first updates are acknowledged
        before = await town.simulator.updates()
        other = Store(town.database_url)
        async with other.writer.connect() as lock:  # begins with BEGIN IMMEDIATE
            await lock.exec_driver_sql("SELECT 1")
            writing = asyncio.create_task(write_reports(town.simulator, residents, 1, seconds=3))
            async with Watch(port).looking() as watch:
                await asyncio.sleep(seconds)
            assert (await town.simulator.updates())["confirmed"] == before["confirmed"]
            await lock.rollback()
        freed = time.monotonic()
        await other.close()
        await writing
        await settle(town.simulator, town.store, updates=RESIDENTS * DIALOGUE, within=40)
        assert not town.running.done()
        assert await until_ready(port, within=10) < 10
        await assert_nothing_lost_or_doubled(town.store, RESIDENTS, 1)
        assert watch.not_ready, "/readyz did not notice"
        print(f"\nlocked {seconds:.0f} s: all answered {time.monotonic() - freed:.1f} s after; {watch.reasons}")


async def test_a_file_that_another_program_keeps_locked_loses_nothing(tmp_path: Path) -> None:
    await survive_lock(tmp_path, 7)


@pytest.mark.faults
@pytest.mark.parametrize("seconds", [15, 30])
async def test_a_file_locked_for_longer_than_we_wait_loses_nothing(tmp_path: Path, seconds: float) -> None:
    await survive_lock(tmp_path, seconds)
