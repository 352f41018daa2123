import asyncio
from typing import Any

import pytest

from simulator import Person, Simulator

MARKUP = {"inline_keyboard": [[{"text": "Kirim", "callback_data": "k"}, {"text": "Kirim nanti", "callback_data": "n"}]]}
TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


async def next_callback(api: Any) -> Any:
    (update,) = await api("getUpdates", timeout=5)
    return update["callback_query"]


async def test_a_press_returns_the_toast(api: Any, siti: Person) -> None:
    await api("sendMessage", chat_id=siti.id, text="Siap?", reply_markup=MARKUP)
    pressing = asyncio.create_task(siti.presses("Kirim"))
    query = await next_callback(api)
    assert (query["data"], query["message"]["text"], query["from"]["id"]) == ("k", "Siap?", siti.id)
    await api("answerCallbackQuery", callback_query_id=query["id"], text="Terkirim")
    assert await pressing == "Terkirim"


async def test_a_query_is_answered_once(api: Any, siti: Person) -> None:
    await api("sendMessage", chat_id=siti.id, text="Siap?", reply_markup=MARKUP)
    pressing = asyncio.create_task(siti.presses("nanti"))
    query = await next_callback(api)
    assert query["data"] == "n"
    await api("answerCallbackQuery", callback_query_id=query["id"])
    assert await pressing is None
    assert (await api.refusal("answerCallbackQuery", callback_query_id=query["id"])).words == TOO_OLD
    assert (await api.refusal("answerCallbackQuery", callback_query_id="42")).words == TOO_OLD


async def test_a_query_expires(sim: Simulator, api: Any, siti: Person) -> None:
    sent = await api("sendMessage", chat_id=siti.id, text="Siap?", reply_markup=MARKUP)
    assert (await siti.presses_data(sent, "k", wait=0))["timed_out"]
    query = await next_callback(api)
    await sim.forward(151)
    assert (await api.refusal("answerCallbackQuery", callback_query_id=query["id"])).words == TOO_OLD


async def test_links_and_copied_texts_need_no_bot(api: Any, siti: Person) -> None:
    markup = {
        "inline_keyboard": [[{"text": "Situs", "url": "https://x.id"}, {"text": "Kode", "copy_text": {"text": "K-7"}}]]
    }
    await api("sendMessage", chat_id=siti.id, text="Ini", reply_markup=markup)
    assert (await siti.press("Situs"))["url"] == "https://x.id"
    assert (await siti.press("Kode"))["copied"] == "K-7"


async def test_a_reply_keyboards_key_sends_what_it_stands_for(api: Any, siti: Person) -> None:
    keys = {"keyboard": [["Ya"], [{"text": "Lokasi", "request_location": True}]], "one_time_keyboard": True}
    await api("sendMessage", chat_id=siti.id, text="Di mana?", reply_markup=keys)
    assert await siti.buttons() == ["Ya", "Lokasi"]
    await siti.presses("Lokasi")
    await siti.presses("Ya")
    place, yes = await api.updates("message")
    assert "location" in place
    assert yes["text"] == "Ya"
    assert await siti.keyboard() is None


async def test_a_removed_keyboard_is_gone(api: Any, siti: Person) -> None:
    await api("sendMessage", chat_id=siti.id, text="x", reply_markup={"keyboard": [["Ya"]]})
    await api("sendMessage", chat_id=siti.id, text="y", reply_markup={"remove_keyboard": True})
    assert await siti.keyboard() is None


async def test_a_missing_button_fails_with_the_chat(api: Any, siti: Person) -> None:
    await api("sendMessage", chat_id=siti.id, text="Siap?", reply_markup=MARKUP)
    with pytest.raises(AssertionError, match="Siap"):
        await siti.presses("Batal", within=0.1)


async def test_inline_queries_are_answered(sim: Simulator, api: Any, siti: Person) -> None:
    asking = asyncio.create_task(siti._acts("query", {"bot": sim.bot["id"], "query": "banjir"}))
    (update,) = await api("getUpdates", timeout=5)
    assert update["inline_query"]["query"] == "banjir"
    content = {"message_text": "Banjir"}
    result = {"type": "article", "id": "1", "title": "Banjir", "input_message_content": content}
    await api("answerInlineQuery", inline_query_id=update["inline_query"]["id"], results=[result])
    assert (await asking)["results"] == [result]
