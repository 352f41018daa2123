"""The simulator for tests: start one in this process or talk to one that runs."""

from typing import Any, Self

from simulator.client import Client
from simulator.person import Group, Person, identity
from simulator.server import Options, Server
from simulator.world import Json

TOKEN = "7000000001:AAsimulated-token-for-tests-only-00000"
USERNAME = "siskamling_bot"


class Simulator:
    """Use as `async with await Simulator.start() as sim`, or call close() yourself."""

    def __init__(self, client: Client, server: Server | None = None) -> None:
        self._client = client
        self._server = server
        self.url = client.url
        self.bot: Json = {}

    @classmethod
    async def start(
        cls, port: int = 0, token: str = TOKEN, username: str = USERNAME, name: str | None = None, **options: Any
    ) -> Self:
        """A server in this process. Options are those of simulator.server.Options."""
        server = Server(Options(port=port, **options))
        sim = cls(Client(await server.start()), server)
        await sim.add_bot(token, username, name or username)
        return sim

    @classmethod
    async def connect(cls, url: str) -> Self:
        """A server that runs elsewhere; its first bot is the one that people talk to."""
        sim = cls(Client(url.rstrip("/")))
        bots, _ = await sim._client.call("GET", "/sim/bots")
        sim.bot = bots[0] if bots else {}
        return sim

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        await self._client.close()
        if self._server:
            await self._server.stop()

    @property
    def server(self) -> Server:
        """Only there when it runs in this process."""
        assert self._server
        return self._server

    # Making the world

    async def add_bot(self, token: str, username: str, name: str | None = None, **more: Any) -> Json:
        """The first bot is the one that people talk to unless told otherwise."""
        order = {"token": token, "username": username, "name": name or username, **more}
        bot, _ = await self._client.call("POST", "/sim/bots", order)
        self.bot = self.bot or bot
        return dict(bot)

    async def person(self, name: str, bot: Json | None = None, **details: Any) -> Person:
        card, _ = await self._client.call("POST", "/sim/people", {"name": name, **details})
        return Person(self._client, card, (bot or self.bot)["id"])

    async def find(self, name: str) -> Person:
        """A person who is there already, by first name."""
        people, _ = await self._client.call("GET", "/sim/people")
        card = next(card for card in people if card["name"] == name)
        return Person(self._client, card, self.bot["id"])

    async def crowd(self, count: int, started: bool = True) -> list[int]:
        """Ids of that many people, who have started the bot already."""
        order = {"count": count} | ({"started": self.bot["id"]} if started else {})
        answer, _ = await self._client.call("POST", "/sim/crowd", order)
        return list(answer["ids"])

    async def group(
        self,
        title: str,
        admins: Any = (),
        members: Any = (),
        bots: Any = None,
        kind: str = "group",
        forum: bool = False,
    ) -> Group:
        """The first admin is its creator; `bots` defaults to the bot."""
        order = {
            "title": title,
            "admins": [identity(admin) for admin in admins],
            "members": [identity(member) for member in members],
            "bots": list(bots) if bots is not None else [self.bot["id"]],
            "kind": "supergroup" if forum else kind,
            "forum": forum,
        }
        shape, _ = await self._client.call("POST", "/sim/groups", order)
        return Group(self._client, shape)

    async def places(self, places: list[Json]) -> None:
        await self._client.call("PUT", "/sim/places", places)

    # Time, trouble, truth

    async def now(self) -> float:
        return await self.forward(0)

    async def forward(self, seconds: float) -> float:
        """Wind the server's clock; returns its time."""
        answer, _ = await self._client.call("POST", "/sim/clock", {"forward": seconds})
        return float(answer["now"])

    async def reset(self) -> None:
        await self._client.call("POST", "/sim/reset", {})

    async def fault(self, kind: str, **order: Any) -> int:
        answer, _ = await self._client.call("POST", "/sim/faults", {"kind": kind, **order})
        return int(answer["id"])

    async def clear_faults(self) -> None:
        await self._client.call("DELETE", "/sim/faults")

    async def limits(self, **changes: Any) -> Json:
        answer, _ = await self._client.call("PUT", "/sim/limits", changes)
        return dict(answer)

    async def ledger(self, method: str | None = None, chat: Any = None, since: int = 0) -> list[Json]:
        """Calls of bots, oldest first. `chat` is a person, a group or an id."""
        query: Json = {"since": str(since)}
        if method:
            query["method"] = method
        if chat is not None:
            query["chat"] = str(chat.id if isinstance(chat, Person | Group) else chat)
        answer, _ = await self._client.call("GET", "/sim/ledger", query=query)
        return list(answer)

    async def updates(self, bot: Json | None = None) -> Json:
        """How many updates wait for the bot, were confirmed or dropped."""
        answer, _ = await self._client.call("GET", "/sim/updates", query={"bot": str((bot or self.bot)["id"])})
        return dict(answer)

    async def poison(self, raw: Json, bot: Json | None = None) -> int:
        """Put this object in the bot's queue, whatever it is; returns its update_id."""
        order = {"bot": (bot or self.bot)["id"], "raw": raw}
        answer, _ = await self._client.call("POST", "/sim/updates", order)
        return int(answer["update_id"])

    async def file(self, file_id: str) -> bytes:
        return await self._client.download(f"/sim/files/{file_id}")
