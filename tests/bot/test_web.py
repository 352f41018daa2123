"""The web port, with an intake that does as the test says."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.health import Health
from bot.intake import StoreAway
from bot.web import SECRET_HEADER, Web, wait_until_open
from models.engine import Store
from tests.town import free_port

SECRET = "a-secret-for-tests-only"


class Listener:
    """Stands in for intake: keeps what it is given, or fails."""

    def __init__(self) -> None:
        self.taken: list[Any] = []
        self.error: Exception | None = None

    async def submit(self, raw: Any) -> None:
        if self.error:
            raise self.error
        self.taken.append(raw)


class Port:
    def __init__(self, store: Store, folder: Path) -> None:
        self.listener = Listener()
        self.health = Health(store, folder)
        self.number = free_port()
        self.web = Web(
            self.health,
            host="127.0.0.1",
            port=self.number,
            intake=self.listener,  # type: ignore[arg-type]
            secret=SECRET,
        )

    async def asks(self, path: str, method: str = "GET", **more: Any) -> tuple[int, str, Any]:
        url = f"http://127.0.0.1:{self.number}{path}"
        async with aiohttp.ClientSession() as http, http.request(method, url, **more) as answer:
            return answer.status, await answer.text(), answer.headers

    async def delivers(self, raw: Any) -> tuple[int, Any]:
        headers = {SECRET_HEADER: SECRET}
        status, _, answer = await self.asks("/telegram", "POST", data=json.dumps(raw), headers=headers)
        return status, answer


@pytest.fixture
async def port(store: Store, tmp_path: Path) -> AsyncIterator[Port]:
    opened = Port(store, tmp_path)
    running = asyncio.create_task(opened.web.run())
    await wait_until_open(opened.web)
    yield opened
    opened.web.stop()
    await running


async def test_an_update_is_answered_once_it_is_taken(port: Port) -> None:
    assert (await port.delivers({"update_id": 1}))[0] == 200
    assert port.listener.taken == [{"update_id": 1}]


async def test_while_the_store_is_away_telegram_is_told_when_to_come_again(port: Port) -> None:
    port.listener.error = StoreAway("OperationalError")
    status, headers = await port.delivers({"update_id": 1})
    assert status == 503
    assert 1 <= int(headers["Retry-After"]) <= 60
    port.listener.error = None
    assert (await port.delivers({"update_id": 1}))[0] == 200


async def test_readiness_is_yes_or_the_reasons(port: Port, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await port.asks("/readyz"))[:2] == (200, '{"ready":true,"reasons":[]}')
    port.health.complaints.append(lambda: "Telegram has not answered for 100 s")
    status, text, _ = await port.asks("/readyz")
    assert status == 503
    assert json.loads(text)["reasons"] == ["Telegram has not answered for 100 s"]


async def test_a_store_that_takes_no_writes_is_a_reason(port: Port, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse() -> None:
        raise ConnectionRefusedError(111, "nobody there")

    monkeypatch.setattr(port.health.store, "prove", refuse)
    status, text, _ = await port.asks("/readyz")
    assert status == 503
    assert "the database takes no writes: ConnectionRefusedError" in text


async def test_a_nearly_full_disk_is_a_reason(port: Port, monkeypatch: pytest.MonkeyPatch) -> None:
    class Usage:
        total, free = 100 * 2**30, 2**30

    monkeypatch.setattr("bot.health.shutil.disk_usage", lambda _: Usage)
    status, text, _ = await port.asks("/readyz")
    assert status == 503
    assert "the disk is nearly full: 1024 MiB left" in text


async def test_asking_for_readiness_leaves_nothing_behind(port: Port, store: Store) -> None:
    await asyncio.gather(*(port.asks("/readyz") for _ in range(20)))
    async with store.reader.connect() as connection:
        assert (await connection.exec_driver_sql("SELECT count(*) FROM seen_updates")).scalar() == 0


async def test_liveness_follows_the_heartbeat(port: Port) -> None:
    assert (await port.asks("/livez"))[:2] == (200, "ok")
    port.health.beat_at -= 6
    assert (await port.asks("/livez"))[:2] == (503, "stuck")


async def test_metrics_name_no_person_and_no_secret(port: Port) -> None:
    status, text, _ = await port.asks("/metrics")
    assert status == 200
    assert "bot_updates" in text
    assert SECRET not in text


async def test_there_is_nothing_else_at_the_port(port: Port) -> None:
    for path in ("/", "/telegram/", "/docs", "/telegram/x", "/../bot.db", "/favicon.ico"):
        assert (await port.asks(path))[0] in (404, 405, 307)
