"""The town: the bot in this process, the simulator beside it, and the people whom every story knows."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from bot import visitors
from bot.app import App
from bot.clock import Clock
from bot.migrations import migrate
from bot.settings import Settings
from domain import invitations, staff
from domain.roles import Role
from models.engine import Store
from simulator.person import Group, Person
from simulator.testing import Simulator

TOKEN = "70001:test-token-of-no-value"
USERNAME = "siskamling_bot"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Town:
    """`siti` and `rahmat` live here, `budi` is the admin, `duty_room` his group. `clock.forward(minutes=30)` winds
    the bot's clock and Telegram's, and lets the scheduler look around."""

    def __init__(self, simulator: Simulator, folder: Path, database_url: str | None = None) -> None:
        self.simulator = simulator
        self.folder = folder
        self.clock = TownClock(self)
        self.database_url = database_url or f"sqlite+aiosqlite:///{folder / 'bot.db'}"
        self.settings = self._settings()
        self.app: App
        self.running: asyncio.Task[None]
        self.siti: Person
        self.rahmat: Person
        self.budi: Person
        self.duty_room: Group

    def _settings(self) -> Settings:
        values: dict[str, Any] = {
            "bot_token": TOKEN,
            "telegram_api_url": self.simulator.url,
            "database_url": self.database_url,
            "keys_file": self.folder / "keys",
            "data_dir": self.folder,
            "listen": f"127.0.0.1:{free_port()}",
            "send_rate": 1000,
        }
        return Settings(_env_file=None, **values)

    @property
    def store(self) -> Store:
        return self.app.store

    async def start(self) -> None:
        self.app = App(self.settings, self.clock.clock)
        self.running = asyncio.create_task(self.app.run())
        waiting = asyncio.create_task(self.app.started.wait())
        await asyncio.wait({self.running, waiting}, return_when=asyncio.FIRST_COMPLETED, timeout=20)
        waiting.cancel()
        if self.running.done():
            self.running.result()

    async def stop(self) -> None:
        self.app.stop()
        await asyncio.wait_for(self.running, 20)

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    async def settle_in(self) -> None:
        """The people. Budi is the admin who brings the bot into his group."""
        self.siti = await self.simulator.person("Siti", username="siti_warga", language_code="id")
        self.rahmat = await self.simulator.person("Rahmat", language_code="id")
        self.budi = await self.simulator.person("Budi", language_code="id")
        await self.appoint(self.budi, Role.ADMIN)
        self.duty_room = await self.simulator.group("Ruang Piket", admins=[self.budi])

    async def appoint(self, person: Person, role: Role, unit: str | None = None) -> int:
        """Gives the role without a word, also to somebody who never wrote. Returns their staff number."""
        async with self.store.begin() as session:
            known = await visitors.load(session, [person.id])
            visitor = known.get(person.id) or visitors.welcome(session, {"id": person.id})
            await staff.give_role(session, visitor.person, role, unit, by=None, now=self.clock.now())
            assert visitor.person.staff_number is not None
            return visitor.person.staff_number

    async def invite(self, role: Role) -> str:
        async with self.store.begin() as session:
            return await invitations.invite(session, role, now=self.clock.now())


class TownClock:
    def __init__(self, town: Town) -> None:
        self.town = town
        self.clock = Clock()

    def now(self) -> Any:
        return self.clock.now()

    async def forward(self, **parts: float) -> None:
        self.clock.forward(**parts)
        await self.town.simulator.forward(sum(_seconds(name) * value for name, value in parts.items()))
        await self.town.app.scheduler.perform_all()
        self.town.app.sender.wake()


def _seconds(unit: str) -> float:
    return {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400}[unit]


@contextlib.asynccontextmanager
async def open_town(folder: Path, database_url: str | None = None, **simulator: Any) -> AsyncIterator[Town]:
    async with await Simulator.start(token=TOKEN, username=USERNAME, **simulator) as running:
        town = Town(running, folder, database_url)
        store = Store(town.database_url)
        await migrate(store)
        await store.close()
        await town.start()
        try:
            await town.settle_in()
            yield town
        finally:
            await town.stop()
