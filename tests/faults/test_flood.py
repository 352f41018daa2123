"""A flood: ten thousand messages from one account, while others write their reports."""

import asyncio
import time
from pathlib import Path
from statistics import quantiles

import pytest

from domain.policy import FLOOD_BURST, FLOOD_PER_MINUTE
from simulator.person import Person
from simulator.testing import Simulator
from tests.faults.bad_updates import acquaint, message, put
from tests.faults.process import BotProcess, prepare
from tests.faults.traffic import messages
from tests.town import TOKEN, USERNAME

RESIDENTS = 50


async def replies_to(simulator: Simulator, person: int) -> list[dict]:  # type: ignore[type-arg]
    return [entry for entry in await simulator.ledger(chat=person) if entry["delivered"]]


async def dialogue(simulator: Simulator, number: int, person: Person, waits: list[float]) -> None:
    """Types each line after the answer to the one before, as people do; notes how long each answer took."""
    chat = simulator.server.telegram.world
    bot = chat.bots_by_id[simulator.bot["id"]]
    await asyncio.sleep(number * 0.1)
    for line in messages(number, 0):
        mine = chat.private_chat(bot, chat.people[person.id])
        before = sum(said.sender_id == bot.id for said in mine.messages.values())
        started = time.monotonic()
        await person.types(line)
        async with asyncio.timeout(30):
            while sum(said.sender_id == bot.id for said in mine.messages.values()) <= before:
                await asyncio.sleep(0.01)
        waits.append(time.monotonic() - started)
        await asyncio.sleep(0.7)


async def pour(simulator: Simulator, flooder: int, count: int, seconds: float) -> None:
    """So many messages from one account, evenly over so many seconds."""
    started = time.monotonic()
    for number in range(count):
        put_one = message(flooder, f"banjir {number}")
        put(simulator, put_one)
        if number % 50 == 0:
            await asyncio.sleep(max(0.0, started + seconds * number / count - time.monotonic()))


async def stand_a_flood(folder: Path, url: str, count: int, seconds: float, *, until_heard: bool = False) -> None:
    await prepare(url)
    async with await Simulator.start(token=TOKEN, username=USERNAME, limits=False) as simulator:
        bot = BotProcess(folder, simulator.url, url)
        await bot.start()
        await bot.ready()
        residents = [await simulator.person(f"Warga {number}") for number in range(RESIDENTS)]
        flooder = await simulator.person("Banjir")
        acquaint(simulator)
        waits: list[float] = []
        flood = asyncio.create_task(pour(simulator, flooder.id, count, seconds))
        await asyncio.gather(*(dialogue(simulator, number, one, waits) for number, one in enumerate(residents)))
        await flood
        p95 = quantiles(waits, n=20)[-1]
        print(f"\n{count} in {seconds:.0f} s: replies p95 {p95:.2f} s, longest {max(waits):.2f} s of {len(waits)}")
        assert p95 <= 2
        if until_heard:
            await flooder.types("/darurat")
            started = time.monotonic()
            await flooder.sees("Telepon 110 sekarang", within=60)
            print(f"/darurat of the flooder was answered after {time.monotonic() - started:.1f} s")
        texts = [entry["params"].get("text", "") for entry in await replies_to(simulator, flooder.id)]
        warnings = [text for text in texts if "terlalu cepat" in text]
        print(f"the flooder got {len(texts)} replies, {len(warnings)} of them the warning")
        assert len(warnings) == 1 or not until_heard
        # What anybody may send is answered; beyond that there is the warning, and what a minute allows.
        assert len(texts) <= FLOOD_BURST + 2 + FLOOD_PER_MINUTE / 2
        assert await bot.stop() == 0


@pytest.mark.timeout(120)
async def test_one_account_that_floods_makes_nobody_wait(tmp_path: Path) -> None:
    await stand_a_flood(tmp_path, f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}", 10_000, 10)


@pytest.mark.faults
@pytest.mark.timeout(120)
async def test_one_account_that_floods_makes_nobody_wait_on_postgresql(tmp_path: Path, empty_postgres_url: str) -> None:
    await stand_a_flood(tmp_path, empty_postgres_url, 10_000, 10, until_heard=True)
