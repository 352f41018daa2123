"""Boxes: an MP4 without what it tells beside picture and sound. Nothing is decoded, and nothing moves.

A box that is not known to be needed becomes a `free` one full of zeros, so that every offset in the file stays true.
"""

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from bot.evidence.kinds import HIDDEN_TRACK, MALFORMED, NoCopy

BOXES_MAX = 50_000
# What may stay, by where it lies (ISO/IEC 14496-12). `moov` and the like are walked through in their turn.
STAYS: dict[bytes, frozenset[bytes]] = {
    inside: frozenset(names.encode().split())
    for inside, names in (
        (b"", "ftyp styp moov mdat moof mfra sidx"),
        (b"moov", "mvhd trak mvex"),
        (b"trak", "tkhd edts mdia"),
        (b"edts", "elst"),
        (b"mdia", "mdhd hdlr minf"),
        (b"minf", "vmhd smhd dinf stbl"),
        (b"dinf", "dref"),
        (b"stbl", "stsd stts ctts cslg stss stsc stsz stz2 stco co64 sdtp sgpd sbgp"),
        (b"mvex", "mehd trex"),
        (b"moof", "mfhd traf"),
        (b"traf", "tfhd tfdt trun sdtp sgpd sbgp saiz saio"),
        (b"mfra", "tfra mfro"),
    )
}
TRACKS = (b"vide", b"soun")
ENCODER_NAME = slice(50, 82)  # of a picture's sample description, from its beginning
# A data reference that leads nowhere but to this file: its size, its kind (any), version 0 and the flag that says so.
LINK_BYTES, NO_LINK = 12, struct.pack(">II", 12, 1)


@dataclass(frozen=True)
class Box:
    name: bytes
    begins: int
    content: int
    ends: int


def clean(content: bytes) -> bytes:
    """The video without places, moments, names and comments. Raises NoCopy."""
    file = bytearray(content)
    film = _Film(file)
    film.walk(b"", 0, len(file))
    if not film.has_pictures:
        raise NoCopy(MALFORMED)
    file += struct.pack(">I4s", 24, b"free") + os.urandom(16)  # no longer the bytes that somebody has elsewhere
    return bytes(file)


class _Film:
    def __init__(self, file: bytearray) -> None:
        self.file = file
        self.seen = 0
        self.has_pictures = False

    def walk(self, inside: bytes, begins: int, ends: int) -> None:
        for box in self._boxes(begins, ends, at_top=not inside):
            if box.name not in STAYS[inside]:
                self._empty(box)
            elif box.name in STAYS:
                self.walk(box.name, box.content, box.ends)
            elif (cleans := CLEANS.get(box.name)) is not None:
                cleans(self, box)

    def _boxes(self, begins: int, ends: int, *, at_top: bool) -> Iterator[Box]:
        while begins < ends:
            self.seen += 1
            box = self._box(begins, ends, at_top=at_top)
            if box is None or self.seen > BOXES_MAX:
                raise NoCopy(MALFORMED)
            yield box
            begins = box.ends

    def _box(self, begins: int, ends: int, *, at_top: bool) -> Box | None:
        """None where there is none, or where it would reach out of what holds it."""
        if ends - begins < 8:
            return None
        size, name = struct.unpack_from(">I4s", self.file, begins)
        content = begins + 8
        if size == 1 and ends - begins >= 16:
            (size,) = struct.unpack_from(">Q", self.file, content)
            content += 8
        elif size == 0 and at_top:  # to the end of the file; said in numbers, since the file will end later
            size = ends - begins
            struct.pack_into(">I", self.file, begins, size)
        return Box(name, begins, content, begins + size) if content <= begins + size <= ends else None

    def _empty(self, box: Box) -> None:
        self.file[box.begins + 4 : box.begins + 8] = b"free"
        self._zero(box.content, box.ends)

    def _zero(self, begins: int, ends: int) -> None:
        self.file[begins:ends] = bytes(ends - begins)

    def forget_moment(self, box: Box) -> None:
        """When it was filmed and changed: two numbers behind the version, longer ones in version 1."""
        wide = self._at(box, 0, 1) == b"\x01"
        self._at(box, 4, 20 if wide else 12)
        self._zero(box.content + 4, box.content + (20 if wide else 12))

    def check_track(self, box: Box) -> None:
        """Phones keep places in tracks of their own; their samples lie among picture and sound, where we cannot tell
        them apart."""
        kind = self._at(box, 8, 12)
        if kind not in TRACKS:
            raise NoCopy(HIDDEN_TRACK)
        self.has_pictures |= kind == b"vide"
        self._zero(min(box.content + 24, box.ends), box.ends)

    def check_references(self, box: Box) -> None:
        """A reference to another file would carry that file's name."""
        (count,) = struct.unpack(">I", self._at(box, 4, 8))
        references = self._at(box, 8, box.ends - box.content)
        if len(references) != count * LINK_BYTES or any(
            references[start : start + 4] + references[start + 8 : start + 12] != NO_LINK
            for start in range(0, len(references), LINK_BYTES)
        ):
            raise NoCopy(MALFORMED)

    def forget_encoder(self, box: Box) -> None:
        entry = box.content + 8
        if self._at(box, 12, 16) not in (b"mp4a", b"Opus") and box.ends - entry >= ENCODER_NAME.stop:
            self._zero(entry + ENCODER_NAME.start, entry + ENCODER_NAME.stop)

    def _at(self, box: Box, begins: int, ends: int) -> bytes:
        if box.content + ends > box.ends:
            raise NoCopy(MALFORMED)
        return bytes(self.file[box.content + begins : box.content + ends])


CLEANS = {
    b"mvhd": _Film.forget_moment,
    b"tkhd": _Film.forget_moment,
    b"mdhd": _Film.forget_moment,
    b"hdlr": _Film.check_track,
    b"dref": _Film.check_references,
    b"stsd": _Film.forget_encoder,
}
