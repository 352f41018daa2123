"""The role matrix: what each command and button allows each role, as a page to read, and as it is when one tries.

`python -m tests.handlers.test_role_matrix` writes the page anew. Read the difference before you commit it.
"""

import difflib
from pathlib import Path

import pytest
from telegram.ext import CommandHandler

from domain import roles
from domain.roles import Deed, Role
from handlers import routes
from models import Report
from tests.counter import ANONYMOUS_ADMIN, EVERYTHING, GROUP, Counter, changes, filled, refusals

PAGE = Path(__file__).with_name("role_matrix.txt")
NOBODY = "nobody"
COLUMNS = [NOBODY, *(role.value for role in Role)]
on_sqlite = pytest.mark.parametrize("empty_database_url", ["sqlite"], indirect=True)

Line = tuple[str, Deed | None]


def lines() -> list[Line]:
    """Every command and every button, each with the deed that it needs."""
    guarded = [(f"/{name}", deed) for name, _, deed, _ in (*routes.STAFF_COMMANDS, *routes.ROOM_COMMANDS)]
    return [
        *((f"/{name}", None) for name, *_ in routes.RESIDENT_COMMANDS),
        *guarded,
        *((f"[{button.__name__}]", None) for button, _ in routes.PRESSES),
        *((f"[{button.__name__}]", deed) for button, deed, _ in routes.STAFF_PRESSES),
    ]


def may(column: str, deed: Deed | None) -> bool:
    return deed is None or (column != NOBODY and roles.may([column], deed))


def page() -> str:
    rows = [(name, ["yes" if may(column, deed) else "." for column in COLUMNS], deed) for name, deed in lines()]
    width = max(len(name) for name, _, _ in rows) + 2
    head = " " * width + "".join(f"{column:12}" for column in COLUMNS) + "needs"
    body = [
        name.ljust(width) + "".join(f"{cell:12}" for cell in cells) + (deed.value if deed else "")
        for name, cells, deed in rows
    ]
    return "\n".join(line.rstrip() for line in [head, *body]) + "\n"


def test_the_page_says_what_the_routes_say() -> None:
    difference = difflib.unified_diff(PAGE.read_text().splitlines(), page().splitlines(), "the page", "the routes")
    assert list(difference) == [], __doc__


def test_no_command_is_heard_that_is_not_on_the_page() -> None:
    routed = {name for route in routes.ROUTES if isinstance(route, CommandHandler) for name in route.commands}
    tables = (*routes.RESIDENT_COMMANDS, *routes.STAFF_COMMANDS, *routes.ROOM_COMMANDS)
    assert routed == {name for names in tables for name in names[:2]}


@on_sqlite
@pytest.mark.parametrize("column", COLUMNS)
async def test_whoever_may_not_is_told_so_and_nothing_happens(counter: Counter, waiting: Report, column: str) -> None:
    sender = counter.people[column]
    guarded = (*routes.STAFF_COMMANDS, *routes.ROOM_COMMANDS)
    commands = [name for *names, deed, _ in guarded if not may(column, deed) for name in dict.fromkeys(names)]
    buttons = [button for button, deed, _ in routes.STAFF_PRESSES if not may(column, deed)]
    updates = [
        *(counter.message(sender, f"/{name} {waiting.number}", GROUP) for name in commands),
        *(counter.press(sender, filled(button, waiting.id).pack(sender)) for button in buttons),
        *(counter.press(sender, filled(button, waiting.id).pack(GROUP), GROUP) for button in buttons),
    ]
    before = await counter.contents()
    said = await counter.takes(*updates)
    assert dict.fromkeys(said) in ({}, {refusals()[0]: None})
    assert len(said) == len(commands) + 2 * len(buttons)
    assert changes(before, await counter.contents()) == {}


@on_sqlite
@pytest.mark.parametrize("sender", [EVERYTHING, ANONYMOUS_ADMIN])
@pytest.mark.parametrize("speaks_as", [GROUP, -1_009_999_999], ids=["an anonymous admin", "a channel"])
async def test_the_person_is_authorised_never_the_chat(
    counter: Counter, waiting: Report, sender: int, speaks_as: int
) -> None:
    """Also where the group itself or the channel behind it speaks: there is nobody whose role could be looked at."""
    disguise = {"sender_chat": {"id": speaks_as, "type": "supergroup", "title": "Grup"}, "is_automatic_forward": True}
    guarded = (*routes.STAFF_COMMANDS, *routes.ROOM_COMMANDS)
    updates = [counter.message(sender, f"/{name} {waiting.number}", GROUP, **disguise) for name, *_ in guarded]
    before = await counter.contents()
    assert set(await counter.takes(*updates)) == {refusals()[2]}
    assert changes(before, await counter.contents()) == {}


if __name__ == "__main__":
    PAGE.write_text(page())
