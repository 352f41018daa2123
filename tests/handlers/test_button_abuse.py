"""Buttons in the wrong hands: changed, made up, replayed, pressed elsewhere, by others, and after a role is gone."""

import random

import pytest

from handlers import routes
from handlers.buttons import ButtonData
from models import Report
from models.engine import Store
from tests import cast
from tests.counter import EVERYTHING, GROUP, Counter, changes, filled, refusals

on_sqlite = pytest.mark.parametrize("empty_database_url", ["sqlite"], indirect=True)
EVERY: list[type[ButtonData]] = [button for button, *_ in (*routes.PRESSES, *routes.STAFF_PRESSES)]
STAFF = [button for button, *_ in routes.STAFF_PRESSES]
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."


def mutated(data: str, chance: random.Random) -> list[str]:
    """The same data with each of its bytes changed, dropped and doubled."""
    found = []
    for place, letter in enumerate(data):
        other = chance.choice([each for each in ALPHABET if each != letter])
        found += [data[:place] + new + data[place + 1 :] for new in (other, "", letter * 2)]
    return [each for each in found if each != data]


@on_sqlite
async def test_a_button_with_any_byte_changed_does_nothing(counter: Counter, waiting: Report) -> None:
    """Pressed by somebody who might do all of it with a button of ours."""
    chance = random.Random(3)
    presses = [
        counter.press(EVERYTHING, data)
        for button in EVERY
        for data in mutated(filled(button, waiting.id).pack(EVERYTHING), chance)
    ]
    before = await counter.contents()
    assert set(await counter.takes(*presses)) == {refusals()[1]}
    assert await counter.dead_letters() == []
    assert changes(before, await counter.contents()) == {}


@on_sqlite
async def test_a_button_of_another_chat_does_nothing(counter: Counter, waiting: Report) -> None:
    """Carried from a private chat into a group, from a group into a private chat, or to somebody else."""
    dispatcher = counter.people["dispatcher"]
    ways = [(EVERYTHING, GROUP), (GROUP, EVERYTHING), (dispatcher, EVERYTHING)]
    presses = [
        counter.press(EVERYTHING, filled(button, waiting.id).pack(made_for), pressed_in)
        for button in EVERY
        for made_for, pressed_in in ways
    ]
    before = await counter.contents()
    assert set(await counter.takes(*presses)) == {refusals()[1]}
    assert changes(before, await counter.contents()) == {}


@on_sqlite
async def test_a_button_pressed_after_the_role_is_gone_does_nothing(counter: Counter, waiting: Report) -> None:
    presses = [counter.press(EVERYTHING, filled(button, waiting.id).pack(EVERYTHING)) for button in STAFF]
    await counter.strip(EVERYTHING)
    before = await counter.contents()
    assert set(await counter.takes(*presses)) == {refusals()[0]}
    assert changes(before, await counter.contents()) == {}


@on_sqlite
@pytest.mark.parametrize("data", ["", ".", "..", "x" * 64, "\x00", "🚨.🚨.🚨", "cc.AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAA"])
async def test_what_was_made_up_does_nothing(counter: Counter, data: str) -> None:
    before = await counter.contents()
    assert await counter.takes(counter.press(EVERYTHING, data)) == [refusals()[1]]
    assert changes(before, await counter.contents()) == {}


# Each press of these makes another one, as it says: a link for somebody else, a draft for another caller.
MAKES_ANOTHER = {"ChooseUnit", "BeginCall"}
NOTED_EACH_TIME = frozenset({"audit_entries", "audit_heads"})


@on_sqlite
async def test_a_button_pressed_twice_does_it_once(counter: Counter, store: Store) -> None:
    """Neither press breaks anything, and the second changes nothing more. Each button has a report of its own."""
    did_more = {}
    for button in sorted(EVERY, key=lambda each: each.__name__ == "EraseMe"):  # after which nobody is left to press
        async with store.begin() as session:
            report = await cast.report(session)
        data = filled(button, report.id).pack(EVERYTHING)
        await counter.takes(counter.press(EVERYTHING, data))
        before = await counter.contents(without=NOTED_EACH_TIME)
        await counter.takes(counter.press(EVERYTHING, data))
        assert await counter.dead_letters() == [], button
        if more := changes(before, await counter.contents(without=NOTED_EACH_TIME)):
            did_more[button.__name__] = more
    assert did_more.keys() == MAKES_ANOTHER, did_more
