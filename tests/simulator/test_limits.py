from typing import Any

from simulator import Person, Simulator


async def sent_until_refused(api: Any, chat_id: int, most: int = 100) -> int:
    for count in range(most):
        async with api.session.post(f"{api.url}/sendMessage", json={"chat_id": chat_id, "text": "x"}) as answer:
            if answer.status == 429:
                assert int(answer.headers["Retry-After"]) >= 1
                return count
    return most


async def test_one_person_gets_a_burst_and_then_one_a_second(sim: Simulator, api: Any, siti: Person) -> None:
    assert 15 <= await sent_until_refused(api, siti.id) <= 16
    refusal = await api.refusal("sendMessage", chat_id=siti.id, text="x")
    assert refusal.status == 429
    assert refusal.words == "Too Many Requests: retry after 1"
    assert refusal.parameters == {"retry_after": 1}
    await sim.forward(3)
    assert 3 <= await sent_until_refused(api, siti.id) <= 4


async def test_a_group_gets_twenty_a_minute_and_edits_count(sim: Simulator, api: Any, siti: Person) -> None:
    group = await sim.group("Ruang Piket", admins=[siti])
    sent = await api("sendMessage", chat_id=group.id, text="x")
    for number in range(10):
        await api("editMessageText", chat_id=group.id, message_id=sent["message_id"], text=str(number))
    assert await sent_until_refused(api, group.id) == 9
    assert (await api.refusal("sendMessage", chat_id=group.id, text="x")).parameters["retry_after"] == 3


async def test_all_chats_share_thirty_a_second(sim: Simulator, api: Any) -> None:
    await sim.limits(global_per_second=1, global_burst=10)
    crowd = await sim.crowd(20)
    answers = [await sent_until_refused(api, person, most=1) for person in crowd]
    assert 10 <= sum(answers) <= 11


async def test_an_album_costs_as_many_as_it_holds(sim: Simulator, api: Any, siti: Person) -> None:
    photo = (await siti.sends_photo())["photo"][-1]["file_id"]
    await api("sendMediaGroup", chat_id=siti.id, media=[{"type": "photo", "media": photo}] * 10)
    assert 5 <= await sent_until_refused(api, siti.id) <= 6


async def test_limits_can_be_off(sim: Simulator, api: Any, siti: Person) -> None:
    await sim.limits(enabled=False)
    assert await sent_until_refused(api, siti.id) == 100


async def test_every_429_is_in_the_ledger(sim: Simulator, api: Any, siti: Person) -> None:
    count = await sent_until_refused(api, siti.id)
    calls = await sim.ledger("sendMessage", chat=siti)
    assert [call["status"] for call in calls] == [200] * count + [429]
    assert calls[-1]["delivered"] is False
