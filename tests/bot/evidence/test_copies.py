"""Copies: whatever a file carries, its copy carries only what eye and ear may know."""

import io

import pytest
from PIL import Image

from bot.evidence.cleaning import Cleaning, Copy
from bot.evidence.kinds import HIDDEN_TRACK, MALFORMED, NOT_SHOWN
from bot.evidence.pages import checksum
from tests import samples


async def copied(kind: str, content: bytes) -> Copy:
    return await Cleaning().copy(kind, content)


def has_secrets(content: bytes) -> list[bytes]:
    return [secret for secret in samples.SECRETS if secret in content]


PICTURES = {
    "a photo with its place, author and comment": samples.jpeg(),
    "a photo for the press": samples.jpeg(mode="CMYK"),
    "a grey photo": samples.jpeg(mode="L"),
    "a drawing with its place": samples.png(),
    "a drawing in 256 colours": samples.png(mode="P"),
    "a drawing that one sees through": samples.png(mode="RGBA"),
    "a drawing of sixteen bits": samples.png(mode="I;16"),
    "a drawing in black and white": samples.png(mode="1"),
    "a single dot": samples.png(size=(1, 1)),
    "a modern photo": samples.webp(),
    "a moving picture": samples.webp(frames=3),
}


@pytest.mark.parametrize("content", PICTURES.values(), ids=PICTURES.keys())
async def test_the_copy_of_a_picture_is_drawn_anew(content: bytes) -> None:
    assert has_secrets(content)
    copy = await copied("document", content)
    assert copy.kind == "photo"
    assert copy.content is not None
    assert not has_secrets(copy.content)
    with Image.open(io.BytesIO(content)) as before, Image.open(io.BytesIO(copy.content)) as after:
        after.load()
        assert (after.format, after.mode, after.size) == ("JPEG", "RGB", before.size)
        assert not after.getexif()
        assert after.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


async def test_a_photo_taken_sideways_stands_upright() -> None:
    copy = await copied("photo", samples.jpeg(size=(64, 48), orientation=6))
    assert copy.content is not None
    with Image.open(io.BytesIO(copy.content)) as after:
        assert after.size == (48, 64)
        above, below = after.getpixel((24, 5)), after.getpixel((24, 58))
    assert isinstance(above, tuple)
    assert isinstance(below, tuple)
    assert above[0] > 200 > 50 > above[2], "red was on the left, and is above now"
    assert below[2] > 200 > 50 > below[0]


async def test_what_one_sees_through_stands_on_white() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(file, "PNG")
    copy = await copied("document", file.getvalue())
    assert copy.content is not None
    with Image.open(io.BytesIO(copy.content)) as after:
        assert after.getpixel((4, 4)) == (255, 255, 255)


async def test_a_copy_is_small_enough_for_any_phone() -> None:
    copy = await copied("photo", samples.jpeg(size=(3000, 2400)))
    assert copy.content is not None
    with Image.open(io.BytesIO(copy.content)) as after:
        assert after.size == (2560, 2048)


@pytest.mark.parametrize("content", [samples.png(size=(1, 1)), samples.jpeg(size=(8, 8))])
async def test_no_copy_has_the_bytes_of_its_original(content: bytes) -> None:
    """Not even the copy of a copy, which is drawn exactly alike: with its bytes one could find it elsewhere."""
    for _ in range(4):
        copy = await copied("photo", content)
        assert copy.content is not None
        assert copy.content != content
        content = copy.content


async def test_a_mark_is_drawn_into_the_picture_and_nowhere_else() -> None:
    cleaning = Cleaning()
    copy = await cleaning.copy("photo", samples.jpeg(size=(640, 480)))
    assert copy.content is not None
    marked = await cleaning.mark(copy.content, "Petugas 12 · JBR-7KQ-M3XD")
    assert b"Petugas" not in marked
    with Image.open(io.BytesIO(copy.content)) as plain, Image.open(io.BytesIO(marked)) as other:
        assert plain.size == other.size
        corner = (0, 460, 120, 480)
        assert list(plain.crop(corner).tobytes()) != list(other.crop(corner).tobytes())


