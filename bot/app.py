"""The composition root: what is built, in which order it starts and stops."""

import asyncio
import os
import secrets
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import structlog
from telegram.error import InvalidToken, NetworkError, TelegramError

from bot import conversation, systemd
from bot.cards import Keeper
from bot.clock import Clock
from bot.duties import timetable
from bot.errands import Errands
from bot.evidence.cleaning import Cleaning
from bot.evidence.files import EvidenceFiles
from bot.evidence.sweep import Sweep
from bot.health import POLL_TOO_OLD_SECONDS, Health
from bot.intake import Intake
from bot.leases import FileLease, Lease, RowLease
from bot.menus import publish_menus
from bot.metrics import IS_LEADER
from bot.polling import Polling
from bot.scheduler import Chore, Scheduler
from bot.schema import revisions
from bot.sender import Sender
from bot.settings import Settings
from bot.toasts import Toasts
from bot.transport import NotSent, PerhapsSent, Refused, Transport, backoff
from bot.updates import ALLOWED_UPDATES
from bot.uploads import Uploads
from bot.web import WEBHOOK_PATH, Web, wait_until_open
from domain import area_map
from domain.area_map import AreaMap
from handlers import times
from models import keyproof, sealing
from models.engine import Store

log = structlog.get_logger()


class Unusable(Exception):
    """Configuration or database cannot be used; the text says what to do. Exit code 78."""


