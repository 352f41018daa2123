"""Files that people and bots sent: their bytes, ids and paths."""

import mimetypes
import re
import secrets
import struct
from dataclasses import dataclass

from simulator.errors import bad_request
from simulator.world import Json

MAX_DOWNLOAD_BYTES = 20 * 1024 * 1024
MAX_UPLOAD_BYTES = 50 * 1024 * 1024
MAX_PHOTO_BYTES = 10 * 1024 * 1024
ENDING = re.compile(r"\.[A-Za-z0-9]{1,10}$")

FOLDERS = {
    "photo": ("photos", ".jpg"),
    "video": ("videos", ".mp4"),
    "voice": ("voice", ".oga"),
    "audio": ("music", ".mp3"),
    "animation": ("animations", ".mp4"),
    "video_note": ("video_notes", ".mp4"),
    "sticker": ("stickers", ".webp"),
    "document": ("documents", ""),
}


@dataclass(slots=True)
class Upload:
    """A file as it came in over HTTP."""

    name: str
    content: bytes
    mime_type: str | None = None


@dataclass(slots=True)
class File:
    id: str
    unique_id: str
    kind: str
    name: str
    content: bytes
    mime_type: str
    path: str
    width: int
    height: int

    def reference(self) -> Json:
        return {"file_id": self.id, "file_unique_id": self.unique_id, "file_size": len(self.content)}


class Files:
    def __init__(self) -> None:
        self._by_id: dict[str, File] = {}
        self._by_path: dict[str, File] = {}
        self._count = 0

    def add(self, upload: Upload, kind: str) -> File:
        """Raises Refusal for a file larger than a bot may send."""
        if len(upload.content) > (MAX_PHOTO_BYTES if kind == "photo" else MAX_UPLOAD_BYTES):
            raise bad_request(f"file of size {len(upload.content)} bytes is too big for a {kind}")
        if not upload.content:
            raise bad_request("file must be non-empty")
        self._count += 1
        folder, suffix = FOLDERS[kind]
        if kind == "document" and (ending := ENDING.search(upload.name)):
            suffix = ending[0]
        width, height = dimensions(upload.content) or (800, 600)
        file = File(
            id="AgAC" + secrets.token_urlsafe(36),
            unique_id="AQAD" + secrets.token_urlsafe(8),
            kind=kind,
            name=upload.name,
            content=upload.content,
            mime_type=upload.mime_type or mimetypes.guess_type(upload.name)[0] or mime_type_of(kind),
            path=f"{folder}/file_{self._count}{suffix}",
            width=width,
            height=height,
        )
        self._by_id[file.id] = self._by_path[file.path] = file
        return file

    def known(self, file_id: str) -> File | None:
        return self._by_id.get(file_id)

    def at(self, path: str) -> File | None:
        return self._by_path.get(path)

    def forget(self) -> None:
        self._by_id.clear()
        self._by_path.clear()


def mime_type_of(kind: str) -> str:
    return mimetypes.guess_type("file" + FOLDERS[kind][1])[0] or {"voice": "audio/ogg", "sticker": "image/webp"}.get(
        kind, "application/octet-stream"
    )


def dimensions(content: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG or a JPEG, read from its header."""
    if content[:8] == b"\x89PNG\r\n\x1a\n" and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return width, height
    if content[:2] == b"\xff\xd8":
        return _jpeg_dimensions(content)
    return None


def _jpeg_dimensions(content: bytes) -> tuple[int, int] | None:
    position = 2
    while position + 9 < len(content) and content[position] == 0xFF:
        marker = content[position + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", content[position + 5 : position + 9])
            return width, height
        position += 2 + int(struct.unpack(">H", content[position + 2 : position + 4])[0])
    return None
