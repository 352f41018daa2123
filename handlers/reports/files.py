"""Files: what of a message is kept as an attachment."""

from dataclasses import dataclass
from typing import Any

from telegram import Message

KINDS = ("video", "voice", "audio", "video_note", "animation", "document")


@dataclass(frozen=True)
class File:
    kind: str
    data: dict[str, Any]


def read(message: Message) -> File | None:
    """The file of a message: Telegram's id for fetching it, kind and size. Never its name or lasting identity."""
    if message.photo:
        return _file("photo", message.photo[-1])
    for kind in KINDS:
        if (found := getattr(message, kind)) is not None:
            return _file(kind, found)
    return None


def _file(kind: str, found: Any) -> File:
    data = {"file_id": found.file_id, "mime": getattr(found, "mime_type", None), "size": found.file_size}
    return File(kind, {name: value for name, value in data.items() if value is not None})
