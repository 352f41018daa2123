"""Poison: updates that make no sense, in a bot that runs as a process of its own. They cost nobody else a moment."""

import asyncio
import datetime as dt
import random
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from models import DeadLetter, SeenUpdate, sealing
from models.engine import Store
from models.sealing import Keyring
from simulator.testing import Simulator
from tests.faults.bad_updates import CANARY, Json, malformed, message, press, put, spoiled, unknown
from tests.faults.command import command
from tests.faults.process import BotProcess, prepare
from tests.town import TOKEN, USERNAME, Town, open_town

ANSWER = "Cara melapor"  # to /bantuan


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    async with await Simulator.start(token=TOKEN, username=USERNAME, limits=False, webhook_backoff=0.02) as running:
        yield running


async def until_answered(simulator: Simulator, people: list[int], within: float) -> float:
    """Waits until everybody was told what /bantuan says; returns the seconds."""
    started, told, since = time.monotonic(), set[int](), 0
    async with asyncio.timeout(within):
        while not set(people) <= told:
            for entry in await simulator.ledger(method="sendMessage", since=since):
                since = entry["seq"]
                if entry["delivered"] and ANSWER in entry["params"]["text"]:
                    told.add(entry["params"]["chat_id"])
            await asyncio.sleep(0.02)
    return time.monotonic() - started


async def letters(store: Store) -> list[DeadLetter]:
    async with store.read() as session:
        return list(await session.scalars(sa.select(DeadLetter)))


def stored_bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.glob("bot.db*")))


@pytest.mark.parametrize(
    ("empty_database_url", "intake"),
    [
        ("sqlite", "polling"),
        ("postgres", "webhook"),
        pytest.param("sqlite", "webhook", marks=pytest.mark.faults),
        pytest.param("postgres", "polling", marks=pytest.mark.faults),
    ],
    indirect=["empty_database_url"],
)
async def test_one_that_makes_no_sense_among_a_hundred_costs_the_others_nothing(
    tmp_path: Path, empty_database_url: str, simulator: Simulator, intake: str
) -> None:
    await prepare(empty_database_url)
    bot = BotProcess(tmp_path, simulator.url, empty_database_url)
    if intake == "webhook":
        bot.settings |= bot.webhook
    await bot.start()
    await bot.ready()
    people = await simulator.crowd(99)
    victim = (await simulator.crowd(1))[0]
    slowest = 0.0
    kinds = {**malformed(victim), **unknown(victim)}
    if intake == "webhook":  # which takes at most 1 MiB
        kinds = {name: raw for name, raw in kinds.items() if len(str(raw)) < 1024 * 1024}
    some = [*random.sample(sorted(kinds), 3), "an entity without its offset", "5 MB of entities"]
    for name in dict.fromkeys(name for name in some if name in kinds):
        good = [message(person) for person in people]
        put(simulator, *good[:50], kinds[name], *good[50:])
        started = time.monotonic()
        async with asyncio.timeout(20):
            while (await simulator.updates())["pending"]:
                await asyncio.sleep(0.02)
        seconds = time.monotonic() - started
        slowest = max(slowest, seconds)
        assert seconds < 2, f"{name}: {seconds:.1f} s"
    await until_answered(simulator, people, within=20)
    assert await bot.stop() == 0
    log = bot.log.read_text()
    assert CANARY not in log
    assert "Traceback" not in log
    assert str(victim) not in log
    print(f"\n{intake}: the slowest batch took {slowest:.2f} s")
    sealing.install(Keyring.at(tmp_path / "keys"))
    store = Store(empty_database_url)
    assert CANARY in "".join(str(letter.raw) for letter in await letters(store)), "sealed, and readable with the keys"
    assert all(CANARY not in letter.reason for letter in await letters(store))
    if store.is_sqlite:
        assert CANARY.encode() not in stored_bytes(tmp_path)
    await store.close()


