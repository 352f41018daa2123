"""The page: figures as a table on the screen and as the marked section of docs/benchmarks.md."""

import os
import platform
import sysconfig
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path

from rich.table import Table

from bench.contenders import PLANS
from bench.figures import Figure, Line
from bench.rounds import Settings

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
BEGIN, END = "<!-- dialogue:begin -->", "<!-- dialogue:end -->"
TIMES_PTB, TIMES_AIOGRAM = 5.0, 2.5
P99_MS, RSS_MB, START_SECONDS = 10.0, 120.0, 1.5


@dataclass(frozen=True)
class View:
    """One table: its title, and each column with what it says of a line."""

    title: str
    columns: dict[str, Callable[[Line], str]]


_CLOSED = View(
    "closed loop",
    {
        "updates/s": lambda line: _text(line.updates_per_second, 0),
        "CPU s / 1,000": lambda line: _text(line.cpu_seconds_per_1000, 2),
        "gave up": lambda line: f"{line.unanswered:,}",
    },
)
_OPEN = View(
    "open loop",
    {
        "p50 ms": lambda line: _text(line.p50_ms, 1),
        "p95 ms": lambda line: _text(line.p95_ms, 1),
        "p99 ms": lambda line: _text(line.p99_ms, 1),
        "answered": lambda line: f"{100 * line.open_answered_share:.0f} %",
    },
)
_BOTH = View(
    "both",
    {
        "RSS MB": lambda line: _text(line.rss_mb, 0),
        "start s": lambda line: _text(line.start_seconds, 2),
        "filed": lambda line: f"{line.finished:,}",
        "stored": lambda line: "–" if line.stored is None else f"{line.stored:,}",
    },
)
_VIEWS = (_CLOSED, _OPEN, _BOTH)


def tables(lines: list[Line], latency_seconds: float) -> Iterator[Table]:
    """One latency's lines, for the terminal."""
    for view in _VIEWS:
        header, *rows = _cells(view, lines, latency_seconds)
        shown = Table(title=f"{_heading(latency_seconds)}, {view.title}")
        for number, column in enumerate(header):
            shown.add_column(column, justify="right" if number else "left")
        for row in rows:
            shown.add_row(*row)
        yield shown


def verdicts(lines: list[Line]) -> Iterator[tuple[str, str, bool]]:
    """Each target, what was measured, and whether it was met. Nothing when ours did not run."""
    for ours in (line for line in lines if line.contender == "ours"):
        where = _heading(ours.latency_seconds)
        for peer, target in (("ptb", TIMES_PTB), ("aiogram", TIMES_AIOGRAM)):
            if (times := _times(lines, ours, peer)) is not None:
                yield f"{where}: at least {target:g}× {PLANS[peer].title}", f"{times:.1f}×", times >= target
        if ours.p99_ms:
            p99 = ours.p99_ms.median
            yield f"{where}: p99 under {P99_MS:g} ms in the open loop", f"{p99:.1f} ms", p99 < P99_MS
        rss, start = ours.rss_mb.highest, ours.start_seconds.median
        yield f"{where}: memory under {RSS_MB:g} MB", f"{rss:.0f} MB", rss < RSS_MB
        yield f"{where}: first poll within {START_SECONDS:g} s of the start", f"{start:.2f} s", start < START_SECONDS


def write(lines: list[Line], settings: Settings, failures: list[str]) -> None:
    """Replaces the marked section of docs/benchmarks.md."""
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    section = "\n".join(_section(lines, settings, failures))
    PAGE.write_text(f"{before}{BEGIN}\n{section}\n{END}{after}", encoding="utf-8")


def machine() -> str:
    """CPU, cores, system and versions, on one line."""
    cores = os.cpu_count()
    peers = f"python-telegram-bot {version('python-telegram-bot')}, aiogram {version('aiogram')}"
    optimised = "--enable-optimizations" in (sysconfig.get_config_var("CONFIG_ARGS") or "")
    build = f"Python {platform.python_version()}{'' if optimised else ' (built without profile optimisation)'}"
    return f"{_cpu_model()}, {cores} cores, {platform.system()}, {build}; {peers}"


def _section(lines: list[Line], settings: Settings, failures: list[str]) -> Iterator[str]:
    yield f"Measured on {date.today().isoformat()}: {machine()}."  # noqa: DTZ011 -- the reader's own day
    yield (
        f"{settings.rounds} interleaved rounds of {settings.seconds:g} s; median (lowest–highest). Closed loop with"
        f" {settings.residents} residents at once, open loop with {settings.rate:g} updates/s."
        f" The harness was at most {100 * max(line.harness_share for line in lines):.0f} % busy."
    )
    for latency in sorted({line.latency_seconds for line in lines}):
        for view in _VIEWS:
            header, *rows = _cells(view, lines, latency)
            yield f"\n### {_heading(latency).capitalize()}, {view.title}\n"
            yield "| " + " | ".join(header) + " |"
            yield "|---" + "|---:" * (len(header) - 1) + "|"
            yield from ("| " + " | ".join(row) + " |" for row in rows)
    yield "\n### Targets\n\n| target | measured | met |\n|---|---:|---|"
    yield from (
        f"| {target} | {measured} | {'yes' if met else '**no**'} |" for target, measured, met in verdicts(lines)
    )
    for failure in failures:
        yield f"\nDid not run to the end: {':'.join(failure.split(':')[:2])}."


def _cells(view: View, lines: list[Line], latency_seconds: float) -> Iterator[list[str]]:
    """The header, then a row for each contender; the closed loop also says how many times a peer ours is."""
    same = [line for line in lines if line.latency_seconds == latency_seconds]
    ours = next((line for line in same if line.contender == "ours"), None)
    with_times = ours is not None and view is _CLOSED
    yield ["contender", *view.columns, *(["ours ×"] if with_times else [])]
    for line in same:
        times = _times(same, ours, line.contender) if ours and with_times else None
        row = [PLANS[line.contender].title, *(say(line) for say in view.columns.values())]
        yield [*row, "–" if times is None else f"{times:.1f}"] if with_times else row


def _times(lines: list[Line], ours: Line, peer: str) -> float | None:
    """How many times the peer's updates/s ours reaches, at the same latency."""
    same = (line for line in lines if line.contender == peer and line.latency_seconds == ours.latency_seconds)
    theirs = next((line.updates_per_second for line in same), None)
    if theirs is None or not theirs.median or ours.updates_per_second is None:
        return None
    return ours.updates_per_second.median / theirs.median


def _heading(latency_seconds: float) -> str:
    return f"answers after {1000 * latency_seconds:.0f} ms" if latency_seconds else "answers at once"


def _text(figure: Figure | None, digits: int) -> str:
    return figure.text(digits) if figure else "–"


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
