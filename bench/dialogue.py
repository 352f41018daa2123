"""The dialogue: seven messages that file one report, as a new resident would send them."""

import json

MESSAGES = (
    "/lapor",
    "Sepeda motor hitam dicuri dari halaman kos tadi malam, kunci pagar dirusak, ada rekaman kamera warga.",
    "1",
    "Depan SMAN 1, Kecamatan Sumbersari",
    "sekarang",
    "anonim",
    "kirim",
)

_UPDATE_ID, _MESSAGE_ID, _CHAT_ID, _DATE = 9_000_001, 9_000_002, 9_000_003, 9_000_004


def _template(text: str) -> bytes:
    name = {"first_name": "Siti", "last_name": "Aminah", "username": f"siti_{_CHAT_ID}"}
    message: dict[str, object] = {
        "message_id": _MESSAGE_ID,
        "from": {"id": _CHAT_ID, "is_bot": False, **name, "language_code": "id"},
        "chat": {"id": _CHAT_ID, "type": "private", **name},
        "date": _DATE,
        "text": text,
    }
    if text.startswith("/"):
        message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text)}]
    body = json.dumps({"update_id": _UPDATE_ID, "message": message}).replace("%", "%%")
    for placeholder, name_of in (
        (_UPDATE_ID, "update"),
        (_MESSAGE_ID, "message"),
        (_CHAT_ID, "chat"),
        (_DATE, "date"),
    ):
        body = body.replace(str(placeholder), f"%({name_of})d")
    return body.encode()


_TEMPLATES = tuple(_template(text) for text in MESSAGES)


def update_body(step: int, update_id: int, chat_id: int, date: int) -> bytes:
    """One update as getUpdates would carry it."""
    values = {b"update": update_id, b"message": update_id, b"chat": chat_id, b"date": date}
    return _TEMPLATES[step] % values
