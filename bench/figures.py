"""Figures: many samples become a median with its range, one line for each contender and latency."""

import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bench.rounds import Sample


@dataclass(frozen=True)
class Figure:
    median: float
    lowest: float
    highest: float

    def text(self, digits: int = 0) -> str:
        return f"{self.median:,.{digits}f} ({self.lowest:,.{digits}f}–{self.highest:,.{digits}f})"


@dataclass(frozen=True)
class Line:
    """A contender at one latency. Times in milliseconds count from "available to getUpdates" to "request arrived"."""

    contender: str
    latency_seconds: float
    updates_per_second: Figure | None
    cpu_seconds_per_1000: Figure | None
    unanswered: int
    p50_ms: Figure | None
    p95_ms: Figure | None
    p99_ms: Figure | None
    open_answered_share: float
    rss_mb: Figure
    start_seconds: Figure
    finished: int
    stored: int | None
    harness_share: float


def lines(samples: Iterable[Sample]) -> list[Line]:
    """In the order in which the contenders first appeared, by latency."""
    groups: dict[tuple[float, str], list[Sample]] = {}
    for sample in samples:
        groups.setdefault((sample.latency_seconds, sample.contender), []).append(sample)
    return [_line(group) for _, group in sorted(groups.items(), key=lambda item: item[0][0])]


def percentile(values: list[float], share: float) -> float:
    """The nearest-rank percentile."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


def _line(samples: list[Sample]) -> Line:
    closed = [sample for sample in samples if sample.loop == "closed"]
    opened = [sample for sample in samples if sample.loop == "open"]
    offered = sum(len(sample.load.reply_seconds) for sample in opened)
    stored = [sample.stored for sample in samples]
    return Line(
        contender=samples[0].contender,
        latency_seconds=samples[0].latency_seconds,
        updates_per_second=_figure(closed, lambda sample: sample.load.answered / sample.load.seconds),
        cpu_seconds_per_1000=_figure(closed, _cpu_seconds_per_1000),
        unanswered=sum(sample.load.unanswered for sample in closed),
        p50_ms=_figure(opened, lambda sample: 1000 * percentile(sample.load.reply_seconds, 0.50)),
        p95_ms=_figure(opened, lambda sample: 1000 * percentile(sample.load.reply_seconds, 0.95)),
        p99_ms=_figure(opened, lambda sample: 1000 * percentile(sample.load.reply_seconds, 0.99)),
        open_answered_share=1 - sum(s.load.unanswered for s in opened) / offered if offered else 0.0,
        rss_mb=_sure(samples, lambda sample: sample.max_rss_mb),
        start_seconds=_sure(samples, lambda sample: sample.start_seconds),
        finished=sum(sample.finished for sample in samples),
        stored=sum(count for count in stored if count is not None) if None not in stored else None,
        harness_share=max(sample.load.harness_share for sample in samples),
    )


def _cpu_seconds_per_1000(sample: Sample) -> float:
    return 1000 * sample.load.cpu_seconds / max(1, sample.load.answered)


def _figure(samples: list[Sample], of: Callable[[Sample], float]) -> Figure | None:
    return _sure(samples, of) if samples else None


def _sure(samples: list[Sample], of: Callable[[Sample], float]) -> Figure:
    values = [of(sample) for sample in samples]
    return Figure(statistics.median(values), min(values), max(values))
