"""Stories: twenty pranks are closed at once, and a slip is undone before anybody hears of it."""

from tests.stories.neighbours import dispatcher, has_told
from tests.town import Town


async def test_a_prank_costs_one_tap_and_its_reporter_hears_of_it_a_minute_later(town: Town) -> None:
    dewi = await dispatcher(town)
    number = await has_told(town, town.siti, category="MAS-4", words="wkwkwk tes doang")
    await dewi.types(f"/kasus {number}")
    await dewi.sees("wkwkwk")
    await dewi.presses("Iseng")
    await dewi.sees("ditutup sebagai iseng")
    await town.siti.sees_not("Tidak dapat diproses")
    await town.clock.forward(seconds=70)
    await town.siti.sees("Tidak dapat diproses", anywhere=True)

    await town.siti.types("/lapor ada knalpot brong lagi di depan rumah saya")
    await town.siti.sees("Belum ada yang dikirim")
    for label in ("Knalpot",):
        await town.siti.presses(label)
    for answer in ("depan pasar, kecamatan Patrang", "sekarang", "anonim"):
        await town.siti.types(answer)
    await town.siti.sees("Periksa dulu")
    await town.siti.types("kirim")
    paused = await town.siti.sees("dijeda sampai")
    assert "Periksa dulu" in paused["text"], "what was written is still there"


async def test_twenty_are_closed_at_once_and_undone_before_anybody_hears(town: Town) -> None:
    dewi = await dispatcher(town)
    for count in range(20):
        await has_told(town, town.siti if count % 2 else town.rahmat, category="MAS-4", words=f"iseng nomor {count}")
    await dewi.types("/iseng")
    await dewi.sees("Tandai yang iseng")
    for number in range(1, 21):
        await dewi.presses(f"☐ {number}")
        await dewi.sees(f"☑ {number}.")
    await dewi.presses("Tutup 20 sebagai iseng")
    await dewi.sees("Ditutup sebagai iseng: 20")
    await dewi.presses("Urungkan")
    await dewi.sees("Diurungkan: 20")
    await town.clock.forward(minutes=5)
    for reporter in (town.siti, town.rahmat):
        await reporter.sees_not("Tidak dapat diproses")
        await reporter.sees_not("keliru ditutup")
    await dewi.types("/iseng")
    await dewi.sees("☐ 20.")


async def test_a_slip_that_was_heard_of_is_taken_back_in_words(town: Town) -> None:
    dewi = await dispatcher(town)
    number = await has_told(town, town.siti, category="MAS-4", words="suara motor keras")
    await dewi.types(f"/kasus {number}")
    await dewi.sees("suara motor")
    await dewi.presses("Iseng")
    await dewi.sees("ditutup sebagai iseng")
    await town.clock.forward(minutes=2)
    await town.siti.sees("Tidak dapat diproses", anywhere=True)
    await dewi.presses("Urungkan")
    await dewi.sees("Diurungkan: 1")
    slip = await town.siti.sees("keliru ditutup")
    assert number in slip["text"]