async def test_dead_letters_are_listed_and_replayed_from_the_command_line(tmp_path: Path, simulator: Simulator) -> None:
    """The bot that could not handle it is mended and started anew; then its letter is replayed, while it runs."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}"
    await prepare(url)
    (siti,) = await simulator.crowd(1)
    bot = BotProcess(tmp_path, simulator.url, url)
    await bot.start()
    await bot.ready()
    # In this process, a handler that fails buries the update.
    sealing.install(Keyring.at(tmp_path / "keys"))
    store = Store(url)
    raw = {"update_id": 4711, **message(siti)}
    async with store.begin() as session:
        letter = DeadLetter(
            id="abcd1234", update_id=4711, reason="KeyError at x.py:1", received_at=dt.datetime.now(dt.UTC)
        )
        letter.raw = raw
        hopeless = DeadLetter(
            id="ffff0000", update_id=4712, reason="unreadable: TypeError", received_at=dt.datetime.now(dt.UTC)
        )
        hopeless.raw = {"update_id": 4712, "message": CANARY}
        session.add_all([letter, hopeless])
    code, said = await command(bot, "dead-letters", "list")
    assert code == 0
    assert "abcd1234" in said
    assert CANARY not in said
    code, said = await command(bot, "dead-letters", "replay", "abcd1234", "ffff0000", "12345678")
    assert code == 1, "one of them failed again"
    assert re.search(r"abcd1234: handled", said)
    assert re.search(r"ffff0000: failed again", said)
    assert re.search(r"12345678: not waiting", said)
    assert CANARY not in said
    await until_answered(simulator, [siti], within=5)
    code, said = await command(bot, "dead-letters", "replay", "abcd1234")
    assert (code, "not waiting" in said) == (0, True)
    assert await bot.stop() == 0
    await store.close()


async def real_updates(town: Town) -> list[Json]:
    """What a resident causes who uses everything: taken from the wire, to be spoiled."""
    siti, server = town.siti, town.simulator.server
    taken: list[Json] = []
    real = town.app.intake.take

    async def listen(raws: list[Json]) -> None:
        taken.extend(raws)
        await real(raws)

    town.app.polling.intake.take = listen  # type: ignore[method-assign]
    await siti.types("/start")
    await siti.types("/lapor")
    await siti.sees("Apa yang terjadi?")
    await siti.presses_data((await siti.last()) or {}, "zz.1", wait=0.1)
    await siti.types("Motor dicuri orang di depan rumah saya tadi malam, lihat https://contoh.id @warga")
    await siti.sends_photo(caption="pelakunya")
    await siti.sends_album(3)
    await siti.sends_voice()
    await siti.sends_document(b"%PDF", "bukti.pdf")
    await siti.sends_location()
    await siti.sends_contact()
    await siti.edits(await siti.types("sekarang"), "kemarin")
    await siti.types("anonim")
    await siti.forwards(await siti.types("kirim"))
    await siti.blocks()
    await siti.unblocks()
    async with asyncio.timeout(10):
        while server.telegram.queues[town.simulator.bot["id"]].pending:
            await asyncio.sleep(0.02)
    town.app.polling.intake.take = real  # type: ignore[method-assign]
    return [{name: value for name, value in raw.items() if name != "update_id"} for raw in taken]


async def heartbeat(longest: list[float]) -> None:
    before = time.monotonic()
    while True:
        await asyncio.sleep(0.005)
        now = time.monotonic()
        longest[0], before = max(longest[0], now - before), now


async def survive_fuzz(folder: Path, url: str, count: int, seed: int) -> None:
    chance = random.Random(seed)
    async with open_town(folder, url, limits=False) as town:
        originals = await real_updates(town)
        assert len(originals) > 15
        people = await town.simulator.crowd(count // 20)
        gate = town.app.intake.gate
        gate.buckets.clear()
        town.simulator.server.telegram.limits.rates.enabled = False
        longest, good, bad = [0.0], [], []
        beating = asyncio.create_task(heartbeat(longest))
        started = time.monotonic()
        queue = town.simulator.server.telegram.queues[town.simulator.bot["id"]]
        for number in range(count):
            raw = spoiled(chance.choice(originals), chance)
            bad += put(town.simulator, raw)
            if number % 20 == 0:
                good += put(town.simulator, message(people[number // 20]))
            if number % 7 == 0:
                bad += put(town.simulator, spoiled(press(chance.choice(people), "rk.00.1"), chance))
            while len(queue.pending) > 300:
                await asyncio.sleep(0.01)
            if number % 50 == 0:
                gate.buckets.clear()  # the flood gate would keep most of them out
                await asyncio.sleep(0)
        async with asyncio.timeout(120):
            while queue.pending:
                await asyncio.sleep(0.02)
        seconds = time.monotonic() - started
        beating.cancel()
        await until_answered(town.simulator, people, within=60)
        async with town.store.read() as session:
            seen = set(await session.scalars(sa.select(SeenUpdate.update_id)))
            kept = list(await session.scalars(sa.select(DeadLetter)))
        assert set(good) <= seen
        assert not {letter.update_id for letter in kept} & set(good)
        assert not town.running.done(), "it still runs"
        reasons = sorted({letter.reason for letter in kept})
        print(f"\n{count} in {seconds:.0f} s, longest stall {longest[0]:.3f} s, {len(kept)} letters; seed {seed}")
        print("\n".join(reason for reason in reasons if not reason.startswith("unreadable")))
        assert longest[0] < 1


@pytest.mark.timeout(120)
async def test_two_thousand_spoiled_updates_stall_nothing(tmp_path: Path) -> None:
    await survive_fuzz(tmp_path, f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}", 2_000, seed=random.randrange(10**6))


@pytest.mark.faults
@pytest.mark.timeout(600)
async def test_ten_thousand_spoiled_updates_stall_nothing(tmp_path: Path, empty_database_url: str) -> None:
    await survive_fuzz(tmp_path, empty_database_url, 10_000, seed=random.randrange(10**6))
