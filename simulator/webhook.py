"""Delivery by webhook: in order within a queue, one update of a queue in flight, failures retried."""

import asyncio
import json
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from simulator.errors import bad_request
from simulator.updates import Pending, UpdateQueue
from simulator.world import Json

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
CONNECTION_TIMEOUT_SECONDS = 60
MAX_RETRY_AFTER_SECONDS = 3600
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"

Reply = Callable[[Json], Awaitable[None]]


def check_url(url: str) -> None:
    """Telegram wants https; a simulator must never reach beyond this machine, so only loopback goes."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise bad_request("bad webhook: invalid webhook URL specified")
    if parts.hostname not in LOOPBACK:
        raise bad_request("bad webhook: the simulator contacts loopback addresses only")


class Webhook:
    """One bot's webhook while it is set. `reply` runs a method that the bot puts in its answer."""

    def __init__(self, queue: UpdateQueue, settings: Json, backoff: float, reply: Reply) -> None:
        self.url: str = settings["url"]
        self.max_connections = int(settings.get("max_connections") or 40)
        self.last_error: tuple[float, str] | None = None
        self.refused_until = 0.0
        self._secret: str | None = settings.get("secret_token")
        self._queue = queue
        self._backoff = backoff
        self._reply = reply
        self._lanes: dict[int, deque[Pending]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._connections = asyncio.Semaphore(self.max_connections)
        self._session: aiohttp.ClientSession | None = None

    def open(self) -> None:
        timeout = aiohttp.ClientTimeout(total=CONNECTION_TIMEOUT_SECONDS)
        self._session = aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=0))
        self._queue.on_arrival.append(self._arrived)
        for update in self._queue.first(len(self._queue.pending)):
            self._arrived(update)

    async def close(self) -> None:
        if self._arrived in self._queue.on_arrival:
            self._queue.on_arrival.remove(self._arrived)
        for task in list(self._tasks):
            if task is not asyncio.current_task():
                task.cancel()
        if self._session:
            await self._session.close()

    def _arrived(self, update: Pending) -> None:
        lane = self._lanes.get(update.queue)
        if lane is not None:
            lane.append(update)
            return
        self._lanes[update.queue] = deque([update])
        task = asyncio.create_task(self._drain(update.queue))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _drain(self, key: int) -> None:
        lane = self._lanes[key]
        while lane:
            await self._deliver(lane[0])
            lane.popleft()
        del self._lanes[key]

    async def _deliver(self, update: Pending) -> None:
        """Try until the bot takes the update or the update is too old."""
        failures = 0
        while self._is_wanted(update):
            async with self._connections:
                wait = await self._post(update, failures)
            if wait is None:
                self._queue.confirm(update.id)
                return
            failures += 1
            await asyncio.sleep(wait)

    def _is_wanted(self, update: Pending) -> bool:
        self._queue.expire()
        return update.id in self._queue.pending

    async def _post(self, update: Pending, failures: int) -> float | None:
        """None when delivered, otherwise seconds until the next try."""
        if time.monotonic() < self.refused_until:
            return self._failed("Connection refused", failures, None)
        assert self._session
        headers = {"Content-Type": "application/json"}
        if self._secret:
            headers[SECRET_HEADER] = self._secret
        try:
            async with self._session.post(self.url, data=update.text.encode(), headers=headers) as answer:
                body = await answer.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return self._failed(type(error).__name__, failures, None)
        if 200 <= answer.status < 300:
            await self._run_reply(body)
            return None
        words = f"Wrong response from the webhook: {answer.status} {answer.reason}"
        return self._failed(words, failures, answer.headers.get("Retry-After"))

    def _failed(self, words: str, failures: int, retry_after: str | None) -> float:
        self.last_error = (time.time(), words)
        if retry_after and retry_after.isdigit():
            return min(int(retry_after), MAX_RETRY_AFTER_SECONDS) * self._backoff
        if failures == 0:
            return 0.0
        return min(2.0**failures, random.uniform(60, 120)) * self._backoff

    async def _run_reply(self, body: bytes) -> None:
        if not body.lstrip().startswith(b"{"):
            return
        try:
            call: Any = json.loads(body)
        except ValueError:
            return
        if isinstance(call, dict) and isinstance(call.get("method"), str):
            await self._reply(call)
