"""Stories: the staff. Invited and recognised, or not; roles taken back; groups that the bot keeps or leaves."""

import asyncio
import re

from domain.roles import Role
from simulator.person import Group, Person
from tests.town import Town

BOT = "siskamling_bot"


async def _invite(town: Town, *choices: str) -> str:
    """Budi makes a link. Returns what it carries."""
    await town.budi.types("/undang")
    await town.budi.sees("Undang untuk peran apa?")
    for choice in choices:
        await town.budi.presses(choice)
    said = await town.budi.sees("sekali pakai")
    found = re.search(rf"https://t\.me/{BOT}\?start=([\w-]{{32}})", said["text"])
    assert found is not None
    [[copy]] = said["reply_markup"]["inline_keyboard"]
    assert copy["copy_text"]["text"] == found[0]
    return found[1]


async def _opened(person: Person, token: str) -> str:
    """They open it. Returns the code that they are told."""
    await person.opens_link(token)
    said = await person.sees("pengundang memastikan ini Anda")
    found = re.search(r"kode (\d{4})", said["text"])
    assert found is not None
    return found[1]


async def _menu(person: Person, first: str) -> list[str]:
    """Their list of commands, once it begins with that one."""
    async with asyncio.timeout(10):
        while True:
            [chat] = [chat for chat in await person.chats() if chat["kind"] == "private"]
            names: list[str] = [each["command"] for each in chat["commands"]]
            if names[:1] == [first]:
                return names
            await asyncio.sleep(0.02)


async def test_an_officer_is_invited_recognised_and_finds_their_commands(town: Town) -> None:
    token = await _invite(town, "piket", "Unit PPA")
    code = await _opened(town.rahmat, token)
    await town.budi.sees(f"dengan kode {code}. Benar orangnya?")
    await town.rahmat.types("/kasus")
    await town.rahmat.sees("peran Anda belum mencakup")
    await town.budi.presses("Ya, terima")
    await town.budi.sees("Petugas 2 menjadi piket")
    await town.rahmat.sees("Peran Anda sekarang: piket (Unit PPA)")
    await town.rahmat.types("/bantuan")
    said = await town.rahmat.sees("Tugas Anda: piket")
    assert "/kasus" in said["text"]
    assert "/personel" not in said["text"]
    menu = await _menu(town.rahmat, "antrian")
    assert {"kasus", "lapor"} <= set(menu)
    assert "undang" not in menu
    await town.rahmat.types("/bahasa")
    await town.rahmat.presses("English")
    assert "case" in await _menu(town.rahmat, "queue")
    await town.budi.types("/personel")
    said = await town.budi.sees("Petugas 2 · piket (Unit PPA)")
    assert "Rahmat" not in said["text"], "staff are numbers"


async def test_the_wrong_person_is_refused(town: Town) -> None:
    token = await _invite(town, "pimpinan", "Tanpa unit khusus")
    code = await _opened(town.siti, token)
    await town.budi.sees(code)
    await town.budi.presses("Bukan")
    await town.budi.sees("dibatalkan")
    await town.siti.sees("tidak mengenali Anda")
    await town.rahmat.opens_link(token)
    await town.rahmat.sees("sudah dipakai")
    await town.siti.types("/kasus")
    await town.siti.sees("peran Anda belum mencakup")


async def test_a_role_that_is_taken_between_two_clicks_does_nothing_any_more(town: Town) -> None:
    await town.appoint(town.rahmat, Role.DISPATCHER)
    await town.appoint(town.rahmat, Role.ADMIN)
    await town.rahmat.types("/undang")
    await town.rahmat.sees("Undang untuk peran apa?")
    await town.budi.types("/personel")
    for choice in ("2", "Cabut semua peran", "Ya, cabut"):
        await town.budi.presses(choice)
    await town.budi.sees("Petugas 2 sekarang: tanpa peran")
    await town.rahmat.sees("Peran Anda berubah", anywhere=True)
    said = await town.rahmat.presses("humas")
    assert said is not None
    assert "peran Anda belum mencakup" in said
    assert "undang" not in await _menu(town.rahmat, "start"), "the list is everybody's again"


async def test_the_last_admin_stays(town: Town) -> None:
    budi = town.budi
    await budi.types("/personel")
    for choice in ("1", "Cabut: admin"):
        await budi.presses(choice)
    said = await budi.presses("Ya, cabut")
    assert said is not None
    assert "admin terakhir" in said
    await budi.types("/hapus_data")
    said = await budi.presses("Ya, hapus")
    assert said is not None
    assert "admin terakhir" in said
    await town.appoint(town.rahmat, Role.ADMIN)
    await budi.presses("Ya, hapus")
    await budi.sees("sudah dihapus")
    await budi.types("/personel")
    await budi.sees("peran Anda belum mencakup")


async def test_a_group_that_a_stranger_brings_the_bot_into_is_left(town: Town) -> None:
    group = await town.simulator.group("Warung Kopi", admins=[town.siti])
    await town.siti.sees("saya pamit", in_=group)
    await town.clock.forward(minutes=1)
    await _leaves(town, group)
    kept = await town.simulator.group("Ruang Piket Dua", admins=[town.budi])
    await town.budi.sees("/ikat", in_=kept)
    await town.clock.forward(minutes=2)
    await town.budi.types("/ikat", in_=kept)
    await town.budi.sees("dari mana", in_=kept)


async def _leaves(town: Town, group: Group) -> None:
    await town.siti.sees_not("dari mana", in_=group)
    calls = [call for call in await town.simulator.ledger("leaveChat") if call["params"]["chat_id"] == group.id]
    assert len(calls) == 1


async def test_an_admin_who_says_so_in_time_keeps_a_strangers_group(town: Town) -> None:
    group = await town.simulator.group("Piket Tambahan", admins=[town.siti], members=[town.budi])
    await town.siti.sees("saya pamit", in_=group)
    await town.budi.types("/ikat", in_=group)
    await town.budi.presses("Seluruh Jember", in_=group)
    await town.budi.sees("menerima laporan baru", in_=group)
    await town.clock.forward(minutes=2)
    assert await town.simulator.ledger("leaveChat") == []


async def test_a_stranger_in_a_duty_room_is_counted_and_not_named(town: Town) -> None:
    await town.budi.types("/start")
    await town.budi.sees("Pilih bahasa")
    await town.duty_room.changes(add=[town.siti])
    await town.budi.types("/ikat", in_=town.duty_room)
    await town.budi.presses("Seluruh Jember", in_=town.duty_room)
    await town.budi.sees("menerima laporan baru", in_=town.duty_room)
    await town.appoint(town.rahmat, Role.OFFICER)
    await town.duty_room.changes(add=[town.rahmat])
    await town.duty_room.changes(promote=[BOT], remove=[town.siti])
    await town.duty_room.changes(add=[town.siti])
    said = await town.budi.sees("tanpa peran di grup piket", anywhere=True)
    assert "paling sedikit 1" in said["text"]
    assert "Siti" not in said["text"]
    warned = [each for each in await town.budi.messages() if "tanpa peran di grup piket" in each.get("text", "")]
    assert len(warned) == 1, "not for those who were there, nor for the staff, and once of what is told twice"


async def test_whoever_guesses_links_is_locked_out_and_the_admins_hear_of_it(town: Town) -> None:
    token = await _invite(town, "humas")
    guesser = town.rahmat
    for number in range(5):
        await guesser.opens_link(f"{number}" * 32)
    await town.budi.sees("mencoba tautan undangan palsu", anywhere=True)
    await guesser.opens_link(token)
    await guesser.sees("Terlalu banyak")
