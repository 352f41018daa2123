"""Stories: the first meeting, the menu, and one's own data."""

import sqlalchemy as sa

from domain.roles import Role
from models import Person
from models.sealing import number_index
from tests.town import Town


async def test_the_first_meeting(town: Town) -> None:
    siti = town.siti
    await siti.types("/start")
    await siti.sees("Pilih bahasa")
    await siti.presses("Bahasa Indonesia")
    notice = await siti.sees("Sebelum mulai")
    assert "110" in notice["text"]
    await siti.presses("Saya mengerti")
    await siti.sees("tinggal di kecamatan mana")
    await siti.types("Tanggul")
    await siti.sees("Wilayah Anda: Tanggul")
    await siti.types("/start")
    await siti.sees("Apa yang ingin Anda lakukan?")


async def test_an_impatient_person_is_not_held_up(town: Town) -> None:
    siti = town.siti
    await siti.types("/lapor")
    await siti.sees("Petugas tidak melihat akun Anda")
    await siti.presses("Tentang privasi Anda")
    await siti.sees("Sebelum mulai")
    await siti.presses("Saya mengerti")
    await siti.sees("Apa yang terjadi?")


async def test_a_story_comes_before_the_area(town: Town) -> None:
    siti = town.siti
    await siti.types("/wilayah")
    await siti.sees("tinggal di kecamatan mana")
    await siti.types("ada orang berkelahi di depan toko sekarang")
    await siti.sees("Belum ada yang dikirim")


async def test_a_pin_chooses_the_area_and_is_not_kept(town: Town) -> None:
    siti = town.siti
    await siti.types("/wilayah")
    await siti.sends_location(-8.38128, 113.61152)
    await siti.sees("Yang mana?")
    await siti.presses("Ambulu")
    await siti.sees("Wilayah Anda: Ambulu")


async def test_the_language_can_be_changed_at_any_time(town: Town) -> None:
    siti = town.siti
    await siti.types("/bahasa")
    await siti.presses("English")
    await siti.sees("Before you start")
    await siti.types("/help")
    await siti.sees("How to report")


async def test_the_emergency_number_comes_at_once(town: Town) -> None:
    await town.siti.types("/darurat")
    seen = await town.siti.sees("110")
    assert seen["text"].startswith("🚨")


async def test_ones_data_is_shown_and_erased(town: Town) -> None:
    siti = town.siti
    await siti.types("ada balap liar di jalan")
    await siti.sees("Belum ada yang dikirim")
    await siti.types("/data_saya")
    shown = await siti.sees("kami simpan tentang Anda")
    assert "balap liar" in shown["text"]
    await siti.types("/hapus_data")
    await siti.presses("Ya, hapus")
    await siti.sees("sudah dihapus")
    await siti.types("/data_saya")
    assert "balap liar" not in (await siti.sees("kami simpan tentang Anda"))["text"]


async def test_an_invitation_gives_a_role_once(town: Town) -> None:
    token = await town.invite(Role.DISPATCHER)
    await town.budi.opens_link(token)
    await town.budi.sees("Peran Anda sekarang: piket")
    await town.siti.opens_link(token)
    await town.siti.sees("sudah dipakai")


async def test_an_unknown_link_is_a_plain_start(town: Town) -> None:
    await town.siti.opens_link("promo2026")
    await town.siti.sees("Pilih bahasa")


async def test_who_blocked_the_bot_and_comes_back_is_heard_again(town: Town) -> None:
    siti = town.siti
    await siti.types("/darurat")
    await siti.sees("110")
    await siti.blocks()
    await siti.unblocks()
    await siti.types("/start")
    await siti.sees("Pilih bahasa")


async def test_unknown_commands_and_stickers_are_answered_kindly(town: Town) -> None:
    siti = town.siti
    await siti.types("/ngawur")
    await siti.sees("tidak saya kenal")
    await siti.sends_contact()
    await siti.sees("tidak bisa saya terima")
    await siti.types("/ikat")
    await siti.sees("di dalam grup piket")


async def test_who_erased_their_data_and_blocks_the_bot_is_not_kept_again(town: Town) -> None:
    siti = town.siti
    await siti.types("halo")
    await siti.sees("Apa yang ingin Anda lakukan")
    await siti.types("/hapus_data")
    await siti.presses("Ya, hapus")
    await siti.sees("sudah dihapus")
    for change in (siti.blocks, siti.unblocks, siti.blocks):
        await change()
    await town.rahmat.types("halo")
    await town.rahmat.sees("Apa yang ingin Anda lakukan")
    async with town.store.read() as session:
        kept = set(await session.scalars(sa.select(Person.telegram_index)))
    assert kept == {number_index("person", one.id) for one in (town.rahmat, town.budi)}