class App:
    """One process of the bot. `await app.run()` returns when it was asked to stop."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        token = settings.bot_token.get_secret_value()
        if not token:
            raise Unusable("BOT_TOKEN is not set: put the token from @BotFather into .env")
        self.settings = settings
        self.clock = clock or Clock()
        self.name = f"siskamling/{secrets.token_hex(4)}"
        sealing.install(sealing.Keyring.at(settings.keys_file))
        times.use(settings.zone)
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.store = Store(settings.database_url)
        self.lease = self._lease()
        self.transport = Transport(token, settings.telegram_api_url, name=self.name)
        self.conversation = conversation.build(self.transport, token, settings.telegram_api_url)
        self.areas = AreaMap()
        self.files, cleaning = EvidenceFiles(settings.data_dir), Cleaning()
        uploads = Uploads(self.store, self.files, cleaning)
        self.sender = Sender(
            self.store, self.transport, self.clock, self.lease, rate=settings.send_rate, uploads=uploads
        )
        self.keeper = Keeper(
            self.store,
            self.clock,
            self.lease,
            areas=lambda: self.areas,
            used=lambda chat: self.sender.chats.used(chat, time.monotonic()),
            posted=self.sender.wake,
        )
        self.errands = Errands(
            self.store, self.transport, self.clock, self.lease, self.files, cleaning, changed=self._wake
        )
        self.intake = Intake(
            self.store,
            self.conversation,
            self.clock,
            areas=lambda: self.areas,
            replies_wait=self._wake,
            toast=Toasts(self.transport).answer,
        )
        # Its own connection: however busy the sends are, what people write is fetched.
        self.listener = Transport(token, settings.telegram_api_url, name=self.name, connections=2)
        self.polling = Polling(self.listener, self.intake, self.clock)
        self.scheduler = Scheduler(self.store, self.clock, self.lease, timetable(), self._chores(), posted=self._wake)
        complaints = [self._telegram_complaint, self._scheduler_complaint, self.intake.complaint]
        self.health = Health(self.store, settings.data_dir, complaints)
        host, port = settings.listen_address
        takes_webhooks = settings.intake == "webhook"
        self.web = Web(
            self.health,
            host=host,
            port=port,
            intake=self.intake if takes_webhooks else None,
            secret=settings.webhook_secret.get_secret_value(),
        )
        self.stopping = asyncio.Event()
        self.started = asyncio.Event()
        self.leads = False
        self.turns = 0

    def _lease(self) -> Lease:
        if self.store.is_sqlite:
            return FileLease(Path(self.store.url.database or "memory"))
        return RowLease(self.store, f"{os.uname().nodename[:20]}:{os.getpid()}:{secrets.token_hex(4)}")

    def _chores(self) -> list[Chore]:
        return [
            Chore("empty the log", 300, self.store.empty_log),
            Chore("read areas", 60, self._read_areas),
            Chore("sweep evidence", 300, Sweep(self.store, self.settings.data_dir).sweep),
        ]

    # ---- running

    def stop(self) -> None:
        """Asks it to stop: takes nothing new, finishes what is on the way, gives the lease back."""
        self.stopping.set()

    async def run(self) -> None:
        """Raises Unusable, or LeaseTaken where another process runs on this SQLite file."""
        tasks: list[asyncio.Task[None]] = []
        try:
            if self.store.is_sqlite:
                await self.lease.take()
            await self._check_schema()
            await self._check_keys()
            await self._read_areas()
            tasks += [asyncio.create_task(work) for work in (self.health.beat(), self.web.run())]
            await self._open_web(tasks[-1])
            await self._meet_telegram()
            tasks += [asyncio.create_task(work) for work in (self.intake.gather(), self._notify_systemd())]
            self.started.set()
            tasks.append(asyncio.create_task(self._lead_while_possible()))
            await self._until_one_ends(tasks)
            self.web.stop()
            await asyncio.wait([tasks[1]], timeout=10)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.lease.release()
            await self.transport.close()
            await self.listener.close()
            await self.store.close()

    async def _until_one_ends(self, tasks: list[asyncio.Task[None]]) -> None:
        """Only leading ends by itself, when asked to stop. Should another task end, the process is no use any more:
        it says so and leaves the rest to whoever restarts it."""
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
        if not self.stopping.is_set():
            raise RuntimeError("a task that runs for ever has ended")

    async def _open_web(self, serving: asyncio.Task[None]) -> None:
        opening = asyncio.create_task(wait_until_open(self.web))
        await asyncio.wait({serving, opening}, return_when=asyncio.FIRST_COMPLETED)
        opening.cancel()
        if serving.done():
            raise Unusable(f"LISTEN={self.settings.listen} cannot be opened: another program may hold the port")

    async def _check_schema(self) -> None:
        try:
            found, wanted = await revisions(self.store)
        except Exception as error:
            raise Unusable(f"the database cannot be opened ({type(error).__name__}): check DATABASE_URL") from error
        if found != wanted:
            raise Unusable(
                f"the database is at revision {found}, this program needs {wanted}: run `python -m bot migrate`"
            )

    async def _check_keys(self) -> None:
        """Keys that do not fit the database would make strangers of everybody, so they are refused."""
        async with self.store.begin() as session:
            if not await keyproof.fits(session):
                raise Unusable(
                    f"KEYS_FILE={self.settings.keys_file} does not belong to this database: put its own back"
                )

    async def _meet_telegram(self) -> None:
        """Learns our own name. Until Telegram answers there is nothing else to do."""
        attempt = 0
        while not self.stopping.is_set():
            try:
                await self.conversation.initialize()
                return
            except InvalidToken:
                raise Unusable("Telegram does not know this BOT_TOKEN") from None
            except (NetworkError, TelegramError) as error:
                log.warning("telegram.unreachable", error=type(error).__name__)
                await self._sleep(backoff(attempt))
                attempt += 1

    async def _lead_while_possible(self) -> None:
        while not self.stopping.is_set():
            if not self.lease.is_held():
                await self._sleep(self.lease.take())
            if self.lease.is_held() and not self.stopping.is_set():
                await self._lead()

    async def _lead(self) -> None:
        """Polls, sends and ticks for as long as the lease is ours and nobody asks us to stop."""
        IS_LEADER.set(1)
        self.leads = True
        self.turns += 1
        self.transport.rename(f"{self.name}.{self.turns}")
        log.info("leading")
        stop = asyncio.Event()
        sending = asyncio.create_task(self.sender.run())
        tasks = [asyncio.create_task(self.lease.keep()), sending, asyncio.create_task(self.scheduler.watch())]
        tasks += [asyncio.create_task(self.errands.run()), asyncio.create_task(self.keeper.run())]
        tasks.append(asyncio.create_task(self._intake(stop)))
        menus = asyncio.create_task(publish_menus(self.transport))
        self.scheduler.start()
        waiting: asyncio.Task[Any] = asyncio.create_task(self.stopping.wait())
        try:
            await asyncio.wait({*tasks, waiting}, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                if task.done() and not task.cancelled() and task.exception():
                    raise task.exception()  # type: ignore[misc]
        finally:
            self.leads = False
            IS_LEADER.set(0)
            stop.set()
            self.scheduler.stop()
            await asyncio.wait([tasks[-1]], timeout=10)
            self.sender.quit()
            await asyncio.wait([sending], timeout=12)
            for task in [*tasks, waiting, menus]:
                task.cancel()
            await asyncio.gather(*tasks, waiting, menus, return_exceptions=True)

    async def _intake(self, stop: asyncio.Event) -> None:
        await self._choose_intake()
        if self.settings.intake == "polling":
            await self.polling.run(stop)
        else:
            await stop.wait()

    async def _choose_intake(self) -> None:
        """Tells Telegram which way updates come. Never drops what waits."""
        call = "deleteWebhook"
        params: dict[str, Any] = {"drop_pending_updates": False}
        if self.settings.intake == "webhook":
            call = "setWebhook"
            params |= {
                "url": self.settings.webhook_url.rstrip("/") + WEBHOOK_PATH,
                "secret_token": self.settings.webhook_secret.get_secret_value(),
                "max_connections": 40,
                "allowed_updates": ALLOWED_UPDATES,
            }
        attempt = 0
        while not self.stopping.is_set():
            try:
                await self.transport.call(call, params)
                return
            except (NotSent, PerhapsSent, Refused) as error:
                log.warning("intake.not_chosen", error=type(error).__name__)
                await self._sleep(backoff(attempt))
                attempt += 1

    # ---- small duties

    def _wake(self) -> None:
        """Something was committed: there may be messages to send, and cards that are no longer true."""
        self.sender.wake()
        self.keeper.wake()

    async def _read_areas(self) -> None:
        async with self.store.read() as session:
            self.areas = await area_map.load(session)

    async def _notify_systemd(self) -> None:
        systemd.notify(self.settings.notify_socket, "READY=1")
        while True:
            if self.health.is_alive():
                systemd.notify(self.settings.notify_socket, "WATCHDOG=1")
            await asyncio.sleep(10)

    async def _sleep(self, waiting: Coroutine[Any, Any, None]) -> None:
        """Waits for it, or until asked to stop."""
        task, stop = asyncio.create_task(waiting), asyncio.create_task(self.stopping.wait())
        await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
        for each in (task, stop):
            each.cancel()
        results = await asyncio.gather(task, stop, return_exceptions=True)
        if isinstance(results[0], Exception):
            raise results[0]

    def _telegram_complaint(self) -> str | None:
        if self.sender.halted:
            return self.sender.halted
        if not self.leads or self.settings.intake != "polling":
            return None
        age = time.monotonic() - self.polling.answered_at
        if age < POLL_TOO_OLD_SECONDS:
            return None
        return f"Telegram has not answered for {int(age)} s {self.polling.refused or ''}".strip()

    def _scheduler_complaint(self) -> str | None:
        return "the scheduler stands still" if self.scheduler.is_stalled() else None
