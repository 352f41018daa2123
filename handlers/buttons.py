"""Buttons: typed data <-> at most 64 authenticated bytes.

The data of a button comes back from the client, so it is never trusted: it carries a MAC over itself and the chat
that it was made for. What it points to is looked at again, in the transaction, before anything is done.
"""

import base64
import binascii
import dataclasses
import hmac
import uuid
from typing import Any, ClassVar, Self

from telegram import Update

from domain.errors import ButtonIsStale
from models import sealing

MAC_BYTES = 8
LIMIT_BYTES = 64


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
        body = ".".join([self.code, *(_write(getattr(self, field.name)) for field in dataclasses.fields(self))])
        data = f"{body}.{_mac(body, chat_id)}"
        if len(data.encode()) > LIMIT_BYTES:
            raise ValueError(f"{type(self).__name__} needs {len(data.encode())} bytes, Telegram allows {LIMIT_BYTES}")
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
        fields = dataclasses.fields(cls)
        if code != cls.code or len(values) != len(fields):
            raise ButtonIsStale()
        return cls(**{field.name: _read(value, field.type) for field, value in zip(fields, values, strict=True)})

    @classmethod
    def pattern(cls) -> str:
        """The regular expression by which the routing table knows this button."""
        return rf"^{cls.code}\."


def _mac(body: str, chat_id: int) -> str:
    return _short(sealing.keyring().index("button", f"{chat_id}:{body}".encode())[:MAC_BYTES])


def _short(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _write(value: Any) -> str:
    text = _short(value.bytes) if isinstance(value, uuid.UUID) else str(value)
    if "." in text:
        raise ValueError(f"a button's field may not contain a dot: {text!r}")
    return text


def _read(value: str, kind: Any) -> Any:
    try:
        if kind is uuid.UUID:
            return uuid.UUID(bytes=base64.urlsafe_b64decode(value + "=="))
        return kind(value)
    except (ValueError, binascii.Error):
        raise ButtonIsStale() from None
