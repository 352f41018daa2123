"""Load: the closed loop (how much can the bot do) and the open loop (how soon does it reply at a given rate)."""

import asyncio
import contextlib
import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from bench.town import Resident, Town

FIRST_DIALOGUE_SECONDS = 20.0
WARM_UP_SECONDS = 2.0
DRAIN_SECONDS = 2.0
_SEED = 17


@dataclass(frozen=True)
class Load:
    """One measured stretch. `unanswered` gave up in the closed loop, or were still waiting at the end of the open one;
    the latter are in `reply_seconds` with their wait so far.
    """

    seconds: float
    answered: int
    unanswered: int
    cpu_seconds: float
    harness_share: float
    reply_seconds: list[float]


async def closed_loop(town: Town, cpu_seconds: Callable[[], float], residents: int, seconds: float) -> Load:
    """`residents` at once, each of whom sends the next message as soon as the reply to the last has arrived."""
    await _first_dialogue(town)
    town.after_reply = town.speak
    for _ in range(residents):
        town.speak(town.move_in())
    await _patiently(town, WARM_UP_SECONDS)
    town.forget_counts()
    watch = _Watch(cpu_seconds)
    await _patiently(town, seconds)
    elapsed, cpu, share = watch.read()
    load = Load(elapsed, town.answered, town.given_up, cpu, share, town.reply_seconds)
    town.after_reply = lambda resident: None
    await _drain(town)
    return load


async def open_loop(town: Town, cpu_seconds: Callable[[], float], rate: float, seconds: float) -> Load:
    """Poisson arrivals at `rate` a second, each from a random idle resident, whatever the bot does meanwhile.

    The pool holds two residents for each arrival a second, so that each speaks about every two seconds;
    when nobody is idle a new resident begins.
    """
    await _first_dialogue(town)
    arrivals = _Arrivals(town, rate)
    await arrivals.run(WARM_UP_SECONDS)
    town.forget_counts()
    watch = _Watch(cpu_seconds)
    await arrivals.run(seconds)
    elapsed, cpu, share = watch.read()
    answered_in_time = town.answered
    await _drain(town)
    never = town.waiting_seconds()
    return Load(elapsed, answered_in_time, len(never), cpu, share, town.reply_seconds + never)


class _Watch:
    """Wall time, the contender's CPU time and the busy share of the harness, from now on."""

    def __init__(self, cpu_seconds: Callable[[], float]) -> None:
        self._cpu_seconds = cpu_seconds
        self._begun = time.perf_counter()
        self._cpu = cpu_seconds()
        self._own = time.process_time()

    def read(self) -> tuple[float, float, float]:
        elapsed = time.perf_counter() - self._begun
        return elapsed, self._cpu_seconds() - self._cpu, (time.process_time() - self._own) / elapsed


class _Arrivals:
    def __init__(self, town: Town, rate: float) -> None:
        self._town = town
        self._rate = rate
        self._random = random.Random(_SEED)
        self._idle: list[Resident] = [town.move_in() for _ in range(int(2 * rate))]
        town.after_reply = self._idle.append

    async def run(self, seconds: float) -> None:
        now = time.perf_counter()
        due, end = now, now + seconds
        while True:
            due += self._random.expovariate(self._rate)
            if due >= end:
                break
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            self._town.speak(self._pick())
        await asyncio.sleep(max(0.0, end - time.perf_counter()))

    def _pick(self) -> Resident:
        idle = self._idle
        if not idle:
            return self._town.move_in()
        chosen = self._random.randrange(len(idle))
        idle[chosen], idle[-1] = idle[-1], idle[chosen]
        return idle.pop()


async def _first_dialogue(town: Town) -> None:
    """One resident alone, so that what a bot builds at its first message does not count against it."""
    done = asyncio.Event()

    def go_on(resident: Resident) -> None:
        if town.finished:
            done.set()
        else:
            town.speak(resident)

    town.after_reply = go_on
    town.speak(town.move_in())
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(done.wait(), FIRST_DIALOGUE_SECONDS)


async def _patiently(town: Town, seconds: float) -> None:
    end = time.perf_counter() + seconds
    while (left := end - time.perf_counter()) > 0:
        await asyncio.sleep(min(1.0, left))
        town.replace_impatient()


async def _drain(town: Town) -> None:
    end = time.perf_counter() + DRAIN_SECONDS
    while town.waiting_seconds() and time.perf_counter() < end:
        await asyncio.sleep(0.05)
