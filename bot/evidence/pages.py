"""Pages: a voice note (Ogg with Opus) without its comments, under a new serial number. The sound stays as it is."""

import os
import struct
import zlib
from dataclasses import dataclass

from bot.evidence.kinds import MALFORMED, NoCopy

HEADER = struct.Struct("<4sBBqIIIB")  # capture pattern, version, flags, granule, serial, sequence, checksum, segments
CHECKSUM = slice(22, 26)
PAGES_MAX = 50_000
MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


@dataclass
class Page:
    flags: int
    granule: int
    serial: int
    sequence: int
    lengths: bytes
    payload: bytes

    def packed(self, serial: int) -> bytes:
        header = HEADER.pack(b"OggS", 0, self.flags, self.granule, serial, self.sequence, 0, len(self.lengths))
        page = bytearray(header + self.lengths + self.payload)
        page[CHECKSUM] = struct.pack("<I", checksum(page))
        return bytes(page)


def clean(content: bytes) -> bytes:
    """The same sound in other bytes. Raises NoCopy."""
    pages = _pages(content)
    if len(pages) < 2 or not pages[0].payload.startswith(b"OpusHead"):
        raise NoCopy(MALFORMED)
    _drop_comments(pages)
    serial = int.from_bytes(os.urandom(4), "little")
    return b"".join(page.packed(serial) for page in pages)


def _pages(content: bytes) -> list[Page]:
    pages: list[Page] = []
    begins = 0
    while begins < len(content):
        if len(content) - begins < HEADER.size or len(pages) == PAGES_MAX:
            raise NoCopy(MALFORMED)
        magic, version, flags, granule, serial, sequence, _, segments = HEADER.unpack_from(content, begins)
        lengths = content[begins + HEADER.size : begins + HEADER.size + segments]
        payload = begins + HEADER.size + segments
        ends = payload + sum(lengths)
        other = bool(pages) and serial != pages[0].serial  # more than one stream: not a voice note
        if magic != b"OggS" or version or other or len(lengths) < segments or ends > len(content):
            raise NoCopy(MALFORMED)
        pages.append(Page(flags, granule, serial, sequence, lengths, content[payload:ends]))
        begins = ends
    return pages


def _drop_comments(pages: list[Page]) -> None:
    """The second packet, which may span pages; sound begins on a page of its own (RFC 7845). It keeps its length:
    what follows the comments there is padding."""
    last = next((number for number, page in enumerate(pages[1:], 1) if page.lengths and page.lengths[-1] < 255), 0)
    length = sum(len(page.payload) for page in pages[1 : last + 1])
    if not last or length < 16 or not pages[1].payload.startswith(b"OpusTags"):
        raise NoCopy(MALFORMED)
    packet = b"OpusTags" + bytes(length - 8)  # no vendor, no comments
    for page in pages[1 : last + 1]:
        page.payload, packet = packet[: len(page.payload)], packet[len(page.payload) :]


def checksum(page: bytes | bytearray) -> int:
    """Ogg's CRC is zlib's with the bits the other way round, beginning and ending with nothing added."""
    crc = zlib.crc32(page.translate(MIRRORED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{crc:032b}"[::-1], 2)
