"""No bot at all: replies to every message over bare keep-alive connections. Shows what the harness itself can take."""

import asyncio
import json
import os
import signal
from typing import Any
from urllib.parse import urlsplit

SENDERS = 256
HEAD = (
    "POST /bot{token}/{method} HTTP/1.1\r\nHost: bench\r\n"
    "Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
)


class Caller:
    """One connection: a request, then its answer."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, token: str) -> None:
        self._reader = reader
        self._writer = writer
        self._token = token

    async def call(self, method: str, body: bytes) -> bytes:
        self._writer.write(HEAD.format(token=self._token, method=method, length=len(body)).encode() + body)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = int(head.rpartition(b"Content-Length: ")[2].split(b"\r\n")[0])
        return await self._reader.readexactly(length)


async def connect() -> Caller:
    address = urlsplit(os.environ["TELEGRAM_API_URL"])
    reader, writer = await asyncio.open_connection(address.hostname, address.port, limit=1 << 20)
    return Caller(reader, writer, os.environ["BOT_TOKEN"])


async def send_from(chats: "asyncio.Queue[int]") -> None:
    caller = await connect()
    while True:
        chat_id = await chats.get()
        await caller.call("sendMessage", b'{"chat_id":%d,"text":"Baik, kami catat."}' % chat_id)


async def main() -> None:
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, os._exit, 0)
    chats: asyncio.Queue[int] = asyncio.Queue()
    senders = [asyncio.create_task(send_from(chats)) for _ in range(SENDERS)]
    poller, offset = await connect(), 0
    while all(not sender.done() for sender in senders):
        answer = await poller.call("getUpdates", b'{"offset":%d,"timeout":20,"limit":100}' % offset)
        updates: list[dict[str, Any]] = json.loads(answer)["result"]
        for update in updates:
            chats.put_nowait(update["message"]["chat"]["id"])
            offset = update["update_id"] + 1


if __name__ == "__main__":
    asyncio.run(main())
