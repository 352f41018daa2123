"""Routes: one line for each command and button."""

import importlib
import inspect
import pkgutil
from collections import Counter
from types import ModuleType

from telegram.ext import CommandHandler

import handlers
from handlers import routes
from handlers.buttons import ButtonData
from handlers.texts import catalogue


def test_no_command_is_routed_twice_in_the_same_kind_of_chat() -> None:
    routed = Counter(
        (command, str(handler.filters))
        for handler in routes.ROUTES
        if isinstance(handler, CommandHandler)
        for command in handler.commands
    )
    assert [route for route, times in routed.items() if times > 1] == []


def handler_modules() -> list[ModuleType]:
    """Every module below handlers/: a button may be made in any of them."""
    found = pkgutil.walk_packages(handlers.__path__, "handlers.")
    return [importlib.import_module(module.name) for module in found]


def test_every_button_has_exactly_one_line() -> None:
    modules = [found for module in handler_modules() for found in vars(module).values()]
    made = {found for found in modules if inspect.isclass(found) and issubclass(found, ButtonData)} - {ButtonData}
    routed = [button for button, *_ in (*routes.PRESSES, *routes.STAFF_PRESSES)]
    assert len(routed) == len(set(routed)) == len({button.code for button in routed})
    assert set(routed) == made


def test_menus_name_commands_that_exist_and_are_described() -> None:
    known = {name for handler in routes.ROUTES if isinstance(handler, CommandHandler) for name in handler.commands}
    for scope, language, commands in routes.COMMANDS:
        assert scope["type"].startswith("all_")
        assert language in ("", "en")
        assert {name for name, _ in commands} <= known
        assert len({name for name, _ in commands}) == len(commands)
        for _, key in commands:
            assert 3 <= len(catalogue(language or "id")[key]) <= 256
