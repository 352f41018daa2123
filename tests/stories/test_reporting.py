"""Stories: residents report, in their own words and in whatever order things come."""

import re

import pytest

from tests.town import Town

WORDS = "Sepeda motor hitam dicuri dari halaman kos tadi malam, kunci pagar dirusak, ada rekaman kamera warga."
NUMBER = re.compile(r"JBR-[2-9A-Z]{3}-[2-9A-Z]{4}")
CODE = re.compile(r"\d{4} \d{4} \d{4} \d{4}")
SURABAYA = (-7.2575, 112.7521)
SUMBERSARI = (-8.17769, 113.72835)


async def test_seven_messages_make_a_report_with_one_reply_each(town: Town) -> None:
    siti = town.siti
    answers = (
        ("/lapor", "Apa yang terjadi?"),
        (WORDS, "Apakah ini jenisnya?"),
        ("1", "Di mana kejadiannya?"),
        ("Depan SMAN 1, Kecamatan Sumbersari", "Kapan?"),
        ("sekarang", "dengan nama atau anonim"),
        ("anonim", "Periksa dulu"),
        ("kirim", "Laporan diterima"),
    )
    for said, heard in answers:
        await siti.types(said)
        await siti.sees(heard)
    told = await siti.messages()
    assert sum(not message["outgoing"] for message in told) == len(answers)
    assert NUMBER.search(told[-1]["text"])
    assert CODE.search(told[-1]["text"])


async def test_a_report_by_buttons_alone(town: Town) -> None:
    siti = town.siti
    await siti.types("/lapor")
    await siti.presses("Lewati")
    await siti.presses("Kelompok & jalanan")
    await siti.presses("Balap liar")
    await siti.presses("Pilih kecamatan")
    await siti.presses("Ambulu")
    await siti.presses("Sekarang")
    await siti.presses("Anonim")
    review = await siti.sees("Periksa dulu")
    for part in ("Balap liar", "Ambulu", "Sedang berlangsung", "Anonim"):
        assert part in review["text"]
    await siti.presses("Kirim laporan")
    await siti.sees("Laporan diterima")


async def test_the_first_message_may_be_a_story(town: Town) -> None:
    await town.siti.types("ada maling masuk rumah tetangga di Patrang")
    seen = await town.siti.sees("Belum ada yang dikirim")
    assert "Apakah ini jenisnya?" in seen["text"]


async def test_the_story_may_follow_the_command(town: Town) -> None:
    await town.siti.types("/lapor ada maling masuk rumah tetangga")
    seen = await town.siti.sees("Belum ada yang dikirim")
    assert "Apakah ini jenisnya?" in seen["text"]


async def test_a_greeting_gets_the_menu(town: Town) -> None:
    await town.siti.types("halo")
    await town.siti.sees("Apa yang ingin Anda lakukan?")
    assert any("Buat laporan" in button for button in await town.siti.buttons())


async def test_danger_hears_110_first(town: Town) -> None:
    await town.siti.types("tolong saya dibuntuti orang bawa celurit sekarang")
    seen = await town.siti.sees("110")
    assert seen["text"].startswith("🚨")
    assert "Belum ada yang dikirim" in seen["text"]


async def test_the_first_message_may_be_a_photo(town: Town) -> None:
    siti = town.siti
    await siti.sends_photo(caption="pohon tumbang menutup jalan")
    seen = await siti.sees("Belum ada yang dikirim")
    assert "jenisnya" in seen["text"]


async def test_the_first_message_may_be_a_voice_or_a_pin(town: Town) -> None:
    await town.siti.sends_voice()
    await town.siti.sees("Ceritakan singkat: apa yang terjadi?")
    await town.rahmat.sends_location(*SUMBERSARI)
    await town.rahmat.sees("Apa yang terjadi?")


async def test_an_album_is_one_report_and_answered_once(town: Town) -> None:
    siti = town.siti
    await siti.sends_album(4, caption="balap liar tiap malam minggu")
    await siti.sees("Belum ada yang dikirim")
    await siti.types("batal")
    await siti.sees("Tidak ada yang dikirim")
    told = [message for message in await siti.messages() if not message["outgoing"]]
    assert len(told) == 2


async def test_a_photo_in_between_is_kept_and_the_question_stays(town: Town) -> None:
    siti = town.siti
    await _until_when(town)
    await siti.sends_photo()
    seen = await siti.sees("Lampiran ditambahkan (1)")
    assert "Kapan?" in seen["text"]


