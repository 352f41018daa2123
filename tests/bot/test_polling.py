"""Polling: what is confirmed to Telegram, and when; and a stop at any moment, which loses nothing."""

import asyncio
import random
import time
from pathlib import Path

import pytest

from models import sealing
from models.engine import Store
from models.sealing import Keyring
from simulator.testing import Simulator
from tests.faults.bad_updates import message, put
from tests.faults.process import BotProcess, prepare
from tests.faults.traffic import (
    DIALOGUE,
    assert_answers_in_order,
    assert_nothing_lost_or_doubled,
    settle,
    write_reports,
)
from tests.town import TOKEN, USERNAME, Town

RESIDENTS, REPORTS = 20, 2


async def polls(town: Town) -> list[int | None]:
    return [call["params"].get("offset") for call in await town.simulator.ledger(method="getUpdates")]


async def test_an_offset_is_told_only_after_its_updates_are_committed(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_commit = asyncio.Event()
    real = town.app.intake._work

    async def slow(batch: object) -> None:
        await may_commit.wait()
        await real(batch)  # type: ignore[arg-type]

    monkeypatch.setattr(town.app.intake, "_work", slow)
    (number,) = put(town.simulator, message(town.siti.id))
    await asyncio.sleep(0.5)
    assert number + 1 not in await polls(town)
    assert (await town.simulator.updates())["pending"] >= 1
    may_commit.set()
    await town.siti.sees("Cara melapor", anywhere=True)
    async with asyncio.timeout(5):
        while number + 1 not in await polls(town):
            await asyncio.sleep(0.02)


async def test_a_stop_in_an_idle_moment_is_quick_and_leaves_nothing_to_be_delivered_again(town: Town) -> None:
    await town.siti.types("/bantuan")
    await town.siti.sees("Cara melapor")
    started = time.monotonic()
    await town.stop()
    assert time.monotonic() - started < 2
    assert (await town.simulator.updates())["pending"] == 0
    await town.start()


async def test_what_was_delivered_again_after_a_lost_goodbye_is_handled_once(town: Town) -> None:
    (number,) = put(town.simulator, message(town.siti.id))
    await town.siti.sees("Cara melapor", anywhere=True)
    queue = town.simulator.server.telegram.queues[town.simulator.bot["id"]]
    body = {"update_id": number, **message(town.siti.id)}
    put(town.simulator, body)
    async with asyncio.timeout(5):
        while queue.pending:
            await asyncio.sleep(0.02)
            if next(iter(queue.pending), number) > number:
                break
    await asyncio.sleep(0.3)
    assert len(await town.siti.messages()) == 1


async def test_another_poller_is_outlasted(town: Town) -> None:
    await town.simulator.fault("status", method="getUpdates", code=409, description="Conflict: terminated", times=1)
    await town.siti.types("/bantuan")
    await town.siti.sees("Cara melapor")
    await town.siti.types("/bantuan")
    await town.siti.sees("Cara melapor", within=12)


@pytest.mark.parametrize("kind", ["drop_after", pytest.param("drop_before", marks=pytest.mark.faults)])
async def test_a_line_that_breaks_loses_nothing(town: Town, kind: str) -> None:
    await town.simulator.fault(kind, method="getUpdates", times=3)
    for _ in range(3):
        await town.siti.types("/bantuan")
        await town.siti.sees("Cara melapor", within=12)
    await asyncio.sleep(0.2)
    assert sum(not said["outgoing"] for said in await town.siti.messages()) == 3


@pytest.mark.timeout(120)
@pytest.mark.parametrize("intake", ["polling", pytest.param("webhook", marks=pytest.mark.faults)])
async def test_asked_to_stop_at_any_moment_it_ends_cleanly_and_loses_nothing(tmp_path: Path, intake: str) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}"
    await prepare(url)
    sealing.install(Keyring.at(tmp_path / "keys"))
    store = Store(url)
    async with await Simulator.start(token=TOKEN, username=USERNAME, limits=False, webhook_backoff=0.02) as simulator:
        residents = [await simulator.person(f"Warga {number}") for number in range(RESIDENTS)]
        bot = BotProcess(tmp_path, simulator.url, url)
        if intake == "webhook":
            bot.settings |= bot.webhook
        writing = asyncio.create_task(write_reports(simulator, residents, REPORTS, seconds=6))
        longest = 0.0
        for _ in range(5):
            await bot.start()
            await bot.ready()  # before that the signal meets a Python that is still starting
            await asyncio.sleep(random.uniform(0.0, 0.8))
            started = time.monotonic()
            assert await bot.stop() == 0
            longest = max(longest, time.monotonic() - started)
        await writing
        await bot.start()
        await bot.ready()
        await settle(simulator, store, updates=RESIDENTS * REPORTS * DIALOGUE, within=60)
        assert await bot.stop() == 0
    assert longest < 10
    await assert_nothing_lost_or_doubled(store, RESIDENTS, REPORTS)
    await assert_answers_in_order(store)
    await store.close()
    assert "Traceback" not in bot.log.read_text()
    print(f"\n{intake}: the slowest stop took {longest:.1f} s")
