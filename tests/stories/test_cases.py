"""Stories: a case from the first look to its end, a P0 that nobody takes, and what a colleague may not see."""

import asyncio
import re

from domain.roles import Role
from simulator.person import Person
from tests.town import Town


async def test_a_case_goes_from_report_to_closed_and_everybody_reads_what_is_theirs(town: Town) -> None:
    """Siti reports a theft of livestock; Dewi takes it, asks, assigns; Eko goes there; Dewi closes it."""
    dewi, eko = await _at_work(town)
    number = await _reports(town.siti, "sapi tetangga dicuri tadi malam", "Ternak")
    await town.budi.sees("Ternak", in_=town.duty_room)
    said = await dewi.presses("Ambil", in_=town.duty_room)
    assert said is not None
    assert number in said
    await dewi.sees("Anda pegang sampai")
    await dewi.presses("Sudah diperiksa")
    await dewi.sees("Sudah diperiksa")

    await dewi.presses("Tanya")
    await dewi.sees("Ketik satu pertanyaan")
    await dewi.types("Ke arah mana mereka pergi?")
    await dewi.sees("Pertanyaan terkirim")
    question = await town.siti.sees("Ke arah mana mereka pergi?")
    assert "Petugas" in question["text"]
    assert "Dewi" not in question["text"]
    await town.siti.types("ke arah Tanggul naik pikap putih", reply_to=question["message_id"])
    await town.siti.sees(number)
    await dewi.types(f"/kasus {number}")
    await dewi.sees("pikap putih")

    await dewi.presses("Tugaskan")
    await dewi.presses("Polsek Sumbersari")
    await dewi.sees("Ditugaskan")
    await eko.presses("Terima", in_=town.duty_room)
    await eko.sees("meluncur")
    await eko.presses("Di TKP")
    await eko.sees("di TKP")
    await eko.presses("Selesai")
    await eko.presses("Nihil")
    await eko.sees("Pelapor akan membaca")
    await eko.presses("Selesai")
    closed = await eko.sees("Kasus ditutup")
    assert "sapi" not in closed["text"], "whose work is over need not read it any more"
    end = await town.siti.sees("tidak menemukan apa-apa")
    assert number in end["text"]
    await _card_says(town, number, "Nihil")
    for seen in (await dewi.transcript(limit=60), await eko.transcript(limit=60)):
        assert "Siti" not in seen
        assert "siti_warga" not in seen
        assert str(town.siti.id) not in seen


async def test_notes_stay_among_the_police_until_somebody_sends_one(town: Town) -> None:
    dewi, _ = await _at_work(town)
    number = await _reports(town.siti, "sapi tetangga dicuri tadi malam", "Ternak")
    card = await dewi.sees("Ternak", in_=town.duty_room, anywhere=True)
    await dewi.presses("Ambil", in_=town.duty_room)
    await dewi.sees("Anda pegang")
    await dewi.types("sepertinya kelompok yang sama", in_=town.duty_room, reply_to=card["message_id"])
    await dewi.sees("Catatan disimpan")
    await town.siti.sees_not("kelompok yang sama")
    await dewi.types(f"/kasus {number}")
    await dewi.sees("kelompok yang sama")
    await dewi.types("tanya RT soal CCTV")
    await dewi.sees("tanya RT soal CCTV")
    await town.siti.sees_not("CCTV", anywhere=True)
    await dewi.presses("Kirim ke pelapor")
    await town.siti.sees("tanya RT soal CCTV")


async def test_a_ready_made_reply_is_shown_before_it_is_sent(town: Town) -> None:
    dewi, _ = await _at_work(town)
    await _reports(town.siti, "sapi tetangga dicuri tadi malam", "Ternak")
    await dewi.presses("Ambil", in_=town.duty_room)
    await dewi.sees("Anda pegang")
    await dewi.presses("Balas")
    await dewi.presses("Jaga jarak")
    await dewi.sees("Pelapor akan membaca")
    await town.siti.sees_not("Jangan mendekat", anywhere=True)
    await dewi.presses("Kirim")
    await town.siti.sees("Jangan mendekat dan jangan mengejar")


async def test_a_corrected_reply_is_corrected_where_it_was_read(town: Town) -> None:
    dewi, _ = await _at_work(town)
    await _reports(town.siti, "sapi tetangga dicuri tadi malam", "Ternak")
    await dewi.presses("Ambil", in_=town.duty_room)
    await dewi.sees("Anda pegang")
    await dewi.presses("Balas")
    await dewi.sees("Ketik pesan untuk pelapor")
    typed = await dewi.types("Petugas datang pukul 10")
    await dewi.sees("Terkirim")
    await town.siti.sees("pukul 10", anywhere=True)
    await asyncio.sleep(0.5)  # nobody edits faster; until its sending is written down a message may be sent anew
    await dewi.edits(typed, "Petugas datang pukul 11")
    await dewi.sees("Diperbaiki")
    await town.siti.sees("pukul 11")
    texts = " ".join(str(message.get("text")) for message in await town.siti.messages())
    assert "pukul 10" not in texts


