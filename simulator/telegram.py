"""The server's heart: state and what happens to it, without any HTTP."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from simulator.clock import Clock
from simulator.errors import bad_request, forbidden
from simulator.events import Events
from simulator.faults import Faults
from simulator.files import Files
from simulator.ledger import Ledger
from simulator.limits import Limits
from simulator.polling import Poller
from simulator.schema import Description
from simulator.updates import CALLBACK_QUEUE_SHIFT, UpdateQueue
from simulator.visibility import may_see
from simulator.webhook import Webhook
from simulator.world import Bot, Chat, Json, Message, User, World

CALLBACK_SECONDS = 150

RunReply = Callable[["Telegram", Bot, Json], Awaitable[None]]


async def no_reply(_telegram: "Telegram", _bot: Bot, _call: Json) -> None:
    return None


@dataclass(slots=True)
class Query:
    """A button press or an inline query that waits for the bot's answer."""

    id: str
    bot: Bot
    person: User
    at: float
    answer: asyncio.Future[Json]
    chat: Chat | None = None


class Telegram:
    def __init__(self, description: Description | None = None, webhook_backoff: float = 1.0) -> None:
        self.clock = Clock()
        self.world = World()
        self.files = Files()
        self.limits = Limits()
        self.faults = Faults()
        self.ledger = Ledger()
        self.events = Events()
        self.description = description
        self.webhook_backoff = webhook_backoff
        self.latency_seconds = 0.0
        self.queues: dict[int, UpdateQueue] = {}
        self.pollers: dict[int, Poller] = {}
        self.webhooks: dict[int, Webhook] = {}
        self.queries: dict[str, Query] = {}
        # How to run a method that a bot put in its answer to a webhook; the server fills it in.
        self.run_reply: RunReply = no_reply

    def add_bot(self, token: str, username: str, name: str) -> Bot:
        bot = self.world.add_bot(token, username, name)
        if bot.id not in self.queues:
            self.queues[bot.id] = UpdateQueue(self.clock)
            self.pollers[bot.id] = Poller(self.queues[bot.id])
        return bot

    def reset(self) -> None:
        """Forget everything but bots, their webhooks and the limits."""
        self.world.forget()
        self.files.forget()
        self.limits.forget()
        self.faults.clear()
        self.ledger.forget()
        self.queries.clear()
        for queue in self.queues.values():
            queue.forget()
        self.events.tell("reset", None, ())

    # Chats as bots reach them

    def find_chat(self, bot: Bot, chat_id: int | str) -> Chat:
        """A chat that the bot may know of. Raises Refusal for one that is unknown or has moved."""
        if isinstance(chat_id, str):
            return self._chat_named(chat_id.removeprefix("@"))
        if chat_id > 0:
            chat = self.world.private.get((bot.id, chat_id))
            if chat is None and (person := self.world.people.get(chat_id)):
                return self.world.private_chat(bot, person)
            if chat is None and chat_id in self.world.bots_by_id:
                raise forbidden("bots can't send messages to bots")
        else:
            chat = self.world.groups.get(chat_id)
        if chat is None or (chat_id < 0 and bot.id not in chat.members):
            raise bad_request("chat not found")
        if chat.migrated_to:
            words = "group chat was upgraded to a supergroup chat"
            raise bad_request(words, migrate_to_chat_id=chat.migrated_to)
        return chat

    def chat_to_write(self, bot: Bot, chat_id: int | str) -> Chat:
        """A chat that the bot may write to now. Raises Refusal in Telegram's words."""
        chat = self.find_chat(bot, chat_id)
        if chat.kind == "private":
            if chat.blocked:
                raise forbidden("bot was blocked by the user")
            if not chat.started:
                raise forbidden("bot can't initiate conversation with a user")
            return chat
        status = chat.status_of(bot.id)
        if status == "kicked":
            raise forbidden(f"bot was kicked from the {chat.kind} chat")
        if status == "left":
            raise forbidden(f"bot is not a member of the {chat.kind} chat")
        return chat

    def _chat_named(self, username: str) -> Chat:
        for chat in self.world.groups.values():
            if chat.username and chat.username.lower() == username.lower():
                return chat
        raise bad_request("chat not found")

    # Messages

    def post(self, chat: Chat, sender: User, content: Json, sender_chat: Json | None = None) -> Message:
        """Put a message into a chat, whoever writes it. Bots are told by `announce`."""
        chat.last_message_id += 1
        now = self.clock.now()
        body: Json = {"message_id": chat.last_message_id, "from": sender.shape()}
        if sender_chat:
            body["sender_chat"] = sender_chat
        body["chat"] = chat.shape
        body["date"] = int(now)
        body.update(content)
        message = Message(chat, chat.last_message_id, body, sender.id, now, self.world.next_seq())
        chat.messages[message.id] = message
        if self.events.watched:
            self.show("message", message)
        return message

    def change(self, message: Message, body: Json, edited: bool = True) -> None:
        """Replace a message's body. The old one stays as it was in queued updates."""
        message.body = body
        message.seq = self.world.next_seq()
        if edited:
            message.edited = True
            body["edit_date"] = int(self.clock.now())
        self.show("edit", message)

    def remove(self, message: Message) -> None:
        del message.chat.messages[message.id]
        if message.id in message.chat.pinned:
            message.chat.pinned.remove(message.id)
        self.world.next_seq()
        chat = message.chat
        self.events.tell("delete", chat.id_for_people(), chat.watchers(), message_id=message.id)

    def show(self, kind: str, message: Message) -> None:
        """Tell the pages that watch."""
        if self.events.watched:
            chat = message.chat
            self.events.tell(
                kind, chat.id_for_people(), chat.watchers(), message=message.body, sender=message.sender_id
            )

    def announce(self, message: Message, kind: str = "message") -> None:
        """Queue an update about a person's message for every bot that may see it."""
        chat = message.chat
        for bot in self.bots_in(chat):
            if bot.id != message.sender_id and may_see(bot, chat, message.body):
                self.queues[bot.id].add(kind, message.body, chat.id)

    def bots_in(self, chat: Chat) -> list[Bot]:
        if chat.bot:
            return [chat.bot]
        return [m.user for m in chat.members.values() if isinstance(m.user, Bot) and chat.is_member(m.user.id)]

    # Questions that wait for a bot

    def ask(self, bot: Bot, person: User, chat: Chat | None) -> Query:
        query_id = str(secrets.randbits(62) + 1)
        answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        query = Query(query_id, bot, person, self.clock.now(), answer, chat)
        self.queries[query_id] = query
        return query

    def queue_callback(self, query: Query, payload: Json) -> None:
        self.queues[query.bot.id].add("callback_query", payload, query.person.id + CALLBACK_QUEUE_SHIFT)

    def open_query(self, bot: Bot, query_id: str) -> Query:
        """A query that may still be answered, now answered. Raises Refusal 400."""
        query = self.queries.pop(query_id, None)
        if query is None or query.bot is not bot or self.clock.now() - query.at > CALLBACK_SECONDS:
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        return query

    # Webhooks

    async def set_webhook(self, bot: Bot, settings: Json) -> None:
        await self.close_webhook(bot)
        if not settings.get("url"):
            return

        async def reply(call: Json) -> None:
            await self.run_reply(self, bot, call)

        webhook = Webhook(self.queues[bot.id], settings, self.webhook_backoff, reply)
        self.webhooks[bot.id] = webhook
        webhook.open()

    async def close_webhook(self, bot: Bot) -> None:
        if webhook := self.webhooks.pop(bot.id, None):
            await webhook.close()

    async def close(self) -> None:
        self.events.close()
        for bot in self.world.bots.values():
            self.pollers[bot.id].interrupt("the server is stopping")
            await self.close_webhook(bot)

    def user(self, user_id: Any) -> User:
        """Raises Refusal 400 for a stranger."""
        user = self.world.user(user_id)
        if user is None:
            raise bad_request("user not found")
        return user
