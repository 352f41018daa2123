"""The web port: Telegram's webhook, /livez, /readyz, /metrics."""

import asyncio
import contextlib
import hmac
import json
from collections.abc import Iterator

import structlog
import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot import updates
from bot.health import Health
from bot.intake import Intake, StoreAway

WEBHOOK_PATH = "/telegram"
LARGEST_BODY_BYTES = 1024 * 1024
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
AWAY_SECONDS = 5

log = structlog.get_logger()


class Web:
    def __init__(self, health: Health, *, host: str, port: int, intake: Intake | None = None, secret: str = "") -> None:
        self.health = health
        self.intake = intake
        self.secret = secret.encode()
        routes = [
            Route("/livez", self.livez),
            Route("/readyz", self.readyz),
            Route("/metrics", self.metrics),
        ]
        if intake is not None:
            assert self.secret, "a webhook without a secret would take anybody's word"
            routes.append(Route(WEBHOOK_PATH, self.webhook, methods=["POST"]))
        config = uvicorn.Config(
            Starlette(routes=routes),
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=5,
        )
        self.server = _Server(config)

    async def run(self) -> None:
        await self.server.serve()

    def stop(self) -> None:
        self.server.should_exit = True

    async def livez(self, request: Request) -> Response:
        return PlainTextResponse("ok" if self.health.is_alive() else "stuck", 200 if self.health.is_alive() else 503)

    async def readyz(self, request: Request) -> Response:
        reasons = await self.health.reasons()
        return JSONResponse({"ready": not reasons, "reasons": reasons}, 503 if reasons else 200)

    async def metrics(self, request: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    async def webhook(self, request: Request) -> Response:
        """Answers 200 only after the commit. Whatever has the secret but makes no sense is kept as a dead letter,
        since refusing it would hold up its chat for a day."""
        assert self.intake is not None
        headers = request.headers.getlist(SECRET_HEADER)
        if len(headers) != 1 or not hmac.compare_digest(headers[0].encode(), self.secret):
            return Response(status_code=403)
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        try:
            raw = json.loads(body)
        except (ValueError, RecursionError):
            raw = updates.unreadable(body)
        try:
            await self.intake.submit(raw)
        except StoreAway:
            return Response(status_code=503, headers={"Retry-After": str(AWAY_SECONDS)})
        return Response(status_code=200)


async def _body(request: Request) -> bytes | None:
    """The whole body, or None past 1 MiB."""
    if int(request.headers.get("content-length") or 0) > LARGEST_BODY_BYTES:
        return None
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > LARGEST_BODY_BYTES:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # signals are the app's: it stops everything in order

    async def serve(self, sockets: object = None) -> None:
        try:
            await super().serve()
        except SystemExit:
            # uvicorn ends the process when the port is taken; for us it is an error like any other.
            raise OSError("the web port cannot be opened") from None


async def wait_until_open(web: Web) -> None:
    while not web.server.started:  # noqa: ASYNC110 - uvicorn offers no event to wait for
        await asyncio.sleep(0.01)
