"""What a method of the Bot API is: a name, its parameters and a function."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simulator.entities import caption_text, message_text
from simulator.errors import bad_request
from simulator.keyboards import check_markup
from simulator.schema import Parameter, parameters
from simulator.shapes import quoted
from simulator.telegram import Telegram
from simulator.world import Bot, Chat, Json, Message


@dataclass(slots=True)
class Call:
    """One call of one bot, with its parameters checked."""

    telegram: Telegram
    bot: Bot
    params: Json

    def get(self, name: str, default: Any = None) -> Any:
        return self.params.get(name, default)

    def chat_to_write(self) -> Chat:
        return self.telegram.chat_to_write(self.bot, self.params["chat_id"])

    def chat(self) -> Chat:
        return self.telegram.find_chat(self.bot, self.params["chat_id"])

    def message(self, chat: Chat, otherwise: str) -> Message:
        """The message that message_id names, or Refusal 400 with the words `otherwise`."""
        message = chat.messages.get(self.params["message_id"])
        if message is None:
            raise bad_request(otherwise)
        return message

    def picked(self, *names: str) -> Json:
        return {name: self.params[name] for name in names if name in self.params}

    def text(self) -> Json:
        text, entities = message_text(self.params["text"], self.get("parse_mode"), self.get("entities"))
        return self._with_users({"text": text, "entities": entities} if entities else {"text": text}, "entities")

    def caption(self) -> Json:
        text, entities = caption_text(self.get("caption") or "", self.get("parse_mode"), self.get("caption_entities"))
        fields: Json = {"caption": text} if text else {}
        if text and entities:
            fields["caption_entities"] = entities
        return self._with_users(fields, "caption_entities")

    def _with_users(self, fields: Json, name: str) -> Json:
        """A mention by id becomes the user; of a stranger it is plain text."""
        for entity in list(fields.get(name, ())):
            if (user_id := entity.pop("user_id", None)) is not None:
                user = self.telegram.world.user(user_id)
                if user:
                    entity["user"] = user.shape()
                else:
                    fields[name].remove(entity)
        if name in fields and not fields[name]:
            del fields[name]
        return fields

    def markup(self) -> Json | None:
        markup = self.get("reply_markup")
        return check_markup(markup) if markup else None

    def envelope(self, chat: Chat) -> Json:
        """Fields that any sent message may have: topic, reply, protection, effect."""
        fields: Json = {}
        params = self.params
        if "message_thread_id" in params:
            fields |= self._topic(chat, params["message_thread_id"])
        if reply := params.get("reply_parameters"):
            fields |= self._reply(chat, reply)
        if params.get("protect_content"):
            fields["has_protected_content"] = True
        if "message_effect_id" in params:
            fields["effect_id"] = params["message_effect_id"]
        return fields

    def _topic(self, chat: Chat, thread_id: int) -> Json:
        if not chat.forum:
            raise bad_request("message thread not found")
        # Topic 1 is "General", which always is there and never carries a thread id.
        if thread_id == 1:
            return {}
        topic = chat.topics.get(thread_id)
        if topic is None:
            raise bad_request("message thread not found")
        if topic.closed and not chat.is_admin(self.bot.id):
            raise bad_request("TOPIC_CLOSED")
        return {"message_thread_id": thread_id, "is_topic_message": True}

    def _reply(self, chat: Chat, reply: Json) -> Json:
        source = chat
        if reply.get("chat_id") not in (None, chat.id):
            source = self.telegram.find_chat(self.bot, reply["chat_id"])
        target = source.messages.get(reply.get("message_id", 0))
        if target is None:
            if reply.get("allow_sending_without_reply"):
                return {}
            raise bad_request("message to be replied not found")
        fields: Json = {"reply_to_message": quoted(target)}
        if "quote" in reply:
            fields["quote"] = {"text": reply["quote"], "position": reply.get("quote_position", 0), "is_manual": True}
        return fields

    def send(self, chat: Chat, content: Json) -> Json:
        """Post a bot's message with everything around its content."""
        markup = self.markup()
        fields = {**self.envelope(chat), **content}
        if markup and "inline_keyboard" in markup and markup["inline_keyboard"]:
            fields["reply_markup"] = markup
        message = self.telegram.post(chat, self.bot, fields)
        if markup and "inline_keyboard" not in markup:
            self._show_keyboard(chat, markup)
        return message.body

    def _show_keyboard(self, chat: Chat, markup: Json) -> None:
        """A reply keyboard stays under the chat until another markup takes its place."""
        if "keyboard" in markup:
            chat.keyboards[self.bot.id] = markup
        elif "remove_keyboard" in markup:
            chat.keyboards.pop(self.bot.id, None)


Run = Callable[[Call], Any]


@dataclass(slots=True, frozen=True)
class Method:
    name: str
    parameters: dict[str, Parameter]
    run: Run
    # How many messages a call costs under the limits; None for calls that are free.
    cost: Callable[[Json], int] | None
    waits: bool


METHODS: dict[str, Method] = {}

TARGET = "business_connection_id String, chat_id! Chat, message_thread_id Integer, direct_messages_topic_id Integer"
DELIVERY = (
    "disable_notification Boolean, protect_content Boolean, allow_paid_broadcast Boolean, message_effect_id String, "
    "reply_parameters Object"
)
SUGGESTED = "suggested_post_parameters Object"
MARKUP = "reply_markup Object"
CAPTION = "caption String, parse_mode String, caption_entities Array"
EDIT_TARGET = "business_connection_id String, chat_id Chat, message_id Integer, inline_message_id String"


def one(_: Json) -> int:
    return 1


def method(
    *lines: str, cost: Callable[[Json], int] | None = None, waits: bool = False
) -> Callable[[Callable[[Call], Any]], Callable[[Call], Any]]:
    """Register send_message as sendMessage with these parameters."""

    def register(run: Run) -> Run:
        head, *rest = run.__name__.split("_")
        name = head + "".join(word.capitalize() for word in rest)
        known = parameters(*[line for line in lines if line]) if any(lines) else {}
        METHODS[name.lower()] = Method(name, known, run, cost, waits)
        return run

    return register
