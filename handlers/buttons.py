"""Buttons: typed data <-> at most 64 authenticated bytes.

The data of a button comes back from the client, so it is never trusted: it carries a MAC over itself and the chat
that it was made for. What it points to is looked at again, in the transaction, before anything is done.
"""

import base64
import binascii
import dataclasses
import functools
import hmac
import uuid
from typing import Any, ClassVar, Self

from telegram import Update

from domain.errors import ButtonIsStale
from models import sealing

MAC_BYTES = 8
LIMIT_BYTES = 64
_URL_SAFE = bytes.maketrans(b"+/", b"-_")


@dataclasses.dataclass(frozen=True)
class ButtonData:
    """Subclass with a unique `code` and fields of type str, int or UUID:

    @dataclass(frozen=True)
    class ChooseCategory(ButtonData):
        code = "rc"
        report_id: UUID
        category: str
    """

    code: ClassVar[str]

    def pack(self, chat_id: int) -> str:
        """The callback_data for that chat. Raises ValueError past Telegram's 64 bytes: a programmer's error."""
        body = ".".join([self.code, *[_write(getattr(self, name)) for name, _ in _fields(type(self))]])
        data = f"{body}.{_mac(body, chat_id)}"
        if len(data) > LIMIT_BYTES:  # all of it is ASCII
            raise ValueError(f"{type(self).__name__} needs {len(data)} bytes, Telegram allows {LIMIT_BYTES}")
        return data

    @classmethod
    def read(cls, update: Update) -> Self:
        """What was pressed. Raises ButtonIsStale for anything that this bot did not make for this chat."""
        query = update.callback_query
        if query is None or query.message is None or not query.data or not query.data.isascii():
            raise ButtonIsStale()
        body, _, mac = query.data.rpartition(".")
        if not hmac.compare_digest(mac.encode(), _mac(body, query.message.chat.id).encode()):
            raise ButtonIsStale()
        code, *values = body.split(".")
        fields = _fields(cls)
        if code != cls.code or len(values) != len(fields):
            raise ButtonIsStale()
        return cls(**{name: _read(value, kind) for (name, kind), value in zip(fields, values, strict=True)})


_known_fields: dict[type[ButtonData], tuple[tuple[str, Any], ...]] = {}


def _fields(kind: type[ButtonData]) -> tuple[tuple[str, Any], ...]:
    """Name and type of each; looking them up anew would cost more than all the rest of a button."""
    if kind not in _known_fields:
        _known_fields[kind] = tuple((field.name, field.type) for field in dataclasses.fields(kind))
    return _known_fields[kind]


def _mac(body: str, chat_id: int) -> str:
    return _short(sealing.keyring().index("button", f"{chat_id}:{body}".encode())[:MAC_BYTES])


def _short(value: bytes) -> str:
    return binascii.b2a_base64(value, newline=False).translate(_URL_SAFE, b"=").decode()


@functools.lru_cache(maxsize=256)
def _short_id(value: uuid.UUID) -> str:
    return _short(value.bytes)


def _write(value: Any) -> str:
    if isinstance(value, uuid.UUID):
        return _short_id(value)
    text = str(value)
    if "." in text or not text.isascii():
        raise ValueError(f"a button's field is plain ASCII without a dot, not {text!r}")
    return text


def _read(value: str, kind: Any) -> Any:
    try:
        if kind is uuid.UUID:
            return uuid.UUID(bytes=base64.urlsafe_b64decode(value + "=="))
        return kind(value)
    except (ValueError, binascii.Error):
        raise ButtonIsStale() from None
