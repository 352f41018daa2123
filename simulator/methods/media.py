"""Messages with files: one method for each kind, albums, downloads."""

from typing import Any

from simulator.errors import bad_request
from simulator.files import MAX_DOWNLOAD_BYTES, File, Upload
from simulator.media import media_fields
from simulator.methods.editing import message_to_edit, save
from simulator.methods.method import CAPTION, DELIVERY, EDIT_TARGET, MARKUP, SUGGESTED, TARGET, Call, method, one
from simulator.world import Json

LOOK = "show_caption_above_media Boolean, has_spoiler Boolean"
SIZE = "duration Integer, width Integer, height Integer, thumbnail File"
# Kinds of an album that do not mix with others.
ALONE = ("document", "audio")
ALBUM = frozenset({"photo", "video", "document", "audio"})


def file_of(call: Call, kind: str, value: Any) -> File:
    """An upload, an attachment of this request, or a file that is known already."""
    if isinstance(value, str) and value.startswith("attach://"):
        value = call.get(value.removeprefix("attach://"))
        if not isinstance(value, Upload):
            raise bad_request("can't parse media: file attachment is not found in the request")
    if isinstance(value, Upload):
        return call.telegram.files.add(value, kind)
    if not value:
        raise bad_request(f"there is no {kind.replace('_', ' ')} in the request")
    file = call.telegram.files.known(value)
    if file is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    if file.kind != kind:
        raise bad_request(f"can't use file of type {file.kind.title()} as {kind.title()}")
    return file


def send_file(call: Call, kind: str) -> Json:
    chat = call.chat_to_write()
    fields = media_fields(file_of(call, kind, call.get(kind)), kind, call.params)
    if call.get("has_spoiler"):
        fields["has_media_spoiler"] = True
    if call.get("show_caption_above_media"):
        fields["show_caption_above_media"] = True
    return call.send(chat, {**fields, **call.caption()})


@method(TARGET, "photo! File", CAPTION, LOOK, DELIVERY, SUGGESTED, MARKUP, cost=one)
def send_photo(call: Call) -> Json:
    return send_file(call, "photo")


@method(
    TARGET,
    "video! File, cover File, start_timestamp Integer, supports_streaming Boolean",
    SIZE,
    CAPTION,
    LOOK,
    DELIVERY,
    SUGGESTED,
    MARKUP,
    cost=one,
)
def send_video(call: Call) -> Json:
    return send_file(call, "video")


@method(TARGET, "animation! File", SIZE, CAPTION, LOOK, DELIVERY, SUGGESTED, MARKUP, cost=one)
def send_animation(call: Call) -> Json:
    return send_file(call, "animation")


@method(TARGET, "voice! File, duration Integer", CAPTION, DELIVERY, SUGGESTED, MARKUP, cost=one)
def send_voice(call: Call) -> Json:
    return send_file(call, "voice")


@method(
    TARGET,
    "audio! File, duration Integer, performer String, title String, thumbnail File",
    CAPTION,
    DELIVERY,
    SUGGESTED,
    MARKUP,
    cost=one,
)
def send_audio(call: Call) -> Json:
    return send_file(call, "audio")


@method(
    TARGET,
    "document! File, thumbnail File, disable_content_type_detection Boolean",
    CAPTION,
    DELIVERY,
    SUGGESTED,
    MARKUP,
    cost=one,
)
def send_document(call: Call) -> Json:
    return send_file(call, "document")


@method(
    TARGET,
    "video_note! File, duration Integer, length Integer, thumbnail File",
    DELIVERY,
    SUGGESTED,
    MARKUP,
    cost=one,
)
def send_video_note(call: Call) -> Json:
    return send_file(call, "video_note")


@method(TARGET, "sticker! File, emoji String", DELIVERY, SUGGESTED, MARKUP, cost=one)
def send_sticker(call: Call) -> Json:
    return send_file(call, "sticker")


def album_size(params: Json) -> int:
    return max(1, len(params.get("media", ())))


@method(TARGET, "media! Array", DELIVERY, cost=album_size)
def send_media_group(call: Call) -> list[Json]:
    chat = call.chat_to_write()
    items = call.get("media")
    check_album(items)
    # All files are looked at before the first message is sent: an album goes whole or not at all.
    ready = [media_item(call, item) for item in items]
    group = {"media_group_id": str(call.telegram.world.next_seq() + 13_000_000_000_000_000)}
    return [call.send(chat, {**group, **fields}) for fields in ready]


def check_album(items: list[Json]) -> None:
    if not items:
        raise bad_request("there are no messages to send")
    if len(items) > 10:
        raise bad_request("too many messages to send as an album")
    if len(items) < 2:
        raise bad_request("too few messages to send as an album")
    kinds = {item.get("type") for item in items if isinstance(item, dict)}
    if not kinds <= ALBUM or (len(kinds) > 1 and kinds & set(ALONE)):
        raise bad_request("media of these types can't be mixed in an album")


def media_item(call: Call, item: Json) -> Json:
    """Fields of a message from an InputMedia."""
    kind = item.get("type")
    if kind not in ALBUM and kind != "animation":
        raise bad_request("can't parse InputMedia: unsupported type")
    if "media" not in item:
        raise bad_request("can't parse InputMedia: media is not specified")
    fields = media_fields(file_of(call, kind, item["media"]), kind, item)
    if item.get("has_spoiler"):
        fields["has_media_spoiler"] = True
    words: Json = {name: item[name] for name in ("caption", "parse_mode", "caption_entities") if name in item}
    return {**fields, **Call(call.telegram, call.bot, words).caption()}


@method(EDIT_TARGET, "media! Object", MARKUP, cost=one)
def edit_message_media(call: Call) -> Json:
    message = message_to_edit(call)
    kinds = ("photo", "video", "animation", "document", "audio", "text", "entities")
    drop = (*kinds, "caption", "caption_entities", "has_media_spoiler")
    return save(call, message, drop, media_item(call, call.get("media")))


@method("file_id! String")
def get_file(call: Call) -> Json:
    file = call.telegram.files.known(call.get("file_id"))
    if file is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if len(file.content) > MAX_DOWNLOAD_BYTES:
        raise bad_request("file is too big")
    return {**file.reference(), "file_path": file.path}
