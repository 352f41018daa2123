"""The chat page in a real browser: people write, press, see what changes, and need no mouse."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.web.village import BOT_ID, Village

OpenPage = Callable[..., Page]
ALUN_ALUN = {"name": "Alun-Alun", "latitude": -8.17240, "longitude": 113.70050}


def phone(page: Page, name: str) -> Locator:
    return page.locator(f'[data-person="{name}"]')


def writes(column: Locator, text: str) -> None:
    column.get_by_role("textbox", name="Tulis pesan").fill(text)
    column.get_by_role("button", name="Kirim", exact=True).click()


def sees(column: Locator, text: str) -> None:
    expect(column.get_by_role("log").get_by_text(text, exact=True)).to_be_visible()


def test_a_person_starts_the_bot_writes_and_is_answered(village: Village, open_page: OpenPage) -> None:
    (siti,) = village.meet("Siti")
    page = open_page()
    column = phone(page, "Siti")
    column.get_by_role("button", name="Mulai", exact=True).click()
    sees(column, "Selamat datang: tanpa kode")
    writes(column, "Halo, ada orang?")
    sees(column, "Gema: Halo, ada orang?")
    assert [chat["id"] for chat in village.ask(f"/sim/people/{siti}/chats", method="GET")] == [BOT_ID]


def test_a_pasted_link_starts_the_bot_with_its_payload(village: Village, open_page: OpenPage) -> None:
    village.start(*village.meet("Siti"))
    column = phone(open_page(), "Siti")
    column.get_by_role("textbox", name="Tulis pesan").fill("https://t.me/gema_bot?start=undangan-7")
    column.get_by_role("button", name="Buka tautan ini").click()
    sees(column, "Selamat datang: undangan-7")
    column.get_by_role("button", name="Lampirkan").click()
    column.get_by_role("menuitem", name="Buka tautan bot").click()
    column.get_by_role("textbox", name="Tautan t.me").fill("kode-8")
    column.get_by_role("button", name="Buka", exact=True).click()
    sees(column, "Selamat datang: kode-8")


def test_two_people_live_side_by_side(village: Village, open_page: OpenPage) -> None:
    siti, budi = village.meet("Siti", "Budi")
    group = village.ask(
        "/sim/groups", {"title": "Pos", "members": [siti, budi], "bots": [BOT_ID], "kind": "supergroup"}
    )
    page = open_page()
    for name in ("Siti", "Budi"):
        phone(page, name).locator(f'[data-chat="{group["id"]}"]').click()
    village.bot.silent = True
    writes(phone(page, "Siti"), "Saya di gerbang")
    row = phone(page, "Budi").get_by_role("article", name=re.compile("^Siti"))
    expect(row).to_contain_text("Saya di gerbang")
    expect(row.locator(".who")).to_have_text("Siti")


def test_pressing_a_button_shows_the_toast_and_the_edit(village: Village, open_page: OpenPage) -> None:
    village.start(*village.meet("Siti"))
    column = phone(open_page(), "Siti")
    expect(column.get_by_role("button", name="Terima")).to_have_attribute("data-style", "success")
    expect(column.get_by_role("link", name="Situs")).to_have_attribute("href", "https://example.org/")
    column.get_by_role("button", name="Salin kode").click()
    expect(column.get_by_role("status").get_by_text("Sudah disalin.")).to_be_visible()
    column.get_by_role("button", name="Terima").click()
    sees(column, "Sudah diterima")
    expect(column.get_by_role("status").get_by_text("Terima kasih")).to_be_visible()
    expect(column.get_by_text("disunting")).to_be_visible()
    expect(column.get_by_role("button", name="Terima")).to_have_count(0)


def test_an_alert_waits_to_be_read(village: Village, open_page: OpenPage) -> None:
    village.start(*village.meet("Siti"))
    column = phone(open_page(), "Siti")
    column.get_by_role("button", name="Tolak").click()
    alert = column.get_by_role("alertdialog")
    expect(alert).to_contain_text("Yakin?")
    alert.get_by_role("button", name="Oke").click()
    expect(alert).to_have_count(0)


def test_edits_and_deletions_of_the_bot_arrive_live(village: Village, open_page: OpenPage) -> None:
    (siti,) = village.meet("Siti")
    village.start(siti)
    column = phone(open_page(), "Siti")
    sent = village.says(siti, "Patroli berangkat")
    sees(column, "Patroli berangkat")
    village.calls("editMessageText", chat_id=siti, message_id=sent["message_id"], text="Patroli tiba")
    sees(column, "Patroli tiba")
    village.calls("deleteMessage", chat_id=siti, message_id=sent["message_id"])
    expect(column.get_by_text("Patroli tiba")).to_have_count(0)


def test_the_board_of_buttons_sends_its_words(village: Village, open_page: OpenPage) -> None:
    village.start(*village.meet("Siti"))
    column = phone(open_page(), "Siti")
    writes(column, "/papan")
    expect(column.get_by_placeholder("Pilih satu")).to_be_visible()
    column.get_by_role("button", name="Tidak").click()
    sees(column, "Gema: Tidak")
    column.get_by_role("button", name="Sembunyikan papan tombol").click()
    expect(column.get_by_role("group", name="Papan tombol")).to_have_count(0)


def test_the_whole_path_without_a_mouse(village: Village, open_page: OpenPage) -> None:
    village.start(*village.meet("Siti"))
    page = open_page()
    column = phone(page, "Siti")
    sees(column, "Selamat datang: tanpa kode")
    tab_to(page, column.get_by_role("textbox", name="Tulis pesan"))
    page.keyboard.type("baris satu")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("baris dua")
    page.keyboard.press("Enter")
    expect(column.get_by_role("log")).to_contain_text("Gema: baris satu\nbaris dua")
    page.keyboard.type("/pa")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    sees(column, "Silakan pilih")
    for _ in range(3):
        page.keyboard.press("Shift+Tab")
    # The log: past the tools of the field. Home is the oldest message, /start; the greeting comes after it.
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    tab_to(page, column.get_by_role("button", name="Terima"))
    page.keyboard.press("Enter")
    sees(column, "Sudah diterima")
    page.keyboard.press("Escape")
    expect(column.get_by_role("textbox", name="Tulis pesan")).to_be_focused()
    page.keyboard.press("Escape")
    expect(column.get_by_role("button", name=re.compile("gema_bot"))).to_be_focused()
    page.keyboard.press("Enter")
    expect(column.get_by_role("textbox", name="Tulis pesan")).to_be_focused()


def tab_to(page: Page, target: Locator) -> None:
    for _ in range(40):
        page.keyboard.press("Tab")
        if target.evaluate_all("found => found.includes(document.activeElement)"):
            return
    raise AssertionError(f"{target} cannot be reached with Tab")


def test_a_menu_closes_with_escape_and_gives_focus_back(village: Village, open_page: OpenPage) -> None:
    village.start(*village.meet("Siti"))
    page = open_page()
    opener = phone(page, "Siti").get_by_role("button", name="Lampirkan")
    opener.click()
    expect(page.get_by_role("menuitem", name="Foto contoh")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Suara contoh")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_have_count(0)
    expect(opener).to_be_focused()


def test_a_narrow_phone_shows_one_person_and_never_scrolls_sideways(village: Village, open_page: OpenPage) -> None:
    siti, budi, *_ = people = village.meet("Siti", "Budi", "Rahmawati", "Bripka Agus", "Admin")
    village.start(*people)
    page = open_page(360, 740)
    expect(page.get_by_role("tab", name="Siti")).to_have_attribute("aria-selected", "true")
    expect(page.locator("[data-person]")).to_have_count(1)
    village.says(siti, "tautan-panjang-" * 30)
    village.says(budi, "Untuk Budi")
    expect(page.locator('[data-tab="Budi"]')).to_have_attribute("data-unread", re.compile("[1-9]"))
    sees(phone(page, "Siti"), "tautan-panjang-" * 30)
    assert overflow(page) == 0
    page.locator('[data-tab="Budi"]').click()
    sees(phone(page, "Budi"), "Untuk Budi")
    expect(page.get_by_role("tab", name="Budi", exact=True)).to_be_visible()
    assert overflow(page) == 0


def overflow(page: Page) -> int:
    script = "Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) - innerWidth"
    return max(0, int(page.evaluate(script)))


def test_dark_follows_the_device_and_the_toggle(village: Village, open_page: OpenPage) -> None:
    village.start(*village.meet("Siti"))
    page = open_page(color_scheme="dark")
    background = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(background)
    page.get_by_role("button", name="Pakai tampilan terang").click()
    assert page.evaluate(background) != dark
    page.get_by_role("button", name="Pakai tampilan gelap").click()
    assert page.evaluate(background) == dark


def test_markup_in_a_message_is_only_text(village: Village, open_page: OpenPage) -> None:
    (siti,) = village.meet("Siti")
    village.start(siti)
    page = open_page()
    column = phone(page, "Siti")
    evil = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
    writes(column, evil)
    sees(column, f"Gema: {evil}")
    entities = [{"type": "text_link", "offset": 0, "length": 5, "url": "javascript:document.title=3"}]
    village.ask(f"/sim/people/{siti}/send", {"chat": BOT_ID, "raw": {"text": "tekan ini", "entities": entities}})
    expect(column.get_by_role("log").get_by_text("tekan ini").first).to_be_visible()
    assert column.locator(".text img, .text script").count() == 0
    assert column.locator('a[href^="javascript"]').count() == 0
    assert "Simulator" in page.title()


def test_formatting_is_shown_and_commands_can_be_pressed(village: Village, open_page: OpenPage) -> None:
    (siti,) = village.meet("Siti")
    village.start(siti)
    column = phone(open_page(), "Siti")
    text = (
        "<b>tebal <i>miring</i></b> <code>kode</code> <tg-spoiler>rahasia</tg-spoiler> "
        "<blockquote>kutipan</blockquote> 😀 <a href='https://example.org/'>situs</a> /bantuan"
    )
    village.says(siti, text, parse_mode="HTML")
    expect(column.locator("strong em")).to_have_text("miring")
    expect(column.locator("blockquote")).to_have_text("kutipan")
    expect(column.get_by_role("link", name="situs", exact=True)).to_have_attribute("href", "https://example.org/")
    column.get_by_role("button", name="Teks tersembunyi").click()
    expect(column.locator(".revealed")).to_have_text("rahasia")
    column.get_by_role("button", name="/bantuan").click()
    sees(column, "Gema: /bantuan")


def test_an_album_is_one_grid_with_one_caption(village: Village, open_page: OpenPage) -> None:
    village.start(*village.meet("Siti"))
    page = open_page()
    column = phone(page, "Siti")
    for _ in range(3):
        column.get_by_role("button", name="Lampirkan").click()
        column.get_by_role("menuitem", name="Foto contoh").click()
    expect(column.get_by_role("list", name="Lampiran").get_by_role("listitem")).to_have_count(3)
    writes_caption(column, "Lampu jalan padam")
    album = column.get_by_role("group", name="Album, 3 berkas")
    expect(album.get_by_role("img")).to_have_count(3)
    sees(column, "Lampu jalan padam")
    for image in album.get_by_role("img").all():
        expect(image).not_to_have_js_property("naturalWidth", 0)


def writes_caption(column: Locator, text: str) -> None:
    column.get_by_role("textbox", name="Tulis pesan").fill(text)
    column.get_by_role("button", name="Kirim", exact=True).click()


def test_a_voice_message_can_be_sent_and_played(village: Village, open_page: OpenPage) -> None:
    village.start(*village.meet("Siti"))
    column = phone(open_page(), "Siti")
    column.get_by_role("button", name="Lampirkan").click()
    column.get_by_role("menuitem", name="Suara contoh").click()
    column.get_by_role("button", name="Kirim", exact=True).click()
    column.get_by_role("button", name="Putar Pesan suara").click()
    expect(column.get_by_role("button", name="Jeda Pesan suara")).to_be_visible()
    assert column.locator("audio").evaluate("audio => audio.error") is None


def test_a_location_is_chosen_sent_and_moves_live(village: Village, open_page: OpenPage) -> None:
    village.ask("/sim/places", [ALUN_ALUN], method="PUT")
    (siti,) = village.meet("Siti")
    village.start(siti)
    column = phone(open_page(), "Siti")
    column.get_by_role("button", name="Lampirkan").click()
    column.get_by_role("menuitem", name="Lokasi").click()
    dialog = column.get_by_role("dialog", name="Lokasi")
    field = dialog.get_by_role("textbox", name="Koordinat")
    field.fill("113.7, -8.17")
    dialog.get_by_role("button", name="Bagikan lokasi").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Lintang harus antara -90 dan 90")
    dialog.get_by_role("button", name="Alun-Alun").click()
    dialog.get_by_label("Cara berbagi").select_option("900")
    dialog.get_by_role("button", name="Bagikan lokasi").click()
    card = column.locator("figure.location")
    expect(card).to_contain_text("di Alun-Alun")
    expect(card).to_contain_text("-8.17240, 113.70050")
    expect(card).to_contain_text("Lokasi langsung")
    moved = village.ask(f"/sim/people/{siti}/messages?chat={BOT_ID}", method="GET")
    live = next(message for message in moved if "location" in message)
    there = {"latitude": -8.1700, "longitude": 113.70050}
    village.ask(f"/sim/people/{siti}/edit", {"chat": BOT_ID, "message_id": live["message_id"], "location": there})
    expect(card).to_contain_text("dekat Alun-Alun, 270 m")


def test_unread_counts_in_the_list_the_tab_and_the_title(village: Village, open_page: OpenPage) -> None:
    siti, budi = village.meet("Siti", "Budi")
    village.start(siti, budi)
    page = open_page(query="?people=Siti")
    sees(phone(page, "Siti"), "Selamat datang: tanpa kode")
    tab = page.locator('[data-tab="Budi"]')
    before = int(tab.get_attribute("data-unread") or 0)
    village.says(budi, "satu")
    village.says(budi, "dua")
    expect(tab).to_have_attribute("data-unread", str(before + 2))
    expect(page).to_have_title(re.compile(rf"^\({before + 2}\) "))
    tab.click()
    sees(phone(page, "Budi"), "dua")
    expect(page).to_have_title(re.compile("^Simulator"))
    phone(page, "Budi").get_by_role("button", name="Kembali ke daftar").click()
    village.says(budi, "tiga")
    expect(phone(page, "Budi").get_by_label("1 belum dibaca")).to_be_visible()


def test_reply_reaction_and_own_edit(village: Village, open_page: OpenPage) -> None:
    village.start(*village.meet("Siti"))
    page = open_page()
    column = phone(page, "Siti")
    row = column.get_by_role("article").filter(has_text="Selamat datang").first
    expect(row).to_be_visible()
    village.bot.silent = True
    choose(row, column, "Balas")
    writes(column, "Terima kasihh")
    own = column.get_by_role("article", name=re.compile("^Anda")).last
    expect(own.locator(".quote")).to_contain_text("Selamat datang: tanpa kode")
    choose(own, column, "Sunting")
    writes(column, "Terima kasih banyak")
    expect(own).to_contain_text("disunting")
    choose(row, column, "Beri reaksi 👍")
    expect(row.get_by_role("button", name="Reaksi 👍 dari 1 orang")).to_have_attribute("aria-pressed", "true")
    choose(own, column, "Hapus")
    expect(column.get_by_text("Terima kasih banyak")).to_have_count(0)


def choose(row: Locator, column: Locator, deed: str) -> None:
    row.get_by_role("button", name="Tindakan pesan").click()
    column.get_by_role("menuitem", name=deed).click()


def test_a_draft_survives_other_peoples_messages_the_language_and_a_reload(
    village: Village, open_page: OpenPage
) -> None:
    (siti,) = village.meet("Siti")
    village.start(siti)
    page = open_page()
    field = phone(page, "Siti").get_by_role("textbox")
    field.fill("belum selesai")
    village.says(siti, "menyela")
    sees(phone(page, "Siti"), "menyela")
    expect(field).to_have_value("belum selesai")
    page.get_by_role("button", name="English").click()
    expect(phone(page, "Siti").get_by_role("textbox", name="Write a message")).to_have_value("belum selesai")
    page.reload()
    expect(phone(page, "Siti").get_by_role("textbox")).to_have_value("belum selesai")


def test_a_long_history_loads_as_one_scrolls_up(village: Village, open_page: OpenPage) -> None:
    (siti,) = village.meet("Siti")
    village.start(siti)
    for number in range(150):
        village.says(siti, f"catatan {number}")
    column = phone(open_page(), "Siti")
    sees(column, "catatan 149")
    assert column.get_by_text("catatan 3", exact=True).count() == 0
    column.get_by_role("log").evaluate("log => { log.scrollTop = 0; }")
    expect(column.get_by_text("catatan 3", exact=True)).to_have_count(1)
    expect(column.get_by_role("button", name="Ke pesan terbaru")).to_be_visible()


def test_the_clock_winds_forward(village: Village, open_page: OpenPage) -> None:
    village.meet("Siti")
    page = open_page()
    before = village.ask("/sim/clock")["now"]
    page.get_by_role("button", name="+30 menit").click()
    page.get_by_role("button", name="Majukan jam").click()
    with page.expect_response("**/sim/clock"):
        page.get_by_role("menuitem", name="+1 jam").click()
    assert 5400 <= village.ask("/sim/clock")["now"] - before < 5460


def test_it_says_what_it_is_and_reconnects(village: Village, open_page: OpenPage) -> None:
    village.meet("Siti")
    page = open_page()
    expect(page.get_by_text("tidak terhubung ke Telegram")).to_be_visible()
    page.context.set_offline(True)
    page.context.set_offline(False)
    village.start(*[person["id"] for person in village.ask("/sim/people", method="GET")])
    sees(phone(page, "Siti"), "Selamat datang: tanpa kode")


def test_the_page_follows_a_reset_and_people_who_come_later(village: Village, open_page: OpenPage) -> None:
    village.meet("Siti")
    page = open_page()
    expect(phone(page, "Siti")).to_be_visible()
    village.ask("/sim/reset")
    expect(page.get_by_text("Belum ada siapa-siapa di kota ini.")).to_be_visible()
    page.get_by_role("button", name="Tambah orang").click()
    page.get_by_role("textbox", name="Nama").fill("Wulan")
    page.get_by_role("button", name="Tambah", exact=True).click()
    expect(phone(page, "Wulan").get_by_role("button", name="Mulai", exact=True)).to_be_visible()


def test_a_blocked_bot_can_be_unblocked(village: Village, open_page: OpenPage) -> None:
    village.start(*village.meet("Siti"))
    column = phone(open_page(), "Siti")
    column.get_by_role("button", name="Menu percakapan").click()
    column.get_by_role("menuitem", name="Blokir bot").click()
    expect(column.get_by_role("textbox", name="Tulis pesan")).to_be_hidden()
    column.get_by_role("button", name="Buka blokir").click()
    writes(column, "sudah kembali")
    sees(column, "Gema: sudah kembali")


def test_every_control_has_a_name(village: Village, open_page: OpenPage) -> None:
    village.start(*village.meet("Siti", "Budi"))
    page = open_page()
    sees(phone(page, "Siti"), "Selamat datang: tanpa kode")
    phone(page, "Siti").get_by_role("button", name="Lampirkan").click()
    nameless = """[...document.querySelectorAll('button, a, input, textarea, select')]
        .filter(one => !(one.getAttribute('aria-label') || one.textContent.trim())).map(one => one.outerHTML)"""
    assert page.evaluate(nameless) == []
