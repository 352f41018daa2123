"""The bot as a process of its own, to be killed, stopped and started again."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

import aiohttp

from bot.migrations import migrate
from models.engine import Store
from tests.town import TOKEN, free_port

ROOT = Path(__file__).resolve().parents[2]


class BotProcess:
    """`python -m bot run` against a simulator. `replica` keeps the logs of several apart."""

    def __init__(self, folder: Path, api_url: str, database_url: str, *, replica: str = "one", **settings: Any) -> None:
        self.folder = folder
        self.port = free_port()
        self.log = folder / f"{replica}.log"
        self.settings = {
            "BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": api_url,
            "DATABASE_URL": database_url,
            "KEYS_FILE": str(folder / "keys"),
            "DATA_DIR": str(folder),
            "LISTEN": f"127.0.0.1:{self.port}",
            "SEND_RATE": "1000",
            "LOG_LEVEL": "DEBUG",
            **{name.upper(): str(value) for name, value in settings.items()},
        }
        self.process: asyncio.subprocess.Process | None = None

    @property
    def webhook(self) -> dict[str, str]:
        """Settings that make it take webhooks on its own port."""
        return {
            "INTAKE": "webhook",
            "WEBHOOK_URL": f"http://127.0.0.1:{self.port}",
            "WEBHOOK_SECRET": "a-secret-for-tests-only",
        }

    async def start(self) -> None:
        inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", cwd=ROOT, env={**inherited, **self.settings}, stderr=log, stdout=log
            )

    async def ready(self, within: float = 20) -> None:
        """Returns once /readyz says yes."""
        async with asyncio.timeout(within):
            while (await self.readyz()).get("ready") is not True:
                assert self.process is not None
                assert self.process.returncode is None, self.log.read_text()[-3000:]
                await asyncio.sleep(0.05)

    async def readyz(self) -> dict[str, Any]:
        try:
            async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{self.port}/readyz") as answer:
                found: dict[str, Any] = await answer.json()
                return found
        except aiohttp.ClientError:
            return {}

    async def metric(self, name: str) -> float | None:
        """The value of a gauge without labels; None while nothing is heard."""
        text = await self._ask("/metrics")
        found = [line for line in (text or "").splitlines() if line.startswith(f"{name} ")]
        return float(found[0].split()[1]) if found else None

    async def is_alive(self) -> bool:
        return await self._ask("/livez") == "ok"

    async def _ask(self, path: str) -> str | None:
        patience = aiohttp.ClientTimeout(total=0.5)
        try:
            url = f"http://127.0.0.1:{self.port}{path}"
            async with aiohttp.ClientSession(timeout=patience) as http, http.get(url) as answer:
                return await answer.text()
        except (aiohttp.ClientError, TimeoutError):
            return None

    async def kill(self, number: int = signal.SIGKILL) -> int:
        """Returns the exit code."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(number)
        return await self.process.wait()

    async def end(self) -> None:
        """Whatever happened in a test, no process outlives it."""
        if self.process is not None and self.process.returncode is None:
            await self.kill()

    async def stop(self) -> int:
        return await self.kill(signal.SIGTERM)


async def prepare(database_url: str) -> None:
    store = Store(database_url)
    await migrate(store)
    await store.close()
