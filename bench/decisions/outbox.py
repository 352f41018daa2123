"""Our outbox on PostgreSQL: python -m bench.decisions.outbox DATABASE_URL [KIND] [far]

KIND is `reply` (not marked before it leaves) or `nudge` (claimed first). `far`: as if put by
another replica, which wakes nobody here.
"""

import asyncio
import secrets
import sys
import tempfile
from itertools import count
from pathlib import Path
from typing import Any

from bench.decisions.work import Message, Tally, measure
from bot.clock import Clock
from bot.leases import RowLease
from bot.migrations import migrate
from bot.sender import Sender
from domain import outbox
from models import sealing
from models.engine import Store
from models.sealing import Keyring


class Nowhere:
    """In place of the network: every call succeeds at once."""

    def __init__(self, tally: Tally) -> None:
        self.tally = tally

    async def call(self, method: str, params: dict[str, Any], **options: object) -> dict[str, int]:
        self.tally.arrived(params["chat_id"], params["n"])
        return {"message_id": 1}


async def main(url: str, kind: str = "reply", far: str = "") -> None:
    with tempfile.TemporaryDirectory() as folder:
        sealing.install(Keyring.at(Path(folder) / "keys"))
        store, clock, tally = Store(url), Clock(), Tally()
        run, keys = secrets.token_hex(4), count()
        await migrate(store)
        lease = RowLease(store, "bench")
        await lease.take()
        sender = Sender(store, Nowhere(tally), clock, lease, rate=100_000)  # type: ignore[arg-type]
        tasks = [asyncio.create_task(lease.keep())]

        async def put(messages: list[Message]) -> None:
            async with store.begin() as session:
                for message in messages:
                    payload = {"n": message.number}
                    key = f"{run}.{next(keys)}"
                    outbox.post(
                        session, kind, to=message.chat, method="sendMessage", payload=payload, key=key, now=clock.now()
                    )
            if not far:
                sender.wake()

        async def start() -> None:
            tasks.append(asyncio.create_task(sender.run()))

        await measure(f"outbox, {kind} {far}".strip(), tally, put, start)
        sender.quit()
        await tasks[1]
        tasks[0].cancel()
        await lease.release()
        await store.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
