"""What the chat page watches: a fan-out of server-sent events."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Any

from simulator.jsontext import encode

# A page that reads nothing for this many events is cut off rather than fed from memory for ever.
MAX_BEHIND = 10_000


class Events:
    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[str | None]] = set()

    @property
    def watched(self) -> bool:
        """Nobody watches during most tests and every bench; then no event is even built."""
        return bool(self._listeners)

    def tell(self, kind: str, chat: int | None, people: Iterable[int], **details: Any) -> None:
        if not self._listeners:
            return
        event = {"type": kind, "chat": chat, "people": list(people), **details}
        line = encode(event)
        for listener in list(self._listeners):
            if listener.qsize() < MAX_BEHIND:
                listener.put_nowait(line)
            else:
                self._listeners.discard(listener)
                listener.put_nowait(None)

    async def listen(self) -> AsyncIterator[str]:
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            while (line := await queue.get()) is not None:
                yield line
        finally:
            self._listeners.discard(queue)

    def close(self) -> None:
        for listener in self._listeners:
            listener.put_nowait(None)
