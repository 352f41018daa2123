"""The webhook's door, and the doors of the program: who is let in, and what a refusal looks like."""

import ast
import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
import sqlalchemy as sa

from bot.web import SECRET_HEADER
from models import DeadLetter, SeenUpdate, sealing
from models.engine import Store
from models.sealing import Keyring
from simulator.testing import Simulator
from tests.faults.bad_updates import CANARY, message
from tests.faults.command import command
from tests.faults.process import ROOT, BotProcess, prepare
from tests.town import TOKEN, USERNAME

MIB = 1024 * 1024


@dataclass
class Door:
    bot: BotProcess
    http: aiohttp.ClientSession
    store: Store
    simulator: Simulator

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.bot.port}/telegram"

    @property
    def secret(self) -> dict[str, str]:
        return {SECRET_HEADER: self.bot.settings["WEBHOOK_SECRET"]}

    async def knock(self, body: object, headers: object = None, method: str = "POST") -> int:
        headers = self.secret if headers is None else headers
        async with self.http.request(method, self.url, data=body, headers=headers) as answer:  # type: ignore[arg-type]
            return answer.status

    async def count(self, table: type) -> int:
        async with self.store.read() as session:
            return await session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    async with await Simulator.start(token=TOKEN, username=USERNAME, limits=False, webhook_backoff=0.02) as running:
        yield running


@pytest.fixture
async def door(tmp_path: Path, simulator: Simulator) -> AsyncIterator[Door]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}"
    await prepare(url)
    bot = BotProcess(tmp_path, simulator.url, url)
    bot.settings |= bot.webhook
    await bot.start()
    await bot.ready()
    sealing.install(Keyring.at(tmp_path / "keys"))
    store = Store(url)
    async with aiohttp.ClientSession() as http:
        yield Door(bot, http, store, simulator)
    await store.close()
    assert await bot.stop() == 0
    assert CANARY not in bot.log.read_text()


def update(number: int = 1) -> bytes:
    return json.dumps({"update_id": number, **message(4711 + number, CANARY)}).encode()


async def test_without_the_right_secret_nobody_comes_in_and_nothing_is_kept(door: Door) -> None:
    right = door.secret[SECRET_HEADER]
    wrong: list[object] = [
        {},
        {SECRET_HEADER: ""},
        {SECRET_HEADER: "guess"},
        {SECRET_HEADER: right[:-1]},
        {SECRET_HEADER: right + "x"},
        {SECRET_HEADER: right.upper()},
        {SECRET_HEADER: "é" * 20},
        [(SECRET_HEADER, right), (SECRET_HEADER, right)],
        [(SECRET_HEADER, "guess"), (SECRET_HEADER, right)],
        {SECRET_HEADER: f"{right},{right}"},
    ]
    assert [await door.knock(update(), headers) for headers in wrong] == [403] * len(wrong)
    assert await door.knock(b"x" * (2 * MIB), {}) in (403, 413), "not even looked at"
    assert await door.count(SeenUpdate) == 0
    assert await door.count(DeadLetter) == 0
    assert await door.knock(update()) == 200
    assert await door.count(SeenUpdate) == 1


async def test_the_secret_is_compared_in_constant_time() -> None:
    source = (ROOT / "bot" / "web.py").read_text()
    names = {node.attr for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute)}
    assert "compare_digest" in names
    compared = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Compare)]
    assert not [node for node in compared if "secret" in ast.unparse(node).lower()]


