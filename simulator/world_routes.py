"""Routes that make the world: bots, people, groups, places, the clock."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from simulator import groups
from simulator.errors import NotPossible
from simulator.telegram import Telegram
from simulator.wire import guarded, read_order, reply
from simulator.world import Json, User

Build = Callable[[Telegram, Json], Any]
PERSON_FIELDS = ("last_name", "username", "language_code", "id")


def add_world_routes(app: web.Application, telegram: Telegram) -> None:
    for path, build in BUILDS.items():
        app.router.add_post(path, building(telegram, build))
    app.router.add_put("/sim/places", building(telegram, set_places, takes_list=True))
    app.router.add_get("/sim/places", showing(lambda: telegram.world.places))
    app.router.add_get("/sim/people", showing(lambda: [p.card() for p in telegram.world.people.values()]))
    app.router.add_get("/sim/bots", showing(lambda: [b.shape() for b in telegram.world.bots.values()]))
    app.router.add_get("/sim/clock", showing(lambda: {"now": telegram.clock.now()}))
    app.router.add_post("/sim/groups/{id}/migrate", changing(telegram, migrate_group))
    app.router.add_post("/sim/groups/{id}/members", changing(telegram, change_members))


def building(telegram: Telegram, build: Build, takes_list: bool = False) -> Any:
    @guarded
    async def handle(request: web.Request) -> web.StreamResponse:
        order = {"list": await request.json()} if takes_list else await read_order(request)
        return reply(build(telegram, order))

    return handle


def showing(look: Callable[[], Any]) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    @guarded
    async def handle(_: web.Request) -> web.StreamResponse:
        return reply(look())

    return handle


def changing(telegram: Telegram, change: Callable[[Telegram, int, Json], Any]) -> Any:
    @guarded
    async def handle(request: web.Request) -> web.StreamResponse:
        return reply(change(telegram, int(request.match_info["id"]), await read_order(request)))

    return handle


def make_bot(telegram: Telegram, order: Json) -> Json:
    token, username = order["token"], order["username"]
    bot = telegram.add_bot(token, username, order.get("name") or username)
    if "privacy" in order:
        bot.privacy = bool(order["privacy"])
    return bot.shape()


def make_person(telegram: Telegram, order: Json) -> Json:
    details = {name: order[name] for name in PERSON_FIELDS if order.get(name) is not None}
    person = telegram.world.add_person(order["name"], **details)
    telegram.events.tell("chat", None, [person.id])
    return person.card()


def make_crowd(telegram: Telegram, order: Json) -> Json:
    """Many people at once, who have already started the bot: for benches."""
    bot = groups.the_bot(telegram, order["started"]) if "started" in order else None
    name = order.get("name", "Person")
    people: list[User] = []
    for number in range(int(order["count"])):
        person = telegram.world.add_person(f"{name} {number + 1}", language_code=order.get("language_code"))
        people.append(person)
        if bot:
            telegram.world.private_chat(bot, person).started = True
    return {"ids": [person.id for person in people]}


def make_group(telegram: Telegram, order: Json) -> Json:
    chat = groups.make_group(telegram, order)
    return dict(chat.shape)


def set_places(telegram: Telegram, order: Json) -> list[Json]:
    telegram.world.places = [{n: p[n] for n in ("name", "latitude", "longitude")} for p in order["list"]]
    return telegram.world.places


def wind_clock(telegram: Telegram, order: Json) -> Json:
    now = telegram.clock.forward(float(order.get("forward", 0)))
    for queue in telegram.queues.values():
        queue.expire()
    return {"now": now}


def reset(telegram: Telegram, order: Json) -> Json:
    telegram.reset()
    return {}


def migrate_group(telegram: Telegram, chat_id: int, order: Json) -> Json:
    return {"id": groups.migrate(telegram, groups.the_group(telegram, chat_id)).id}


def change_members(telegram: Telegram, chat_id: int, order: Json) -> Json:
    chat = groups.the_group(telegram, chat_id)
    if unknown := order.keys() - {"add", "remove", "promote", "demote"}:
        raise NotPossible(f"Members are not changed by {', '.join(sorted(unknown))}.")
    groups.change_members(telegram, chat, order)
    return {"members": [{**m.user.card(), "status": m.status} for m in chat.members.values()]}


BUILDS: dict[str, Build] = {
    "/sim/bots": make_bot,
    "/sim/people": make_person,
    "/sim/crowd": make_crowd,
    "/sim/groups": make_group,
    "/sim/clock": wind_clock,
    "/sim/reset": reset,
}
