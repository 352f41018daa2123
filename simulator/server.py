"""The HTTP server: the bots' door, the people's door and the chat page on one port."""

import asyncio
import os
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from simulator.door import NOT_FOUND, UNAUTHORIZED, Answer, answer, refused, run_reply
from simulator.errors import Refusal
from simulator.files import MAX_DOWNLOAD_BYTES, MAX_UPLOAD_BYTES
from simulator.people import add_people_routes
from simulator.request import read_request
from simulator.schema import Description
from simulator.telegram import Telegram

SCHEMA_VARIABLE = "SIMULATOR_SCHEMA"
WEB_FOLDER = Path(__file__).parent / "web"


@dataclass(slots=True)
class Options:
    host: str = "127.0.0.1"
    port: int = 8081
    # token -> username
    bots: dict[str, str] = field(default_factory=dict)
    latency_seconds: float = 0.0
    limits: bool = True
    web: bool = True
    schema: str | None = None
    webhook_backoff: float = 1.0


class Server:
    def __init__(self, options: Options) -> None:
        self.options = options
        schema = options.schema or os.environ.get(SCHEMA_VARIABLE)
        self.telegram = Telegram(Description(schema) if schema else None, options.webhook_backoff)
        self.telegram.run_reply = run_reply
        self.telegram.latency_seconds = options.latency_seconds
        self.telegram.limits.rates.enabled = options.limits
        for token, username in options.bots.items():
            self.telegram.add_bot(token, username, username)
        self._runner: web.AppRunner | None = None

    def app(self) -> web.Application:
        app = web.Application(client_max_size=2 * MAX_UPLOAD_BYTES)
        app.router.add_route("*", "/file/bot{token}/{path:.+}", self._download)
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        add_people_routes(app, self.telegram)
        if self.options.web and WEB_FOLDER.is_dir():
            app.router.add_get("/", self._page)
            app.router.add_static("/", WEB_FOLDER)
        return app

    async def start(self) -> str:
        """Listen and return the address; port 0 takes any free one."""
        self._runner = web.AppRunner(self.app(), access_log=None, shutdown_timeout=0.5, handler_cancellation=True)
        await self._runner.setup()
        await web.TCPSite(self._runner, self.options.host, self.options.port, backlog=1024).start()
        port = self._runner.addresses[0][1]
        return f"http://{self.options.host}:{port}"

    async def stop(self) -> None:
        await self.telegram.close()
        if self._runner:
            await self._runner.cleanup()

    async def _page(self, _: web.Request) -> web.FileResponse:
        return web.FileResponse(WEB_FOLDER / "index.html")

    async def _download(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] not in self.telegram.world.bots:
            return respond(refused(UNAUTHORIZED))
        file = self.telegram.files.at(request.match_info["path"])
        if file is None or len(file.content) > MAX_DOWNLOAD_BYTES:
            return respond(refused(NOT_FOUND))
        return web.Response(body=file.content, content_type="application/octet-stream")

    async def _call(self, request: web.Request) -> web.StreamResponse:
        try:
            given = await read_request(request)
        except Refusal as refusal:
            return respond(refused(refusal))
        except web.HTTPRequestEntityTooLarge:
            return respond(refused(Refusal(413, "Request Entity Too Large")))
        if self.telegram.latency_seconds:
            await asyncio.sleep(self.telegram.latency_seconds)
        info = request.match_info
        agent = request.headers.get("User-Agent", "")
        result = await answer(self.telegram, info["token"], info["method"], given, agent)
        return await act_out(request, result) if result.fault else respond(result)


def respond(result: Answer) -> web.Response:
    headers = {"Content-Type": "text/html" if result.html else "application/json"}
    if result.retry_after is not None:
        headers["Retry-After"] = str(result.retry_after)
    return web.Response(status=result.status, body=result.body, headers=headers)


async def act_out(request: web.Request, result: Answer) -> web.StreamResponse:
    """Faults of the line: dropped, late and cut answers."""
    fault = result.fault
    assert fault
    if fault.kind in ("drop_before", "drop_after"):
        if request.transport:
            request.transport.abort()
        return web.Response()
    if fault.kind in ("hang", "delay"):
        await asyncio.sleep(float(fault.options.get("seconds", 1)))
    if fault.kind == "truncate":
        return web.Response(body=result.body[: len(result.body) // 2], content_type="application/json")
    return respond(result)
