"""Menus: which commands somebody of the staff is offered, in their own list and in /bantuan."""

from collections.abc import Iterable, Mapping

from domain import roles, units
from domain.roles import Deed, Role
from handlers.context import Context
from handlers.texts import Raw, plain
from models import Person

ENGLISH = "en"


def staff_commands(held: Iterable[str], language: str, *, rooms: bool = False) -> list[tuple[str, str]]:
    """Name and description of each command that these roles may use; `rooms`: also what is done in groups."""
    from handlers.routes import ROOM_COMMANDS, STAFF_COMMANDS  # which knows every handler, and so this one

    held = list(held)
    allowed = [
        names for *names, deed, _ in (*STAFF_COMMANDS, *(ROOM_COMMANDS if rooms else ())) if roles.may(held, deed)
    ]
    return [_named(names, language) for names in allowed]


def _named(names: list[str], language: str) -> tuple[str, str]:
    indonesian, english = names
    return (english if language == ENGLISH else indonesian), plain(language, f"command.{indonesian}")


def publish(context: Context, person: Person, held: Iterable[str]) -> None:
    """Brings the list of commands in their private chat up to date; without a role it is everybody's again."""
    from handlers.routes import RESIDENT_COMMANDS

    chat_id = person.telegram_id
    assert chat_id is not None
    scope = {"type": "chat", "chat_id": chat_id}
    own = staff_commands(held, person.language)
    if not own:
        context.post("menu", chat_id, "deleteMyCommands", {"scope": scope})
        return
    everybodys = [_named([indonesian, english], person.language) for indonesian, english, _ in RESIDENT_COMMANDS]
    commands = [{"command": name, "description": description} for name, description in (*own, *everybodys)]
    context.post("menu", chat_id, "setMyCommands", {"commands": commands, "scope": scope})


def now_holds(context: Context, person: Person, grants: Mapping[str, str | None]) -> None:
    """Their roles have just changed: so does their list, and if it is they who wrote, what they may do from now on."""
    if person is context.visit.person:
        context.visit.roles = frozenset(grants)
        context.visit.units = frozenset(unit for unit in grants.values() if unit)
    publish(context, person, grants)


def duties(context: Context) -> Raw | None:
    """What /bantuan adds for the staff: their roles, and a line for each thing they may do."""
    if not context.roles:
        return None
    commands = staff_commands(context.roles, context.language, rooms=roles.may(context.roles, Deed.BIND_GROUP))
    lines = "\n".join(f"/{name} – {description}" for name, description in commands)
    return context.say("staff.duties", roles=roles_named(context.language, dict.fromkeys(context.roles)), lines=lines)


def roles_named(language: str, grants: Mapping[str, str | None]) -> str:
    """Such as: piket (Unit PPA), admin"""
    named = [role_named(language, role, grants[role]) for role in Role if role in grants]
    return ", ".join(named) or plain(language, "staff.no_role")


def role_named(language: str, role: str, unit: str | None) -> str:
    name = plain(language, f"role.{role}")
    return plain(language, "staff.role_of_unit", role=name, unit=units.name_of(unit)) if unit else name
