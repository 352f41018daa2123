"""The bots' door: one call from a parsed request to the bytes of its answer."""

from dataclasses import dataclass
from typing import Any

from simulator.errors import Refusal, bad_request, too_many
from simulator.faults import BEFORE, Fault
from simulator.files import Upload
from simulator.jsontext import encode
from simulator.ledger import Entry
from simulator.methods import METHODS, Call, Method
from simulator.methods.receiving import RawList
from simulator.schema import read
from simulator.telegram import Telegram
from simulator.world import Bot, Json

UNAUTHORIZED = Refusal(401, "Unauthorized")
NOT_FOUND = Refusal(404, "Not Found")
BAD_GATEWAY_PAGE = "<html><head><title>{code}</title></head><body><h1>{words}</h1></body></html>"


@dataclass(slots=True)
class Answer:
    status: int
    body: bytes
    retry_after: int | None = None
    html: bool = False
    # A fault that the HTTP side has to act out: drop, hang, delay, truncate.
    fault: Fault | None = None


def success(result: Any) -> bytes:
    if isinstance(result, RawList):
        return ('{"ok":true,"result":[' + ",".join(result.texts) + "]}").encode("utf-8", "surrogatepass")
    return b'{"ok":true,"result":' + encode(result).encode("utf-8", "surrogatepass") + b"}"


def refused(refusal: Refusal) -> Answer:
    body: Json = {"ok": False, "error_code": refusal.code, "description": refusal.description}
    if refusal.parameters:
        body["parameters"] = refusal.parameters
    retry_after = (refusal.parameters or {}).get("retry_after")
    return Answer(refusal.code, encode(body).encode(), retry_after)


async def answer(telegram: Telegram, token: str, name: str, given: Json, user_agent: str) -> Answer:
    bot = telegram.world.bots.get(token)
    if bot is None:
        return refused(UNAUTHORIZED)
    method = METHODS.get(name.lower())
    now = telegram.clock.now()
    params = {k: seen(v) for k, v in given.items()}
    entry = telegram.ledger.open(now, bot.username or "", method.name if method else name, params, user_agent)
    fault = telegram.faults.pick(entry.method, given.get("chat_id")) if telegram.faults.active else None
    if fault:
        entry.fault = fault.kind
    if fault and fault.kind in BEFORE:
        result = fail(fault)
    else:
        result = await run(telegram, bot, method, given, entry)
    result.fault = fault
    entry.status = result.status
    return result


def seen(value: Any) -> Any:
    """Uploads are too large for the ledger; their names and sizes say enough."""
    if isinstance(value, Upload):
        return {"file_name": value.name, "file_size": len(value.content)}
    return value


def fail(fault: Fault) -> Answer:
    """What a fault answers in place of the method."""
    options = fault.options
    if fault.kind == "too_many":
        return refused(too_many(options.get("retry_after")))
    if fault.kind == "drop_before":
        return Answer(0, b"")
    code = int(options.get("code", 500))
    words = options.get("description", "Internal Server Error")
    if options.get("html"):
        return Answer(code, BAD_GATEWAY_PAGE.format(code=code, words=words).encode(), html=True)
    refusal = Refusal(code, "")
    refusal.description = words
    return refused(refusal)


async def run(telegram: Telegram, bot: Bot, method: Method | None, given: Json, entry: Entry) -> Answer:
    try:
        result = await perform(telegram, bot, method, given, entry)
    except Refusal as refusal:
        entry.description = refusal.description
        return refused(refusal)
    except (AttributeError, KeyError, TypeError, ValueError) as problem:
        # Nested objects may have any shape at all when no description checks them first.
        unreadable = bad_request(f"can't parse request: {problem!r}")
        entry.description = unreadable.description
        return refused(unreadable)
    entry.delivered = True
    if type(result) is dict or type(result) is list:
        entry.note_result(result)
    return Answer(200, success(result))


async def perform(telegram: Telegram, bot: Bot, method: Method | None, given: Json, entry: Entry) -> Any:
    if method is None:
        raise NOT_FOUND
    if telegram.description:
        telegram.description.check(method.name, given)
    params = read(method.parameters, given)
    entry.params = {k: seen(v) for k, v in params.items()}
    call = Call(telegram, bot, params)
    if method.cost and "chat_id" in params:
        charge(telegram, bot, method, params)
    result = method.run(call)
    return await result if method.waits else result


def charge(telegram: Telegram, bot: Bot, method: Method, params: Json) -> None:
    """Raises Refusal 429 when the bot sends faster than the limits allow."""
    if not telegram.limits.rates.enabled:
        return
    assert method.cost
    chat = telegram.chat_to_write(bot, params["chat_id"])
    if wait := telegram.limits.charge(bot.id, chat, method.cost(params), telegram.clock.now()):
        raise too_many(wait)


async def run_reply(telegram: Telegram, bot: Bot, call: Json) -> None:
    """A method that the bot put in its answer to a webhook; its result goes nowhere."""
    name = call.pop("method")
    await answer(telegram, bot.token, name, call, "webhook reply")
