"""Pictures: decoded and drawn anew, so that nothing of the file itself is left but what the eye sees.

Only the worker imports this: whatever a picture does to the decoder, it does there.
"""

import io
import warnings

from PIL import Image, ImageDraw, ImageFont

from bot.evidence.kinds import MALFORMED, TOO_COSTLY, TOO_MANY_PIXELS, NoCopy

PIXELS_MAX = 25_000_000
LONG_SIDE = 2560
FORMATS = ("JPEG", "PNG", "WEBP")
QUALITIES = (85, 84)  # the second only where the first would give back the very bytes that came
ORIENTATION = 0x0112
# EXIF's eight ways to hold a camera.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

# Pillow only warns at this many, and refuses at twice as many; here the warning is the refusal.
Image.MAX_IMAGE_PIXELS = PIXELS_MAX
warnings.simplefilter("error", Image.DecompressionBombWarning)


def clean(content: bytes) -> bytes:
    """A JPEG of what the picture shows; of an animation its first frame. Raises NoCopy."""
    return _encoded(_decoded(content), other_than=content)


def mark(content: bytes, words: str) -> bytes:
    """The same picture with small words in its corner. Raises NoCopy."""
    picture = _decoded(content)
    size = max(11, picture.width // 45)
    font = ImageFont.load_default(size=size)
    draw = ImageDraw.Draw(picture, "RGBA")
    left, top, right, bottom = draw.textbbox((0, 0), words, font=font)
    x, y = size // 2, picture.height - (bottom - top) - size
    draw.rectangle((0, y - size // 2, x + right - left + size // 2, picture.height), fill=(0, 0, 0, 120))
    draw.text((x - left, y - top), words, font=font, fill=(255, 255, 255, 200))
    return _encoded(picture, other_than=content)


def _decoded(content: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            return _drawn(picture)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise NoCopy(TOO_MANY_PIXELS) from None
    except MemoryError:
        raise NoCopy(TOO_COSTLY) from None
    except Exception:  # decoders fail in many ways at what was made to break them
        raise NoCopy(MALFORMED) from None


def _drawn(picture: Image.Image) -> Image.Image:
    """Small enough, the right way up, opaque, and without anything that Pillow remembers of the file."""
    turn = TURNS.get(_orientation(picture))
    if picture.mode not in ("RGB", "L", "CMYK"):
        picture = _opaque(picture)
    picture.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.BILINEAR)
    picture = picture.convert("RGB")
    if turn is not None:
        picture = picture.transpose(turn)
    picture.info = {}  # a comment would be written again
    return picture


def _orientation(picture: Image.Image) -> int:
    try:
        return int(picture.getexif().get(ORIENTATION, 1))
    except Exception:  # broken metadata spoils no picture
        return 1


def _opaque(picture: Image.Image) -> Image.Image:
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    seen = picture.convert("RGBA")
    ground = Image.new("RGB", seen.size, "white")
    ground.paste(seen, mask=seen)
    return ground


def _encoded(picture: Image.Image, *, other_than: bytes) -> bytes:
    for quality in QUALITIES:
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=quality)
        if file.getvalue() != other_than:
            break
    return file.getvalue()
