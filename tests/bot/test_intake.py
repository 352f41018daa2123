"""Intake: one batch, one transaction; what cannot be handled is kept sealed, and only a database that is away waits."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from telegram import Update
from telegram.ext import MessageHandler, filters

from bot import conversation
from bot.floods import Verdict
from bot.intake import StoreAway
from domain.policy import FLOOD_BURST
from handlers.context import Context
from models import DeadLetter, OutboxMessage, Report, SeenUpdate, sealing
from tests.faults.bad_updates import CANARY, DEEP, LONG_NUMBER, acquaint, malformed, message, press, put, unknown
from tests.town import Town, open_town

Fail = Any


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path, limits=False) as opened:
        acquaint(opened.simulator)
        yield opened


@pytest.fixture
async def town_on_each(tmp_path: Path, empty_database_url: str) -> AsyncIterator[Town]:
    async with open_town(tmp_path, empty_database_url, limits=False) as opened:
        acquaint(opened.simulator)
        yield opened


async def letters(town: Town) -> list[DeadLetter]:
    async with town.store.read() as session:
        return list(await session.scalars(sa.select(DeadLetter).order_by(DeadLetter.received_at)))


async def until_taken(town: Town, within: float = 10) -> float:
    """Waits until Telegram keeps nothing for us any more. Returns the seconds."""
    started = time.monotonic()
    async with asyncio.timeout(within):
        while (await town.simulator.updates())["pending"]:
            await asyncio.sleep(0.02)
    return time.monotonic() - started


def stumble(town: Town, word: str, fail: Fail) -> None:
    """From now on a handler of ours fails at this word."""

    async def deed(update: Update, context: Context) -> None:
        context.reply  # noqa: B018 - what a handler would use
        result = fail()
        if asyncio.iscoroutine(result):
            await result

    handler: Any = MessageHandler(filters.Regex(word), deed)
    town.app.conversation.handlers[0].insert(0, handler)


def raising(error: BaseException) -> Fail:
    def fail() -> None:
        raise error

    return fail


@pytest.mark.parametrize(
    "error",
    [
        KeyError("x"),
        AssertionError(CANARY),
        RecursionError(),
        MemoryError(),
        FileNotFoundError(2, CANARY),
        ConnectionResetError(CANARY),
        TimeoutError(CANARY),
        sa.exc.IntegrityError(CANARY, {}, Exception()),
        UnicodeEncodeError("utf-8", CANARY, 0, 1, "no"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_a_handler_that_fails_costs_one_update_and_one_apology(town: Town, error: Exception) -> None:
    stumble(town, "sandungan", raising(error))
    ids = put(town.simulator, message(town.siti.id), message(town.siti.id, "sandungan"), message(town.rahmat.id))
    await until_taken(town)
    (letter,) = await letters(town)
    assert letter.update_id == ids[1]
    assert letter.raw["message"]["text"] == "sandungan"
    assert letter.reason.startswith((type(error).__name__, "HandlerFailed"))
    assert CANARY not in letter.reason
    await town.siti.sees(letter.id, anywhere=True)
    await town.rahmat.sees("Cara melapor", anywhere=True)
    apologies = [said for said in await town.siti.messages() if letter.id in said.get("text", "")]
    assert len(apologies) == 1


async def test_a_handler_that_never_ends_is_a_dead_letter_and_no_missing_database(
    town_on_each: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = town_on_each
    monkeypatch.setattr(conversation, "LONGEST_SECONDS", 0.3)
    stumble(town, "sandungan", lambda: asyncio.sleep(60))
    put(town.simulator, message(town.siti.id, "sandungan"), message(town.rahmat.id))
    assert await until_taken(town) < 3
    (letter,) = await letters(town)
    assert letter.reason.startswith("HandlerFailed")
    await town.rahmat.sees("Cara melapor", anywhere=True)


async def test_what_failed_before_is_rolled_back_and_the_others_of_the_batch_are_not(town_on_each: Town) -> None:
    town = town_on_each
    stumble(town, "sandungan", raising(ValueError()))
    await town.siti.types("/lapor")
    await town.siti.sees("Apa yang terjadi?")
    put(
        town.simulator,
        message(town.siti.id, "Motor saya dicuri orang di depan rumah"),
        message(town.siti.id, "sandungan"),
        message(town.siti.id, "1"),
        message(town.siti.id, "Pasar Tanjung, Kecamatan Kaliwates"),
    )
    await until_taken(town)
    await town.siti.sees("Kapan")
    assert len(await letters(town)) == 1


async def test_every_kind_of_malformed_update_is_kept_sealed_and_the_others_are_handled(town_on_each: Town) -> None:
    town = town_on_each
    people = [await town.simulator.person(f"Warga {number}") for number in range(2)]
    kinds = malformed(people[0].id)
    bad = put(town.simulator, *kinds.values())
    put(town.simulator, message(people[1].id))
    await until_taken(town, within=30)
    await people[1].sees("Cara melapor", anywhere=True)
    async with town.store.read() as session:
        seen = set(await session.scalars(sa.select(SeenUpdate.update_id)))
    assert set(bad) <= seen, "acknowledged without a trace"
    found = {letter.update_id for letter in await letters(town)}
    # A press that no button of ours makes is answered as a stale one: nobody is harmed by its data.
    harmless = {"a press whose data is a list"}
    assert {name for name, number in zip(kinds, bad, strict=True) if number not in found} == harmless
    assert all(letter.raw for letter in await letters(town)), "whatever was kept can be opened again"


@pytest.mark.parametrize("text", [DEEP, LONG_NUMBER], ids=["nested too deep", "a number too long"])
async def test_bytes_that_are_no_json_spoil_no_more_than_one_update(town: Town, text: str) -> None:
    people = [await town.simulator.person(f"Warga {number}") for number in range(40)]
    good = [message(person.id) for person in people]
    *_, bad = put(town.simulator, *good[:25], text)
    put(town.simulator, *good[25:])
    assert await until_taken(town) < 4
    (letter,) = await letters(town)
    assert letter.update_id == bad
    assert letter.reason == "unreadable: Malformed"
    assert CANARY in str(letter.raw)
    for person in people:
        await person.sees("Cara melapor", anywhere=True)


async def test_an_answer_cut_off_by_accident_buries_nothing(town: Town) -> None:
    await town.simulator.fault("truncate", method="getUpdates", times=2)
    await town.siti.types("/bantuan")
    await town.siti.sees("Cara melapor", within=8)
    assert await letters(town) == []


async def test_what_is_not_known_is_acknowledged_and_left_alone(town: Town) -> None:
    put(town.simulator, *unknown(town.siti.id).values(), message(town.rahmat.id))
    assert await until_taken(town) < 2
    await town.rahmat.sees("Cara melapor", anywhere=True)
    assert await letters(town) == []


async def test_an_update_without_a_usable_id_does_not_hold_up_the_others(town: Town) -> None:
    for number in ("null", '"12"', "[]", "1e400", str(10**30), "-5", "true"):
        put(town.simulator, '{"update_id": NUMBER, "message": {"x": %d}}'.replace("NUMBER", number))
    put(town.simulator, message(town.siti.id))
    await until_taken(town)
    await town.siti.sees("Cara melapor", anywhere=True)
    assert len(await letters(town)) == 7


async def test_an_update_without_a_usable_id_alone_costs_little(town: Town) -> None:
    put(town.simulator, '{"update_id": null, "message": {"x": %d}}')
    await asyncio.sleep(1.5)
    polls = len(await town.simulator.ledger(method="getUpdates"))
    assert polls < 12, "it came again and again without a pause"
    assert len(await letters(town)) == 1
    put(town.simulator, message(town.siti.id))
    await town.siti.sees("Cara melapor", anywhere=True)


async def test_a_press_that_makes_no_sense_is_answered_all_the_same(town: Town) -> None:
    for data in ("", "zz.1", "rk." + "A" * 60, "\x00", "🙂" * 16, "rc..", "rk.%00", None):
        put(town.simulator, press(town.siti.id, data))
    await until_taken(town)
    async with asyncio.timeout(5):
        while len(await town.simulator.ledger(method="answerCallbackQuery")) < 8:
            await asyncio.sleep(0.02)
    assert await letters(town) == []


async def test_the_same_update_twice_is_handled_once(town_on_each: Town) -> None:
    town = town_on_each
    raw = {"update_id": 77, **message(town.siti.id)}
    await town.app.intake.take([raw, dict(raw)])
    await town.app.intake.take([dict(raw)])
    await town.siti.sees("Cara melapor", anywhere=True)
    await asyncio.sleep(0.3)
    assert len(await town.siti.messages()) == 1


async def test_an_update_delivered_again_before_it_was_taken_has_one_effect(town_on_each: Town) -> None:
    """Telegram delivers again what a webhook keeps waiting: then both copies are in one batch."""
    town = town_on_each
    lines = ["/lapor", "Motor saya dicuri orang di depan rumah", "1", "Pasar Tanjung, Kecamatan Kaliwates"]
    raws = [{"update_id": 300 + number, **message(town.siti.id, line)} for number, line in enumerate(lines)]
    await town.app.intake.take([copy for raw in raws for copy in (raw, dict(raw))])
    await town.siti.sees("Kapan", anywhere=True)
    async with town.store.read() as session:
        (draft,) = await session.scalars(sa.select(Report))
    assert draft.content is not None
    assert [words for _, words in draft.content["said"]] == [lines[1]]
    assert draft.content["place"] == lines[3]


async def test_ids_may_come_out_of_order(town: Town) -> None:
    for number in (90, 80, 85):
        await town.app.intake.take([{"update_id": number, **message(town.siti.id)}])
    async with asyncio.timeout(5):
        while len(await town.siti.messages()) < 3:
            await asyncio.sleep(0.02)


async def test_a_database_that_is_away_does_not_use_up_what_a_person_may_send(
    town_on_each: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = town_on_each
    intake = town.app.intake
    raws = [{"update_id": 100 + number, **message(town.siti.id)} for number in range(5)]

    async def away(batch: object) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as patch:
        patch.setattr(intake, "_work", away)
        for _ in range(30):
            with pytest.raises(StoreAway):
                await intake.take(raws)
        assert "ConnectionRefusedError" in str(intake.complaint())
    await intake.take(raws)
    assert intake.complaint() is None
    async with asyncio.timeout(5):
        while len(await town.siti.messages()) < 5:
            await asyncio.sleep(0.02)


async def test_the_warning_of_a_flood_is_not_lost_while_the_database_is_away(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake = town.app.intake
    intake.gate.clock = lambda: 0.0
    raws = [{"update_id": 200 + number, **message(town.siti.id)} for number in range(FLOOD_BURST + 3)]
    real = intake._work

    async def away(batch: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(intake, "_work", away)
    with pytest.raises(StoreAway):
        await intake.take(raws)
    monkeypatch.setattr(intake, "_work", real)
    await intake.take(raws)
    async with town.store.read() as session:
        hers = OutboxMessage.chat_index == sealing.number_index("chat", town.siti.id)
        answers = await session.scalar(sa.select(sa.func.count()).select_from(OutboxMessage).where(hers))
    assert answers == FLOOD_BURST + 1, "the last is the warning"


async def test_a_hundred_updates_of_the_largest_size_do_not_hold_up_the_loop(town: Town) -> None:
    entity = {"type": "bold", "offset": 0, "length": 1}
    large = [message(town.siti.id, "x" * 3000, entities=[entity] * 3500) for _ in range(100)]
    town.app.intake.gate.judge = lambda *_: Verdict.WELCOME  # type: ignore[method-assign]
    raws = [{"update_id": 1000 + number, **raw} for number, raw in enumerate(large)]
    longest = 0.0

    async def beat() -> None:
        nonlocal longest
        before = time.thread_time()  # our own work: what else the machine does meanwhile is not counted
        while True:
            await asyncio.sleep(0.005)
            longest, before = max(longest, time.thread_time() - before), time.thread_time()

    beating = asyncio.create_task(beat())
    await town.app.intake.take(raws)
    beating.cancel()
    print(f"longest stall {longest * 1000:.0f} ms")
    assert longest < 1
