"""The demo: a simulator beside the bot, and a small town in which every role can be played.

Nothing leaves this machine, and everything lives in a folder of its own that each start clears.
"""

import asyncio
import shutil
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from pydantic import SecretStr
from rich.console import Console

from bot.app import App, Unusable
from bot.migrations import migrate
from bot.places import link
from bot.settings import Settings
from domain import invitations, places
from domain.area_map import AreaMap
from domain.policy import POLICE
from domain.roles import Role
from models.engine import Store

TOKEN = "7000000001:demo-token-of-no-value-anywhere"
USERNAME = "siskamling_bot"
OPENS_WITHIN_SECONDS = 20

# Name, language, role, special unit.
PEOPLE: list[tuple[str, str, Role | None, str | None]] = [
    ("Siti", "id", None, None),
    ("Rahmat", "en", None, None),
    ("Budi", "id", Role.DISPATCHER, None),
    ("Citra", "id", Role.PUBLICIST, None),
    ("Dewi", "id", Role.OFFICER, None),
    ("Agus", "id", Role.ADMIN, None),
    ("Eko", "id", Role.COMMANDER, None),
    ("Gita", "id", Role.DISPATCHER, "ppa"),
    ("Hadi", "id", Role.AUDITOR, None),
]
# Title, members, the buttons that say what the group is for. Agus, the admin, opens them all.
ROOMS = [
    (f"Ruang Piket {POLICE}", ["Agus", "Budi", "Dewi", "Eko"], ["Seluruh Jember"]),
    (f"Unit PPA {POLICE}", ["Agus", "Gita"], ["Unit khusus", "PPA"]),
]
PLACES = [
    ("Alun-alun Jember", -8.1689, 113.7022),
    ("Stasiun Jember", -8.1648, 113.7036),
    ("Stasiun Rambipuji", -8.2034, 113.6144),
    ("Stasiun Tanggul", -8.1629, 113.4484),
    ("Stasiun Kalisat", -8.1269, 113.8123),
    ("Kampus Tegalboto, Sumbersari", -8.1644, 113.7166),
    ("Pantai Papuma, Wuluhan", -8.4320, 113.5530),
    ("Pelabuhan Puger", -8.3790, 113.4760),
    ("Lumajang, dekat batas Jember", -8.1330, 113.2240),
    ("Di luar Jember: Banyuwangi", -8.2111, 114.3675),
]
# Places with a code of their own: name, kind, kecamatan, pin.
CODED_PLACES = [
    ("Pos Kamling Tegalboto", "guard_post", "Sumbersari", -8.1650, 113.7160),
    ("Pasar Tanjung", "market", "Kaliwates", -8.1735, 113.7010),
    ("Pos Polisi Alun-alun", "police_post", "Patrang", -8.1680, 113.7020),
]


async def run_demo(settings: Settings, console: Console, port: int) -> int:
    """Runs until Ctrl-C. Raises Unusable when a port is taken."""
    folder = settings.data_dir / "demo"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    address = f"http://127.0.0.1:{port}"
    async with _simulator(address, port):
        app = App(_demo_settings(settings, folder, address))
        store = Store(app.settings.database_url)
        await migrate(store)
        await store.close()
        running = asyncio.create_task(app.run())
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, app.stop)
        try:
            await _started(app, running)
            town = Town(address, app)
            await town.settle()
        except BaseException:
            app.stop()
            await asyncio.gather(running, return_exceptions=True)
            raise
        console.print(f"\nThe demo is ready. Open [bold]{address}/[/bold] and write to the bot as anyone in town.")
        console.print(f"The code on the wall of {CODED_PLACES[0][0]} leads to {town.sheet_link}")
        console.print("[dim]It talks to no one outside this machine. Ctrl-C ends it.[/dim]")
        await running
    return 0


def _demo_settings(settings: Settings, folder: Path, address: str) -> Settings:
    return settings.model_copy(
        update={
            "bot_token": SecretStr(TOKEN),
            "telegram_api_url": address,
            "database_url": f"sqlite+aiosqlite:///{folder / 'bot.db'}",
            "keys_file": folder / "keys",
            "data_dir": folder,
            "intake": "polling",
            "listen": f"127.0.0.1:{_free_port()}",
        }
    )


