"""python -m bench: the comparisons, each a command; without one, the dialogue."""

import asyncio
import signal
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bench import contenders, figures, page, rounds
from bench.cases import asking, loading
from bench.sending import measure

app = typer.Typer(add_completion=False, help="Comparisons that anyone can rerun.")


@app.callback(invoke_without_command=True)
def choose(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        dialogue()


@app.command()
def dialogue(
    seconds: Annotated[float, typer.Option(min=1, max=120, help="Measured time of each stretch.")] = 8,
    number_of_rounds: Annotated[int, typer.Option("--rounds", min=1, max=20)] = 3,
    latency: Annotated[list[float] | None, typer.Option(help="Seconds until the API answers; repeatable.")] = None,
    only: Annotated[str, typer.Option(help=f"Of {', '.join(contenders.PLANS)}.")] = ",".join(contenders.DEFAULT),
    residents: Annotated[int, typer.Option(min=1, max=4096, help="At once, in the closed loop.")] = 256,
    rate: Annotated[float, typer.Option(min=1, max=5000, help="Updates a second, in the open loop.")] = 200,
    send_rate: Annotated[int, typer.Option(min=1, help="SEND_RATE of our bot.")] = 1000,
    write: Annotated[bool, typer.Option("--write", help="Put the figures into docs/benchmarks.md.")] = False,
) -> None:
    """The same report dialogue, answered by our bot and by its peers, in turn."""
    unknown = set(only.split(",")) - set(contenders.PLANS)
    if unknown:
        raise typer.BadParameter(f"nobody is called {', '.join(sorted(unknown))}", param_hint="--only")
    settings = rounds.Settings(seconds, number_of_rounds, residents, rate, send_rate)
    plans = [contenders.PLANS[name] for name in only.split(",")]
    console = Console()
    samples, failures = _run(console, plans, latency or [0.0, 0.05], settings)
    if not samples:
        raise typer.Exit(1)
    lines = figures.lines(samples)
    _show(console, lines)
    if write:
        page.write(lines, settings, failures)


@app.command()
def sending(
    queue: Annotated[int, typer.Option(min=10, help="Routine messages that wait.")] = 900,
    rate: Annotated[float, typer.Option(min=1, help="SEND_RATE.")] = 25,
    latency: Annotated[float, typer.Option(help="Seconds until Telegram answers.")] = 0.05,
) -> None:
    """How long a reply takes while a queue of routine messages keeps the bot at its rate."""
    result = asyncio.run(measure(queue=queue, rate=rate, latency=latency))
    console = Console()
    console.print(page.machine())
    console.print(
        f"{queue} routine messages at {rate:g}/s, answers after {1000 * latency:g} ms, {result.seconds:.1f} s: "
        f"{result.replies} replies, p50 {result.p50_ms:.0f} ms, p99 {result.p99_ms:.0f} ms, "
        f"longest {result.longest_ms:.0f} ms; {100 * result.share_of_rate:.1f} % of the rate used; "
        f"{result.refused} times 429"
    )


@app.command()
def cases(
    count: Annotated[int, typer.Option(min=1000, help="Reports.")] = 1_000_000,
    still_open: Annotated[int, typer.Option("--open", min=10, help="Of them open.")] = 2_000,
    number_of_rounds: Annotated[int, typer.Option("--rounds", min=1, help="How often each search is asked.")] = 20,
    engines: Annotated[str, typer.Option(help="Of sqlite, postgres.")] = "sqlite,postgres",
    folder: Annotated[Path | None, typer.Option(help="Keeps the databases there for the next time.")] = None,
) -> None:
    """How long /cari and /antrian take among so many reports."""
    console = Console()
    console.print(page.machine(), highlight=False)
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as temporary:
        for engine in engines.split(","):
            where = folder or Path(temporary)
            where.mkdir(parents=True, exist_ok=True)
            asyncio.run(_cases(console, engine, where, count, still_open, number_of_rounds))


async def _cases(console: Console, engine: str, folder: Path, count: int, still_open: int, rounds_: int) -> None:
    async with loading.built(engine, folder, count, still_open, console.print) as store:
        lines = await asking.measure(store, rounds_)
        size = await loading.sizes(store)
    console.print(f"\n{engine}: {count:,} reports, {still_open:,} open; {size}\n", highlight=False)
    console.print("| asked | p50 ms | p95 ms | longest ms | results | cut short |", highlight=False)
    console.print("|---|---:|---:|---:|---:|---:|", highlight=False)
    for line in lines:
        times = f"{line.p50_ms:.1f} | {line.p95_ms:.1f} | {line.longest_ms:.1f}"
        console.print(f"| {line.what} | {times} | {line.results} | {line.partial} |", highlight=False)


def _run(
    console: Console, plans: list[contenders.Plan], latencies: list[float], settings: rounds.Settings
) -> tuple[list[rounds.Sample], list[str]]:
    samples: list[rounds.Sample] = []
    failures: list[str] = []
    console.print(page.machine())
    for result in rounds.run(plans, latencies, settings):
        if isinstance(result, str):
            failures.append(result)
            console.print(result, style="red", markup=False, highlight=False)
        else:
            samples.append(result)
            rate = result.load.answered / result.load.seconds
            console.print(f"{result.contender:8} {result.loop:6} {result.latency_seconds:g} s: {rate:,.0f} updates/s")
    return samples, failures


def _show(console: Console, lines: list[figures.Line]) -> None:
    for latency in sorted({line.latency_seconds for line in lines}):
        for table in page.tables(lines, latency):
            console.print(table)
    for target, measured, met in page.verdicts(lines):
        console.print(f"{'met   ' if met else 'MISSED'} {target}: {measured}", highlight=False)
    busiest = max(line.harness_share for line in lines)
    console.print(f"The harness was at most {100 * busiest:.0f} % busy.")


if __name__ == "__main__":
    # A stop from outside unwinds as usual, so that no contender stays behind.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    app()