async def test_a_video_tells_neither_where_nor_when() -> None:
    film = samples.mp4()
    assert has_secrets(film)
    copy = await copied("video", film)
    assert copy.kind == "video"
    assert copy.content is not None
    assert not has_secrets(copy.content)
    assert samples.MOMENT[:4] not in copy.content
    media = film.index(b"\x00pictures and sound")
    assert copy.content.index(b"\x00pictures and sound") == media, "nothing moved, so every offset is still true"
    again = await copied("video", copy.content)
    assert again.content is not None, "what we made is an MP4 still"
    assert again.content != copy.content


async def test_a_video_with_a_track_of_places_is_shown_to_nobody() -> None:
    copy = await copied("video", samples.mp4(handlers=(b"vide", b"meta"), media=samples.GPS))
    assert (copy.content, copy.reason) == (None, HIDDEN_TRACK)


@pytest.mark.parametrize("comments", [1, 5000])
async def test_a_voice_keeps_its_sound_and_loses_its_comments(comments: int) -> None:
    spoken = samples.voice(comments=comments)
    assert has_secrets(spoken)
    copy = await copied("voice", spoken)
    assert copy.kind == "voice"
    assert copy.content is not None
    assert not has_secrets(copy.content)
    assert len(copy.content) == len(spoken)
    assert copy.content != spoken
    for number in range(3):
        assert bytes([number]) * 70 in copy.content
    last = copy.content.rindex(b"OggS")
    page = bytearray(copy.content[last:])
    said, page[22:26] = int.from_bytes(page[22:26], "little"), bytes(4)
    assert said == checksum(page)


def test_the_checksum_is_oggs() -> None:
    """Bit by bit, as Ogg's own description has it."""
    crc = 0
    for byte in b"OggS and some more":
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1) ^ (0x04C11DB7 if crc & 0x80000000 else 0)
        crc &= 0xFFFFFFFF
    assert checksum(b"OggS and some more") == crc


OTHERS = {
    "a document": ("document", b"%PDF-1.7 /Author (Siti)"),
    "an archive": ("document", b"PK\x03\x04" + bytes(100)),
    "a song": ("audio", samples.voice()),
    "an iPhone's photo": ("document", samples.box(b"ftyp", b"heic", bytes(4), b"mif1heic")),
    "an XML bomb": ("document", samples.BILLION_LAUGHS),
    "an old animation": ("animation", b"GIF89a" + bytes(20)),
    "nothing": ("document", b""),
}


@pytest.mark.parametrize(("kind", "content"), OTHERS.values(), ids=OTHERS.keys())
async def test_other_files_are_kept_but_not_shown(kind: str, content: bytes) -> None:
    assert await copied(kind, content) == Copy(reason=NOT_SHOWN)


FTYP = samples.box(b"ftyp", b"isom")
BROKEN = {
    "half a photo": ("photo", samples.jpeg(size=(600, 400))[:-2000]),
    "half a drawing": ("document", samples.png()[:120]),
    "half a modern photo": ("document", samples.webp()[:80]),
    "a photo of noise": ("photo", b"\xff\xd8\xff" + b"\x00\x11" * 500),
    "a box larger than its film": (
        "video",
        FTYP + samples.box(b"moov", b"\x00\x00\x0f\x00trak"),
    ),
    "a film without pictures": ("video", samples.mp4(handlers=())),
    "a film that is cut off": ("video", samples.mp4()[:200]),
    "a film of endless boxes": ("video", FTYP + samples.box(b"free") * 60_000),
    "a film whose box is nothing": ("video", FTYP + b"\x00\x00\x00\x01moov" + bytes(8)),
    "a film that leads elsewhere": ("video", samples.mp4().replace(b"url \x00\x00\x00\x01", b"/home/si", 1)),
    "a voice cut off": ("voice", samples.voice()[:-20]),
    "a voice with something behind it": ("voice", samples.voice() + samples.CANARY),
    "a voice that is music": ("voice", samples.voice().replace(b"OpusHead", b"\x01vorbis!")),
    "a voice of comments alone": ("voice", samples.voice(sounds=0)[:60]),
}


@pytest.mark.parametrize(("kind", "content"), BROKEN.values(), ids=BROKEN.keys())
async def test_what_is_broken_has_no_copy(kind: str, content: bytes) -> None:
    copy = await copied(kind, content)
    assert (copy.content, copy.reason) == (None, MALFORMED)