async def test_a_p0_that_nobody_takes_is_heard_by_more_and_more_until_somebody_does(town: Town) -> None:
    dewi, _ = await _at_work(town)
    kartika = await town.simulator.person("Kartika", language_code="id")
    await town.appoint(kartika, Role.COMMANDER)
    await kartika.opens_link()
    number = await _reports(town.siti, "tawuran bawa celurit di depan pasar", "Tawuran")
    await town.budi.sees("Tawuran", in_=town.duty_room)
    await town.clock.forward(minutes=2, seconds=1)
    await town.budi.sees("Belum ada yang mengambil", in_=town.duty_room)
    await dewi.sees_not("Belum ada yang mengambil")
    await town.clock.forward(minutes=1, seconds=1)
    await dewi.sees("Belum ada yang mengambil")
    await town.clock.forward(minutes=1, seconds=1)
    await kartika.sees("Belum ada yang mengambil")
    for _ in range(2):
        before = len(await kartika.messages())
        await town.clock.forward(minutes=10, seconds=1)
        await kartika.sees("Belum ada yang mengambil", anywhere=True)
        assert len(await kartika.messages()) > before, "it never ends silently"
    await dewi.presses("Ambil")
    await dewi.sees(number)
    assert "Anda pegang" in await dewi.transcript()
    count = len(await kartika.messages())
    await town.clock.forward(minutes=1, seconds=1)
    assert len(await kartika.messages()) == count, "a case in hand is quiet until its next promise is broken"
    await town.siti.sees_not("Belum ada yang mengambil", anywhere=True)


async def test_a_p0_needs_two_to_end_it(town: Town) -> None:
    dewi, eko = await _at_work(town)
    await _reports(town.siti, "tawuran bawa celurit di depan pasar", "Tawuran")
    await dewi.presses("Ambil", in_=town.duty_room)
    await dewi.sees("Anda pegang")
    await dewi.presses("Tugaskan")
    await dewi.presses("Samapta")
    await dewi.sees("Ditugaskan")
    await eko.presses("Terima", in_=town.duty_room)
    await eko.sees("meluncur")
    await eko.presses("Selesai")
    await eko.presses("Dibubarkan")
    await eko.presses("Selesai")
    await eko.sees("Petugas lain harus mengonfirmasi")
    await town.siti.sees_not("membubarkannya", anywhere=True)
    await dewi.sees("mengusulkan penutupan")
    await dewi.presses("Buka")
    await dewi.presses("Setujui penutupan")
    await town.siti.sees("membubarkannya")


async def test_to_other_units_a_sensitive_case_is_not_there(town: Town) -> None:
    """No row, no hit, no count, no content, and not even a refusal that tells it from a number nobody has."""
    dewi, _ = await _at_work(town)
    gita = await town.simulator.person("Gita", language_code="id")
    await town.appoint(gita, Role.DISPATCHER, "ppa")
    await gita.opens_link()
    number = await _reports(town.siti, "suami tetangga memukuli istrinya dengan kayu", "Kekerasan dalam rumah tangga")
    await town.budi.sees("sensitif", in_=town.duty_room)
    for asked in ("/antrian", "/cari kayu", f"/cari {number}"):
        await dewi.types(asked)
        said = await dewi.sees("")
        assert number not in str(said.get("reply_markup")), asked
        assert "memukuli" not in str(said), asked
    await dewi.types(f"/kasus {number}")
    refusal = (await dewi.sees("tidak ada"))["text"]
    await dewi.types("/kasus JBR-ZZZ-ZZZZ")
    assert (await dewi.sees("tidak ada"))["text"] == refusal
    await gita.types("/cari kayu")
    found = await gita.sees("")
    assert number in str(found.get("reply_markup")) + found["text"]
    await gita.types(f"/kasus {number}")
    await gita.sees("memukuli istrinya")


async def test_a_stranger_in_the_room_presses_in_vain(town: Town) -> None:
    await _at_work(town)
    await town.duty_room.changes(add=[town.rahmat])
    await _reports(town.siti, "sapi tetangga dicuri tadi malam", "Ternak")
    await town.rahmat.sees("Ternak", in_=town.duty_room, anywhere=True)
    said = await town.rahmat.presses("Ambil", in_=town.duty_room)
    assert said is not None
    assert "peran Anda" in said
    assert not await town.rahmat.messages(), "and learns nothing in private"


async def _at_work(town: Town) -> tuple[Person, Person]:
    """Dewi at the desk, Eko on patrol, both in the duty room, which hears of the whole regency."""
    dewi = await town.simulator.person("Dewi", language_code="id")
    eko = await town.simulator.person("Eko", language_code="id")
    for person, role in ((dewi, Role.DISPATCHER), (eko, Role.OFFICER)):
        await town.appoint(person, role)
        await person.opens_link()
    await town.duty_room.changes(add=[dewi, eko])
    await town.budi.types("/ikat", in_=town.duty_room)
    await town.budi.presses("Seluruh Jember", in_=town.duty_room)
    await town.budi.sees("menerima laporan baru", in_=town.duty_room)
    return dewi, eko


async def _reports(siti: Person, words: str, category: str) -> str:
    """The whole dialogue; returns the public number."""
    await siti.types(words)
    await siti.sees("Belum ada yang dikirim")
    await siti.presses(category)
    for question, answer in (
        ("Di mana", "depan SMAN 1, kecamatan Sumbersari"),
        ("Kapan?", "sekarang"),
        ("dengan nama atau anonim", "anonim"),
        ("Periksa dulu", "kirim"),
    ):
        await siti.sees(question)
        await siti.types(answer)
    receipt = await siti.sees("Laporan diterima")
    found = re.search(r"JBR-\w{3}-\w{4}", receipt["text"])
    assert found is not None
    return found[0]


async def _card_says(town: Town, number: str, text: str) -> None:
    for _ in range(200):
        cards = [
            message for message in await town.budi.messages(in_=town.duty_room) if number in str(message.get("text"))
        ]
        if any(text in card["text"] for card in cards):
            return
        await town.budi.sees_not("nothing at all", in_=town.duty_room, within=0.05)
    raise AssertionError(f"no card of {number} says {text!r}:\n{await town.budi.transcript(in_=town.duty_room)}")
