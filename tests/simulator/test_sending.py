from typing import Any

import pytest

from simulator import Person, Simulator


def keyboard(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"inline_keyboard": [[button] for button in buttons]}


async def test_callback_data_is_counted_in_bytes(api: Any, siti: Person) -> None:
    await api("sendMessage", chat_id=siti.id, text="x", reply_markup=keyboard({"text": "a", "callback_data": "é" * 32}))
    for data in ("é" * 32 + "x", ""):
        markup = keyboard({"text": "a", "callback_data": data})
        refusal = await api.refusal("sendMessage", chat_id=siti.id, text="x", reply_markup=markup)
        assert refusal.words == "Bad Request: BUTTON_DATA_INVALID"


async def test_a_keyboard_holds_a_hundred_buttons(api: Any, siti: Person) -> None:
    buttons = [{"text": "a", "callback_data": "b"}] * 100
    await api("sendMessage", chat_id=siti.id, text="x", reply_markup=keyboard(*buttons))
    assert await api.refusal("sendMessage", chat_id=siti.id, text="x", reply_markup=keyboard(*buttons, buttons[0]))


async def test_a_button_must_do_something(api: Any, siti: Person) -> None:
    refusal = await api.refusal("sendMessage", chat_id=siti.id, text="x", reply_markup=keyboard({"text": "a"}))
    assert "Text buttons are unallowed in the inline keyboard" in refusal.words


