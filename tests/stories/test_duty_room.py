"""Stories: a group becomes a duty room and sees what it should, and nothing more."""

import asyncio
import re
from typing import Any

import sqlalchemy as sa

from domain.cases.rooms import cards
from domain.roles import Role
from models import Report
from simulator.person import Group, Person
from tests.town import Town

BOT = "siskamling_bot"


async def test_an_admin_binds_the_group_and_a_report_arrives(town: Town) -> None:
    await _bind(town)
    await _report(town, "ada balap liar di jalan http://contoh.com", "1")
    card = await town.budi.sees("Balap liar", in_=town.duty_room)
    for part in ("JBR-", "P1", "Sumbersari", "Polsek Sumbersari", "depan SMAN 1", "hxxp://contoh[.]com"):
        assert part in card["text"]
    for part in ("Siti", "siti_warga", str(town.siti.id)):
        assert part not in card["text"]


async def test_reports_that_waited_are_shown_to_a_new_room(town: Town) -> None:
    await _report(town, "ada balap liar di jalan", "1")
    await _bind(town)
    await town.budi.sees("Belum ditangani: 1", in_=town.duty_room)
    await town.budi.sees("Balap liar", in_=town.duty_room)


async def test_a_room_of_one_area_sees_only_its_own(town: Town) -> None:
    await _become_admin(town)
    await town.budi.types("/ikat", in_=town.duty_room)
    await town.budi.presses("Satu kecamatan", in_=town.duty_room)
    await town.budi.presses("Ambulu", in_=town.duty_room)
    await town.budi.sees("menerima laporan baru: Ambulu", in_=town.duty_room)
    await _report(town, "ada balap liar di jalan", "1")
    await town.budi.sees_not("Balap liar", in_=town.duty_room)


async def test_a_sensitive_report_shows_no_content(town: Town) -> None:
    await _bind(town)
    await _report(town, "suami tetangga memukuli istrinya", "Kekerasan dalam rumah tangga")
    card = await town.budi.sees("sensitif", in_=town.duty_room)
    for part in ("tetangga", "SMAN", "Sumbersari"):
        assert part not in card["text"]


async def test_a_withdrawn_report_is_called_off(town: Town) -> None:
    await _bind(town)
    await _report(town, "ada balap liar di jalan", "1")
    card = await town.budi.sees("Balap liar", in_=town.duty_room)
    await town.siti.sees("Laporan diterima")
    await town.siti.types("/laporan")
    for label in ("JBR-", "Tarik laporan", "Ya, tarik laporan"):
        await town.siti.presses(label)
    said = await town.budi.sees("Ditarik pelapor", in_=town.duty_room)
    assert said["message_id"] == card["message_id"], "the card itself says so"
    number = re.search(r"JBR-[A-Z0-9-]+", card["text"])
    assert number is not None
    assert number[0] in said["text"]
    assert "depan SMAN 1" not in said["text"]


async def test_only_an_admin_may_bind_and_nobody_in_disguise(town: Town) -> None:
    await town.duty_room.changes(add=[town.rahmat])
    await town.rahmat.types("/ikat", in_=town.duty_room)
    await town.rahmat.sees("peran Anda belum mencakup", in_=town.duty_room)
    await town.budi.types("/ikat", in_=town.duty_room, as_="anonymous_admin")
    await town.budi.sees("dari akun Anda sendiri", in_=town.duty_room)


async def test_another_member_cannot_press_the_admins_button(town: Town) -> None:
    await town.duty_room.changes(add=[town.rahmat])
    await _become_admin(town)
    await town.budi.types("/ikat", in_=town.duty_room)
    await town.budi.sees("dari mana", in_=town.duty_room)
    said = await town.rahmat.presses("Seluruh Jember", in_=town.duty_room)
    assert said is not None
    assert "peran Anda" in said


async def test_an_unbound_room_hears_nothing_more(town: Town) -> None:
    await _bind(town)
    await town.budi.types("/lepas", in_=town.duty_room)
    await town.budi.sees("tidak lagi menerima", in_=town.duty_room)
    await _report(town, "ada balap liar di jalan", "1")
    await town.budi.sees_not("Balap liar", in_=town.duty_room)


async def test_a_group_only_learns_where_to_write(town: Town) -> None:
    await town.budi.types("/lapor", in_=town.duty_room)
    said = await town.budi.sees("chat pribadi", in_=town.duty_room)
    assert said["reply_markup"]["inline_keyboard"][0][0]["url"] == f"https://t.me/{BOT}?start=lapor"
    await town.budi.types("ada maling di rumah tetangga saya", in_=town.duty_room)
    await town.budi.sees_not("draf", in_=town.duty_room)


async def test_a_room_moves_with_its_group(town: Town) -> None:
    await _bind(town)
    await town.duty_room.migrates()
    await _report(town, "ada balap liar di jalan", "1")
    await town.budi.sees("Balap liar", in_=town.duty_room)


async def test_a_room_that_removed_the_bot_is_left_in_peace_and_served_again(town: Town) -> None:
    await _bind(town)
    await town.duty_room.changes(remove=[BOT])
    await _report(town, "ada balap liar di jalan", "1")
    await town.duty_room.changes(add=[BOT])
    await town.budi.sees("Halo", in_=town.duty_room)
    await town.budi.sees("Balap liar", in_=town.duty_room)
    await _report(town, "ada kecelakaan dua motor", "Kecelakaan", by=town.rahmat)
    await town.budi.sees("Kecelakaan", in_=town.duty_room)


