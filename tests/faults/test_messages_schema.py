"""Every call that the bot makes in a whole day's story fits the Bot API's own description, nested objects included."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.roles import Role
from simulator.person import Person
from tests.faults.process import ROOT
from tests.town import Town, open_town

SCHEMA = Path(os.environ.get("SIMULATOR_SCHEMA", ROOT.parent / "shared" / "data" / "botapi-10.0.json"))

pytestmark = pytest.mark.skipif(not SCHEMA.exists(), reason="no description of the Bot API at hand")


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path, limits=False, schema=str(SCHEMA)) as opened:
        opened.app.sender.chats.wait_seconds = lambda *_: 0.0  # type: ignore[method-assign]
        yield opened


async def quiet(person: Person, in_: object = None) -> str:
    """The newest text of the bot, once nothing more follows."""
    seen = None
    while True:
        await asyncio.sleep(0.1)
        told = await person.messages(in_)  # type: ignore[arg-type]
        mark = [(said["message_id"], said.get("seq")) for said in told]
        if mark == seen:
            return str(told[-1].get("text", "")) if told else ""
        seen = mark


async def press_everything(person: Person, rounds: int, in_: object = None) -> int:
    """Presses every button of the newest keyboard, again and again: what it leads to is no matter here."""
    pressed = set[str]()
    for _ in range(rounds):
        names = [name for name in await person.buttons(in_) if name not in pressed]  # type: ignore[arg-type]
        if not names:
            break
        pressed.add(names[0])
        await person.press(names[0], in_, wait=1)  # type: ignore[arg-type]
        await quiet(person, in_)
    return len(pressed)


async def refused(town: Town) -> list[str]:
    calls = await town.simulator.ledger()
    # A button pressed twice may find its answer there already.
    bad = [call for call in calls if call["status"] == 400 and "message is not modified" not in call["description"]]
    return [f"{call['method']}: {call['description']} {call['params']}" for call in bad]


async def test_menus_toasts_questions_and_cards_are_as_the_bot_api_says(town: Town) -> None:
    siti, budi, room = town.siti, town.budi, town.duty_room
    await budi.types(f"/start {await town.invite(Role.ADMIN)}")
    await quiet(budi)
    await budi.types("/ikat", in_=room)
    await quiet(budi, room)
    await press_everything(budi, 4, room)
    await siti.types("/start")
    await siti.sees("Pilih bahasa")
    pressed = await press_everything(siti, 12)
    for command in (
        "/bantuan",
        "/privasi",
        "/wilayah",
        "/bahasa",
        "/data_saya",
        "/cek",
        "/laporan",
        "/darurat",
        "/batal",
    ):
        await siti.types(command)
        await quiet(siti)
        pressed += await press_everything(siti, 3)
    await siti.types("/batal")
    await siti.types("/lapor")
    await quiet(siti)
    await siti.types("Motor dicuri orang di depan rumah <b>saya</b> & tetangga https://contoh.id")
    await siti.sends_album(2)
    await siti.sends_voice()
    await siti.sends_location()
    await quiet(siti)
    pressed += await press_everything(siti, 20)
    await siti.types("/lapor")
    await quiet(siti)
    for words in ("Ada perkelahian besar di pasar, banyak yang luka", "1", "Pasar Tanjung, Kecamatan Kaliwates",
                  "sekarang", "anonim", "kirim", "kirim"):  # fmt: skip
        await siti.types(words)
        await quiet(siti)
    pressed += await press_everything(siti, 6)
    await siti.types("/hapus_data")
    await quiet(siti)
    await town.clock.forward(minutes=31)
    calls = await town.simulator.ledger()
    assert await refused(town) == []
    methods = {call["method"] for call in calls if call["status"] == 200}
    assert methods >= {"setMyCommands", "sendMessage", "editMessageText", "answerCallbackQuery", "getUpdates", "getMe"}
    assert pressed > 25
    print(f"\n{len(calls)} calls of {len(methods)} methods, {pressed} buttons")
