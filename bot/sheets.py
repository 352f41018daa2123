"""Sheets: one page of A4 for each place, whose QR code opens the bot there. To be printed and put up."""

import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import segno
from reportlab.lib.colors import Color, black, white
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import cm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from domain.policy import EMERGENCY_NUMBER, POLICE
from handlers.texts import plain

REGULAR, BOLD = "Helvetica", "Helvetica-Bold"  # every PDF reader has them, so none is put into the file
WIDTH, HEIGHT = A4
MARGIN = 1.8 * cm
TEXT_WIDTH = WIDTH - 2 * MARGIN
CODE_SIDE = 11.5 * cm  # with its quiet zone: what is drawn of it is some 9.5 cm wide
NAME_SIZES = (24, 18, 14)
QUIET_MODULES = 4  # of white around a code, says its norm (ISO/IEC 18004)
GREY, RED = Color(0.3, 0.3, 0.3), Color(0.72, 0.07, 0.1)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one page says. `polsek` may be empty."""

    number: int
    name: str
    polsek: str
    link: str


def draw_sheets(sheets: Sequence[Sheet], username: str, *, is_compressed: bool = True) -> bytes:
    """The PDF. The same sheets give the same bytes."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, pageCompression=int(is_compressed), invariant=1)
    canvas.setTitle(f"Siskamling @{username}")
    for sheet in sheets:
        _draw(_Page(canvas), sheet, username)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


class _Page:
    """A page that is written from top to bottom, everything in its middle."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.y = HEIGHT - MARGIN

    def line(self, text: str, size: float, font: str = REGULAR, color: Color = black) -> None:
        """One line, written smaller where it would be too wide."""
        text = printable(text)
        size = min(size, size * TEXT_WIDTH / max(stringWidth(text, font, size), 1))
        self.y -= size
        self.canvas.setFont(font, size)
        self.canvas.setFillColor(color)
        self.canvas.drawCentredString(WIDTH / 2, self.y, text)
        self.y -= size * 0.35

    def paragraph(self, text: str, size: float, font: str = REGULAR, color: Color = black) -> None:
        for line in simpleSplit(printable(text), font, size, TEXT_WIDTH):
            self.line(line, size, font, color)

    def name(self, text: str) -> None:
        """In the largest letters that need no more than two lines."""
        lines = {size: simpleSplit(printable(text), BOLD, size, TEXT_WIDTH) for size in NAME_SIZES}
        size = next((size for size in NAME_SIZES if len(lines[size]) <= 2), NAME_SIZES[-1])
        self.paragraph(text, size, BOLD)

    def both(self, key: str, size: float, font: str = REGULAR, color: Color = black, **params: str) -> None:
        """A sentence in Indonesian, and smaller below it in English."""
        self.paragraph(plain("id", key, **params), size, font, color)
        self.paragraph(plain("en", key, **params), 9, REGULAR, GREY)

    def space(self, height: float) -> None:
        self.y -= height

    def code(self, link: str) -> None:
        self.y -= CODE_SIDE
        draw_code(self.canvas, link, (WIDTH - CODE_SIDE) / 2, self.y, CODE_SIDE)


def _draw(page: _Page, sheet: Sheet, username: str) -> None:
    page.line(plain("id", "sheet.name"), 20, BOLD, GREY)
    page.line(plain("id", "sheet.title", police=POLICE), 38, BOLD)
    page.line(plain("en", "sheet.title", police=POLICE), 9, REGULAR, GREY)
    page.code(sheet.link)
    page.name(sheet.name)
    page.line(sheet.polsek or " ", 15)
    page.space(8)
    page.both("sheet.how", 12.5)
    page.space(10)
    page.line(plain("id", "sheet.bot"), 11)
    page.line(f"@{username}", 32, BOLD)
    page.both("sheet.never", 12.5, BOLD)
    page.space(10)
    page.both("sheet.emergency", 28, BOLD, RED, number=EMERGENCY_NUMBER)
    page.y = MARGIN
    page.line(plain("id", "sheet.number", number=str(sheet.number)), 8, REGULAR, GREY)


def draw_code(canvas: Canvas, link: str, x: float, y: float, side: float) -> None:
    """The QR code with its quiet zone, a square whose lower left corner is x, y.

    At level H a third of it may be scratched."""
    rows = segno.make(link, error="h", micro=False, boost_error=False).matrix
    module = side / (len(rows) + 2 * QUIET_MODULES)
    canvas.setFillColor(white)
    canvas.rect(x, y, side, side, stroke=0, fill=1)
    # All in one path: squares painted one by one show hairlines between them.
    path = canvas.beginPath()
    for row, modules in enumerate(rows):
        top = y + side - (QUIET_MODULES + row) * module
        for column, is_dark in enumerate(modules):
            if is_dark:
                path.rect(x + (QUIET_MODULES + column) * module, top - module, module, module)
    canvas.setFillColor(black)
    canvas.drawPath(path, stroke=0, fill=1)


def printable(text: str) -> str:
    """In letters that the font has: others lose their accents, or become a question mark."""
    return "".join(character if _has(character) else _plainer(character) for character in text)


def _plainer(character: str) -> str:
    plainer = "".join(part for part in unicodedata.normalize("NFKD", character) if _has(part))
    return plainer or ("" if unicodedata.category(character).startswith("M") else "?")


def _has(character: str) -> bool:
    try:
        character.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True
