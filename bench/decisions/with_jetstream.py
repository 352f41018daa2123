"""NATS JetStream: python -m bench.decisions.with_jetstream nats://127.0.0.1:4222 [IN_ORDER] (needs nats-py).

The stream is on file storage; whether it syncs each write is the server's `sync_interval`. With IN_ORDER one message
is on its way at a time, which is what keeps a chat's order with one consumer.
"""

import asyncio
import json
import sys

import nats
from nats.js.api import ConsumerConfig, StorageType

from bench.decisions.work import Message, Tally, measure


async def main(url: str, in_order: str = "") -> None:
    client = await nats.connect(url)
    stream = client.jetstream(timeout=10)
    await stream.add_stream(name="OUT", subjects=["out.*"], storage=StorageType.FILE)
    tally = Tally()

    async def put(messages: list[Message]) -> None:
        await asyncio.gather(
            *(stream.publish(f"out.{m.chat}", json.dumps([m.chat, m.number]).encode()) for m in messages)
        )

    async def take(message: nats.aio.msg.Msg) -> None:
        tally.arrived(*json.loads(message.data))
        await message.ack_sync(timeout=10)

    async def start() -> None:
        how = ConsumerConfig(max_ack_pending=1 if in_order else 64)
        await stream.subscribe("out.*", durable="sender", cb=take, manual_ack=True, config=how)

    await measure(f"jetstream {in_order}".strip(), tally, put, start)
    await stream.delete_stream("OUT")
    await client.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