async def test_more_than_one_mebibyte_is_refused_however_it_is_sent(door: Door) -> None:
    async def streamed(size: int) -> AsyncIterator[bytes]:
        for _ in range(size // 4096):
            yield b" " * 4096

    assert await door.knock(b" " * (MIB + 1)) == 413
    assert await door.knock(streamed(MIB + 8192)) == 413
    assert await door.knock(update(2) + b" " * (MIB - len(update(2)))) == 200
    assert await door.count(DeadLetter) == 0


async def test_only_post_is_answered(door: Door) -> None:
    for method in ("GET", "PUT", "DELETE", "PATCH"):
        assert await door.knock(None, method=method) == 405


NONSENSE = {
    "empty": b"",
    "words": CANARY.encode(),
    "brackets": b"[" * 50_000,
    "a list": b"[1, 2]",
    "null": b"null",
    "a number": b"12",
    "a text": b'"words"',
    "no UTF-8": b"\xff\xfe\x00",
    "an id that is a text": b'{"update_id": "1"}',
    "half a character": b'{"update_id": 9, "message": {"text": "\\ud800"}}',
    "a number too long": b'{"update_id": 10, "message": {"date": ' + b"9" * 5000 + b"}}",
    "nested too deep": b'{"update_id": 11, "message": ' + b'{"a":' * 30_000 + b"1" + b"}" * 30_001,
}


async def test_nonsense_with_the_right_secret_is_taken_and_kept_as_a_dead_letter(door: Door) -> None:
    for kept, (name, body) in enumerate(NONSENSE.items(), start=1):
        assert await door.knock(body) == 200, name
        assert await door.knock(body) == 200, f"{name}, once more"
        assert await door.count(DeadLetter) == kept, name
    assert await door.knock(update(3)) == 200


async def test_many_at_once_are_all_taken(door: Door) -> None:
    started = time.monotonic()
    taken = await asyncio.gather(*(door.knock(update(number)) for number in range(100, 400)))
    assert taken == [200] * 300
    assert await door.count(SeenUpdate) == 300
    print(f"\n300 at once in {time.monotonic() - started:.2f} s")


async def test_somebody_who_hangs_up_halfway_harms_nobody(door: Door) -> None:
    for _ in range(20):
        _, writer = await asyncio.open_connection("127.0.0.1", door.bot.port)
        head = f"POST /telegram HTTP/1.1\r\nHost: x\r\n{SECRET_HEADER}: {door.secret[SECRET_HEADER]}\r\n"
        writer.write(head.encode() + b"Content-Length: 500\r\n\r\n" + b'{"update_id"')
        await writer.drain()
        writer.close()
    assert await door.knock(update(6)) == 200
    assert await door.count(DeadLetter) == 0
    assert await door.bot.is_alive()


# ---- the doors of the program


@pytest.fixture
async def prepared(tmp_path: Path, simulator: Simulator) -> AsyncIterator[BotProcess]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}"
    await prepare(url)
    bot = BotProcess(tmp_path, simulator.url, url)
    yield bot
    await bot.end()


@pytest.mark.parametrize("secret", ["", "short"])
async def test_a_webhook_without_a_good_secret_does_not_start(prepared: BotProcess, secret: str) -> None:
    code, said = await command(prepared, "run", **{**prepared.webhook, "WEBHOOK_SECRET": secret})
    assert code == 78
    assert "WEBHOOK_SECRET" in said
    assert "Traceback" not in said


async def test_a_second_process_on_the_same_file_ends_within_two_seconds(prepared: BotProcess) -> None:
    await prepared.start()
    await prepared.ready()
    started = time.monotonic()
    code, said = await command(prepared, "run", LISTEN="127.0.0.1:1")
    assert code == 75
    assert time.monotonic() - started < 2.5, "two seconds, and a little for the start of Python"
    assert "Traceback" not in said
    assert (await prepared.readyz())["ready"], "the first did not notice"
    await prepared.kill()
    await prepared.start()
    await prepared.ready()


async def test_a_token_that_telegram_does_not_know_is_no_reason_to_try_again(prepared: BotProcess) -> None:
    token = "12345:not-a-token-of-anybody"
    code, said = await command(prepared, "run", BOT_TOKEN=token)
    assert code == 78
    assert token not in said
    assert "Traceback" not in said


@pytest.mark.parametrize("token", ["", "not a token"])
async def test_without_a_token_it_does_not_start(prepared: BotProcess, token: str) -> None:
    code, said = await command(prepared, "run", BOT_TOKEN=token)
    assert code == 78
    assert "BOT_TOKEN" in said


async def test_an_empty_database_is_not_used_and_the_remedy_is_named(prepared: BotProcess, tmp_path: Path) -> None:
    code, said = await command(prepared, "run", DATABASE_URL=f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}")
    assert code == 78
    assert "python -m bot migrate" in said
    assert "Traceback" not in said


async def test_a_file_that_is_no_database_is_left_as_it_is(prepared: BotProcess, tmp_path: Path) -> None:
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"this is no database, only words" * 300)
    before = broken.read_bytes()
    code, said = await command(prepared, "run", DATABASE_URL=f"sqlite+aiosqlite:///{broken}")
    assert code == 78
    assert "Traceback" not in said
    assert broken.read_bytes() == before


async def test_keys_that_others_may_read_are_refused(prepared: BotProcess, tmp_path: Path) -> None:
    Keyring.at(tmp_path / "keys")
    (tmp_path / "keys").chmod(0o644)
    code, said = await command(prepared, "run")
    assert code == 78
    assert "0600" in said


async def test_a_port_that_is_taken_is_named(prepared: BotProcess) -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    code, said = await command(prepared, "run", LISTEN=f"127.0.0.1:{port}")
    server.close()
    assert code == 78
    assert str(port) in said
    assert "Traceback" not in said
