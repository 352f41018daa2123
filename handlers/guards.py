"""Guards: who may do this, and where."""

from collections.abc import Callable, Coroutine
from typing import Any

from telegram import Message, Update

from domain import roles
from domain.errors import DomainError
from domain.roles import Deed
from handlers.context import Context


class WriteAsYourself(DomainError):
    """Anonymous admins and channels have no account whose role could be looked at."""

    text_key = "error.write_as_yourself"


Handler = Callable[[Update, Context], Coroutine[Any, Any, Any]]


def guarded(deed: Deed, handler: Handler) -> Handler:
    """The handler behind its guard. The person is asked, in the same transaction as what they do; never the chat."""

    async def guarded_handler(update: Update, context: Context) -> None:
        message = update.message
        if message is not None:
            require_a_person(message)
        require(context, deed)
        await handler(update, context)

    return guarded_handler


def require(context: Context, deed: Deed) -> None:
    """Raises NotAllowed."""
    roles.require(context.roles, deed)


def require_a_person(message: Message) -> None:
    """Raises WriteAsYourself when a group or channel speaks in somebody's place."""
    if message.sender_chat is not None:
        raise WriteAsYourself()
