"""The work that every queue is given: messages for many chats, each chat's own in order, and nothing to do for each."""

import asyncio
import json
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

MESSAGES = 3_000
CHATS = 1_500
BATCH = 100
PACED_PER_SECOND = 30
PACED_SECONDS = 20

Put = Callable[[list["Message"]], Awaitable[None]]


@dataclass(frozen=True)
class Message:
    chat: int
    number: int


@dataclass
class Tally:
    """What arrived, when, and in which order."""

    put_at: dict[int, float] = field(default_factory=dict)
    waited: list[float] = field(default_factory=list)
    last: dict[int, int] = field(default_factory=lambda: defaultdict(lambda: -1))
    out_of_order: int = 0
    wanted: int = 0
    all_here: asyncio.Event = field(default_factory=asyncio.Event)

    def expect(self, messages: list[Message]) -> None:
        self.put_at, self.waited, self.wanted = {}, [], len(messages)
        self.last.clear()
        self.all_here.clear()

    def arrived(self, chat: int, number: int) -> None:
        self.waited.append(time.perf_counter() - self.put_at.get(number, time.perf_counter()))
        self.out_of_order += number < self.last[chat]
        self.last[chat] = number
        if len(self.waited) == self.wanted:
            self.all_here.set()


def messages(count: int) -> list[Message]:
    choose = random.Random(1)
    return [Message(1_000_000 + choose.randrange(CHATS), number) for number in range(count)]


async def measure(name: str, tally: Tally, put: Put, start: Callable[[], Awaitable[None]]) -> None:
    """Puts messages one by one and in batches, then drains them, then sends 30 a second. Prints one line of JSON."""
    todo = messages(MESSAGES)
    tally.expect(todo)
    began = time.perf_counter()
    for message in todo[: MESSAGES // 3]:
        await put([message])
    singly = (MESSAGES // 3) / (time.perf_counter() - began)
    began = time.perf_counter()
    for first in range(MESSAGES // 3, MESSAGES, BATCH):
        await put(todo[first : first + BATCH])
    together = (MESSAGES - MESSAGES // 3) / (time.perf_counter() - began)
    began, cpu = time.perf_counter(), time.process_time()
    await start()
    await asyncio.wait_for(tally.all_here.wait(), 300)
    drained = MESSAGES / (time.perf_counter() - began)
    cpu = (time.process_time() - cpu) / MESSAGES * 1000
    p50, p99 = await _paced(tally, put)
    found = {
        "queue": name,
        "put one by one, a second": round(singly),
        "put by 100, a second": round(together),
        "drained a second": round(drained),
        "cpu ms each": round(cpu, 2),
        "at 30 a second: p50 ms": round(p50 * 1000, 1),
        "p99 ms": round(p99 * 1000, 1),
        "out of order": tally.out_of_order,
    }
    print(json.dumps(found), flush=True)


async def _paced(tally: Tally, put: Put) -> tuple[float, float]:
    """From the moment when the message is safely put to its arrival."""
    todo = messages(PACED_PER_SECOND * PACED_SECONDS)
    tally.expect(todo)
    due = time.perf_counter()
    for message in todo:
        due += 1 / PACED_PER_SECOND
        await asyncio.sleep(max(0, due - time.perf_counter()))
        tally.put_at[message.number] = time.perf_counter()
        await put([message])
    await asyncio.wait_for(tally.all_here.wait(), 60)
    waited = statistics.quantiles(tally.waited, n=100)
    return waited[49], waited[98]
