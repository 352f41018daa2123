"""A small village for the chat page: the real simulator, and an echo bot that speaks the Bot API."""

import asyncio
import json
import threading
import urllib.request
from collections.abc import Coroutine
from typing import Any

import aiohttp

from simulator.server import Options, Server

Json = dict[str, Any]
TOKEN = "700100200:chat-page"
BOT_ID = 700100200
COMMANDS = [
    {"command": "mulai", "description": "Mulai dari awal"},
    {"command": "papan", "description": "Papan tombol"},
    {"command": "bantuan", "description": "Cara memakai"},
]
OFFER = [
    [
        {"text": "Terima", "callback_data": "accept", "style": "success"},
        {"text": "Tolak", "callback_data": "alert", "style": "danger"},
    ],
    [{"text": "Salin kode", "copy_text": {"text": "KODE-7"}}, {"text": "Situs", "url": "https://example.org/"}],
]
BOARD = {
    "keyboard": [[{"text": "Ya"}, {"text": "Tidak"}], [{"text": "Bagikan lokasi saya", "request_location": True}]],
    "resize_keyboard": True,
    "input_field_placeholder": "Pilih satu",
}


class EchoBot:
    """Answers every text with the same text, and knows a few words that show more."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.silent = False

    async def run(self) -> None:
        async with aiohttp.ClientSession() as self.http:
            await self.call("setMyCommands", commands=COMMANDS)
            offset = 0
            while True:
                for update in await self.call("getUpdates", offset=offset, timeout=20):
                    offset = update["update_id"] + 1
                    await self.handle(update)

    async def call(self, method: str, **params: Any) -> Any:
        async with self.http.post(f"{self.address}/bot{TOKEN}/{method}", json=params) as response:
            answer = await response.json()
        assert answer["ok"], (method, answer)
        return answer["result"]

    async def handle(self, update: Json) -> None:
        if "callback_query" in update:
            await self.pressed(update["callback_query"])
        elif "message" in update and not self.silent:
            await self.told(update["message"])

    async def told(self, message: Json) -> None:
        chat = message["chat"]["id"]
        text = message.get("text", "")
        if text.startswith("/start") or text == "/mulai":
            words = text.removeprefix("/start").strip() or "tanpa kode"
            keyboard = {"inline_keyboard": OFFER}
            await self.call("sendMessage", chat_id=chat, text=f"Selamat datang: {words}", reply_markup=keyboard)
        elif text == "/papan":
            await self.call("sendMessage", chat_id=chat, text="Silakan pilih", reply_markup=BOARD)
        elif text:
            await self.call("sendMessage", chat_id=chat, text=f"Gema: {text}")
        elif "location" in message:
            await self.call("sendMessage", chat_id=chat, text="Lokasi diterima")

    async def pressed(self, query: Json) -> None:
        message = query["message"]
        place = {"chat_id": message["chat"]["id"], "message_id": message["message_id"]}
        if query["data"] == "accept":
            await self.call("editMessageText", **place, text="Sudah diterima")
            await self.call("answerCallbackQuery", callback_query_id=query["id"], text="Terima kasih")
        else:
            await self.call("answerCallbackQuery", callback_query_id=query["id"], text="Yakin?", show_alert=True)


class Village:
    """The simulator and the bot in a thread of their own, because the browser is driven without a loop."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.server = Server(Options(port=0, bots={TOKEN: "gema_bot"}, limits=False))
        self.address = self.await_(self.server.start())
        self.bot = EchoBot(self.address)
        self.work = asyncio.run_coroutine_threadsafe(self.bot.run(), self.loop)

    def await_(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(timeout=20)

    def ask(self, path: str, body: Any = None, method: str = "POST") -> Any:
        data = None if method == "GET" else json.dumps(body if body is not None else {}).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.address + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=20) as response:
            return json.load(response)

    def says(self, chat: int, text: str, **params: Any) -> Json:
        sent: Json = self.calls("sendMessage", chat_id=chat, text=text, **params)
        return sent

    def calls(self, method: str, **params: Any) -> Any:
        return self.await_(self.bot.call(method, **params))

    def meet(self, *names: str) -> list[int]:
        return [self.ask("/sim/people", {"name": name})["id"] for name in names]

    def start(self, *people: int) -> None:
        for person in people:
            self.ask(f"/sim/people/{person}/start", {"bot": BOT_ID})

    def close(self) -> None:
        self.work.cancel()
        self.await_(self.server.stop())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(timeout=5)
