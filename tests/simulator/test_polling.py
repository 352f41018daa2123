import asyncio
import time
from typing import Any

from simulator import Person, Simulator


async def test_an_update_stays_until_a_later_offset_confirms_it(api: Any, siti: Person) -> None:
    await siti.types("satu")
    await siti.types("dua")
    first = await api("getUpdates")
    again = await api("getUpdates", offset=first[0]["update_id"])
    assert [u["message"]["text"] for u in first] == ["satu", "dua"]
    assert again == first
    rest = await api("getUpdates", offset=first[0]["update_id"] + 1)
    assert [u["message"]["text"] for u in rest] == ["dua"]


async def test_update_ids_increase_by_one(api: Any, siti: Person) -> None:
    for text in "abc":
        await siti.types(text)
    ids = [u["update_id"] for u in await api("getUpdates")]
    assert ids == [ids[0], ids[0] + 1, ids[0] + 2]


async def test_a_negative_offset_forgets_all_but_the_newest(api: Any, siti: Person) -> None:
    for text in "abc":
        await siti.types(text)
    newest = await api("getUpdates", offset=-1)
    assert [u["message"]["text"] for u in newest] == ["c"]
    assert (await api("getUpdates", offset=newest[0]["update_id"])) == newest


async def test_an_offset_far_ahead_falls_back_to_the_head(api: Any, siti: Person) -> None:
    await siti.types("masih ada")
    assert len(await api("getUpdates", offset=2_000_000_000)) == 1


async def test_the_same_offset_at_once_gives_one_update(api: Any, siti: Person) -> None:
    for text in "abc":
        await siti.types(text)
    head = (await api("getUpdates", limit=3))[0]["update_id"]
    assert len(await api("getUpdates", offset=head)) == 3
    assert len(await api("getUpdates", offset=head)) == 1
    await asyncio.sleep(0.55)
    assert len(await api("getUpdates", offset=head)) == 3


async def test_the_same_offset_on_an_empty_queue_waits_three_seconds(api: Any, siti: Person) -> None:
    await api("getUpdates", offset=7)
    began = time.monotonic()
    assert await api("getUpdates", offset=7) == []
    assert 2.8 < time.monotonic() - began < 4


async def test_a_long_poll_ends_when_something_arrives(api: Any, siti: Person) -> None:
    poll = asyncio.create_task(api("getUpdates", timeout=30))
    await asyncio.sleep(0.05)
    began = time.monotonic()
    await siti.types("halo")
    assert (await poll)[0]["message"]["text"] == "halo"
    assert time.monotonic() - began < 1


async def test_a_second_poller_ends_the_first_with_409(api: Any, siti: Person) -> None:
    older = asyncio.create_task(api.refusal("getUpdates", timeout=30))
    await asyncio.sleep(0.05)
    newer = asyncio.create_task(api("getUpdates", timeout=30))
    refusal = await older
    assert refusal.status == 409
    assert refusal.words.startswith("Conflict: terminated by other getUpdates request")
    await siti.types("halo")
    assert len(await newer) == 1


async def test_later_conflicts_are_delayed_three_seconds(api: Any, siti: Person) -> None:
    polls = [asyncio.create_task(api.refusal("getUpdates", timeout=30))]
    for _ in range(2):
        await asyncio.sleep(0.05)
        polls.append(asyncio.create_task(api.refusal("getUpdates", timeout=30)))
    began = time.monotonic()
    await polls[0]
    await polls[1]
    assert time.monotonic() - began > 2.5
    polls[2].cancel()


async def test_a_bot_gets_only_the_kinds_that_it_allows(api: Any, siti: Person) -> None:
    await api("getUpdates", allowed_updates=["callback_query"])
    await siti.types("tidak masuk")
    assert await api("getUpdates", offset=1) == []
    await api("getUpdates", allowed_updates=[], offset=2)
    await siti.types("masuk")
    assert len(await api("getUpdates", offset=3)) == 1


async def test_messages_wait_a_day_and_button_presses_150_seconds(sim: Simulator, api: Any, siti: Person) -> None:
    keyboard = {"inline_keyboard": [[{"text": "Ya", "callback_data": "y"}]]}
    message = await api("sendMessage", chat_id=siti.id, text="Jadi?", reply_markup=keyboard)
    await siti.types("pesan")
    await siti.presses_data(message, "y", wait=0)
    assert (await sim.updates())["pending"] == 2
    await sim.forward(149)
    assert (await sim.updates())["pending"] == 2
    await sim.forward(2)
    assert (await sim.updates())["pending"] == 1
    await sim.forward(86_400)
    state = await sim.updates()
    assert (state["pending"], state["dropped"]) == (0, 2)


async def test_any_raw_object_can_be_put_in_the_queue(sim: Simulator, api: Any, siti: Person) -> None:
    update_id = await sim.poison({"message": {"nonsense": True}})
    assert await api("getUpdates") == [{"update_id": update_id, "message": {"nonsense": True}}]
