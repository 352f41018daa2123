"""The counter: what people write and press goes through intake into a real database; Telegram is not there."""

import dataclasses
import enum
import itertools
import uuid
from typing import Any

import sqlalchemy as sa
from telegram import User

from bot import conversation
from bot.clock import Clock
from bot.floods import Verdict
from bot.intake import Intake
from bot.transport import Transport
from domain import outbox, staff
from domain.area_map import AreaMap
from domain.roles import Role
from handlers.buttons import ButtonData
from handlers.guards import WriteAsYourself
from handlers.texts import plain
from models import Base, DeadLetter, OutboxMessage, Person, RoleGrant, new_id
from models.engine import Store
from models.sealing import number_index
from tests.cast import NOW

Json = dict[str, Any]
TOKEN, NOWHERE = "70001:test-token-of-no-value", "http://127.0.0.1:1"
GROUP = -1_005_000_500
EVERYTHING = 9_000  # holds every role
ANONYMOUS_ADMIN = 1_087_968_824
# What an update leaves behind whatever it says, and what the bot is about to say.
TRACES = {"seen_updates", "outbox"}


class StoppedClock(Clock):
    def now(self) -> Any:
        return NOW


class Counter:
    """`people` is one person for each role, by its name, "nobody", and "everything"."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.toasts: list[Json] = []
        self.numbers = itertools.count(1)
        talk = conversation.build(Transport(TOKEN, NOWHERE), TOKEN, NOWHERE)
        talk._initialized = talk.bot._initialized = True
        talk.bot._bot_user = User(70001, "Siskamling", True, username="siskamling_bot")
        self.intake = Intake(
            store,
            talk,
            StoppedClock(),
            areas=AreaMap,
            replies_wait=lambda: None,
            toast=self.toasts.extend,
        )
        self.intake.gate.judge = lambda *_: Verdict.WELCOME  # type: ignore[method-assign]
        self.people: dict[str, int] = {}

    async def settle_in(self) -> None:
        kinds: dict[str, tuple[Role, ...]] = {"nobody": (), **{role.value: (role,) for role in Role}}
        async with self.store.begin() as session:
            for number, (name, roles) in enumerate(kinds.items(), start=9_001):
                await self.hire(session, number, roles)
                self.people[name] = number
            await self.hire(session, EVERYTHING, tuple(Role))
            self.people["everything"] = EVERYTHING

    async def hire(self, session: Any, number: int, roles: tuple[Role, ...]) -> None:
        person = Person(id=new_id(), telegram_index=number_index("person", number), language="id", is_reachable=True)
        person.telegram_id = number
        session.add(person)
        for role in roles:
            await staff.give_role(session, person, role, None, by=None, now=NOW)

    # What arrives

    def message(self, sender: int, text: str, chat: int | None = None, **more: Any) -> Json:
        body = {
            "message_id": next(self.numbers),
            "date": 1,
            "chat": _chat(chat or sender),
            "from": _user(sender),
            "text": text,
            **more,
        }
        if text.startswith("/"):
            body["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]
        return self._update(message=body)

    def press(self, sender: int, data: Any, chat: int | None = None) -> Json:
        number = next(self.numbers)
        below = {"message_id": 7, "date": 1, "chat": _chat(chat or sender), "text": "?"}
        query = {"id": str(number), "from": _user(sender), "chat_instance": "1", "data": data, "message": below}
        return self._update(callback_query=query)

    def _update(self, **body: Json) -> Json:
        return {"update_id": next(self.numbers), **body}

    async def takes(self, *updates: Json) -> list[str]:
        """Handles them, a hundred at a time, and returns what pops up for each press, or is written to each message."""
        said: list[str] = []
        for start in range(0, len(updates), 100):
            said += await self._take(list(updates[start : start + 100]))
        return said

    async def _take(self, updates: list[Json]) -> list[str]:
        self.toasts.clear()
        await self.intake.take(updates)
        toasts = {toast["callback_query_id"]: str(toast.get("text", "")) for toast in self.toasts}
        written = await self._written()
        return [
            toasts.get(update["callback_query"]["id"], "")
            if "callback_query" in update
            else written.get(update["update_id"], "")
            for update in updates
        ]

    async def _written(self) -> dict[int, str]:
        async with self.store.begin() as session:
            rows = (await session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id))).all()
            said: dict[int, str] = {}
            for row in rows:
                number = row.key.partition(".")[0].removeprefix("u")
                if number.isdigit() and row.payload_sealed is not None:
                    text = outbox.opened(row.key, row.payload_sealed).get("text", "")
                    said[int(number)] = f"{said.get(int(number), '')}{text}"
            await session.execute(sa.delete(OutboxMessage))
        return said

    # What is there afterwards

    async def contents(self, *, without: frozenset[str] = frozenset()) -> dict[str, list[str]]:
        """Every row of every table."""
        async with self.store.read() as session:
            return {
                table.name: sorted(repr(tuple(row)) for row in await session.execute(sa.select(table)))
                for table in Base.metadata.sorted_tables
                if table.name not in TRACES | without
            }

    async def dead_letters(self) -> list[str]:
        async with self.store.read() as session:
            return list(await session.scalars(sa.select(DeadLetter.reason)))

    async def strip(self, number: int) -> None:
        """Their roles are gone."""
        index = number_index("person", number)
        theirs = sa.select(Person.id).where(Person.telegram_index == index).scalar_subquery()
        async with self.store.begin() as session:
            await session.execute(sa.delete(RoleGrant).where(RoleGrant.person_id == theirs))


def changes(before: dict[str, list[str]], after: dict[str, list[str]]) -> dict[str, list[str]]:
    """The rows that are only in one of them, by table."""
    found = {name: sorted(set(before[name]) ^ set(after[name])) for name in before}
    return {name: rows for name, rows in found.items() if rows}


def filled(kind: type[ButtonData], report_id: uuid.UUID, **values: Any) -> ButtonData:
    """A button of that kind which points to that report; what else it carries is likely or given."""
    fields = dataclasses.fields(kind)
    return kind(**{field.name: values.get(field.name, _likely(field.name, field.type, report_id)) for field in fields})


LIKELY: Json = {
    "role": "officer",
    "unit": "samapta",
    "area": "350921",
    "category": "MAS-3",
    "group": "MAS",
    "language": "en",
    "item": "help",
    "progress": "on_scene",
    "end": "resolved",
    "outcome": "handled",
    "menu": "category",
    "which": "all",
    "source": "call",
    "reply": "thanks",
}


def _likely(name: str, kind: Any, report_id: uuid.UUID) -> Any:
    if kind is uuid.UUID:
        return report_id
    if kind is int:
        return 1
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return next(iter(kind))
    return LIKELY.get(name, "x")


def refusals() -> tuple[str, str, str]:
    """What somebody without the role, with a stale button, or in disguise is told."""
    keys = ("error.not_allowed", "error.button_stale", WriteAsYourself.text_key)
    return tuple(plain("id", key) for key in keys)  # type: ignore[return-value]


def _user(number: int) -> Json:
    return {"id": number, "is_bot": False, "first_name": "Orang"}


def _chat(number: int) -> Json:
    if number < 0:
        return {"id": number, "type": "supergroup", "title": "Grup"}
    return {"id": number, "type": "private", "first_name": "Orang"}
