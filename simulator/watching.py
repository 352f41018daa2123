"""Routes for watching and for trouble: events, files, ledger, updates, faults, limits."""

import asyncio
import contextlib
import time

from aiohttp import web

from simulator.errors import NotPossible
from simulator.groups import the_bot
from simulator.telegram import Telegram
from simulator.wire import Handler, guarded, read_order, reply

# A comment line now and then, so that a page whose connection is gone is noticed.
HEARTBEAT_SECONDS = 15


def add_watching_routes(app: web.Application, telegram: Telegram) -> None:
    router = app.router
    router.add_get("/sim/events", events(telegram))
    router.add_get("/sim/files/{file_id}", file(telegram))
    router.add_get("/sim/ledger", ledger(telegram))
    router.add_get("/sim/updates", updates(telegram))
    router.add_post("/sim/updates", add_update(telegram))
    router.add_post("/sim/faults", add_fault(telegram))
    router.add_delete("/sim/faults", clear_faults(telegram))
    router.add_put("/sim/limits", set_limits(telegram))


def events(telegram: Telegram) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-cache"}
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        await response.write(b": here\n\n")
        heartbeat = asyncio.create_task(beat(response))
        try:
            async for line in telegram.events.listen():
                await response.write(f"data: {line}\n\n".encode())
        except ConnectionResetError:
            pass
        finally:
            heartbeat.cancel()
        return response

    return handle


async def beat(response: web.StreamResponse) -> None:
    with contextlib.suppress(ConnectionResetError):
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            await response.write(b": still here\n\n")


def file(telegram: Telegram) -> Handler:
    @guarded
    async def handle(request: web.Request) -> web.StreamResponse:
        found = telegram.files.known(request.match_info["file_id"])
        if found is None:
            raise NotPossible("There is no such file.", 404)
        headers = {"Content-Type": found.mime_type, "X-Content-Type-Options": "nosniff"}
        # A document may be a page; it must not act in the name of the chat page.
        headers["Content-Security-Policy"] = "sandbox"
        return web.Response(body=found.content, headers=headers)

    return handle


def ledger(telegram: Telegram) -> Handler:
    @guarded
    async def handle(request: web.Request) -> web.StreamResponse:
        query = request.query
        return reply(telegram.ledger.since(int(query.get("since", 0)), query.get("method"), query.get("chat")))

    return handle


def updates(telegram: Telegram) -> Handler:
    @guarded
    async def handle(request: web.Request) -> web.StreamResponse:
        return reply(telegram.queues[the_bot(telegram, request.query["bot"]).id].state())

    return handle


def add_update(telegram: Telegram) -> Handler:
    """Any object at all into a bot's queue: poison."""

    @guarded
    async def handle(request: web.Request) -> web.StreamResponse:
        order = await read_order(request)
        bot = the_bot(telegram, order["bot"])
        raw = order["raw"]
        kind = next((name for name in raw if name != "update_id"), "unknown")
        queue = int(order.get("queue", 0))
        return reply({"update_id": telegram.queues[bot.id].add_raw(raw, kind, queue)})

    return handle


def add_fault(telegram: Telegram) -> Handler:
    @guarded
    async def handle(request: web.Request) -> web.StreamResponse:
        order = await read_order(request)
        fault = telegram.faults.add(order)
        if fault.kind == "webhook_refuse":
            until = time.monotonic() + float(fault.options.get("seconds", 1))
            for webhook in telegram.webhooks.values():
                webhook.refused_until = until
        return reply({"id": fault.id})

    return handle


def clear_faults(telegram: Telegram) -> Handler:
    @guarded
    async def handle(request: web.Request) -> web.StreamResponse:
        telegram.faults.clear()
        for webhook in telegram.webhooks.values():
            webhook.refused_until = 0.0
        return reply({})

    return handle


def set_limits(telegram: Telegram) -> Handler:
    @guarded
    async def handle(request: web.Request) -> web.StreamResponse:
        return reply(telegram.limits.change(await read_order(request)))

    return handle
