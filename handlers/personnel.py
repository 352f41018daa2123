"""Personnel: the list of the staff, by number and role, and roles taken back."""

from collections.abc import Sequence

from telegram import Update

from domain import staff
from domain.errors import ButtonIsStale
from domain.roles import Role
from domain.staff import Colleague, NoSuchStaff
from handlers import menus
from handlers.context import Context
from handlers.presses import ListStaff, ShowStaff, StartInvitation, TakeRole
from handlers.texts import Raw, say
from handlers.views import Press, View, in_rows
from models import Person

SHOWN = 20
IN_A_ROW = 5
ALL = "all"


async def list_staff(update: Update, context: Context) -> None:
    """/personel"""
    context.whisper(await _list_view(context, 0))


async def press_list(update: Update, context: Context) -> None:
    context.show(await _list_view(context, ListStaff.read(update).after))


async def _list_view(context: Context, after: int) -> View:
    colleagues = await staff.everybody(context.session, after=after, limit=SHOWN + 1)
    shown, has_more = colleagues[:SHOWN], len(colleagues) > SHOWN
    lines = [
        context.say("staff.line", number=one.number, roles=menus.roles_named(context.language, one.grants))
        for one in shown
    ]
    rows = in_rows([Press(str(one.number), ShowStaff(one.number)) for one in shown], IN_A_ROW)
    if has_more:
        rows.append([Press(context.label("button.next_staff"), ListStaff(shown[-1].number))])
    rows.append([Press(context.label("button.invite"), StartInvitation())])
    return View(context.say("staff.list", lines=Raw("\n".join(lines))), rows)


async def show_staff(update: Update, context: Context) -> None:
    _, colleague = await staff.find(context.session, ShowStaff.read(update).number)
    context.show(_one_view(context, colleague))


def _one_view(context: Context, one: Colleague) -> View:
    takes = [
        Press(context.label("button.take_role", role=_named(context, one, role)), TakeRole(one.number, role, 0))
        for role in one.grants
    ]
    rows: list[Sequence[Press]] = [[take] for take in takes]
    if len(takes) > 1:
        rows.append([Press(context.label("button.take_all_roles"), TakeRole(one.number, ALL, 0))])
    rows.append([Press(context.label("button.back"), ListStaff(0))])
    named = menus.roles_named(context.language, one.grants)
    return View(context.say("staff.one", number=one.number, roles=named), rows)


def _named(context: Context, one: Colleague, role: str) -> str:
    return menus.role_named(context.language, role, one.grants[role])


async def take_role(update: Update, context: Context) -> None:
    """Asks once, then takes it."""
    button = TakeRole.read(update)
    person, colleague = await staff.find(context.session, button.number)
    taken = [Role(role) for role in colleague.grants if button.role in (role, ALL)]
    if not taken:
        raise NoSuchStaff()
    if button.is_sure == 0:
        context.show(_sure_view(context, button, colleague))
    elif button.is_sure == 1:
        await staff.take_roles(context.session, person, taken, by=context.person, now=context.now)
        await _tell_taken(context, person, button.number)
    else:
        raise ButtonIsStale()


def _sure_view(context: Context, button: TakeRole, one: Colleague) -> View:
    if button.role == ALL:
        text = context.say("staff.ask_take_all", number=one.number)
    else:
        text = context.say("staff.ask_take", number=one.number, role=_named(context, one, button.role))
    sure = Press(context.label("button.take_sure"), TakeRole(one.number, button.role, 1), style="danger")
    return View(text, [[sure], [Press(context.label("button.back"), ShowStaff(one.number))]])


async def _tell_taken(context: Context, person: Person, number: int) -> None:
    grants = await staff.grants_of(context.session, person)
    named = menus.roles_named(context.language, grants)
    rows = [[Press(context.label("button.staff_list"), ListStaff(0))]]
    context.show(View(context.say("staff.taken", number=number, roles=named), rows))
    menus.now_holds(context, person, grants)
    theirs = menus.roles_named(person.language, grants)
    context.tell(person, View(say(person.language, "staff.you_lost", roles=theirs)))
