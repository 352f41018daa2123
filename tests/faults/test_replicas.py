"""Two replicas on PostgreSQL: the lease holder dies, or sleeps and wakes; nobody notices but the clock.

Each call to the simulator names its process, and which of its turns as the leader, in the User-Agent: the ledger shows
who sent when.
"""

import asyncio
import random
import signal
from contextlib import AsyncExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any

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

RESIDENTS, REPORTS = 60, 3
TAKEOVER_SECONDS = 10


async def leader_of(replicas: list[BotProcess], within: float = 30) -> BotProcess:
    """The replica whose /metrics says that it leads; of a sleeping one nothing is heard."""
    async with asyncio.timeout(within):
        while True:
            for replica in replicas:
                if await replica.metric("bot_is_leader") == 1:
                    return replica
            await asyncio.sleep(0.1)


def turns(ledger: list[dict[str, Any]]) -> list[str]:
    """Who sent, in the order in which messages were delivered, without repetitions."""
    senders = [
        entry["user_agent"] for entry in ledger if entry["delivered"] and entry["method"].startswith(("send", "edit"))
    ]
    return senders[:1] + [later for earlier, later in pairwise(senders) if later != earlier]


async def disturb(replicas: list[BotProcess], times: int, asleep_seconds: float) -> list[float]:
    """Kills and puts to sleep whoever leads, in turn. Returns how long each takeover took."""
    gaps = []
    loop = asyncio.get_running_loop()
    for number in range(times):
        leader = await leader_of(replicas)
        others = [replica for replica in replicas if replica is not leader]
        await asyncio.sleep(random.uniform(0.2, 1.0))
        assert leader.process is not None
        started = loop.time()
        if number % 2:
            leader.process.send_signal(signal.SIGSTOP)
            waking = asyncio.create_task(wake(leader, asleep_seconds))
        else:
            await leader.kill()
            waking = None
        await leader_of(others)
        gaps.append(loop.time() - started)
        await (waking or leader.start())
    return gaps


async def wake(replica: BotProcess, after_seconds: float) -> None:
    await asyncio.sleep(after_seconds)
    assert replica.process is not None
    replica.process.send_signal(signal.SIGCONT)


async def live_through(folder: Path, url: str, *, disturbances: int, asleep_seconds: float, intake: str) -> None:
    await prepare(url)
    sealing.install(Keyring.at(folder / "keys"))
    store = Store(url)
    async with AsyncExitStack() as stack:
        running = await Simulator.start(token=TOKEN, username=USERNAME, limits=False, webhook_backoff=0.02)
        simulator = await stack.enter_async_context(running)
        replicas = [BotProcess(folder, simulator.url, url, replica=name) for name in ("one", "two")]
        door = await Balancer.open(replicas) if intake == "webhook" else None
        for replica in replicas:
            if door is not None:
                replica.settings |= replica.webhook | {"WEBHOOK_URL": door.url}
            await replica.start()
        stack.push_async_callback(stop_all, replicas)
        residents = [await simulator.person(f"Warga {number}") for number in range(RESIDENTS)]
        seconds = disturbances * (asleep_seconds / 2 + 12)
        writing = asyncio.create_task(write_reports(simulator, residents, REPORTS, seconds=seconds))
        gaps = await disturb(replicas, disturbances, asleep_seconds)
        await writing
        await settle(simulator, store, updates=RESIDENTS * REPORTS * DIALOGUE, within=120)
        await stop_all(replicas)

        filed = await assert_nothing_lost_or_doubled(store, RESIDENTS, REPORTS)
        await assert_answers_in_order(store)
        assert await assert_receipts_are_true(simulator, filed) >= len(filed)
        assert max(gaps) < TAKEOVER_SECONDS
        ledger = await simulator.ledger()
        order = turns(ledger)
        assert len(order) == len(set(order)), f"two senders at once: {order}"
        doubled = await copies(simulator, store)
        print(
            f"\n{intake}: {disturbances} disturbances, takeover {min(gaps):.1f}-{max(gaps):.1f} s, "
            f"{len(order)} turns of sending, {doubled} messages sent twice"
        )
        if door is not None:
            await door.close()
    async with store.read() as session:
        assert await session.scalar(sa.text("SELECT count(*) FROM dead_letters")) == 0
    await store.close()


async def stop_all(replicas: list[BotProcess]) -> None:
    for replica in replicas:
        if replica.process is not None and replica.process.returncode is None:
            replica.process.send_signal(signal.SIGCONT)
            await replica.stop()


class Balancer:
    """What stands before several replicas: a connection goes to one that takes it, in turn."""

    def __init__(self, replicas: list[BotProcess]) -> None:
        self.replicas = replicas
        self.turn = 0

    @classmethod
    async def open(cls, replicas: list[BotProcess]) -> "Balancer":
        balancer = cls(replicas)
        balancer.server = await asyncio.start_server(balancer.pass_on, "127.0.0.1", 0)
        balancer.url = f"http://127.0.0.1:{balancer.server.sockets[0].getsockname()[1]}"
        return balancer

    server: asyncio.Server
    url: str

    async def pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            upstream = await self.connect()
            if upstream is not None:
                await asyncio.gather(pump(reader, upstream[1]), pump(upstream[0], writer))
        finally:
            writer.close()

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """Asks each replica for a sign of life first: one that sleeps still takes connections."""
        for _ in self.replicas:
            self.turn += 1
            replica = self.replicas[self.turn % len(self.replicas)]
            if await replica.is_alive():
                try:
                    return await asyncio.open_connection("127.0.0.1", replica.port)
                except OSError:
                    continue
        return None

    async def close(self) -> None:
        self.server.close()


async def pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(65_536):
            target.write(data)
            await target.drain()
    except OSError:
        pass
    finally:
        target.close()


@pytest.mark.timeout(180)
async def test_a_killed_and_a_sleeping_leader_are_replaced(tmp_path: Path, empty_postgres_url: str) -> None:
    await live_through(tmp_path, empty_postgres_url, disturbances=2, asleep_seconds=12, intake="polling")


@pytest.mark.faults
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("intake", ["polling", "webhook"])
async def test_ten_kills_and_ten_sleeps_lose_and_double_nothing(
    tmp_path: Path, empty_postgres_url: str, intake: str
) -> None:
    await live_through(tmp_path, empty_postgres_url, disturbances=20, asleep_seconds=30, intake=intake)
