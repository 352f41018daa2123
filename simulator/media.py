"""Media of messages: from files to the fields that a message carries."""

from simulator.errors import bad_request
from simulator.files import File
from simulator.world import Json

# What a message without a caption cannot have.
CAPTIONED = frozenset({"photo", "video", "voice", "audio", "document", "animation", "paid_media"})
KINDS = ("photo", "video", "voice", "audio", "document", "animation", "video_note", "sticker")
# kind -> fields besides the file's own, with what stands in when the sender says nothing
DETAILS: dict[str, Json] = {
    "video": {"width": 640, "height": 480, "duration": 1},
    "animation": {"width": 640, "height": 480, "duration": 1},
    "voice": {"duration": 1},
    "audio": {"duration": 1},
    "video_note": {"length": 240, "duration": 1},
    "document": {},
}
NAMED = frozenset({"video", "animation", "audio", "document"})


def media_fields(file: File, kind: str, details: Json) -> Json:
    """For example {"voice": {...}}; animations also appear as documents, as on Telegram."""
    if kind == "photo":
        return {"photo": photo_sizes(file)}
    if kind == "sticker":
        return {"sticker": sticker(file, details)}
    shape = {**file.reference(), "mime_type": file.mime_type}
    if kind == "video_note":
        del shape["mime_type"]
    for name, default in DETAILS[kind].items():
        shape[name] = details.get(name) or default
    shape |= {name: details[name] for name in ("performer", "title") if kind == "audio" and name in details}
    if kind in NAMED and file.name:
        shape["file_name"] = file.name
    if kind == "animation":
        document = {k: v for k, v in shape.items() if k not in DETAILS["animation"]}
        return {"animation": shape, "document": document}
    return {kind: shape}


def photo_sizes(file: File) -> list[Json]:
    """A thumbnail and the whole; both lead to the same bytes here."""
    scale = min(1.0, 90 / max(file.width, file.height))
    thumbnail = {
        **file.reference(),
        "file_unique_id": file.unique_id + "s",
        "width": max(1, round(file.width * scale)),
        "height": max(1, round(file.height * scale)),
    }
    return [thumbnail, {**file.reference(), "width": file.width, "height": file.height}]


def sticker(file: File, details: Json) -> Json:
    shape = {**file.reference(), "width": 512, "height": 512, "type": "regular"}
    shape |= {"is_animated": False, "is_video": False}
    return shape | ({"emoji": details["emoji"]} if "emoji" in details else {})


def kind_of(body: Json) -> str | None:
    """The kind of media in a message, or None."""
    if "animation" in body:
        return "animation"
    return next((kind for kind in KINDS if kind in body), None)


def file_id_of(body: Json) -> str:
    kind = kind_of(body)
    if kind is None:
        raise bad_request("message has no media")
    media = body[kind]
    return str(media[-1]["file_id"] if kind == "photo" else media["file_id"])
