"""Queue: /antrian, what is open, in the order in which somebody should take it."""

from dataclasses import dataclass

from telegram import Update

from domain import audit
from domain.cases.search import queue
from domain.cases.search.queue import PRIORITIES, Queue
from domain.errors import ButtonIsStale
from domain.roles import Deed
from handlers.buttons import ButtonData
from handlers.cases import lists
from handlers.cases.incident_buttons import ListPranks
from handlers.cases.view import SIGNS
from handlers.context import Context
from handlers.reports.buttons import area_code, area_token
from handlers.texts import Raw
from handlers.views import Press, View, in_rows

PAGE = 10
DEEPEST = 990  # further down nobody looks
ALL, MINE, CHOOSE = "all", "mine", "choose"


@dataclass(frozen=True)
class ShowQueue(ButtonData):
    """`which`: an area without dots, `all`, `mine`, or `choose` for the list of areas."""

    code = "fq"
    which: str
    skip: int


async def show(update: Update, context: Context) -> None:
    """/antrian"""
    context.whisper(await _page(context, ALL, 0))


async def turn(update: Update, context: Context) -> None:
    """Another page of it, or only part of it."""
    button = ShowQueue.read(update)
    if button.which == CHOOSE:
        context.show(_choice(context))
        return
    if button.which not in (ALL, MINE) and area_code(button.which) not in context.areas.by_code:
        raise ButtonIsStale()
    context.show(await _page(context, button.which, min(max(button.skip, 0), DEEPEST)))


async def _page(context: Context, which: str, skip: int) -> View:
    area = None if which in (ALL, MINE) else area_code(which)
    found = await queue.queue(context.session, context.staff, area=area, mine=which == MINE, limit=PAGE, skip=skip)
    audit.note(context.session, context.person, "queue", None, area, now=context.now)
    heading = context.say("queue.head", what=_what(context, which), counts=_counts(found))
    listed = lists.lines(context, found.reports, first=skip + 1, waiting=True) or context.say("queue.empty")
    rows = [
        *lists.buttons(found.reports, first=skip + 1),
        *_turning(context, which, skip, found),
        _filters(context, which),
        [Press(context.label("button.pranks.list"), ListPranks())] if context.staff.may(Deed.WORK_CASES) else [],
    ]
    return View(Raw(f"{heading}\n\n{listed}"), [row for row in rows if row])


def _what(context: Context, which: str) -> str:
    if which in (ALL, MINE):
        return context.say("queue.all" if which == ALL else "queue.mine")
    return context.areas.by_code[area_code(which)].polsek or context.areas.name(area_code(which)) or ""


def _counts(found: Queue) -> str:
    more = "+" if found.is_more else ""
    return " · ".join(f"{SIGNS[priority]} {found.counts[priority]}{more}" for priority in PRIORITIES)


def _turning(context: Context, which: str, skip: int, found: Queue) -> list[list[Press]]:
    row = []
    if skip:
        row.append(Press(context.label("button.list.first"), ShowQueue(which, 0)))
    if found.has_next and skip < DEEPEST:
        row.append(Press(context.label("button.list.more"), ShowQueue(which, skip + PAGE)))
    return [row]


def _filters(context: Context, which: str) -> list[Press]:
    offered = ((ALL, "button.queue.all"), (MINE, "button.queue.mine"), (CHOOSE, "button.queue.area"))
    return [Press(context.label(key), ShowQueue(to, 0)) for to, key in offered if to != which]


def _choice(context: Context) -> View:
    presses = [Press(area.name, ShowQueue(area_token(area.code), 0)) for area in context.areas.by_name]
    back = [Press(context.label("button.back"), ShowQueue(ALL, 0))]
    return View(context.say("queue.choose_area"), [*in_rows(presses, 3), back])
