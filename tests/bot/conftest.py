"""A sender of its own, between a real database and the simulator."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
import sqlalchemy as sa

from bot.clock import Clock
from bot.sender import Sender
from bot.transport import Transport
from domain import outbox
from models import OutboxMessage
from models.engine import Store
from simulator.testing import TOKEN, Simulator


class HeldLease:
    """The lease of somebody who is alone."""

    held = True

    async def take(self) -> None: ...

    async def keep(self) -> None: ...

    def is_held(self) -> bool:
        return self.held

    async def assert_held(self, session: Any) -> None: ...

    async def release(self) -> None: ...


class Post:
    """The outbox, its sender and the far side."""

    def __init__(self, store: Store, simulator: Simulator, *, rate: float = 1000) -> None:
        self.store = store
        self.simulator = simulator
        self.clock = Clock()
        self.lease = HeldLease()
        self.transport = Transport(TOKEN, simulator.url)
        self.sender = Sender(store, self.transport, self.clock, self.lease, rate=rate)
        self.posted = 0
        self.running: asyncio.Task[None] | None = None

    async def post(self, kind: str, to: int, *texts: str, **payload: Any) -> None:
        async with self.store.begin() as session:
            for text in texts:
                self.posted += 1
                outbox.post(
                    session,
                    kind,
                    to=to,
                    method="sendMessage",
                    payload={"text": text, **payload},
                    key=f"t{self.posted}",
                    now=self.clock.now(),
                )
        self.sender.wake()

    def start(self) -> None:
        self.running = asyncio.create_task(self.sender.run())

    async def stop(self) -> None:
        if self.running:
            self.sender.quit()
            await asyncio.wait_for(self.running, 15)
            self.running = None

    async def crash(self) -> None:
        """The sender is gone in the middle of whatever it did."""
        assert self.running
        self.running.cancel()
        for task in list(self.sender.tasks):
            task.cancel()
        await asyncio.gather(self.running, *self.sender.tasks, return_exceptions=True)
        self.sender = Sender(self.store, self.transport, self.clock, self.lease, rate=1000)
        self.running = None

    async def states(self) -> list[str]:
        async with self.store.read() as session:
            return [
                str(state) for state in await session.scalars(sa.select(OutboxMessage.state).order_by(OutboxMessage.id))
            ]

    async def until(self, *states: str, within: float = 10) -> None:
        """Waits until the rows are in these states, in the order in which they were posted."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                while await self.states() != list(states):
                    await asyncio.sleep(0.02)
        assert await self.states() == list(states)

    async def delivered(self, to: int) -> list[str]:
        return [entry["params"]["text"] for entry in await self.simulator.ledger(chat=to) if entry["delivered"]]


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    async with await Simulator.start() as running:
        yield running


@pytest.fixture
async def post(store: Store, simulator: Simulator) -> AsyncIterator[Post]:
    made = Post(store, simulator)
    yield made
    await made.stop()
    await made.transport.close()
