"""JSON in and out at the people's door."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from simulator.errors import NotPossible, Refusal
from simulator.jsontext import encode
from simulator.world import Json

# On every answer: the number of the last change before the deed. Larger numbers came after it.
SEQ_HEADER = "X-Seq"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def reply(result: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    body = encode(result).encode("utf-8", "surrogatepass")
    return web.Response(status=status, body=body, content_type="application/json", headers=headers)


async def read_order(request: web.Request) -> Json:
    body = await request.read()
    try:
        order = json.loads(body) if body else {}
    except ValueError:
        raise NotPossible("The body is not JSON.") from None
    if not isinstance(order, dict):
        raise NotPossible("The body is not a JSON object.")
    return order


def guarded(handler: Handler) -> Handler:
    """Say in a sentence what cannot be done."""

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except NotPossible as problem:
            return reply({"error": str(problem)}, problem.status)
        except Refusal as refusal:
            return reply({"error": refusal.description}, 400)
        except KeyError as missing:
            return reply({"error": f"The field {missing} is missing."}, 400)
        except (TypeError, ValueError) as problem:
            return reply({"error": f"Something in this order has the wrong type: {problem}"}, 400)

    return handle
