"""The demo in a real browser: the bot itself is reported to, in two languages, by buttons, by keyboard, on a phone."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.demo import BOT, ROOM, SEES_WITHIN, Player, running_demo

OpenDemo = Callable[..., Page]
NUMBER = re.compile(r"JBR-[A-Z0-9]+-[A-Z0-9]+")
CODE = re.compile(r"\d{4} \d{4} \d{4} \d{4}")


@pytest.fixture(scope="module")
def address(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_demo(tmp_path_factory.mktemp("demo")) as address:
        yield address


@pytest.fixture
def open_demo(browser: Browser, address: str) -> Iterator[OpenDemo]:
    """Opens the page for some people; a script that fails on it fails the test."""
    contexts = []
    problems: list[str] = []

    def open_with(people: str, width: int = 1440, height: int = 900) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height})
        context.set_default_timeout(SEES_WITHIN)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(f"{address}/?people={people}")
        return page

    yield open_with
    for context in contexts:
        context.close()
    assert not problems


def test_a_resident_reports_by_buttons_and_the_dispatcher_sees_the_card(open_demo: OpenDemo) -> None:
    page = open_demo("Siti,Budi")
    budi = Player(page, "Budi")
    budi.opens(ROOM)
    siti = Player(page, "Siti")
    siti.starts()
    siti.sees("Pilih bahasa Anda")
    siti.presses("Bahasa Indonesia", then="Sebelum mulai")
    siti.presses("Saya mengerti", then="Anda tinggal di kecamatan mana?")
    siti.presses("Pilih dari daftar", then="Yang mana?")
    siti.presses("Sumbersari", then="Wilayah Anda: Sumbersari")
    siti.presses("Buat laporan", then="Apa yang terjadi?")
    siti.sends_sample("Foto")
    siti.sees("Lampiran ditambahkan (1)")
    siti.presses("Lanjut", then="Jenis kejadiannya?")
    siti.presses("Kelompok & jalanan", then="Yang mana?")
    siti.presses("Balap liar", then="Di mana kejadiannya?")
    siti.pins("Alun-alun Jember")
    siti.sees("Apakah di kecamatan ini?")
    siti.presses("1 · ", then="Kapan?")
    siti.presses("Sekarang", then="dengan nama atau anonim?")
    siti.presses("1 · Anonim", then="Belum dikirim")
    siti.presses("Kirim laporan", then="Laporan diterima")
    expect(siti.newest()).to_contain_text(CODE)
    number = NUMBER.search(siti.newest().inner_text())
    assert number is not None
    budi.sees(number[0])
    for words in ("P1", "Balap liar", "Sedang berlangsung", "Lampiran: 1", "Anonim, bisa ditanya lewat bot"):
        budi.sees(words)
    assert "Siti" not in budi.log.inner_text()


def test_a_case_is_played_from_the_report_to_its_end_by_what_the_buttons_say(open_demo: OpenDemo) -> None:
    """Siti reports; Budi takes it, looks at it, asks and assigns; Dewi goes there and ends it; Siti reads how."""
    page = open_demo("Siti,Budi,Dewi")
    siti, budi, dewi = Player(page, "Siti"), Player(page, "Budi"), Player(page, "Dewi")
    budi.opens(ROOM)
    dewi.opens(ROOM)
    siti.comes_back()
    siti.writes("/lapor Sapi tetangga dicuri tadi malam, dibawa pikap putih")
    siti.sees("Apakah ini jenisnya?")
    siti.presses("Ternak", then="Di mana kejadiannya?")
    siti.writes("depan pasar, Ambulu")
    siti.sees("Kapan?")
    siti.presses("Tadi", then="dengan nama atau anonim?")
    siti.presses("1 · Anonim", then="Belum dikirim")
    siti.presses("Kirim laporan", then="Laporan diterima")
    found = NUMBER.search(siti.newest().inner_text())
    assert found is not None
    budi.sees("dibawa pikap putih")
    budi.button("Ambil").click()
    budi.opens(BOT)
    budi.sees("Anda pegang sampai")
    budi.presses("Sudah diperiksa", then="Sudah diperiksa")
    budi.presses("Tanya", then="Ketik satu pertanyaan")
    budi.writes("Ke arah mana mereka pergi?")
    budi.sees("Pertanyaan terkirim")
    siti.sees("Ke arah mana mereka pergi?")
    siti.presses("Jawab", then="Tulis pesan Anda")
    siti.writes("Ke arah Tanggul")
    siti.sees("sudah sampai ke petugas")
    budi.writes("/antrian")
    budi.sees(found[0])
    budi.button(found[0]).click()
    budi.sees("Ke arah Tanggul")
    budi.presses("Tugaskan", then="unit mana")
    budi.presses("Polsek Ambulu", then="Ditugaskan")
    dewi.button("Terima").click()
    dewi.opens(BOT)
    dewi.sees("meluncur")
    dewi.presses("Selesai", then="Apa hasilnya?")
    dewi.presses("Nihil", then="Pelapor akan membaca")
    dewi.presses("Selesai", then="Kasus ditutup")
    siti.sees("tidak menemukan apa-apa")
    siti.presses("👍", then="Terima kasih")
    siti.sees("tidak menemukan apa-apa")
    budi.opens(ROOM)
    budi.sees("Nihil")
    for staff in (budi, dewi):
        assert "Siti" not in staff.log.inner_text()


def test_rahmat_is_spoken_to_in_english(open_demo: OpenDemo) -> None:
    rahmat = Player(open_demo("Rahmat"), "Rahmat")
    rahmat.starts()
    rahmat.sees("community safety bot")
    rahmat.presses("English", then="Before you start")
    rahmat.presses("I understand", then="Which district do you live in?")
    rahmat.presses("Skip", then="What would you like to do?")
    rahmat.writes("A house is on fire behind the market in Patrang")
    rahmat.sees("Call 110")
    rahmat.presses("Fire", then="Where")
    rahmat.writes("Patrang")
    rahmat.sees("When?")
    rahmat.presses("Now", then="anonymously?")
    rahmat.presses("Fully anonymous", then="Nothing is sent yet")
    rahmat.presses("Send", then="fully anonymous")
    expect(rahmat.newest()).to_contain_text(CODE)


def test_a_report_needs_no_mouse(open_demo: OpenDemo) -> None:
    page = open_demo("Dewi,Agus")
    agus = Player(page, "Agus")
    agus.opens(ROOM)
    dewi = Player(page, "Dewi")
    dewi.opens(BOT)
    dewi.phone.get_by_role("textbox", name="Tulis pesan").focus()
    for words, answer in (
        ("Motor dicuri dari halaman kos tadi malam", "Apakah ini jenisnya?"),
        ("1", "Di mana kejadiannya?"),
        ("depan pasar, Ambulu", "Kapan?"),
        ("tadi malam jam 2", "dengan nama atau anonim?"),
        ("1", "Belum dikirim"),
    ):
        page.keyboard.type(words)
        page.keyboard.press("Enter")
        dewi.sees(answer)
    dewi.button("Kirim laporan").focus()
    page.keyboard.press("Enter")
    dewi.sees("Laporan diterima")
    card = agus.log.get_by_role("article").filter(has_text="Motor dicuri dari halaman kos tadi malam")
    expect(card.last).to_contain_text("Polsek Ambulu", timeout=SEES_WITHIN)  # an alarm may have come below it
    assert "Dewi" not in card.last.inner_text()


def test_a_small_phone_shows_every_question_whole(open_demo: OpenDemo) -> None:
    page = open_demo("Citra", width=360, height=740)
    citra = Player(page, "Citra")
    citra.opens(BOT)
    citra.writes("/lapor")
    citra.sees("Apa yang terjadi?")
    for label, question in (
        ("Lewati", "Jenis kejadiannya?"),
        ("Lalu lintas", "Yang mana?"),
        ("Kecelakaan", "Di mana kejadiannya?"),
        ("Pilih kecamatan", "Di kecamatan mana?"),
        ("Kaliwates", "Kapan?"),
        ("Lewati", "dengan nama atau anonim?"),
        ("Lewati", "Belum dikirim"),
    ):
        citra.presses(label, then=question)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        expect(citra.log.get_by_role("button", name="Batal").last).to_be_in_viewport(ratio=1)
    citra.presses("Batal", then="Tidak ada yang dikirim")
