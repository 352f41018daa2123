"""People for tests: siti.types(...), siti.presses(...), siti.sees(...), all over HTTP."""

import asyncio
import time
from typing import Any

from simulator.client import Client, Refused
from simulator.pictures import tiny_png
from simulator.transcript import button_rows, transcript_of, words_of
from simulator.world import Json

LOOK_EVERY_SECONDS = 0.02
WITHIN_SECONDS = 10.0
QUIET_SECONDS = 0.3
SHOWN_ON_FAILURE = 12
# Where people are when a test does not say: the square in the middle of Jember.
HERE = (-8.1721, 113.7003)


class Group:
    def __init__(self, client: Client, shape: Json) -> None:
        self._client = client
        self.shape = shape
        self.id: int = shape["id"]
        self.title: str = shape["title"]

    async def changes(self, **members: list[Any]) -> None:
        """add=, remove=, promote=, demote=: lists of people, bots' names or ids."""
        order = {name: [identity(member) for member in listed] for name, listed in members.items()}
        await self._client.call("POST", f"/sim/groups/{self.id}/members", order)

    async def migrates(self) -> int:
        """Becomes a supergroup; returns the new id, which is also this group's id from now on."""
        answer, _ = await self._client.call("POST", f"/sim/groups/{self.id}/migrate", {})
        self.id = answer["id"]
        return self.id


Place = Group | int | None


def identity(member: Any) -> Any:
    return member.id if isinstance(member, Person) else member