@asynccontextmanager
async def _simulator(address: str, port: int) -> AsyncIterator[None]:
    """The stand-in for Telegram as a process of its own: the bot reaches it over HTTP only."""
    if not _is_free(port):
        raise Unusable(f"port {port} is taken: choose another with `make demo PORT=…`")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "simulator", "--port", str(port), "--bot", f"{TOKEN}={USERNAME}"),
        stdout=asyncio.subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for the bot, which says goodbye first
    )
    try:
        await _opens(address)
        yield
    finally:
        process.terminate()
        await process.wait()


async def _opens(address: str) -> None:
    try:
        async with asyncio.timeout(OPENS_WITHIN_SECONDS), aiohttp.ClientSession() as http:
            while True:
                try:
                    async with http.get(f"{address}/sim/people"):
                        return
                except aiohttp.ClientConnectorError:
                    await asyncio.sleep(0.05)
    except TimeoutError:
        raise Unusable("the simulator did not start") from None


async def _started(app: App, running: asyncio.Task[None]) -> None:
    waiting = asyncio.create_task(app.started.wait())
    await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if running.done():
        running.result()


class Town:
    """Seeds people, roles, places and the duty room by doing what they would do themselves."""

    def __init__(self, address: str, app: App) -> None:
        self.address = address
        self.app = app
        self.bot_id: int = app.conversation.bot.id
        self.ids: dict[str, int] = {}
        self.sheet_link = ""

    async def settle(self) -> None:
        async with aiohttp.ClientSession() as self.http:
            pins = [
                {"name": name, "latitude": latitude, "longitude": longitude} for name, latitude, longitude in PLACES
            ]
            await self._call("PUT", "/sim/places", pins)
            for name, language, role, unit in PEOPLE:
                user = await self._call("POST", "/sim/people", {"name": name, "language_code": language})
                self.ids[name] = user["id"]
                if role is not None:
                    await self._join_staff(name, role, unit)
            for title, members, choices in ROOMS:
                await self._open_room(title, members, choices)
            await self._put_up_sheets()

    async def _join_staff(self, name: str, role: Role, unit: str | None) -> None:
        async with self.app.store.begin() as session:
            token = await invitations.invite(session, role, unit=unit, now=self.app.clock.now())
        await self._does(name, "start", {"bot": self.bot_id, "payload": token})
        await self._message(name, self.bot_id)

    async def _put_up_sheets(self) -> None:
        wanted = [
            places.checked(name, kind, latitude, longitude, area, AreaMap())
            for name, kind, area, latitude, longitude in CODED_PLACES
        ]
        async with self.app.store.begin() as session:
            added = await places.add_places(session, wanted, now=self.app.clock.now())
        self.sheet_link = link(added[0], USERNAME)

    async def _open_room(self, title: str, names: list[str], choices: list[str]) -> None:
        members = [self.ids[name] for name in names]
        order = {
            "title": title,
            "members": members,
            "admins": members[:1],
            "bots": [self.bot_id],
            "kind": "supergroup",
        }
        room = (await self._call("POST", "/sim/groups", order))["id"]
        await self._does("Agus", "send", {"chat": room, "text": f"/ikat@{USERNAME}"})
        for choice in choices:
            question = await self._message("Agus", room, asks=choice)
            button = next(label for label in _labels(question) if choice in label)
            press = {"chat": room, "message_id": question["message_id"], "text": button}
            await self._does("Agus", "press", press)

    async def _message(self, name: str, chat: int, *, asks: str | None = None) -> dict[str, Any]:
        """The newest message of the bot in a chat, waited for; `asks`: with such a button."""
        async with asyncio.timeout(OPENS_WITHIN_SECONDS):
            while True:
                messages = await self._call("GET", f"/sim/people/{self.ids[name]}/messages?chat={chat}")
                found: list[dict[str, Any]] = [
                    message
                    for message in messages
                    if message.get("from", {}).get("id") == self.bot_id
                    and (asks is None or any(asks in label for label in _labels(message)))
                ]
                if found:
                    return found[-1]
                await asyncio.sleep(0.05)

    async def _does(self, name: str, deed: str, order: dict[str, Any]) -> Any:
        return await self._call("POST", f"/sim/people/{self.ids[name]}/{deed}", order)

    async def _call(self, method: str, path: str, order: Any = None) -> Any:
        async with self.http.request(method, self.address + path, json=order) as answer:
            answer.raise_for_status()
            return await answer.json()


def _labels(message: dict[str, Any]) -> list[str]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
