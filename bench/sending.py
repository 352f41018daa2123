"""Sending: how long a reply takes while a queue of routine messages keeps the bot at its rate.

Our own sender against the simulator (a process of its own, with Telegram's limits and an answer after 50 ms).
"""

import asyncio
import random
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from bot.clock import Clock
from bot.leases import FileLease
from bot.migrations import migrate
from bot.sender import Sender
from bot.transport import Transport
from domain import outbox
from models import OutboxMessage, sealing
from models.engine import Store
from models.sealing import Keyring
from simulator.testing import Simulator

TOKEN = "70001:bench-token-of-no-value"
REPLIES_PER_SECOND = 3.0
REPLIERS = 60


@dataclass(frozen=True)
class Result:
    """Milliseconds from the commit of a reply to its handling by Telegram, the answer's latency included."""

    replies: int
    p50_ms: float
    p99_ms: float
    longest_ms: float
    share_of_rate: float
    refused: int
    seconds: float


async def measure(*, queue: int, rate: float, latency: float) -> Result:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        async with _simulator(latency) as simulator, _sender(Path(folder), simulator.url, rate) as sender:
            people = await simulator.crowd(queue + REPLIERS)
            for person in people[:queue]:
                await _post(sender, "bulletin", person, "Imbauan: kunci rumah dan kendaraan Anda.")
            before = len(await simulator.ledger())
            running = asyncio.create_task(sender.run())
            started = time.time()
            asked = await _reply_meanwhile(sender, people[queue:])
            sender.quit()
            await running
            return _read(await simulator.ledger(since=before), asked, rate, started)


async def _reply_meanwhile(sender: Sender, people: list[int]) -> dict[str, float]:
    """Posts replies at random moments until the queue is empty. Returns when each was committed, by its text."""
    asked: dict[str, float] = {}
    while await _waiting(sender.store):
        await asyncio.sleep(random.expovariate(REPLIES_PER_SECOND))
        text = f"jawaban {len(asked)}"
        await _post(sender, "reply", people[len(asked) % len(people)], text)
        asked[text] = time.time()
        sender.wake()
    await asyncio.sleep(0.5)
    return asked


def _read(ledger: list[dict[str, object]], asked: dict[str, float], rate: float, started: float) -> Result:
    sent = [entry for entry in ledger if entry["method"] == "sendMessage" and entry["delivered"]]
    times = {str(entry["params"]["text"]): float(str(entry["at"])) for entry in sent}  # type: ignore[index]
    waits = sorted(1000 * (times[text] - at) for text, at in asked.items() if text in times)
    bulk = [float(str(entry["at"])) for entry in sent if str(entry["params"]["text"]).startswith("Imbauan")]  # type: ignore[index]
    seconds = max(bulk) - started
    within = sum(float(str(entry["at"])) <= max(bulk) for entry in sent)
    return Result(
        replies=len(waits),
        p50_ms=waits[len(waits) // 2],
        p99_ms=waits[min(len(waits) - 1, int(0.99 * len(waits)))],
        longest_ms=waits[-1],
        share_of_rate=within / (rate * seconds),
        refused=sum(entry["status"] == 429 for entry in ledger),
        seconds=seconds,
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def _simulator(latency: float) -> AsyncIterator[Simulator]:
    port = _free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "simulator", "--port", str(port), "--bot", f"{TOKEN}=bench_bot", "--latency", str(latency), "--no-web"),
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        await _opens(port)
        async with await Simulator.connect(f"http://127.0.0.1:{port}") as simulator:
            yield simulator
    finally:
        process.terminate()
        await process.wait()


async def _opens(port: int) -> None:
    async with asyncio.timeout(20):
        while True:
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return
            await asyncio.sleep(0.1)


@asynccontextmanager
async def _sender(folder: Path, url: str, rate: float) -> AsyncIterator[Sender]:
    sealing.install(Keyring.at(folder / "keys"))
    store = Store(f"sqlite+aiosqlite:///{folder / 'bot.db'}")
    await migrate(store)
    lease = FileLease(folder / "bot.db")
    await lease.take()
    transport = Transport(TOKEN, url)
    try:
        yield Sender(store, transport, Clock(), lease, rate=rate)
    finally:
        await transport.close()
        await lease.release()
        await store.close()


async def _post(sender: Sender, kind: str, to: int, text: str) -> None:
    async with sender.store.begin() as session:
        key = f"{kind}.{to}.{random.getrandbits(40)}"
        now = sender.clock.now()
        outbox.post(session, kind, to=to, method="sendMessage", payload={"text": text}, key=key, now=now)


async def _waiting(store: Store) -> int:
    async with store.read() as session:
        waiting = sa.select(sa.func.count()).where(OutboxMessage.state == "pending", OutboxMessage.kind == "bulletin")
        return int(await session.scalar(waiting) or 0)
