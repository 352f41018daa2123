"""Rounds: each contender in turn, again and again, so that a slow minute of the machine strikes all alike."""

import asyncio
import gc
import os
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench import contenders, load
from bench.contenders import Plan
from bench.fake_api import FakeApi
from bench.process import Contender, cores
from bench.town import Town

START_SECONDS = 30.0
Loop = Callable[[Town, Callable[[], float]], Awaitable[load.Load]]


class ContenderFailed(Exception):
    """The contender did not start or ended early; the text holds its last words."""


@dataclass(frozen=True)
class Settings:
    seconds: float
    rounds: int
    residents: int
    rate: float
    send_rate: int


@dataclass(frozen=True)
class Sample:
    """What one start of one contender showed."""

    contender: str
    loop: str
    latency_seconds: float
    load: load.Load
    start_seconds: float
    max_rss_mb: float
    finished: int
    stored: int | None


def run(plans: list[Plan], latencies: list[float], settings: Settings) -> Iterator[Sample | str]:
    """Every sample as it comes; a contender that fails gives a sentence in its place, and is left out afterwards."""
    loops: dict[str, Loop] = {
        "closed": lambda town, cpu: load.closed_loop(town, cpu, settings.residents, settings.seconds),
        "open": lambda town, cpu: load.open_loop(town, cpu, settings.rate, settings.seconds),
    }
    failed: set[str] = set()
    for _ in range(settings.rounds):
        for latency in latencies:
            for name, loop in loops.items():
                for plan in plans:
                    if plan.name in failed:
                        continue
                    try:
                        yield asyncio.run(_measure(plan, name, loop, latency, settings.send_rate))
                    except ContenderFailed as failure:
                        failed.add(plan.name)
                        yield f"{plan.title}: {failure}"


async def _measure(plan: Plan, name: str, loop: Loop, latency: float, send_rate: int) -> Sample:
    for_contender, for_harness = cores()
    os.sched_setaffinity(0, for_harness)
    api = FakeApi(latency)
    town = Town(api)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        settings = contenders.environment(Path(folder), await api.start(), send_rate)
        if trouble := contenders.prepare(plan, settings):
            raise ContenderFailed(trouble)
        contender = Contender(plan.argv(), settings, Path(folder) / "log", for_contender)
        try:
            await _until_polled(api, contender)
            gc.collect()
            gc.freeze()
            result = await loop(town, contender.cpu_seconds)
            if contender.has_ended():
                raise ContenderFailed(f"ended early: {contender.last_words()}")
            start_seconds, rss = api.first_poll_at - contender.started_at, contender.max_rss_mb()
        finally:
            await _stop(contender)
            api.stop()
            os.sched_setaffinity(0, for_contender | for_harness)
        stored = contenders.count_reports(Path(folder)) if plan.keeps_reports else None
    return Sample(plan.name, name, latency, result, start_seconds, rss, town.finished, stored)


async def _until_polled(api: FakeApi, contender: Contender) -> None:
    for _ in range(int(START_SECONDS * 10)):
        try:
            await asyncio.wait_for(api.polled.wait(), 0.1)
            return
        except TimeoutError:
            if contender.has_ended():
                raise ContenderFailed(f"ended at once: {contender.last_words()}") from None
    raise ContenderFailed(f"did not poll within {START_SECONDS:.0f} s: {contender.last_words()}")


async def _stop(contender: Contender) -> None:
    # In a thread: the bot may want answers from the fake API while it stops.
    await asyncio.shield(asyncio.to_thread(contender.stop))
