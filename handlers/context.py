"""Context: what each handler is given, and how it speaks."""

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Bot, Update
from telegram.ext import Application, CallbackContext

from domain import outbox
from domain.area_map import AreaMap
from domain.cases.access import Staff
from domain.outbox import About
from handlers.texts import Raw, plain, say
from handlers.views import View
from models import Desk, Dialogue, Person, Report


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
    units: frozenset[str] = frozenset()  # special units whose sensitive reports they may read
    desk: Desk | None = None
    is_new: bool = False
    toasts: list[dict[str, Any]] = field(default_factory=list)
    posted: int = 0


class Context(CallbackContext[Bot, dict[Any, Any], dict[Any, Any], dict[Any, Any]]):
    """PTB's context, with ours in it. `reply`, `show` and `toast` never wait for the network."""

    visit: Visit
    incoming: Update

    @classmethod
    def from_update(cls, update: object, application: "Application[Any, Any, Any, Any, Any, Any]") -> Self:
        context = super().from_update(update, application)
        context.visit = application.visit  # type: ignore[attr-defined]
        assert isinstance(update, Update)
        context.incoming = update
        return context

    @property
    def session(self) -> AsyncSession:
        return self.visit.session

    @property
    def now(self) -> dt.datetime:
        return self.visit.now

    @property
    def person(self) -> Person:
        """Who wrote. Intake makes one of whoever writes or presses a button in a private chat; handlers of what
        else may come there, or of groups, do not ask."""
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

    @property
    def units(self) -> frozenset[str]:
        return self.visit.units

    @property
    def staff(self) -> Staff:
        """This person at work, for the domain to ask what they may."""
        return Staff(self.person, self.roles, self.units)

    @property
    def desk(self) -> Desk | None:
        """The case that lies open before this person, if any."""
        return self.visit.desk

    def open_desk(self, report_id: uuid.UUID, awaiting: str | None = None, detail: str | None = None) -> None:
        """Puts that case before them. `awaiting`: what their next words are, if anything particular."""
        desk = self.visit.desk
        if desk is None:
            desk = self.visit.desk = Desk(person_id=self.person.id)
            self.session.add(desk)
        desk.report_id, desk.awaiting, desk.detail, desk.opened_at = report_id, awaiting, detail, self.now

    def clear_desk(self) -> None:
        """No case lies open any more."""
        desk, self.visit.desk = self.visit.desk, None
        if desk is not None:
            self._remove(desk)

    def say(self, key: str, **params: object) -> Raw:
        """The sentence in this person's language."""
        return say(self.language, key, **params)

    def label(self, key: str, **params: object) -> str:
        """The same where no markup is allowed: on buttons and in toasts."""
        return plain(self.language, key, **params)

    def await_(self, awaiting: str, subject: uuid.UUID | None = None, detail: str | None = None) -> None:
        """From now on their next message is the answer to this. An open draft stays the dialogue's subject."""
        if subject is None and self.visit.draft is not None:
            subject = self.visit.draft.id
        dialogue = self.visit.dialogue
        if dialogue is None:
            dialogue = self.visit.dialogue = Dialogue(person_id=self.person.id)
            self.session.add(dialogue)
        dialogue.awaiting, dialogue.subject_id, dialogue.detail = str(awaiting), subject, detail

    def end_dialogue(self) -> None:
        """Nothing is awaited any more, and no draft is at hand."""
        dialogue, self.visit.dialogue, self.visit.draft = self.visit.dialogue, None, None
        if dialogue is not None:
            self._remove(dialogue)

    def _remove(self, row: Any) -> None:
        if sa.inspect(row).pending:
            self.session.expunge(row)  # begun in this very batch
        else:
            self.session.sync_session.delete(row)  # has no relations to load, so it needs no waiting

    def begin_draft(self, report: Report) -> None:
        self.session.add(report)
        self.visit.draft = report

    def reply(self, view: View, *, kind: str = "reply", about: About | None = None) -> None:
        """Says it as a new message in this chat, after the commit. `about`: the case that answers to it are about."""
        chat = self.incoming.effective_chat
        assert chat is not None
        self.post(kind, chat.id, "sendMessage", view.payload(chat.id), about=about)

    def whisper(self, view: View, *, kind: str = "reply", about: About | None = None) -> None:
        """Says it to this person in private, wherever they are."""
        chat_id = self.person.telegram_id
        assert chat_id is not None
        self.post(kind, chat_id, "sendMessage", view.payload(chat_id), about=about)

    def tell(self, person: Person, view: View, *, kind: str = "reply") -> None:
        """Says it to somebody else in private; the view is in their language."""
        chat_id = person.telegram_id
        assert chat_id is not None
        self.post(kind, chat_id, "sendMessage", view.payload(chat_id))

    def show(self, view: View, *, kind: str = "edit", about: About | None = None) -> None:
        """Puts it in place of the message whose button was pressed; as a new message where none was."""
        query = self.incoming.callback_query
        if query is None or query.message is None:
            self.reply(view, kind="reply" if kind == "edit" else kind, about=about)
            return
        chat_id = query.message.chat.id
        payload = {**view.payload(chat_id, edits=True), "message_id": query.message.message_id}
        self.post(kind, chat_id, "editMessageText", payload, about=about)

    def post(
        self, kind: str, chat_id: int, method: str, payload: dict[str, Any], *, about: About | None = None
    ) -> None:
        self.visit.posted += 1
        key = f"u{self.visit.update_id}.{self.visit.posted}"
        outbox.post(self.session, kind, to=chat_id, method=method, payload=payload, key=key, now=self.now, about=about)

    def toast(self, text: str = "", *, alert: bool = False) -> None:
        """Answers the button press. Telegram forgets a press after 150 s, so this is said at once or not at all."""
        query = self.incoming.callback_query
        if query is not None:
            self.visit.toasts.append({"callback_query_id": query.id, "text": text[:200], "show_alert": alert})

    def deep_link(self, payload: str) -> str:
        """The address that opens the private chat with this bot."""
        return f"https://t.me/{self.bot.username}?start={payload}"
