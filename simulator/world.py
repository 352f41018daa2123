"""Who and what exists: people, bots, chats and their messages, as plain state."""

import secrets
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

# The user that Telegram shows as the sender when an admin writes in the group's name.
ANONYMOUS_ADMIN_ID = 1087968824
# The user that stands in for channels in fields of old clients.
CHANNEL_SENDER_ID = 136817688


@dataclass(slots=True)
class User:
    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    is_bot: bool = False

    def shape(self) -> Json:
        """A User object of the Bot API."""
        shape: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        for name in ("last_name", "username", "language_code"):
            if (value := getattr(self, name)) is not None:
                shape[name] = value
        return shape

    def card(self) -> Json:
        """How the people's side shows a user."""
        return {
            "id": self.id,
            "name": self.first_name,
            "last_name": self.last_name,
            "username": self.username,
            "language_code": self.language_code,
        }


@dataclass(slots=True)
class Bot(User):
    token: str = ""
    privacy: bool = True
    # (scope, language) -> commands; name, description and short description by (what, language)
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    profile: dict[tuple[str, str], str] = field(default_factory=dict)
    menu_buttons: dict[int, Json] = field(default_factory=dict)


@dataclass(slots=True)
class Member:
    user: User
    status: str = "member"


@dataclass(slots=True)
class Topic:
    id: int
    name: str
    icon_color: int = 7322096
    closed: bool = False
    icon_custom_emoji_id: str | None = None


@dataclass(slots=True)
class Message:
    chat: "Chat"
    id: int
    body: Json
    sender_id: int
    at: float
    seq: int
    edited: bool = False
    reactions: dict[int, list[str]] = field(default_factory=dict)
    votes: dict[int, list[int]] = field(default_factory=dict)


@dataclass(slots=True)
class Chat:
    id: int
    kind: str
    title: str = ""
    username: str | None = None
    person: User | None = None
    bot: Bot | None = None
    started: bool = False
    blocked: bool = False
    forum: bool = False
    migrated_to: int | None = None
    last_message_id: int = 0
    members: dict[int, Member] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    keyboards: dict[int, Json] = field(default_factory=dict)
    read: dict[int, int] = field(default_factory=dict)
    shape: Json = field(default_factory=dict)

    def is_private(self) -> bool:
        return self.kind == "private"

    def status_of(self, user_id: int) -> str:
        member = self.members.get(user_id)
        return member.status if member else "left"

    def is_admin(self, user_id: int) -> bool:
        return self.status_of(user_id) in ("creator", "administrator")

    def is_member(self, user_id: int) -> bool:
        return self.status_of(user_id) not in ("left", "kicked")

    def watchers(self) -> list[int]:
        """The people who see this chat on their screens."""
        if self.person:
            return [self.person.id]
        return [m.user.id for m in self.members.values() if not m.user.is_bot and self.is_member(m.user.id)]

    def id_for_people(self) -> int:
        """On a person's screen a private chat is the bot, not the person."""
        return self.bot.id if self.bot else self.id


class World:
    def __init__(self) -> None:
        self.bots: dict[str, Bot] = {}
        self.bots_by_id: dict[int, Bot] = {}
        self.forget()

    def forget(self) -> None:
        """Everything but bots."""
        self.people: dict[int, User] = {}
        self.groups: dict[int, Chat] = {}
        self.private: dict[tuple[int, int], Chat] = {}
        self.places: list[Json] = []
        self.seq = 0
        self._last_person_id = 5_000_000_000
        self._last_group_id = -4_000_000_000
        self._last_supergroup_id = -1_002_000_000_000
        for bot in self.bots.values():
            bot.commands.clear()
            bot.profile.clear()
            bot.menu_buttons.clear()

    def next_seq(self) -> int:
        """One counter over all changes, so that an edit can be newer than a message with a higher id."""
        self.seq += 1
        return self.seq

    def add_bot(self, token: str, username: str, name: str) -> Bot:
        if token in self.bots:
            return self.bots[token]
        head = token.split(":", 1)[0]
        bot_id = int(head) if head.isdigit() else secrets.randbelow(10**9) + 10**9
        bot = Bot(id=bot_id, first_name=name, username=username, is_bot=True, token=token)
        self.bots[token] = bot
        self.bots_by_id[bot_id] = bot
        return bot

    def add_person(self, name: str, **details: Any) -> User:
        person_id = details.pop("id", None)
        if person_id is None:
            self._last_person_id += 1
            person_id = self._last_person_id
        person = User(id=person_id, first_name=name, **details)
        self.people[person_id] = person
        return person

    def add_group(self, title: str, kind: str, forum: bool) -> Chat:
        if kind == "group":
            self._last_group_id -= 1
            chat_id = self._last_group_id
        else:
            self._last_supergroup_id -= 1
            chat_id = self._last_supergroup_id
        chat = Chat(id=chat_id, kind=kind, title=title, forum=forum)
        chat.shape = {"id": chat_id, "title": title, "type": kind}
        if forum:
            chat.shape["is_forum"] = True
        self.groups[chat_id] = chat
        return chat

    def private_chat(self, bot: Bot, person: User) -> Chat:
        key = (bot.id, person.id)
        chat = self.private.get(key)
        if chat is None:
            chat = Chat(id=person.id, kind="private", person=person, bot=bot)
            shape = person.shape()
            chat.shape = {k: v for k, v in shape.items() if k not in ("is_bot", "language_code")}
            chat.shape["type"] = "private"
            self.private[key] = chat
        return chat

    def user(self, user_id: int) -> User | None:
        return self.people.get(user_id) or self.bots_by_id.get(user_id)

    def bot_named(self, reference: int | str) -> Bot | None:
        """A bot by id or by username, with or without @."""
        if isinstance(reference, int) or reference.isdigit():
            return self.bots_by_id.get(int(reference))
        wanted = reference.removeprefix("@").lower()
        return next((b for b in self.bots.values() if (b.username or "").lower() == wanted), None)
