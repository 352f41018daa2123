"""Sheets: what is printed leads where it says, and says who never asks for what."""

import re

import pytest
import segno
from reportlab.lib.units import cm

from bot.sheets import Sheet, draw_sheets, printable

USERNAME = "siskamling_bot"
LINK = f"https://t.me/{USERNAME}?start=q_12abcdefghijk"
POST = Sheet(12, "Pos Kamling RW 3", "Polsek Patrang", LINK)
LONGEST = Sheet(2**63 - 1, "W" * 80, "", "https://t.me/" + "a" * 32 + "?start=" + "q" * 64)
STRANGE = Sheet(3, "ꦗꦼꦩ꧀ꦧꦼꦂ (Çafé) ő 😀 \\ 3", "Polsek Ambulu", LINK)
SQUARE = re.compile(rb"([-\d.]+) ([-\d.]+) ([-\d.]+) ([-\d.]+) re")
WORDS = re.compile(rb"\(((?:\\.|[^\\)])*)\) Tj")


def drawn(*sheets: Sheet) -> bytes:
    return draw_sheets(sheets, USERNAME, is_compressed=False)


def squares(pdf: bytes) -> list[tuple[float, float, float]]:
    """Left, bottom and side of each module; the white square that is painted first is none."""
    found = [tuple(map(float, hit)) for hit in SQUARE.findall(pdf)][1:]
    return [(x, y, width) for x, y, width, _ in found]


def words(pdf: bytes) -> str:
    return " ".join(hit.decode("cp1252") for hit in WORDS.findall(pdf))


@pytest.mark.parametrize("sheet", [POST, LONGEST, STRANGE])
def test_the_code_that_is_drawn_is_that_of_the_link(sheet: Sheet) -> None:
    found = squares(drawn(sheet))
    left, top, side = min(x for x, _, _ in found), max(y for _, y, _ in found), found[0][2]
    dark = {(round((top - y) / side), round((x - left) / side)) for x, y, _ in found}
    wanted = segno.make(sheet.link, error="h", micro=False, boost_error=False)
    assert wanted.error == "H"
    assert dark == {(row, column) for row, line in enumerate(wanted.matrix) for column, on in enumerate(line) if on}


@pytest.mark.parametrize("sheet", [POST, LONGEST])
def test_the_code_is_wide_enough_to_be_scanned_from_a_wall(sheet: Sheet) -> None:
    found = squares(drawn(sheet))
    left, right, side = min(x for x, _, _ in found), max(x for x, _, _ in found), found[0][2]
    assert right + side - left >= 7 * cm


def test_a_page_says_where_it_hangs_whom_it_leads_to_and_what_nobody_asks_for() -> None:
    said = words(drawn(POST))
    for part in (
        "Lapor ke Polres Jember",
        "Pos Kamling RW 3",
        "Polsek Patrang",
        "@siskamling_bot",
        "tidak pernah meminta OTP, uang, atau KTP",
        "Officers never ask",
        "Darurat: telepon 110",
        "Tempat no. 12",
    ):
        assert part in said


@pytest.mark.parametrize("sheet", [POST, LONGEST, STRANGE])
def test_everything_stays_on_the_page_and_nothing_is_written_over(sheet: Sheet) -> None:
    heights = [float(y) for y in re.findall(rb"1 0 0 1 [-\d.]+ ([-\d.]+) Tm", drawn(sheet))]
    assert heights == sorted(heights, reverse=True)
    assert heights[-1] > 0


def test_each_place_has_a_page_of_its_own() -> None:
    pdf = drawn(POST, LONGEST, STRANGE)
    assert len(re.findall(rb"/Type /Page\b(?!s)", pdf)) == 3
    assert drawn(POST, LONGEST, STRANGE) == pdf


def test_letters_that_the_font_lacks_do_no_harm() -> None:
    assert printable("Çafé – “ő”") == "Çafé – “o”"
    assert printable("ꦗꦼ😀") == "??"
