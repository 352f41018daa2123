"""Guards: who may do this, and where."""

from telegram import Message

from domain import roles
from domain.errors import DomainError
from domain.roles import Deed
from handlers.context import Context


class WriteAsYourself(DomainError):
    """Anonymous admins and channels have no account whose role could be looked at."""

    text_key = "error.write_as_yourself"


def require(context: Context, deed: Deed) -> None:
    """Raises NotAllowed."""
    roles.require(context.roles, deed)


def require_a_person(message: Message) -> None:
    """Raises WriteAsYourself when a group or channel speaks in somebody's place."""
    if message.sender_chat is not None:
        raise WriteAsYourself()
