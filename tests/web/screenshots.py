"""`python -m tests.web.screenshots`: takes the pictures of docs/images from the running demo."""

import base64
import struct
import tempfile
import zlib
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.web.conftest import CHROMIUM, FLAGS
from tests.web.demo import BOT, ROOM, ROOT, SEES_WITHIN, Player, running_demo

IMAGES = ROOT / "docs" / "images"
LARGEST_BYTES = 300_000
DESK = (1440, 900)
PHONE = (360, 740)


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        running_demo(Path(folder)) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        page = open_page(browser, f"{address}/?people=Siti,Rahmat,Budi,Citra", DESK)
        play(page)
        take(page, "demo.png")
        page.emulate_media(color_scheme="dark")
        take(page, "demo-dark.png")
        phone = open_page(browser, f"{address}/?people=Siti", PHONE)
        Player(phone, "Siti").sees("Belum dikirim")
        take(phone, "phone.png")
        browser.close()


def open_page(browser: Browser, address: str, size: tuple[int, int]) -> Page:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme="light")
    context.set_default_timeout(SEES_WITHIN)
    page = context.new_page()
    page.goto(address)
    return page


def play(page: Page) -> None:
    """A lively night: two reports have come in, Siti checks a third, Rahmat is asked where it burns."""
    siti, rahmat, budi, citra = (Player(page, name) for name in ("Siti", "Rahmat", "Budi", "Citra"))
    budi.opens(ROOM)
    begin(rahmat, "English", "I understand", "Skip")
    tell(
        rahmat,
        "My motorcycle was stolen from the dormitory yard last night",
        "Vehicle stolen",
        "Jalan Kalimantan, Sumbersari",
    )
    rahmat.presses("Earlier", then="anonymously?")
    rahmat.presses("1 · Anonymous", then="Nothing is sent yet")
    rahmat.presses("Send", then="Report received")
    budi.sees("Kendaraan dicuri")
    citra.opens(BOT)
    tell(citra, "Suami tetangga memukuli istrinya", "Kekerasan dalam rumah tangga", "Gang mangga, Kaliwates")
    citra.presses("Sekarang", then="dengan nama atau anonim?")
    citra.presses("Anonim penuh", then="Belum dikirim")
    citra.presses("Kirim laporan", then="Laporan diterima")
    budi.sees("Laporan sensitif")
    begin(siti, "Bahasa Indonesia", "Saya mengerti", "Lewati")
    siti.sends_sample("Foto")
    siti.sees("Belum ada yang dikirim")
    tell(siti, "Balap liar ramai di jalan kembar, banyak yang nonton sampai menutup jalan", "Balap liar", None)
    siti.pins("Kampus Tegalboto")
    siti.presses("1 · ", then="Kapan?")
    siti.presses("Sekarang", then="dengan nama atau anonim?")
    siti.presses("1 · Anonim", then="Belum dikirim")
    tell(rahmat, "A house is on fire behind the market in Patrang", "Fire", None)
    page.mouse.move(0, 0)


def begin(player: Player, language: str, understood: str, skip: str) -> None:
    player.starts()
    player.presses(language, then="110")
    player.presses(understood, then="📎")
    player.presses(skip, then="110")


def tell(player: Player, words: str, category: str, place: str | None) -> None:
    player.writes(words)
    player.button(category).click()
    player.button("📍").wait_for()
    if place:
        player.writes(place)
        player.button("3 ·").wait_for()


def take(page: Page, name: str) -> None:
    """Once everything has come and nothing moves any more."""
    page.wait_for_timeout(1500)
    path = IMAGES / name
    path.write_bytes(squeezed(fewer_colours(page, page.screenshot(animations="disabled", caret="hide"))))
    size = path.stat().st_size
    assert size < LARGEST_BYTES, f"{name} has {size} bytes"
    print(f"{path.relative_to(ROOT)}: {size:,} bytes")


FEWER_COLOURS = """async (picture) => {
  const bitmap = await createImageBitmap(await (await fetch("data:image/png;base64," + picture)).blob());
  const canvas = Object.assign(document.createElement("canvas"), { width: bitmap.width, height: bitmap.height });
  const context = canvas.getContext("2d");
  context.drawImage(bitmap, 0, 0);
  const image = context.getImageData(0, 0, canvas.width, canvas.height);
  image.data.forEach((value, at) => { image.data[at] = (value & 0xfc) | (value >> 6); });
  context.putImageData(image, 0, 0);
  return canvas.toDataURL("image/png").split(",")[1];
}"""


def fewer_colours(page: Page, png: bytes) -> bytes:
    """Six bits for each colour: nobody sees the difference, and the edges of letters pack better."""
    blank = page.context.new_page()
    packed: str = blank.evaluate(FEWER_COLOURS, base64.b64encode(png).decode())
    blank.close()
    return base64.b64decode(packed)


def squeezed(png: bytes) -> bytes:
    """The same picture, packed as tightly as zlib can: the browser is in a hurry."""
    chunks, position = [], 8
    while position < len(png):
        (length,) = struct.unpack(">I", png[position : position + 4])
        chunks.append((png[position + 4 : position + 8], png[position + 8 : position + 8 + length]))
        position += length + 12
    pixels = zlib.compress(zlib.decompress(b"".join(data for kind, data in chunks if kind == b"IDAT")), 9)
    packed = [(b"IHDR", chunks[0][1]), (b"IDAT", pixels), (b"IEND", b"")]
    return png[:8] + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in packed
    )


if __name__ == "__main__":
    main()
