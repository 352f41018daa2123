import asyncio
import json
from typing import Any

import aiohttp
import pytest

from simulator import Person, Simulator
from simulator.client import Refused


async def test_a_deep_link_starts_the_bot(api: Any, siti: Person) -> None:
    await siti.opens_link("undangan_7")
    (message,) = await api.updates("message")
    assert message["text"] == "/start undangan_7"
    assert message["from"]["language_code"] == "id"


async def test_a_links_payload_is_short_and_plain(siti: Person) -> None:
    for payload in ("a" * 65, "dua kata"):
        with pytest.raises(Refused, match="payload"):
            await siti.opens_link(payload)


async def test_sees_ignores_what_came_before_the_last_deed(api: Any, siti: Person) -> None:
    await api("sendMessage", chat_id=siti.id, text="lama")
    await siti.types("halo")
    with pytest.raises(AssertionError, match="lama"):
        await siti.sees("lama", within=0.05)
    await siti.sees("lama", anywhere=True)
    await siti.sees_not("lama", within=0.05)


async def test_sees_notices_edits_of_old_messages(api: Any, siti: Person) -> None:
    sent = await api("sendMessage", chat_id=siti.id, text="lama")
    await siti.types("halo")
    await api("editMessageText", chat_id=siti.id, message_id=sent["message_id"], text="baru")
    assert (await siti.sees("baru"))["edited"]


async def test_a_failing_sees_shows_the_chat(api: Any, siti: Person) -> None:
    markup = {"inline_keyboard": [[{"text": "Kirim", "callback_data": "k"}]]}
    await siti.types("halo")
    await api("sendMessage", chat_id=siti.id, text="Siap?", reply_markup=markup)
    with pytest.raises(AssertionError) as failure:
        await siti.sees("apa", within=0)
    assert str(failure.value).splitlines()[-3:] == ["> Siti: halo", "< siskamling_bot: Siap?", "    [ Kirim ]"]


async def test_edits_reach_the_bot_and_deletions_do_not(api: Any, siti: Person) -> None:
    message = await siti.types("salah")
    await siti.edits(message, "benar")
    await siti.deletes(message)
    (edited,) = await api.updates("edited_message")
    assert edited["text"] == "benar"
    assert len(await siti.messages()) == 1


async def test_forwards_may_hide_the_name(sim: Simulator, api: Any, siti: Person) -> None:
    message = await siti.types("kabar")
    await siti.forwards(message)
    await siti.forwards(message, hide_name=True)
    _, open_, hidden = await api.updates("message")
    assert open_["forward_origin"]["sender_user"]["id"] == siti.id
    assert "forward_origin" not in hidden


async def test_unread_counts_until_read(api: Any, siti: Person) -> None:
    await api("sendMessage", chat_id=siti.id, text="satu")
    await api("sendMessage", chat_id=siti.id, text="dua")
    assert (await siti.chats())[0]["unread"] == 2
    await siti.reads()
    assert (await siti.chats())[0]["unread"] == 0


async def test_commands_follow_scope_and_language(sim: Simulator, api: Any, siti: Person) -> None:
    def command(name: str) -> list[dict[str, str]]:
        return [{"command": name, "description": "x"}]

    async def shown() -> list[str]:
        return [c["command"] for c in (await siti.chats())[0]["commands"]]

    await api("setMyCommands", commands=command("help"))
    assert await shown() == ["help"]
    await api("setMyCommands", commands=command("bantuan"), language_code="id")
    assert await shown() == ["bantuan"]
    await api("setMyCommands", commands=command("private"), scope={"type": "all_private_chats"})
    assert await shown() == ["private"]
    await api("setMyCommands", commands=command("siti"), scope={"type": "chat", "chat_id": siti.id})
    assert await shown() == ["siti"]
    await api("deleteMyCommands", scope={"type": "chat", "chat_id": siti.id})
    assert await shown() == ["private"]
    refusal = await api.refusal("setMyCommands", commands=command("Besar"))
    assert refusal.words == "Bad Request: BOT_COMMAND_INVALID"


async def test_a_profile_is_kept_by_language(api: Any) -> None:
    await api("setMyDescription", description="Umum")
    await api("setMyDescription", description="Common", language_code="en")
    assert await api("getMyDescription", language_code="en") == {"description": "Common"}
    assert await api("getMyDescription", language_code="fr") == {"description": "Umum"}
    assert (await api("getMyName"))["name"] == "siskamling_bot"
    await api("setChatMenuButton", menu_button={"type": "commands"})
    assert await api("getChatMenuButton") == {"type": "commands"}


async def test_events_tell_what_happens_and_who_sees_it(sim: Simulator, api: Any, siti: Person) -> None:
    async with aiohttp.ClientSession() as session, session.get(f"{sim.url}/sim/events") as stream:

        async def next_event() -> Any:
            async with asyncio.timeout(3):
                while not (line := await stream.content.readline()).startswith(b"data: "):
                    pass
            return json.loads(line.removeprefix(b"data: "))

        await stream.content.readline()
        sent = await api("sendMessage", chat_id=siti.id, text="halo")
        event = await next_event()
        assert (event["type"], event["chat"], event["people"]) == ("message", sim.bot["id"], [siti.id])
        assert event["message"]["text"] == "halo"
        await api("editMessageText", chat_id=siti.id, message_id=sent["message_id"], text="hai")
        assert (await next_event())["type"] == "edit"
        await api("sendChatAction", chat_id=siti.id, action="typing")
        assert (await next_event())["type"] == "typing"
        await api("deleteMessage", chat_id=siti.id, message_id=sent["message_id"])
        assert (await next_event())["type"] == "delete"
        await sim.reset()
        assert (await next_event())["type"] == "reset"


async def test_reset_forgets_everything_but_bots(sim: Simulator, api: Any, siti: Person) -> None:
    await sim.reset()
    assert (await api("getMe"))["username"] == "siskamling_bot"
    assert (await api.refusal("sendMessage", chat_id=siti.id, text="x")).words == "Bad Request: chat not found"


async def test_impossible_deeds_are_refused_in_a_sentence(sim: Simulator, siti: Person) -> None:
    with pytest.raises(Refused, match="There is no chat"):
        await siti.types("x", in_=-5)
    await siti.blocks()
    with pytest.raises(Refused, match="blocked this bot"):
        await siti.types("x")


async def test_a_simulator_that_runs_already_can_be_joined(sim: Simulator, api: Any, siti: Person) -> None:
    async with await Simulator.connect(sim.url) as same:
        assert same.bot["id"] == sim.bot["id"]
        again = await same.find("Siti")
        await again.types("dari sini")
    assert [m["text"] for m in await api.updates("message")] == ["dari sini"]


async def test_places_are_kept(sim: Simulator, session: aiohttp.ClientSession) -> None:
    places = [{"name": "Alun-alun", "latitude": -8.17, "longitude": 113.7}]
    await sim.places(places)
    async with session.get(f"{sim.url}/sim/places") as answer:
        assert await answer.json() == places
