import json
from typing import Any

import pytest

from simulator import Person, Simulator
from simulator.pictures import tiny_png


async def download(api: Any, sim: Simulator, path: str) -> bytes:
    url = api.url.replace("/bot", "/file/bot", 1)
    async with api.session.get(f"{url}/{path}") as answer:
        assert answer.status == 200
        return bytes(await answer.read())


async def test_a_file_goes_up_and_down(sim: Simulator, api: Any, siti: Person) -> None:
    picture = tiny_png(20, 10)
    await siti.sends_photo(picture, caption="Ini dia")
    (message,) = await api.updates("message")
    assert message["caption"] == "Ini dia"
    largest = message["photo"][-1]
    assert (largest["width"], largest["height"], largest["file_size"]) == (20, 10, len(picture))
    file = await api("getFile", file_id=largest["file_id"])
    assert file["file_unique_id"] == largest["file_unique_id"]
    assert await download(api, sim, file["file_path"]) == picture
    assert await sim.file(largest["file_id"]) == picture


async def test_every_kind_of_file_can_be_sent_and_sent_again(sim: Simulator, api: Any, siti: Person) -> None:
    await sim.limits(enabled=False)
    for kind in ("photo", "video", "voice", "audio", "document", "animation", "videoNote", "sticker"):
        method = "send" + kind[0].upper() + kind[1:]
        field = "video_note" if kind == "videoNote" else kind
        sent = await api.upload(method, {field: b"bytes of some kind"}, chat_id=siti.id)
        media = sent[field][-1] if kind == "photo" else sent[field]
        again = await api(method, chat_id=siti.id, **{field: media["file_id"]})
        same = again[field][-1] if kind == "photo" else again[field]
        assert same["file_unique_id"] == media["file_unique_id"]


@pytest.mark.parametrize("kind", ["photo", "video", "voice", "audio", "document", "sticker", "video_note", "animation"])
async def test_people_send_every_kind_of_file(api: Any, siti: Person, kind: str) -> None:
    await siti.sends_files(kind, [b"bytes"])
    (message,) = await api.updates("message")
    assert kind in message


async def test_an_album_is_one_message_for_each_file(api: Any, siti: Person) -> None:
    await siti.sends_album(3, caption="Tiga foto")
    messages = await api.updates("message")
    assert len({m["media_group_id"] for m in messages}) == 1
    assert [m.get("caption") for m in messages] == ["Tiga foto", None, None]


async def test_a_bot_sends_albums_of_two_to_ten(sim: Simulator, api: Any, siti: Person) -> None:
    await sim.limits(enabled=False)
    photo = (await siti.sends_photo())["photo"][-1]["file_id"]
    item = {"type": "photo", "media": photo}
    sent = await api("sendMediaGroup", chat_id=siti.id, media=[item] * 10)
    assert len(sent) == 10
    for count in (1, 11):
        assert (await api.refusal("sendMediaGroup", chat_id=siti.id, media=[item] * count)).status == 400
    markup = {"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]}
    refusal = await api.refusal("sendMediaGroup", chat_id=siti.id, media=[item] * 2, reply_markup=markup)
    assert "reply_markup" in refusal.words


async def test_an_album_takes_attachments(api: Any, siti: Person) -> None:
    media = json.dumps([{"type": "photo", "media": "attach://a"}, {"type": "photo", "media": "attach://b"}])
    sent = await api.upload("sendMediaGroup", {"a": tiny_png(3, 4), "b": tiny_png(5, 6)}, chat_id=siti.id, media=media)
    assert [m["photo"][-1]["width"] for m in sent] == [3, 5]


async def test_media_and_captions_can_be_edited(api: Any, siti: Person) -> None:
    photo = (await siti.sends_photo())["photo"][-1]["file_id"]
    other = (await siti.sends_photo(tiny_png(9, 9)))["photo"][-1]["file_id"]
    sent = await api("sendPhoto", chat_id=siti.id, photo=photo, caption="satu")
    place = {"chat_id": siti.id, "message_id": sent["message_id"]}
    assert (await api("editMessageCaption", caption="dua", **place))["caption"] == "dua"
    media = {"type": "photo", "media": other, "caption": "tiga"}
    edited = await api("editMessageMedia", media=media, **place)
    assert (edited["photo"][-1]["width"], edited["caption"]) == (9, "tiga")
    refusal = await api.refusal("editMessageText", text="x", **place)
    assert refusal.words == "Bad Request: there is no text in the message to edit"


async def test_files_over_20_megabytes_cannot_be_downloaded(api: Any, siti: Person) -> None:
    sent = await siti.sends_document(bytes(20 * 1024 * 1024 + 1), "besar.bin")
    refusal = await api.refusal("getFile", file_id=sent["document"]["file_id"])
    assert refusal.words == "Bad Request: file is too big"


async def test_unknown_files_are_refused(api: Any, siti: Person) -> None:
    assert (await api.refusal("sendPhoto", chat_id=siti.id, photo="nonsense")).status == 400
    assert (await api.refusal("getFile", file_id="nonsense")).status == 400
