"""Forms: a Bot API call that carries a file, as multipart/form-data (RFC 7578)."""

import json
import secrets
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Upload:
    """A file on its way to Telegram. `field` is the parameter that it fills: photo, voice, video or document."""

    field: str
    filename: str
    content: bytes


def encode(params: dict[str, Any], upload: Upload) -> tuple[bytes, str]:
    """The body and its content type."""
    boundary = secrets.token_hex(16)
    parts = [_part(boundary, f'name="{name}"', _text(value)) for name, value in params.items()]
    named = f'name="{upload.field}"; filename="{upload.filename}"\r\nContent-Type: application/octet-stream'
    parts += [_part(boundary, named, upload.content), f"--{boundary}--\r\n".encode()]
    return b"".join(parts), f"multipart/form-data; boundary={boundary}"


def _part(boundary: str, named: str, content: bytes) -> bytes:
    head = f"--{boundary}\r\nContent-Disposition: form-data; {named}\r\n\r\n"
    return head.encode() + content + b"\r\n"


def _text(value: Any) -> bytes:
    return (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)).encode()