async def test_an_eleventh_file_is_refused_kindly(town: Town) -> None:
    siti = town.siti
    await siti.sends_album(10)
    await siti.sees("Belum ada yang dikirim")
    await siti.sends_photo()
    await siti.sees("Paling banyak 10 lampiran")


async def test_a_pin_outside_is_told_at_once(town: Town) -> None:
    await town.siti.sends_location(*SURABAYA)
    seen = await town.siti.sees("di luar Kabupaten Jember")
    assert "110" in seen["text"]


async def test_a_pin_inside_is_confirmed_with_one_tap(town: Town) -> None:
    siti = town.siti
    await siti.types("ada balap liar di jalan")
    await siti.presses("Balap liar")
    await siti.sends_location(*SUMBERSARI)
    await siti.sees("Apakah di kecamatan ini?")
    await siti.presses("1 · Sumbersari")
    seen = await siti.sees("Kapan?")
    assert "Sumbersari" in seen["text"]


async def test_a_pin_outside_is_said_and_may_go_on(town: Town) -> None:
    siti = town.siti
    await siti.types("ada balap liar di jalan")
    await siti.presses("Balap liar")
    await siti.sends_location(*SURABAYA)
    seen = await siti.sees("di luar Kabupaten Jember")
    assert "110" in seen["text"]
    await siti.presses("Di luar Jember")
    await siti.sees("Kapan?")


async def test_the_button_for_ones_own_place_goes_away_again(town: Town) -> None:
    siti = town.siti
    await siti.types("ada balap liar di jalan")
    await siti.presses("Balap liar")
    await siti.presses("Saya di tempat kejadian")
    await siti.sees("Tekan tombol di bawah")
    assert await siti.keyboard() is not None
    await siti.sends_location(*SUMBERSARI)
    await siti.sees("Apakah di kecamatan ini?")
    assert await siti.keyboard() is None


async def test_each_part_can_be_changed_before_sending(town: Town) -> None:
    siti = town.siti
    await _until_review(town)
    for press, answer in (
        ("Ubah isi", "Ada truk terguling di tikungan"),
        ("Ubah tempat", "Depan pasar, Kecamatan Ambulu"),
        ("Ubah waktu", "kemarin sore jam lima"),
        ("Ubah nama", "penuh"),
    ):
        await siti.presses(press)
        await siti.types(answer)
        await siti.sees("Periksa dulu")
    await siti.presses("Ubah jenis")
    await siti.presses("Pilih yang lain")
    await siti.presses("Lalu lintas")
    await siti.presses("Kecelakaan")
    review = await siti.sees("Periksa dulu")
    for part in ("truk terguling", "Kecelakaan", "Depan pasar", "Ambulu", "kemarin sore jam lima", "Anonim penuh"):
        assert part in review["text"]


async def test_attachments_can_be_added_and_removed_at_the_review(town: Town) -> None:
    siti = town.siti
    await _until_review(town)
    await siti.sends_photo()
    assert "Lampiran: 1" in (await siti.sees("Periksa dulu"))["text"]
    await siti.presses("Lampiran")
    await siti.sees("Lampiran: 1")
    await siti.presses("Hapus semua lampiran")
    review = await siti.sees("Periksa dulu")
    assert "Lampiran:" not in review["text"]


async def test_back_leads_to_the_question_before(town: Town) -> None:
    siti = town.siti
    await _until_when(town)
    await siti.presses("Kembali")
    await siti.sees("Di kecamatan mana?")
    await siti.types("kembali")
    await siti.sees("Di mana kejadiannya?")
    await siti.types("Pasar Tanjung, kecamatan Kaliwates")
    await siti.sees("Kapan?")


async def test_a_cancelled_draft_comes_back_with_one_tap(town: Town) -> None:
    siti = town.siti
    await _until_when(town)
    await siti.types("/batal")
    await siti.sees("Tidak ada yang dikirim")
    await siti.presses("Lanjutkan draf")
    await siti.sees("Kapan?")


