"""Samples: files as people send them, each with a canary in every corner where a file can say who, where and when."""

import io
import struct
import zlib
from collections.abc import Iterable

from PIL import Image, PngImagePlugin

from bot.evidence.pages import checksum

CANARY = b"SitiCanary"
GPS = b"-8.1723,113.6995"
SECRETS = (CANARY, GPS, b"113.6995", b"com.apple.quicktime", b"Exif", b"http://ns.adobe.com/xap")
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description exif:GPSLatitude="%s" by="%s"/></x:xmpmeta>' % (
    GPS,
    CANARY,
)
GPS_TAG, ORIENTATION, ARTIST = 0x8825, 0x0112, 0x013B


def exif(*, orientation: int = 1) -> bytes:
    tags = Image.Exif()
    tags[ORIENTATION], tags[ARTIST] = orientation, CANARY.decode()
    tags.get_ifd(GPS_TAG).update({1: "S", 2: (8.0, 10.0, 20.28), 3: "E", 4: (113.0, 41.0, 58.2), 29: GPS.decode()})
    return tags.tobytes()


def picture(size: tuple[int, int] = (64, 48), mode: str = "RGB") -> Image.Image:
    """Red on the left, blue on the right."""
    drawn = Image.new("RGB", size, "red")
    drawn.paste("blue", (size[0] // 2, 0, *size))
    return drawn.convert(mode)


def jpeg(*, size: tuple[int, int] = (64, 48), mode: str = "RGB", orientation: int = 1) -> bytes:
    file = io.BytesIO()
    picture(size, mode).save(
        file, "JPEG", exif=exif(orientation=orientation), xmp=XMP, comment=CANARY, icc_profile=b"acsp" + CANARY
    )
    return file.getvalue()


def png(*, size: tuple[int, int] = (64, 48), mode: str = "RGB") -> bytes:
    said = PngImagePlugin.PngInfo()
    said.add_text("Author", CANARY.decode())
    said.add_itxt("XML:com.adobe.xmp", XMP.decode())
    said.add_text("Comment", GPS.decode(), zip=True)
    file = io.BytesIO()
    picture(size, mode).save(file, "PNG", pnginfo=said, exif=exif())
    return file.getvalue() + CANARY


def webp(*, frames: int = 1) -> bytes:
    more = {"save_all": True, "append_images": [picture((64, 48), "L").convert("RGB")] * (frames - 1)}
    file = io.BytesIO()
    picture().save(file, "WEBP", exif=exif(), xmp=XMP, **(more if frames > 1 else {}))
    return file.getvalue()


def png_bomb(side: int = 65_535) -> bytes:
    """A few hundred bytes that unpack to gigabytes."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1_000_000), 9)
    chunks = ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in chunks)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def endless_jpeg(*, side: int = 4900, scans: int = 3000) -> bytes:
    """A progressive JPEG that draws its last scan again and again: small to send, and it never ends."""
    file = io.BytesIO()
    Image.new("L", (side, side), "grey").save(file, "JPEG", progressive=True)
    content = file.getvalue()
    last = content.rindex(b"\xff\xda")
    return content[:last] + content[last:-2] * scans + content[-2:]


BILLION_LAUGHS = (
    b"""<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "ha">"""
    + b"".join(b'<!ENTITY %c "%s">' % (name, b"&%c;" % (name - 1) * 10) for name in range(ord("b"), ord("l")))
    + b"""]><svg xmlns="http://www.w3.org/2000/svg"><text>&k;</text></svg>"""
)


def box(name: bytes, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return struct.pack(">I4s", 8 + len(content), name) + content


def mp4(*, handlers: Iterable[bytes] = (b"vide", b"soun"), media: bytes = b"\x00pictures and sound") -> bytes:
    """An MP4 as phones make them: places in moov/udta/©xyz, moov/meta, trak/udta and a uuid box; moments in headers."""
    place = box(b"\xa9xyz", struct.pack(">HH", len(GPS), 0x15C7), GPS)
    keys = box(b"keys", bytes(4), b"com.apple.quicktime.location.ISO6709")
    meta = box(b"meta", bytes(4), box(b"hdlr", bytes(24), CANARY), keys, box(b"ilst", GPS))
    return b"".join(
        (
            box(b"ftyp", b"isom", bytes(4), b"isommp42"),
            box(b"uuid", bytes(16), XMP),
            box(
                b"moov",
                box(b"mvhd", bytes(4), MOMENT, bytes(88)),
                *(_track(handler) for handler in handlers),
                box(b"udta", place, meta),
                meta,
            ),
            box(b"free", CANARY),
            struct.pack(">I4s", 0, b"mdat") + media,
        )
    )


MOMENT = struct.pack(">II", 0xE5CA1DAD, 0xE5CA1DAD)


def _track(handler: bytes) -> bytes:
    entry = box(b"avc1", bytes(42), bytes([10]) + CANARY + bytes(21), bytes(4))
    return box(
        b"trak",
        box(b"tkhd", bytes(4), MOMENT, bytes(76)),
        box(b"udta", box(b"name", CANARY)),
        box(
            b"mdia",
            box(b"mdhd", bytes(4), MOMENT, bytes(12)),
            box(b"hdlr", bytes(8), handler, bytes(12), CANARY, b"\0"),
            box(
                b"minf",
                box(b"dinf", box(b"dref", struct.pack(">II", 0, 1), box(b"url ", struct.pack(">I", 1)))),
                box(b"stbl", box(b"stsd", struct.pack(">II", 0, 1), entry), box(b"stco", bytes(8))),
            ),
        ),
    )


def voice(*, comments: int = 1, sounds: int = 3) -> bytes:
    """An Ogg with Opus whose comments tell who spoke; many of them fill several pages."""
    said = [b"ARTIST=" + CANARY, b"LOCATION=" + GPS] * comments
    told = [struct.pack("<I", len(one)) + one for one in said]
    tags = b"OpusTags" + struct.pack("<I", 7) + b"libopus" + struct.pack("<I", len(told)) + b"".join(told)
    packets = [b"OpusHead" + bytes(11), tags, *(bytes([number]) * 70 for number in range(sounds))]
    pages: list[bytes] = []
    for packet in packets:
        pages += _pages(packet, len(pages))
    return b"".join(pages)


def _pages(packet: bytes, first: int) -> list[bytes]:
    lengths = [255] * (len(packet) // 255) + [len(packet) % 255]
    pages = []
    for start in range(0, len(lengths), 255):
        part = lengths[start : start + 255]
        content = packet[start * 255 : start * 255 + sum(part)]
        flags = (2 if first == 0 else 0) | (1 if start else 0)
        page = struct.pack("<4sBBqIIIB", b"OggS", 0, flags, 0, 0x51A1, first + len(pages), 0, len(part))
        page += bytes(part) + content
        pages.append(page[:22] + struct.pack("<I", checksum(page)) + page[26:])
    return pages
