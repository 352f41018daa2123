"""The contenders: how each is started, and how its reports are counted afterwards."""

import os
import socket
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

TOKEN = "4242:bench"
_MIGRATE_SECONDS = 60
_FILED = "select count(*) from reports where state <> 'draft'"


@dataclass(frozen=True)
class Plan:
    """How to start a contender: `prepare` runs before it and is not measured."""

    name: str
    title: str
    module: str
    arguments: tuple[str, ...] = ()
    prepare: tuple[str, ...] = ()
    keeps_reports: bool = True

    def argv(self) -> list[str]:
        return [sys.executable, "-m", self.module, *self.arguments]


PLANS = {
    plan.name: plan
    for plan in (
        Plan("ours", "Siskamling", "bot", ("run",), prepare=("migrate",)),
        Plan("ptb", "PTB, one at a time", "bench.peers.ptb_conversation"),
        Plan("ptb256", "PTB, 256 at once", "bench.peers.ptb_concurrent"),
        Plan("aiogram", "aiogram", "bench.peers.aiogram_states"),
        Plan("raw", "bare replies", "bench.peers.raw", keeps_reports=False),
    )
}
DEFAULT = ("ours", "ptb", "ptb256", "aiogram")


def environment(folder: Path, api_port: int, send_rate: int) -> dict[str, str]:
    """Settings of a contender that works in `folder` only and speaks to the loopback only."""
    return {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG", "VIRTUAL_ENV") if name in os.environ},
        "BOT_TOKEN": TOKEN,
        "TELEGRAM_API_URL": f"http://127.0.0.1:{api_port}",
        "DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'bot.db'}",
        "KEYS_FILE": str(folder / "keys"),
        "DATA_DIR": str(folder),
        "INTAKE": "polling",
        "SEND_RATE": str(send_rate),
        "LISTEN": f"127.0.0.1:{_free_port()}",
        "LOG_LEVEL": "WARNING",
    }


def prepare(plan: Plan, settings: dict[str, str]) -> str:
    """Runs the contender's preparation; returns what went wrong, or nothing."""
    if not plan.prepare:
        return ""
    argv = [sys.executable, "-m", plan.module, *plan.prepare]
    try:
        done = subprocess.run(argv, env=settings, capture_output=True, text=True, timeout=_MIGRATE_SECONDS)
    except subprocess.TimeoutExpired:
        return f"{plan.prepare[0]} took more than {_MIGRATE_SECONDS} s"
    return "" if done.returncode == 0 else f"{plan.prepare[0]} failed: {done.stderr[-1000:] or done.stdout[-1000:]}"


def count_reports(folder: Path) -> int | None:
    """Reports beyond the draft in the contender's database, or None when it cannot be read."""
    try:
        connection = sqlite3.connect(folder / "bot.db", timeout=5)
    except sqlite3.Error:
        return None
    try:
        count: int = connection.execute(_FILED).fetchone()[0]
    except sqlite3.Error:
        return None
    finally:
        connection.close()
    return count


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
