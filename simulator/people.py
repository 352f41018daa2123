"""The people's door: the JSON API for tests and for the chat page."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from simulator import contents, deeds, views
from simulator.errors import NotPossible
from simulator.files import Upload
from simulator.groups import add_member, remove_member, the_bot
from simulator.request import read_multipart
from simulator.telegram import Telegram
from simulator.watching import add_watching_routes
from simulator.wire import SEQ_HEADER, guarded, read_order, reply
from simulator.world import Json, User
from simulator.world_routes import add_world_routes

Act = Callable[[Telegram, User, Json], Any]


def add_people_routes(app: web.Application, telegram: Telegram) -> None:
    add_world_routes(app, telegram)
    add_watching_routes(app, telegram)
    for name, act in ACTS.items():
        app.router.add_post("/sim/people/{id}/" + name, acting(telegram, act))
    app.router.add_post("/sim/people/{id}/send", sending(telegram))
    for name, look in LOOKS.items():
        app.router.add_get("/sim/people/{id}/" + name, looking(telegram, look))


def person_of(telegram: Telegram, request: web.Request) -> User:
    reference = request.match_info["id"]
    person = telegram.world.people.get(int(reference)) if reference.isdigit() else None
    if person is None:
        raise NotPossible(f"There is no person {reference}.", 404)
    return person


def acting(telegram: Telegram, act: Act) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    @guarded
    async def handle(request: web.Request) -> web.StreamResponse:
        person = person_of(telegram, request)
        order = await read_order(request)
        # Whatever the bot does because of this deed has a higher number than this.
        before = telegram.world.seq
        result = act(telegram, person, order)
        if isinstance(result, Awaitable):
            result = await result
        return reply({} if result is None else result, headers={SEQ_HEADER: str(before)})

    return handle


def sending(telegram: Telegram) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    @guarded
    async def handle(request: web.Request) -> web.StreamResponse:
        person = person_of(telegram, request)
        before = telegram.world.seq
        if request.content_type == "multipart/form-data":
            order, uploads = await read_files(request)
            before = telegram.world.seq
            sent = deeds.send_files(telegram, person, order, uploads)
            shown = [views.message_view(message, person) for message in sent]
            result: Any = shown[0] if len(shown) == 1 else {"messages": shown}
        else:
            order = await read_order(request)
            before = telegram.world.seq
            result = views.message_view(deeds.send(telegram, person, order), person)
        return reply(result, headers={SEQ_HEADER: str(before)})

    return handle


async def read_files(request: web.Request) -> tuple[Json, list[Upload]]:
    """Several files come under one name, so the fields are read one by one."""
    given = await read_multipart(request, many="file")
    uploads = given.pop("file", [])
    if not uploads:
        raise NotPossible("A message with media needs a field named file.")
    return given, uploads


def looking(telegram: Telegram, look: Act) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    @guarded
    async def handle(request: web.Request) -> web.StreamResponse:
        person = person_of(telegram, request)
        return reply(look(telegram, person, dict(request.query)), headers={SEQ_HEADER: str(telegram.world.seq)})

    return handle


def see_chats(telegram: Telegram, person: User, order: Json) -> list[Json]:
    return views.chats_view(telegram, person)


def see_messages(telegram: Telegram, person: User, order: Json) -> list[Json]:
    chat = contents.chat_of(telegram, person, int(order["chat"]))
    return views.messages_view(chat, person, int(order.get("after", 0)), int(order.get("limit", views.DEFAULT_LIMIT)))


def see_keyboard(telegram: Telegram, person: User, order: Json) -> Any:
    return views.keyboard_view(contents.chat_of(telegram, person, int(order["chat"])))


def do_edit(telegram: Telegram, person: User, order: Json) -> Json:
    return views.message_view(deeds.edit(telegram, person, order), person)


def do_start(telegram: Telegram, person: User, order: Json) -> Json:
    return views.message_view(deeds.start(telegram, person, order), person)


def do_block(telegram: Telegram, person: User, order: Json) -> None:
    deeds.set_blocked(telegram, person, the_bot(telegram, order["bot"]), True)


def do_unblock(telegram: Telegram, person: User, order: Json) -> None:
    deeds.set_blocked(telegram, person, the_bot(telegram, order["bot"]), False)


def do_join(telegram: Telegram, person: User, order: Json) -> None:
    chat = contents.chat_of(telegram, person, order["chat"])
    add_member(telegram, chat, person, person)


def do_leave(telegram: Telegram, person: User, order: Json) -> None:
    chat = contents.chat_of(telegram, person, order["chat"])
    remove_member(telegram, chat, person, person)


def do_read(telegram: Telegram, person: User, order: Json) -> None:
    chat = contents.chat_of(telegram, person, order["chat"])
    chat.read[person.id] = max(chat.read.get(person.id, 0), order["message_id"])
    telegram.events.tell("chat", chat.id_for_people(), [person.id])


ACTS: dict[str, Act] = {
    "edit": do_edit,
    "delete": deeds.delete,
    "react": deeds.react,
    "press": deeds.press,
    "vote": deeds.cast_vote,
    "query": deeds.query_inline,
    "start": do_start,
    "block": do_block,
    "unblock": do_unblock,
    "join": do_join,
    "leave": do_leave,
    "read": do_read,
}
LOOKS: dict[str, Act] = {"chats": see_chats, "messages": see_messages, "keyboard": see_keyboard}
