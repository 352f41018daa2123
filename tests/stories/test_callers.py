"""Stories: somebody calls 110, and what they say goes the same way as every report."""

import re

from domain.roles import Role
from tests.stories.neighbours import dispatcher
from tests.town import Town


async def test_a_call_is_written_down_and_worked_on_like_every_report(town: Town) -> None:
    await town.budi.types("/ikat", in_=town.duty_room)
    await town.budi.presses("Seluruh Jember", in_=town.duty_room)
    await town.budi.sees("menerima laporan baru", in_=town.duty_room)
    dewi = await dispatcher(town)
    await dewi.types("/catat")
    await dewi.sees("Dari mana kabar ini?")
    await dewi.presses("Telepon 110")
    await dewi.sees("Apa kata pelapor?")
    await dewi.types("ada dua sapi hilang dari kandang saya")
    await dewi.sees("Apakah ini jenisnya?")
    await dewi.presses("Ternak")
    asked = await dewi.sees("Di mana")
    assert "Saya di tempat kejadian" not in str(asked["reply_markup"])
    await dewi.types("kandang belakang balai desa, kecamatan Kalisat")
    await dewi.sees("Kapan?")
    await dewi.types("tadi malam")
    await dewi.sees("nomor telepon pelapor")
    await dewi.types("Pak Darmo 0812-3456-7890")
    review = await dewi.sees("Periksa dulu")
    assert "Telepon 110 · Pak Darmo · 0812-3456-7890" in review["text"]
    assert "anonim" not in review["text"].casefold()
    await dewi.presses("Kirim laporan")
    case = await dewi.sees("Dicatat sebagai")
    assert "Anda pegang sampai" in case["text"]
    assert "Pak Darmo" in case["text"]
    card = await town.budi.sees("Ternak", in_=town.duty_room)
    assert "Darmo" not in card["text"]
    assert "0812" not in card["text"]

    await dewi.presses("Sudah diperiksa")
    await dewi.sees("Sudah diperiksa")
    code = re.search(r"(\d{4} ){3}\d{4}", case["text"])
    assert code is not None
    await town.siti.types(f"/cek {code[0]}")
    await town.siti.sees("Sudah diperiksa")


async def test_a_draft_of_ones_own_is_kept_and_what_the_caller_says_is_no_note(town: Town) -> None:
    dewi = await dispatcher(town)
    await dewi.types("ada balap liar di jalan depan rumah saya")
    await dewi.sees("Apakah ini jenisnya?")
    await dewi.types("/catat")
    await dewi.sees("Ada draf Anda sendiri")
    await dewi.presses("Catat penelepon")
    kept = await dewi.sees("Draf Anda disimpan dulu")
    await dewi.sees("Dari mana kabar ini?")
    await dewi.types("HT")
    await dewi.sees("Apa kata pelapor?")
    await dewi.types("/batal")
    await dewi.sees("Tidak ada yang dikirim")
    data = kept["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    await dewi.presses_data(kept, data)
    seen = await dewi.sees("Apakah ini jenisnya?")
    assert "Balap liar" in str(seen["reply_markup"])


async def test_whoever_is_no_dispatcher_writes_down_no_calls(town: Town) -> None:
    eko = await dispatcher(town, Role.OFFICER)
    for person in (eko, town.siti):
        await person.types("/catat")
        await person.sees("peran Anda belum mencakup")