async def _become_admin(town: Town) -> None:
    await town.budi.opens_link(await town.invite(Role.ADMIN))
    await town.budi.sees("Peran Anda sekarang: admin")


async def _bind(town: Town) -> None:
    await _become_admin(town)
    await town.budi.types("/ikat", in_=town.duty_room)
    await town.budi.presses("Seluruh Jember", in_=town.duty_room)
    await town.budi.sees("menerima laporan baru", in_=town.duty_room)


async def _report(town: Town, words: str, category: str, *, by: Person | None = None) -> None:
    siti = by or town.siti
    await siti.types(words)
    await siti.sees("Belum ada yang dikirim")
    await siti.types(category)
    await siti.sees("Di mana")
    await siti.types("depan SMAN 1, kecamatan Sumbersari")
    await siti.sees("Kapan?")
    await siti.types("sekarang")
    await siti.sees("dengan nama atau anonim")
    await siti.types("anonim")
    await siti.sees("Periksa dulu")
    await siti.types("kirim")
    receipt = await siti.sees("Laporan diterima")
    assert re.search(r"JBR-\w{3}-\w{4}", receipt["text"])


async def _bind_to_unit(town: Town, unit: str) -> Group:
    group = await town.simulator.group(f"Grup {unit}", admins=[town.budi])
    await town.budi.types("/ikat", in_=group)
    await town.budi.presses("Unit khusus", in_=group)
    await town.budi.presses(unit, in_=group)
    await town.budi.sees("menerima laporan baru", in_=group)
    return group


async def test_a_sensitive_report_is_read_in_its_own_units_group_and_nowhere_else(town: Town) -> None:
    await _bind(town)
    await _report(town, "suami tetangga memukuli istrinya", "Kekerasan dalam rumah tangga")
    told = await town.budi.sees("hanya untuk Unit PPA", in_=town.duty_room)
    assert "Sumbersari" not in told["text"]
    ppa = await _bind_to_unit(town, "Unit PPA")
    narcotics, everything = await _bind_to_unit(town, "Satresnarkoba"), await _bind_to_unit(town, "Semua unit")
    for group in (ppa, everything):
        card = await town.budi.sees("memukuli istrinya", in_=group, anywhere=True)
        assert "Siti" not in card["text"], "the unit reads what happened, not who wrote"
    for group in (town.duty_room, narcotics):
        assert "memukuli" not in await town.budi.transcript(in_=group)
    await _report(town, "ada balap liar di jalan", "1", by=town.rahmat)
    await town.budi.sees("Balap liar", in_=town.duty_room)
    for group in (ppa, narcotics, everything):
        await town.budi.sees_not("Balap liar", in_=group)


async def test_the_case_that_waits_longest_is_named_ever_louder_until_somebody_takes_it(town: Town) -> None:
    await _bind(town)
    await _report(town, "ada balap liar di jalan", "1")
    card = await town.budi.sees("Balap liar", in_=town.duty_room)
    await town.clock.forward(minutes=6)
    silent = await town.budi.sees("Paling lama menunggu", in_=town.duty_room)
    for said in ("Masih menunggu", "Petugas piket lain sedang dipanggil"):
        await town.clock.forward(minutes=3, seconds=30)
        loud = await town.budi.sees(said, in_=town.duty_room)
    transcript = await town.budi.transcript(in_=town.duty_room, limit=50)
    assert "Paling lama menunggu" not in transcript, "one message, never several"
    assert transcript.count("Masih menunggu") == 1
    (first,) = [call for call in await _calls(town) if "Paling lama" in call["params"].get("text", "")]
    assert first["params"]["disable_notification"]
    assert first["result_message_id"] == silent["message_id"]
    dewi = await town.simulator.person("Dewi", language_code="id")
    await town.appoint(dewi, Role.DISPATCHER)
    await dewi.opens_link()
    await town.duty_room.changes(add=[dewi])
    await dewi.presses("Ambil", in_=town.duty_room)
    await town.clock.forward(seconds=15)
    async with asyncio.timeout(10):
        while "Masih menunggu" in await town.budi.transcript(in_=town.duty_room, limit=50):
            await asyncio.sleep(0.05)
    assert any(call["params"].get("message_id") == loud["message_id"] for call in await _calls(town, "deleteMessage"))
    assert card["message_id"] != loud["message_id"]


async def _calls(town: Town, method: str = "sendMessage") -> list[dict[str, Any]]:
    return await town.simulator.ledger(method, town.duty_room)


async def test_a_card_that_somebody_deleted_comes_back_when_the_case_changes(town: Town) -> None:
    await _bind(town)
    await _report(town, "ada balap liar di jalan", "1")
    card = await town.budi.sees("Balap liar", in_=town.duty_room)
    await town.budi.deletes(card, in_=town.duty_room)
    async with town.store.begin() as session:
        report = (await session.scalars(sa.select(Report))).one()
        report.reopened = 1
        await cards.want(session, report, now=town.clock.now())
    anew = await town.budi.sees("Dibuka kembali", in_=town.duty_room)
    assert anew["message_id"] != card["message_id"]
