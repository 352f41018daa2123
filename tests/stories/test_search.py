"""Stories: a dispatcher looks through the queue and finds a case again."""

import re

from domain.roles import Role
from simulator.person import Person
from tests.town import Town


async def test_a_dispatcher_finds_what_waits_and_what_was(town: Town) -> None:
    """Two reports, Dewi's queue and search; what was searched is in the audit, without a word of it."""
    dewi = await town.simulator.person("Dewi", language_code="id")
    await town.appoint(dewi, Role.DISPATCHER)
    race = await _reports(town.siti, "balap liar di depan SMAN 1, motor P 1234 XY", "1")
    goats = await _reports(town.rahmat, "kambing tetangga dicuri", "1")
    await dewi.types("/antrian")
    queue = await dewi.sees("Antrian")
    assert queue["text"].index(race) < queue["text"].index(goats), "P1 before P2"
    assert "menunggu 0 menit" in queue["text"]
    assert "kambing" not in queue["text"]
    await dewi.presses("Punya saya")
    await dewi.sees("Tidak ada yang menunggu")
    await dewi.presses("Pilih Polsek")
    await dewi.presses("Sumbersari")
    await dewi.sees(race)

    await dewi.types("/cari")
    await dewi.sees("Cari apa?")
    await dewi.types("p1234xy hari ini")
    found = await dewi.sees("🔎")
    assert race in found["text"]
    assert goats not in found["text"]
    await dewi.presses(race)
    await dewi.sees("balap liar di depan SMAN 1")
    await dewi.types("pelat sudah dicek")
    await dewi.sees("pelat sudah dicek")
    await dewi.types("/cari pelat dicek")
    await dewi.sees(race)

    auditor = await town.simulator.person("Tono", language_code="id")
    await town.appoint(auditor, Role.AUDITOR)
    await auditor.types("/audit")
    await auditor.sees("mencari")
    assert "1234" not in await auditor.transcript()


async def test_a_search_in_the_group_is_answered_in_private_and_leaves_a_draft_alone(town: Town) -> None:
    dewi = await town.simulator.person("Dewi", language_code="id")
    await town.duty_room.changes(add=[dewi])
    await town.appoint(dewi, Role.DISPATCHER)
    goats = await _reports(town.siti, "kambing tetangga dicuri", "1")
    await dewi.types("/start")
    await dewi.sees("Pilih bahasa")
    await dewi.types("/cari kambing", in_=town.duty_room)
    await dewi.sees(goats)
    assert goats not in await dewi.transcript(in_=town.duty_room)
    await dewi.types("ada kebakaran di pasar")
    await dewi.sees("Belum ada yang dikirim")
    await dewi.types("/cari")
    await dewi.sees("Cari apa?")
    await dewi.types("kambing")
    await dewi.sees(goats)
    await dewi.sees("Apakah ini jenisnya?")  # the draft is where it was


async def test_the_queue_is_not_for_residents(town: Town) -> None:
    for command in ("/antrian", "/cari kambing"):
        await town.rahmat.types(command)
        await town.rahmat.sees("peran Anda")


async def _reports(person: Person, words: str, category: str) -> str:
    await person.types(words)
    await person.sees("Belum ada yang dikirim")
    for answer, asked in ((category, "Di mana"), ("depan SMAN 1, kecamatan Sumbersari", "Kapan?")):
        await person.types(answer)
        await person.sees(asked)
    for answer, asked in (("sekarang", "anonim"), ("anonim", "Periksa dulu"), ("kirim", "Laporan diterima")):
        await person.types(answer)
        said = await person.sees(asked)
    number = re.search(r"JBR-\w{3}-\w{4}", said["text"])
    assert number is not None
    return number[0]
