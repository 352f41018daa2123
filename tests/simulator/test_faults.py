import asyncio
import time
from typing import Any

import aiohttp
import pytest

from simulator import Person, Simulator
from simulator.client import Refused


async def call(api: Any, chat_id: int) -> tuple[int, str]:
    async with api.session.post(f"{api.url}/sendMessage", json={"chat_id": chat_id, "text": "halo"}) as answer:
        return answer.status, await answer.text()


async def only_entry(sim: Simulator) -> Any:
    (entry,) = await sim.ledger("sendMessage")
    return entry


async def test_too_many_with_and_without_a_time(sim: Simulator, api: Any, siti: Person) -> None:
    await sim.fault("too_many", method="sendMessage", retry_after=7)
    await sim.fault("too_many", method="sendMessage")
    first = await api.refusal("sendMessage", chat_id=siti.id, text="x")
    second = await api.refusal("sendMessage", chat_id=siti.id, text="x")
    assert (first.words, first.parameters) == ("Too Many Requests: retry after 7", {"retry_after": 7})
    assert (second.status, second.parameters) == (429, {})
    await api("sendMessage", chat_id=siti.id, text="x")


async def test_any_status_as_json_or_as_a_page(sim: Simulator, api: Any, siti: Person) -> None:
    await sim.fault("status", method="sendMessage", code=403, description="Forbidden: user is deactivated")
    refusal = await api.refusal("sendMessage", chat_id=siti.id, text="x")
    assert (refusal.status, refusal.words) == (403, "Forbidden: user is deactivated")
    await sim.fault("status", method="sendMessage", code=502, description="Bad Gateway", html=True)
    status, text = await call(api, siti.id)
    assert status == 502
    assert text.startswith("<html>")


@pytest.mark.parametrize(("kind", "delivered"), [("drop_before", False), ("drop_after", True)])
async def test_a_dropped_connection_may_have_delivered(
    sim: Simulator, api: Any, siti: Person, kind: str, delivered: bool
) -> None:
    await sim.fault(kind, method="sendMessage")
    with pytest.raises(aiohttp.ClientError):
        await call(api, siti.id)
    entry = await only_entry(sim)
    assert (entry["delivered"], entry["fault"]) == (delivered, kind)
    assert (await siti.last() or {}).get("text") == ("halo" if delivered else "/start")


async def test_a_hanging_answer_was_delivered_long_ago(sim: Simulator, api: Any, siti: Person) -> None:
    await sim.fault("hang", method="sendMessage", seconds=0.3)
    calling = asyncio.create_task(call(api, siti.id))
    began = time.monotonic()
    await siti.sees("halo", within=0.2)
    await calling
    assert time.monotonic() - began > 0.25


async def test_a_truncated_answer_is_half(sim: Simulator, api: Any, siti: Person) -> None:
    await sim.fault("truncate", method="sendMessage")
    _, text = await call(api, siti.id)
    assert text.startswith('{"ok":true')
    assert not text.endswith("}")
    assert (await only_entry(sim))["delivered"]


async def test_a_fault_waits_counts_and_picks_its_chat(sim: Simulator, api: Any, siti: Person) -> None:
    budi = await sim.person("Budi")
    await budi.opens_link()
    await sim.fault("status", method="sendMessage", chat=siti.id, code=500, after=1, times=2)
    assert (await call(api, budi.id))[0] == 200
    assert [(await call(api, siti.id))[0] for _ in range(4)] == [200, 500, 500, 200]


async def test_a_fault_lasts_until_cleared(sim: Simulator, api: Any, siti: Person) -> None:
    await sim.fault("status", code=500, times=0)
    assert [(await call(api, siti.id))[0] for _ in range(3)] == [500] * 3
    await sim.clear_faults()
    assert (await call(api, siti.id))[0] == 200


async def test_a_misspelt_fault_is_refused(sim: Simulator) -> None:
    with pytest.raises(Refused, match="no fault of the kind"):
        await sim.fault("drop")
    with pytest.raises(Refused, match="takes no secnds"):
        await sim.fault("hang", secnds=3)
