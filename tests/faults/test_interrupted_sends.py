"""SIGKILL while messages leave: none is missed, and only what may be repeated ever is.

The simulator answers late, so that every kill finds messages on the wire.
"""

import asyncio
import datetime as dt
import random
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa

from domain import outbox
from models import OutboxMessage, OutboxState, sealing
from models.engine import Store
from models.sealing import Keyring
from simulator.testing import Simulator
from tests.faults.process import BotProcess, prepare
from tests.town import TOKEN, USERNAME

EACH = 400
CARDS = 40  # few, since they go first: most kills shall meet the bulletins behind them
LATENCY_SECONDS = 0.05
RATE = 100
# The sender's own bounds: replies on the wire at once, and bulk, each with what it has not marked yet.
REPLIES_UNMARKED, BULK_UNMARKED = 128 + 64, 25 + 10


async def post_all(store: Store, kind: str, people: list[int]) -> None:
    async with store.begin() as session:
        for person in people:
            outbox.post(
                session,
                kind,
                to=person,
                method="sendMessage",
                payload={"text": f"{kind} {person}"},
                key=f"{kind}.{person}",
                now=dt.datetime.now(dt.UTC),
            )


async def states(store: Store, kind: str) -> Counter[str]:
    async with store.read() as session:
        rows = await session.execute(
            sa.select(OutboxMessage.state, sa.func.count())
            .where(OutboxMessage.kind == kind)
            .group_by(OutboxMessage.state)
        )
        return Counter({str(state): count for state, count in rows})


async def interrupt(folder: Path, url: str, kills: int) -> None:
    await prepare(url)
    sealing.install(Keyring.at(folder / "keys"))
    store = Store(url)
    async with AsyncExitStack() as stack:
        running = await Simulator.start(token=TOKEN, username=USERNAME, limits=False, latency_seconds=LATENCY_SECONDS)
        simulator = await stack.enter_async_context(running)
        bot = BotProcess(folder, simulator.url, url, send_rate=RATE)
        stack.push_async_callback(bot.end)
        people = await simulator.crowd(2 * EACH + CARDS)
        cards, receipts, bulletins = people[:CARDS], people[CARDS : CARDS + EACH], people[CARDS + EACH :]
        await post_all(store, "card", cards)
        await post_all(store, "bulletin", bulletins)
        for number in range(kills):
            await bot.start()
            await bot.ready()
            share = EACH // kills
            await post_all(store, "receipt", receipts[number * share : (number + 1) * share])
            await asyncio.sleep(random.uniform(0.1, 2.5))
            await bot.kill()
        await post_all(store, "receipt", receipts[kills * (EACH // kills) :])
        await bot.start()
        await bot.ready()
        async with asyncio.timeout(60):
            while sum([(await states(store, kind))[OutboxState.PENDING] for kind in ("receipt", "card", "bulletin")]):
                await asyncio.sleep(0.2)
        await bot.stop()

        ledger = await simulator.ledger(method="sendMessage")
        arrived = Counter(entry["params"]["text"] for entry in ledger if entry["delivered"])
        for kind, group in (("receipt", receipts), ("card", cards)):
            missed = [person for person in group if not arrived[f"{kind} {person}"]]
            assert not missed, f"{len(missed)} of the {kind}s never arrived"
        left = await states(store, "bulletin")
        once = [arrived[f"bulletin {person}"] for person in bulletins]
        assert max(once) == 1, "a bulletin was doubled"
        assert once.count(0) <= left[OutboxState.AMBIGUOUS], "a bulletin is missing and not listed as uncertain"
        assert left[OutboxState.AMBIGUOUS] <= kills * BULK_UNMARKED
        doubled = {
            kind: sum(arrived[f"{kind} {p}"] - 1 for p in group)
            for kind, group in (("receipt", receipts), ("card", cards))
        }
        assert doubled["receipt"] <= kills * REPLIES_UNMARKED
        assert doubled["card"] <= kills * BULK_UNMARKED
        print(
            f"\n{kills} kills: receipts {doubled['receipt']} twice, cards {doubled['card']} twice, "
            f"bulletins 0 twice and {left[OutboxState.AMBIGUOUS]} uncertain, 0 missed"
        )
    await store.close()


@pytest.mark.timeout(120)
async def test_a_few_kills_miss_no_message(tmp_path: Path, empty_database_url: str) -> None:
    await interrupt(tmp_path, empty_database_url, kills=3)


@pytest.mark.faults
@pytest.mark.timeout(300)
async def test_ten_kills_miss_no_message(tmp_path: Path, empty_database_url: str) -> None:
    await interrupt(tmp_path, empty_database_url, kills=10)
