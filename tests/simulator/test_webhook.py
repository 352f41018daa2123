import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from simulator import Person, Simulator


class Receiver:
    """A bot's webhook that does as told: `answers` are statuses to give, 200 afterwards."""

    def __init__(self) -> None:
        self.url = ""
        self.got: list[dict[str, Any]] = []
        self.headers: list[Any] = []
        self.answers: list[int] = []
        self.reply: dict[str, Any] | None = None
        self.busy_seconds = 0.0
        self.at_once = 0
        self.most_at_once = 0

    async def receive(self, request: web.Request) -> web.Response:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        update = json.loads(await request.read())
        self.headers.append(request.headers)
        await asyncio.sleep(self.busy_seconds)
        self.at_once -= 1
        self.got.append(update)
        status = self.answers.pop(0) if self.answers else 200
        return web.json_response(self.reply, status=status) if self.reply else web.Response(status=status)

    def texts(self) -> list[str]:
        return [update["message"]["text"] for update in self.got if "message" in update]

    async def holds(self, count: int) -> None:
        async with asyncio.timeout(5):
            while len(self.got) < count:
                await asyncio.sleep(0.01)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.receive)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield receiver
    await runner.cleanup()


async def test_updates_arrive_with_the_secret(api: Any, siti: Person, receiver: Receiver) -> None:
    await api("setWebhook", url=receiver.url, secret_token="rahasia")
    await siti.types("halo")
    await receiver.holds(1)
    assert receiver.texts() == ["halo"]
    assert receiver.headers[0]["X-Telegram-Bot-Api-Secret-Token"] == "rahasia"


async def test_a_failed_update_is_tried_again_and_keeps_its_place(
    sim: Simulator, api: Any, siti: Person, receiver: Receiver
) -> None:
    receiver.answers = [500, 500, 500]
    await api("setWebhook", url=receiver.url)
    await siti.types("satu")
    await siti.types("dua")
    await receiver.holds(5)
    assert receiver.texts() == ["satu"] * 4 + ["dua"]
    info = await api("getWebhookInfo")
    assert info["last_error_message"] == "Wrong response from the webhook: 500 Internal Server Error"
    assert (await sim.updates())["pending"] == 0


async def test_one_chat_has_one_update_in_flight_and_chats_do_not_wait_for_each_other(
    sim: Simulator, api: Any, siti: Person, receiver: Receiver
) -> None:
    budi = await sim.person("Budi")
    receiver.busy_seconds = 0.1
    await api("setWebhook", url=receiver.url)
    for text in ("satu", "dua"):
        await siti.types(text)
        await budi.types(text)
    await receiver.holds(4)
    assert receiver.most_at_once == 2
    assert receiver.texts() == ["satu", "satu", "dua", "dua"]


async def test_what_waited_before_the_webhook_is_delivered_unless_dropped(
    api: Any, siti: Person, receiver: Receiver
) -> None:
    await siti.types("lama")
    await api("setWebhook", url=receiver.url)
    await receiver.holds(1)
    await api("deleteWebhook")
    await siti.types("hilang")
    await api("setWebhook", url=receiver.url, drop_pending_updates=True)
    await siti.types("baru")
    await receiver.holds(2)
    assert receiver.texts() == ["lama", "baru"]


async def test_polling_is_refused_while_a_webhook_is_set(api: Any, siti: Person, receiver: Receiver) -> None:
    await api("setWebhook", url=receiver.url)
    refusal = await api.refusal("getUpdates")
    assert refusal.status == 409
    assert "can't use getUpdates method while webhook is active" in refusal.words


async def test_setting_a_webhook_ends_a_long_poll(api: Any, siti: Person, receiver: Receiver) -> None:
    poll = asyncio.create_task(api.refusal("getUpdates", timeout=30))
    await asyncio.sleep(0.05)
    await api("setWebhook", url=receiver.url)
    assert (await poll).words == "Conflict: terminated by setWebhook request"


async def test_only_this_machine_is_ever_contacted(api: Any, siti: Person) -> None:
    assert (await api.refusal("setWebhook", url="https://example.org/hook")).status == 400


async def test_a_method_in_the_answer_is_carried_out(api: Any, siti: Person, receiver: Receiver) -> None:
    receiver.reply = {"method": "sendMessage", "chat_id": siti.id, "text": "lewat jawaban"}
    await api("setWebhook", url=receiver.url)
    await siti.types("halo")
    await siti.sees("lewat jawaban")


async def test_deliveries_can_be_refused_for_a_while(
    sim: Simulator, api: Any, siti: Person, receiver: Receiver
) -> None:
    await api("setWebhook", url=receiver.url)
    await sim.fault("webhook_refuse", seconds=0.2)
    await siti.types("halo")
    await asyncio.sleep(0.1)
    assert receiver.got == []
    await receiver.holds(1)
