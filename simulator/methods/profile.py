"""A bot's own profile: commands, name, descriptions, menu button."""

import re
from typing import Any

from simulator.errors import bad_request
from simulator.methods.method import Call, method
from simulator.world import Json

COMMAND = re.compile(r"[a-z0-9_]{1,32}")
MAX_COMMANDS = 100
MAX_DESCRIPTION = 256
SIMPLE_SCOPES = frozenset({"default", "all_private_chats", "all_group_chats", "all_chat_administrators"})
# profile field -> how long it may be
PROFILE = {"name": 64, "description": 512, "short_description": 120}
DEFAULT_MENU = {"type": "default"}
SCOPED = "scope Object, language_code String"


def scope_key(call: Call) -> tuple[str, str]:
    """Raises Refusal for a scope that names no chat that the bot knows."""
    scope = call.get("scope") or {"type": "default"}
    language = call.get("language_code") or ""
    if language and not re.fullmatch(r"[a-z]{2}", language):
        raise bad_request("invalid language code specified")
    kind = scope.get("type")
    if kind in SIMPLE_SCOPES:
        return kind, language
    if kind not in ("chat", "chat_administrators", "chat_member"):
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    chat = call.telegram.find_chat(call.bot, scope.get("chat_id", 0))
    key = f"{kind}:{chat.id}"
    return (f"{key}:{scope.get('user_id')}" if kind == "chat_member" else key), language


@method("commands! Array", SCOPED)
def set_my_commands(call: Call) -> bool:
    commands = call.get("commands")
    if len(commands) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    key = scope_key(call)
    call.bot.commands[key] = [checked_command(command) for command in commands]
    call.telegram.events.tell("chat", call.bot.id, [p.id for p in call.telegram.world.people.values()])
    return True


def checked_command(command: Any) -> Json:
    if not isinstance(command, dict) or command.keys() != {"command", "description"}:
        raise bad_request("can't parse BotCommand: expected command and description")
    name = str(command["command"]).removeprefix("/")
    if not COMMAND.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(str(command["description"])) <= MAX_DESCRIPTION:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": command["description"]}


@method(SCOPED)
def get_my_commands(call: Call) -> list[Json]:
    return call.bot.commands.get(scope_key(call), [])


@method(SCOPED)
def delete_my_commands(call: Call) -> bool:
    call.bot.commands.pop(scope_key(call), None)
    return True


def set_profile(call: Call, field: str) -> bool:
    value = call.get(field) or ""
    if len(value) > PROFILE[field]:
        raise bad_request(f"{field.upper()}_TOO_LONG")
    call.bot.profile[field, call.get("language_code") or ""] = value
    return True


def get_profile(call: Call, field: str) -> Json:
    profile = call.bot.profile
    otherwise = call.bot.first_name if field == "name" else ""
    value = profile.get((field, call.get("language_code") or "")) or profile.get((field, "")) or otherwise
    return {field: value}


@method("name String, language_code String")
def set_my_name(call: Call) -> bool:
    return set_profile(call, "name")


@method("language_code String")
def get_my_name(call: Call) -> Json:
    return get_profile(call, "name")


@method("description String, language_code String")
def set_my_description(call: Call) -> bool:
    return set_profile(call, "description")


@method("language_code String")
def get_my_description(call: Call) -> Json:
    return get_profile(call, "description")


@method("short_description String, language_code String")
def set_my_short_description(call: Call) -> bool:
    return set_profile(call, "short_description")


@method("language_code String")
def get_my_short_description(call: Call) -> Json:
    return get_profile(call, "short_description")


@method("chat_id Integer, menu_button Object")
def set_chat_menu_button(call: Call) -> bool:
    button = call.get("menu_button") or DEFAULT_MENU
    if button.get("type") not in ("default", "commands", "web_app"):
        raise bad_request("can't parse menu button: unsupported type specified")
    call.bot.menu_buttons[call.get("chat_id", 0)] = button
    return True


@method("chat_id Integer")
def get_chat_menu_button(call: Call) -> Json:
    buttons = call.bot.menu_buttons
    return buttons.get(call.get("chat_id", 0)) or buttons.get(0) or DEFAULT_MENU