MISTAKES = [
    ({"txet": "x"}, "txet"),
    ({"text": "x", "parsemode": "HTML"}, "parsemode"),
    ({"text": 5}, "text"),
    ({"text": "x", "disable_notification": "maybe"}, "disable_notification"),
    ({"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "a", "calback_data": "b"}]]}}, "calback_data"),
    ({}, "text"),
]


@pytest.mark.parametrize(("params", "name"), MISTAKES)
async def test_mistaken_parameters_are_refused_by_name(
    api: Any, siti: Person, params: dict[str, Any], name: str
) -> None:
    refusal = await api.refusal("sendMessage", chat_id=siti.id, **params)
    assert refusal.status == 400
    assert name in refusal.words


async def test_unknown_methods_and_tokens_are_refused(sim: Simulator, api: Any) -> None:
    refusal = await api.refusal("sendMesage", chat_id=1, text="x")
    assert (refusal.status, refusal.words) == (404, "Not Found")
    async with api.session.get(f"{sim.url}/bot1:wrong/getMe") as answer:
        assert answer.status == 401
        assert await answer.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}


async def test_parameters_come_in_queries_forms_and_json(api: Any, siti: Person) -> None:
    params = {"chat_id": str(siti.id), "text": "halo & +"}
    for options in ({"params": params}, {"data": params}, {"json": params}):
        async with api.session.post(f"{api.url}/sendMessage", **options) as answer:
            assert (await answer.json())["result"]["text"] == "halo & +"
    async with api.session.get(f"{api.url}/sendMessage", params=params) as answer:
        assert (await answer.json())["ok"]


async def test_a_bot_cannot_write_first(sim: Simulator, api: Any) -> None:
    budi = await sim.person("Budi")
    refusal = await api.refusal("sendMessage", chat_id=budi.id, text="x")
    assert (refusal.status, refusal.words) == (403, "Forbidden: bot can't initiate conversation with a user")
    assert (await api.refusal("sendMessage", chat_id=4242, text="x")).words == "Bad Request: chat not found"


async def test_blocking_is_told_and_felt(api: Any, siti: Person) -> None:
    await siti.blocks()
    refusal = await api.refusal("sendMessage", chat_id=siti.id, text="x")
    assert (refusal.status, refusal.words) == (403, "Forbidden: bot was blocked by the user")
    await siti.unblocks()
    await api("sendMessage", chat_id=siti.id, text="x")
    changes = await api.updates("my_chat_member")
    assert [c["new_chat_member"]["status"] for c in changes] == ["kicked", "member"]


async def test_an_edit_must_change_something(api: Any, siti: Person) -> None:
    sent = await api("sendMessage", chat_id=siti.id, text="satu")
    place = {"chat_id": siti.id, "message_id": sent["message_id"]}
    assert "message is not modified" in (await api.refusal("editMessageText", text="satu", **place)).words
    edited = await api("editMessageText", text="dua", **place)
    assert edited["text"] == "dua"
    assert edited["edit_date"] >= sent["date"]
    markup = keyboard({"text": "a", "callback_data": "b"})
    assert (await api("editMessageReplyMarkup", reply_markup=markup, **place))["reply_markup"] == markup
    assert (
        "message is not modified" in (await api.refusal("editMessageReplyMarkup", reply_markup=markup, **place)).words
    )


async def test_only_a_bots_own_messages_can_be_edited(api: Any, siti: Person) -> None:
    theirs = await siti.types("milik saya")
    refusal = await api.refusal("editMessageText", chat_id=siti.id, message_id=theirs["message_id"], text="x")
    assert refusal.words == "Bad Request: message can't be edited"
    refusal = await api.refusal("editMessageText", chat_id=siti.id, message_id=999, text="x")
    assert refusal.words == "Bad Request: message to edit not found"


async def test_messages_can_be_deleted_for_48_hours(sim: Simulator, api: Any, siti: Person) -> None:
    young = await api("sendMessage", chat_id=siti.id, text="muda")
    old = await api("sendMessage", chat_id=siti.id, text="tua")
    await sim.forward(48 * 3600 - 10)
    assert await api("deleteMessage", chat_id=siti.id, message_id=young["message_id"])
    await sim.forward(11)
    refusal = await api.refusal("deleteMessage", chat_id=siti.id, message_id=old["message_id"])
    assert refusal.words == "Bad Request: message can't be deleted for everyone"
    refusal = await api.refusal("deleteMessage", chat_id=siti.id, message_id=young["message_id"])
    assert refusal.words == "Bad Request: message to delete not found"


async def test_old_messages_can_still_be_edited(sim: Simulator, api: Any, siti: Person) -> None:
    sent = await api("sendMessage", chat_id=siti.id, text="satu")
    await sim.forward(90 * 86_400)
    await api("editMessageText", chat_id=siti.id, message_id=sent["message_id"], text="ralat")


async def test_replies_quote_what_they_answer(api: Any, siti: Person) -> None:
    asked = await siti.types("apa?")
    sent = await api("sendMessage", chat_id=siti.id, text="itu", reply_parameters={"message_id": asked["message_id"]})
    assert sent["reply_to_message"]["text"] == "apa?"
    refusal = await api.refusal("sendMessage", chat_id=siti.id, text="x", reply_parameters={"message_id": 99})
    assert refusal.words == "Bad Request: message to be replied not found"
    lenient = {"message_id": 99, "allow_sending_without_reply": True}
    await api("sendMessage", chat_id=siti.id, text="x", reply_parameters=lenient)


async def test_copies_lose_their_origin_and_forwards_keep_it(api: Any, siti: Person) -> None:
    theirs = await siti.types("sumber")
    place = {"chat_id": siti.id, "from_chat_id": siti.id, "message_id": theirs["message_id"]}
    assert (await api("forwardMessage", **place))["forward_origin"]["sender_user"]["id"] == siti.id
    copy = await api("copyMessage", **place)
    last = await siti.last()
    assert last
    assert copy == {"message_id": last["message_id"]}
    assert "forward_origin" not in last


async def test_protected_messages_are_not_forwarded(api: Any, siti: Person) -> None:
    sent = await api("sendMessage", chat_id=siti.id, text="rahasia", protect_content=True)
    place = {"chat_id": siti.id, "from_chat_id": siti.id, "message_id": sent["message_id"]}
    assert (await api.refusal("forwardMessage", **place)).words == "Bad Request: message can't be forwarded"


async def test_places_contacts_dice_and_polls(api: Any, siti: Person) -> None:
    point = {"latitude": -8.17, "longitude": 113.7}
    assert (await api("sendLocation", chat_id=siti.id, **point))["location"] == point
    venue = await api("sendVenue", chat_id=siti.id, title="Pos", address="Jl. Gajah Mada", **point)
    assert venue["venue"]["title"] == "Pos"
    await api("sendContact", chat_id=siti.id, phone_number="110", first_name="Polisi")
    assert 1 <= (await api("sendDice", chat_id=siti.id))["dice"]["value"] <= 6
    poll = await api("sendPoll", chat_id=siti.id, question="Ronda?", options=[{"text": "Ya"}, {"text": "Tidak"}])
    await siti.votes(poll, 0)
    (state,) = await api.updates("poll")
    assert [option["voter_count"] for option in state["options"]] == [1, 0]
    assert (await api("stopPoll", chat_id=siti.id, message_id=poll["message_id"]))["is_closed"]


async def test_a_live_location_moves_and_stops(sim: Simulator, api: Any, siti: Person) -> None:
    here = {"latitude": -8.17, "longitude": 113.7}
    sent = await api("sendLocation", chat_id=siti.id, live_period=900, **here)
    place = {"chat_id": siti.id, "message_id": sent["message_id"]}
    there = {"latitude": -8.18, "longitude": 113.7}
    moved = await api("editMessageLiveLocation", **place, **there)
    assert moved["location"]["latitude"] == -8.18
    await api("stopMessageLiveLocation", **place)
    assert (await api.refusal("editMessageLiveLocation", **place, **here)).words.endswith("message can't be edited")


async def test_a_person_shares_a_live_location(api: Any, siti: Person) -> None:
    shared = await siti.sends_location(-8.17, 113.7, accuracy=12, live_period=900)
    await siti.moves(shared, -8.18, 113.71)
    (edited,) = await api.updates("edited_message")
    assert edited["location"]["latitude"] == -8.18
    assert edited["location"]["live_period"] == 900


async def test_pins_and_reactions(sim: Simulator, api: Any, siti: Person) -> None:
    sent = await api("sendMessage", chat_id=siti.id, text="penting")
    place = {"chat_id": siti.id, "message_id": sent["message_id"]}
    await api("pinChatMessage", **place)
    assert (await api("getChat", chat_id=siti.id))["pinned_message"]["text"] == "penting"
    await api("setMessageReaction", **place, reaction=[{"type": "emoji", "emoji": "👍"}])
    shown = next(m for m in await siti.messages() if m["message_id"] == sent["message_id"])
    assert shown["reactions"] == [{"emoji": "👍", "by": sim.bot["id"]}]
    refusal = await api.refusal("setMessageReaction", **place, reaction=[{"type": "emoji", "emoji": "x"}])
    assert refusal.words == "Bad Request: REACTION_INVALID"


async def test_reactions_of_people_come_only_if_asked_for(api: Any, siti: Person) -> None:
    sent = await api("sendMessage", chat_id=siti.id, text="x")
    await siti.reacts(sent, "👍")
    assert await api.updates("message_reaction") == []
    await api("getUpdates", offset=1, allowed_updates=["message_reaction"])
    await siti.reacts(sent, None)
    (reaction,) = await api("getUpdates", offset=2)
    assert reaction["message_reaction"]["old_reaction"] == [{"type": "emoji", "emoji": "👍"}]
    assert reaction["message_reaction"]["new_reaction"] == []