class Person:
    """`in_` is a Group or a chat's id; without it everything happens in the private chat with the bot."""

    def __init__(self, client: Client, card: Json, bot_id: int, seq: int = 0) -> None:
        self._client = client
        self._bot_id = bot_id
        # Changes with a higher number came after the last thing that this person did.
        self._mark = seq
        self.id: int = card["id"]
        self.name: str = card["name"]
        self.card = card

    def __repr__(self) -> str:
        return f"<{self.name} {self.id}>"

    # Doing

    async def types(self, text: str, in_: Place = None, **more: Any) -> Json:
        """Also takes reply_to=, thread=, as_="anonymous_admin" and entities=."""
        if "as_" in more:
            more["as"] = more.pop("as_")
        return await self._sends(in_, text=text, **more)

    async def sends_location(
        self, lat: float = HERE[0], lon: float = HERE[1], accuracy: float | None = None, in_: Place = None, **more: Any
    ) -> Json:
        point = {"latitude": lat, "longitude": lon, "horizontal_accuracy": accuracy, **more}
        return await self._sends(in_, location={k: v for k, v in point.items() if v is not None})

    async def moves(self, message: Json, lat: float, lon: float, in_: Place = None) -> Json:
        """A live location goes somewhere else."""
        order = {"message_id": message["message_id"], "location": {"latitude": lat, "longitude": lon}}
        return await self._does("edit", in_, **order)

    async def sends_contact(self, phone_number: str = "+6281234567890", in_: Place = None) -> Json:
        return await self._sends(in_, contact={"phone_number": phone_number, "first_name": self.name})

    async def sends_photo(self, content: bytes | None = None, caption: str | None = None, in_: Place = None) -> Json:
        return await self.sends_files("photo", [content], caption=caption, in_=in_)

    async def sends_voice(self, content: bytes | None = None, caption: str | None = None, in_: Place = None) -> Json:
        return await self.sends_files("voice", [content or b"OggS" + bytes(60)], caption=caption, in_=in_)

    async def sends_document(self, content: bytes, name: str = "file.txt", in_: Place = None) -> Json:
        return await self.sends_files("document", [content], names=[name], in_=in_)

    async def sends_album(
        self, photos: int | list[bytes] = 2, caption: str | None = None, in_: Place = None
    ) -> list[Json]:
        contents: list[bytes | None] = [None] * photos if isinstance(photos, int) else list(photos)
        answer = await self.sends_files("photo", contents, caption=caption, in_=in_)
        messages: list[Json] = answer.get("messages", [answer])
        return messages

    async def sends_files(
        self,
        kind: str,
        contents: list[bytes | None],
        names: list[str] | None = None,
        caption: str | None = None,
        in_: Place = None,
    ) -> Json:
        fields: Json = {"chat": self._chat(in_), "kind": kind}
        if caption:
            fields["caption"] = caption
        names = names or [f"{kind}{number}.png" for number in range(len(contents))]
        files = [(name, content or tiny_png()) for name, content in zip(names, contents, strict=True)]
        answer, self._mark = await self._client.upload(f"/sim/people/{self.id}/send", fields, files)
        return dict(answer)

    async def forwards(self, message: Json, from_: Place = None, in_: Place = None, hide_name: bool = False) -> Json:
        source = {"from_chat": self._chat(from_), "message_id": message["message_id"]}
        return await self._sends(in_, forward=source, hide_name=hide_name)

    async def edits(self, message: Json, text: str, in_: Place = None) -> Json:
        return await self._does("edit", in_, message_id=message["message_id"], text=text)

    async def deletes(self, message: Json, in_: Place = None) -> None:
        await self._does("delete", in_, message_id=message["message_id"])

    async def reacts(self, message: Json, emoji: str | None, in_: Place = None) -> None:
        await self._does("react", in_, message_id=message["message_id"], emoji=emoji)

    async def votes(self, message: Json, *options: int, in_: Place = None) -> None:
        await self._does("vote", in_, message_id=message["message_id"], options=list(options))

    async def reads(self, message: Json | None = None, in_: Place = None) -> None:
        """Marks a message and all before it as read; it is nothing that a bot could see."""
        message = message or await self.last(in_)
        if message:
            order = {"chat": self._chat(in_), "message_id": message["message_id"]}
            await self._client.call("POST", f"/sim/people/{self.id}/read", order)

    async def opens_link(self, payload: str | None = None) -> Json:
        """t.me/bot?start=payload"""
        answer = await self._acts("start", {"bot": self._bot_id, "payload": payload})
        return dict(answer)

    async def blocks(self) -> None:
        await self._acts("block", {"bot": self._bot_id})

    async def unblocks(self) -> None:
        await self._acts("unblock", {"bot": self._bot_id})

    async def joins(self, group: Group) -> None:
        await self._acts("join", {"chat": group.id})

    async def leaves(self, group: Group) -> None:
        await self._acts("leave", {"chat": group.id})

    async def presses(
        self, text: str, in_: Place = None, wait: float = 10.0, within: float = WITHIN_SECONDS
    ) -> str | None:
        """Press the newest button with this text and return the toast that the bot answers with, if any.

        A reply keyboard's button sends what it stands for. Fails when no such button appears in time.
        """
        answer = await self.press(text, in_, wait, within)
        toast = (answer.get("answer") or {}).get("text")
        return str(toast) if toast else None

    async def press(self, text: str, in_: Place = None, wait: float = 10.0, within: float = WITHIN_SECONDS) -> Json:
        """Like presses, but returns the whole answer: show_alert, url, timed_out."""
        ends = time.monotonic() + within
        while True:
            if found := find_button(await self.messages(in_), text):
                message, button = found
                order = {"chat": self._chat(in_), "message_id": message["message_id"], "text": button, "wait": wait}
                return dict(await self._acts("press", order))
            if (key := find_key(await self.keyboard(in_), text)) is not None:
                await self._press_key(key, in_)
                return {"answer": None}
            if time.monotonic() > ends:
                raise AssertionError(f"{self.name} finds no button {text!r} in:\n{await self.transcript(in_)}")
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def presses_data(self, message: Json, data: str, in_: Place = None, wait: float = 10.0) -> Json:
        """Press a button that may be gone by now, by its callback data."""
        order = {"chat": self._chat(in_), "message_id": message["message_id"], "data": data, "wait": wait}
        return dict(await self._acts("press", order))

    # Seeing

    async def sees(self, text: str, in_: Place = None, within: float = WITHIN_SECONDS, anywhere: bool = False) -> Json:
        """Wait for a message of the bot, new or edited since this person's last deed, that contains the text."""
        ends = time.monotonic() + within
        while True:
            if found := await self._find(text, in_, anywhere):
                return found
            if time.monotonic() > ends:
                raise AssertionError(f"{self.name} does not see {text!r} in:\n{await self.transcript(in_)}")
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def sees_not(
        self, text: str, in_: Place = None, within: float = QUIET_SECONDS, anywhere: bool = False
    ) -> None:
        """Watch for the whole time and fail when the text appears."""
        ends = time.monotonic() + within
        while True:
            if await self._find(text, in_, anywhere):
                raise AssertionError(f"{self.name} sees {text!r} in:\n{await self.transcript(in_)}")
            if time.monotonic() > ends:
                return
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def messages(self, in_: Place = None, limit: int = 100) -> list[Json]:
        """Oldest first."""
        query = {"chat": str(self._chat(in_)), "limit": str(limit)}
        answer, _ = await self._client.call("GET", f"/sim/people/{self.id}/messages", query=query)
        return list(answer)

    async def last(self, in_: Place = None) -> Json | None:
        messages = await self.messages(in_, limit=1)
        return messages[0] if messages else None

    async def chats(self) -> list[Json]:
        answer, _ = await self._client.call("GET", f"/sim/people/{self.id}/chats")
        return list(answer)

    async def keyboard(self, in_: Place = None) -> Json | None:
        """The reply keyboard under the chat, if there is one."""
        query = {"chat": str(self._chat(in_))}
        answer, _ = await self._client.call("GET", f"/sim/people/{self.id}/keyboard", query=query)
        return answer or None

    async def buttons(self, in_: Place = None) -> list[str]:
        """Names on the newest inline keyboard, or else on the reply keyboard."""
        for message in reversed(await self.messages(in_)):
            if rows := button_rows(message):
                return [name for row in rows for name in row]
        return [key["text"] for key in keys_of(await self.keyboard(in_))]

    async def transcript(self, in_: Place = None, limit: int = SHOWN_ON_FAILURE) -> str:
        return transcript_of(await self.messages(in_, limit))

    # Inside

    def _chat(self, in_: Place) -> int:
        if in_ is None:
            return self._bot_id
        return in_.id if isinstance(in_, Group) else in_

    async def _sends(self, in_: Place, **content: Any) -> Json:
        return await self._does("send", in_, **content)

    async def _does(self, deed: str, in_: Place, **order: Any) -> Json:
        return dict(await self._acts(deed, {"chat": self._chat(in_), **order}))

    async def _acts(self, deed: str, order: Json) -> Any:
        answer, self._mark = await self._client.call("POST", f"/sim/people/{self.id}/{deed}", order)
        return answer

    async def _find(self, text: str, in_: Place, anywhere: bool) -> Json | None:
        for message in reversed(await self.messages(in_)):
            is_news = anywhere or message["seq"] > self._mark
            if is_news and message["from"]["is_bot"] and not message["outgoing"] and text in words_of(message):
                return message
        return None

    async def _press_key(self, key: Json, in_: Place) -> None:
        if key.get("request_contact"):
            await self.sends_contact(in_=in_)
        elif key.get("request_location"):
            await self.sends_location(in_=in_)
        else:
            await self.types(key["text"], in_=in_)


def find_button(messages: list[Json], text: str) -> tuple[Json, str] | None:
    """The newest message with such a button; in it an equal name goes before one that contains the text."""
    for message in reversed(messages):
        names = [name for row in button_rows(message) for name in row]
        if message["outgoing"] or not names:
            continue
        found = [name for name in names if name == text] or [name for name in names if text in name]
        if found:
            return message, found[0]
    return None


def keys_of(keyboard: Json | None) -> list[Json]:
    rows = (keyboard or {}).get("keyboard", [])
    return [{"text": key} if isinstance(key, str) else key for row in rows for key in row]


def find_key(keyboard: Json | None, text: str) -> Json | None:
    keys = keys_of(keyboard)
    found = [key for key in keys if key["text"] == text] or [key for key in keys if text in key["text"]]
    return found[0] if found else None


__all__ = ["Group", "Person", "Refused"]
