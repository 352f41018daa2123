"""Context: what each handler is given, and how it speaks."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, Self

from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Bot, Update
from telegram.ext import Application, CallbackContext

from domain import outbox
from domain.area_map import AreaMap
from handlers.texts import Raw
from handlers.views import View
from models import Dialogue, Person, Report


@dataclass
class Visit:
    """One update's stay: who came, what was going on with them, and what shall be said after the commit."""

    session: AsyncSession
    update_id: int
    now: dt.datetime
    areas: AreaMap
    person: Person | None = None
    dialogue: Dialogue | None = None
    draft: Report | None = None
    roles: frozenset[str] = frozenset()
    is_new: bool = False
    toasts: list[dict[str, Any]] = field(default_factory=list)
    posted: int = 0


class Context(CallbackContext[Bot, dict[Any, Any], dict[Any, Any], dict[Any, Any]]):
    """PTB's context, with ours in it. `reply`, `show` and `toast` never wait for the network."""

    visit: Visit
    update: Update

    @classmethod
    def from_update(cls, update: object, application: "Application[Any, Any, Any, Any, Any, Any]") -> Self:
        context = super().from_update(update, application)
        context.visit = application.visit  # type: ignore[attr-defined]
        assert isinstance(update, Update)
        context.update = update
        return context

    @property
    def session(self) -> AsyncSession:
        return self.visit.session

    @property
    def now(self) -> dt.datetime:
        return self.visit.now

    @property
    def person(self) -> Person:
        """Who wrote. Routes that reach a handler without a person do not exist: intake makes one in private chats."""
        assert self.visit.person is not None
        return self.visit.person

    @property
    def language(self) -> str:
        return self.visit.person.language if self.visit.person else "id"

    @property
    def areas(self) -> AreaMap:
        return self.visit.areas

    @property
    def dialogue(self) -> Dialogue | None:
        return self.visit.dialogue

    @property
    def draft(self) -> Report | None:
        """The report being written in this person's dialogue, if any."""
        return self.visit.draft

    @property
    def roles(self) -> frozenset[str]:
        return self.visit.roles

    def reply(self, view: View, *, kind: str = "reply") -> None:
        """Says it as a new message in this chat, after the commit."""
        chat = self.update.effective_chat
        assert chat is not None
        self.post(kind, chat.id, "sendMessage", view.payload(chat.id))

    def show(self, view: View) -> None:
        """Puts it in place of the message whose button was pressed; as a new message where none was."""
        query = self.update.callback_query
        if query is None or query.message is None:
            self.reply(view)
            return
        chat_id = query.message.chat.id
        payload = {**view.payload(chat_id, edits=True), "message_id": query.message.message_id}
        self.post("edit", chat_id, "editMessageText", payload)

    def post(self, kind: str, chat_id: int, method: str, payload: dict[str, Any]) -> None:
        self.visit.posted += 1
        key = f"u{self.visit.update_id}.{self.visit.posted}"
        outbox.post(self.session, kind, to=chat_id, method=method, payload=payload, key=key, now=self.now)

    def toast(self, text: str = "", *, alert: bool = False) -> None:
        """Answers the button press. Telegram forgets a press after 150 s, so this is said at once or not at all."""
        query = self.update.callback_query
        if query is not None:
            self.visit.toasts.append({"callback_query_id": query.id, "text": text[:200], "show_alert": alert})

    def words(self, text: Raw) -> View:
        return View(text)