async def test_a_draft_can_be_deleted_and_its_buttons_say_so(town: Town) -> None:
    siti = town.siti
    await _until_when(town)
    await siti.presses("Batal")
    await siti.sees("Tidak ada yang dikirim")
    shown = await siti.last()
    assert shown is not None
    resume = shown["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    await siti.presses("Hapus draf")
    await siti.sees("Draf dihapus")
    answer = await siti.presses_data(shown, resume)
    assert "sudah tidak ada" in answer["answer"]["text"]


async def test_beginning_anew_asks_about_the_open_draft(town: Town) -> None:
    siti = town.siti
    await _until_when(town)
    await siti.types("/lapor")
    await siti.sees("Ada draf laporan")
    await siti.presses("Lanjutkan draf")
    await siti.sees("Kapan?")
    await siti.types("/lapor")
    await siti.presses("mulai baru")
    await siti.sees("Apa yang terjadi?")


async def test_a_draft_survives_a_restart_at_the_same_question(town: Town) -> None:
    siti = town.siti
    await _until_when(town)
    await town.restart()
    await siti.types("tadi")
    await siti.sees("dengan nama atau anonim")


async def test_a_quiet_draft_is_nudged_once_and_then_expires(town: Town) -> None:
    siti = town.siti
    await _until_when(town)
    await town.clock.forward(minutes=31)
    await siti.sees("belum dikirim")
    await town.clock.forward(minutes=31)
    nudges = [message for message in await siti.messages() if "belum dikirim" in message.get("text", "")]
    assert len(nudges) == 1
    await town.clock.forward(hours=24)
    await siti.types("/lapor")
    await siti.sees("Apa yang terjadi?")


async def test_an_edited_message_corrects_the_words(town: Town) -> None:
    siti = town.siti
    said = await siti.types("ada balap lair di jalan raya")
    await siti.sees("Belum ada yang dikirim")
    await siti.edits(said, "ada balap liar di jalan raya")
    await siti.sees("Perubahan tulisan Anda dicatat")
    for answer, question in (
        ("balap liar", "Di mana"),
        ("Ambulu", "Kapan?"),
        ("tadi", "dengan nama atau anonim"),
        ("anonim", "Periksa dulu"),
    ):
        await siti.types(answer)
        review = await siti.sees(question)
    assert "ada balap liar di jalan raya" in review["text"]


async def test_bad_input_at_each_step_loses_nothing(town: Town) -> None:
    siti = town.siti
    await siti.types("/lapor")
    await siti.sends_contact()
    await siti.sees("tidak bisa saya terima")
    await siti.types(WORDS)
    await siti.sees("Apakah ini jenisnya?")
    await siti.types("99")
    await siti.sees("Pilih angka")
    await siti.types("1")
    await siti.sees("Di mana")
    await siti.types("lewati")
    await siti.sees("perlu dijawab")
    await siti.types("y" * 600)
    await siti.sees("terlalu panjang")
    await siti.types("dekat pos ronda")
    await siti.sees("Di kecamatan mana?")
    await siti.types("Kecamatan Wonokromo")
    await siti.sees("tidak saya temukan")
    await siti.types("Silo")
    await siti.sees("Kapan?")
    await siti.types("pelakunya pakai jaket merah")
    await siti.sees("Saya tambahkan ke cerita Anda")
    await siti.types("tadi")
    await siti.sees("dengan nama atau anonim")
    await siti.types("terserah")
    await siti.sees("Pilih dulu salah satu")
    await siti.types("anonim")
    review = await siti.sees("Periksa dulu")
    for part in ("rekaman kamera warga", "jaket merah", "dekat pos ronda", "Silo", "Sudah terjadi"):
        assert part in review["text"]


async def test_a_story_longer_than_a_message_is_kept_whole(town: Town) -> None:
    siti = town.siti
    await siti.types("/lapor")
    await siti.sees("Apa yang terjadi?")
    await siti.types("x" * 4096)
    await siti.sees("Jenis kejadiannya?")
    await siti.types("y" * 904)
    await siti.sees("Saya tambahkan ke cerita Anda")
    await siti.types("z" * 4096)
    seen = await siti.sees("terlalu panjang")
    assert "Jenis kejadiannya?" in seen["text"]


async def test_whoever_goes_back_may_keep_the_answer(town: Town) -> None:
    siti = town.siti
    await _until_when(town)
    await siti.presses("Kembali")
    await siti.sees("Di kecamatan mana?")
    await siti.presses("Kembali")
    await siti.sees("Di mana kejadiannya?")
    await siti.presses("Lanjut")
    await siti.sees("Kapan?")


@pytest.mark.parametrize(
    ("said", "answer"),
    [("tolong", "Telepon 110. Gratis"), ("terima kasih", "Sama-sama"), ("xyz", "belum paham")],
)
async def test_a_few_words_are_answered_in_kind(town: Town, said: str, answer: str) -> None:
    await town.siti.types(said)
    await town.siti.sees(answer)


async def test_pressing_twice_is_pressing_once(town: Town) -> None:
    siti = town.siti
    await _until_review(town)
    review = await siti.sees("Periksa dulu", anywhere=True)
    send = review["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    await siti.presses("Kirim laporan")
    receipt = await siti.sees("Laporan diterima")
    answer = await siti.presses_data(review, send)
    found = NUMBER.search(receipt["text"])
    assert found is not None
    assert found[0] in answer["answer"]["text"]


async def test_an_old_question_may_still_be_answered(town: Town) -> None:
    siti = town.siti
    await _until_when(town)
    asked = await siti.sees("Kapan?", anywhere=True)
    often = asked["reply_markup"]["inline_keyboard"][2][0]["callback_data"]
    await siti.types("sekarang")
    await siti.sees("dengan nama atau anonim")
    await siti.presses_data(asked, often)
    await siti.types("anonim")
    assert "Sering terjadi" in (await siti.sees("Periksa dulu"))["text"]


async def test_english_from_the_first_word(town: Town) -> None:
    john = await town.simulator.person("John", language_code="en-GB")
    answers = (
        ("/report", "What happened?"),
        ("Two men on a motorbike snatched a bag near the station", "What kind is it?"),
        ("2", "Which one?"),
        ("robbery or snatching", "Where is it?"),
        ("Station square, Patrang", "When?"),
        ("last night at 10", "Report with your name, or anonymously?"),
        ("anonymous", "Please check"),
        ("send", "Report received"),
    )
    for said, heard in answers:
        await john.types(said)
        await john.sees(heard)


async def test_a_fully_anonymous_report_is_followed_by_its_code_alone(town: Town) -> None:
    siti, rahmat = town.siti, town.rahmat
    await _until_review(town)
    await siti.presses("Ubah nama")
    await siti.presses("Anonim penuh")
    await siti.types("kirim")
    receipt = await siti.sees("Simpan kode ini")
    code, number = CODE.search(receipt["text"]), NUMBER.search(receipt["text"])
    assert code is not None
    assert number is not None
    await siti.types("/laporan")
    await siti.sees("Belum ada laporan")
    await rahmat.types("/cek")
    await rahmat.sees("Ketik kode")
    await rahmat.types(code[0].replace(" ", "-"))
    seen = await rahmat.sees(number[0])
    assert "Diterima" in seen["text"]


async def test_guessing_codes_ends_after_five(town: Town) -> None:
    rahmat = town.rahmat
    for _ in range(5):
        await rahmat.types("/cek 0000 0000 0000 0000")
        await rahmat.sees("tidak cocok")
    await rahmat.types("/cek 0000 0000 0000 0001")
    await rahmat.sees("Terlalu banyak kode salah")


async def test_looking_up_a_code_does_not_lose_the_draft(town: Town) -> None:
    siti = town.siti
    await _until_when(town)
    await siti.types("/cek")
    await siti.sees("Ketik kode")
    await siti.types("batal")
    await siti.sees("Kapan?")


async def test_ones_own_report_is_seen_and_withdrawn(town: Town) -> None:
    siti = town.siti
    await _until_review(town)
    await siti.types("kirim")
    await siti.sees("Laporan diterima")
    await siti.types("/laporan")
    await siti.presses("JBR-")
    await siti.sees("Dikirim")
    await siti.presses("Tarik laporan")
    await siti.presses("Ya, tarik laporan")
    await siti.sees("Laporan ditarik")


async def test_a_complaint_about_police_is_not_filed(town: Town) -> None:
    siti = town.siti
    await siti.types("/lapor")
    await siti.presses("Lewati")
    await siti.presses("Informasi & lainnya")
    await siti.presses("Keluhan tentang polisi")
    await siti.sees("Propam")
    await siti.presses("Hapus draf")
    await siti.sees("Tidak ada yang dikirim")


async def _until_when(town: Town) -> None:
    siti = town.siti
    await siti.types("ada balap liar di jalan")
    await siti.presses("Balap liar")
    await siti.sees("Di mana")
    await siti.types("Depan stasiun, kecamatan Patrang")
    await siti.sees("Kapan?")


async def _until_review(town: Town) -> None:
    siti = town.siti
    await _until_when(town)
    await siti.types("sekarang")
    await siti.sees("dengan nama atau anonim")
    await siti.types("anonim")
    await siti.sees("Periksa dulu")


async def test_a_story_with_a_house_number_is_heard_while_a_code_is_awaited(town: Town) -> None:
    siti = town.siti
    await siti.types("/cek")
    await siti.sees("Ketik kode")
    await siti.types("JBR-7KQ")
    await siti.sees("belum tampak seperti kode")
    await siti.types("tolong ada begal bawa celurit di Jl Gajah Mada 15")
    seen = await siti.sees("Belum ada yang dikirim")
    assert "110" in seen["text"]
