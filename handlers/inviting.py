"""Inviting: a link for a role, whoever opens it, and the issuer who says whether it is they."""

from telegram import Update

from domain import guesses, invitations, outbox, staff, units
from domain.errors import ButtonIsStale
from domain.invitations import OFFERED, WITH_UNIT, Opened
from domain.policy import INVITATION_VALID
from domain.roles import Role
from handlers import menus
from handlers.context import Context
from handlers.presses import ChooseRole, ChooseUnit, ConfirmInvitation, ListStaff, RefuseInvitation, StartInvitation
from handlers.texts import plain, say
from handlers.views import Press, View, in_rows
from models import Person

NO_UNIT = "none"
IN_A_ROW = 2
SPECIAL = {unit.code: unit for unit in units.SPECIAL}


async def invite(update: Update, context: Context) -> None:
    """/undang"""
    context.whisper(_role_view(context))


async def start_invitation(update: Update, context: Context) -> None:
    StartInvitation.read(update)
    context.show(_role_view(context))


def _role_view(context: Context) -> View:
    presses = [Press(context.label(f"role.{role}"), ChooseRole(role)) for role in OFFERED]
    rows = [*in_rows(presses, IN_A_ROW), [Press(context.label("button.staff_list"), ListStaff(0))]]
    return View(context.say("invitation.ask_role"), rows)


async def choose_role(update: Update, context: Context) -> None:
    role = _offered(ChooseRole.read(update).role)
    if role not in WITH_UNIT:
        await _make_link(context, role, None)
        return
    presses = [Press(unit.name, ChooseUnit(role, unit.code)) for unit in units.SPECIAL]
    rows = [
        [Press(context.label("button.no_unit"), ChooseUnit(role, NO_UNIT))],
        *in_rows(presses, IN_A_ROW),
        [Press(context.label("button.back"), StartInvitation())],
    ]
    context.show(View(context.say("invitation.ask_unit"), rows))


async def choose_unit(update: Update, context: Context) -> None:
    button = ChooseUnit.read(update)
    role = _offered(button.role)
    if role not in WITH_UNIT or button.unit not in (NO_UNIT, *SPECIAL):
        raise ButtonIsStale()
    await _make_link(context, role, None if button.unit == NO_UNIT else button.unit)


def _offered(role: str) -> Role:
    if role not in OFFERED:
        raise ButtonIsStale()
    return Role(role)


async def _make_link(context: Context, role: Role, unit: str | None) -> None:
    token = await invitations.invite(context.session, role, context.now, unit=unit, by=context.person)
    link = context.deep_link(token)
    minutes = int(INVITATION_VALID.total_seconds() // 60)
    text = context.say(
        "invitation.link", role=menus.role_named(context.language, role, unit), minutes=minutes, link=link
    )
    context.show(View(text, [[Press(context.label("button.copy_link"), copies=link)]]))


async def open_link(context: Context, token: str) -> bool:
    """Whether it was an invitation. A made-up one is a plain start, and is counted."""
    opened = await invitations.open_link(context.session, token, context.person, now=context.now)
    if opened is None:
        if guesses.is_locked_out(context.person):
            await _warn_of_guesses(context)
        return False
    if opened.issuer is None:
        await welcome(context, context.person)
    else:
        _ask_issuer(context, opened, opened.issuer)
    return True


def _ask_issuer(context: Context, opened: Opened, issuer: Person) -> None:
    context.reply(View(context.say("invitation.wait", code=opened.code)))
    language = issuer.language
    role = menus.role_named(language, opened.role, opened.unit)
    rows = [
        [
            Press(plain(language, "button.is_them"), ConfirmInvitation(opened.id), style="success"),
            Press(plain(language, "button.is_not_them"), RefuseInvitation(opened.id), style="danger"),
        ]
    ]
    context.tell(issuer, View(say(language, "invitation.opened", role=role, code=opened.code), rows))


async def confirm(update: Update, context: Context) -> None:
    button = ConfirmInvitation.read(update)
    person, role = await invitations.confirm(context.session, button.invitation_id, by=context.person, now=context.now)
    name = context.say("invitation.accepted", number=person.staff_number, role=context.label(f"role.{role}"))
    context.show(View(name))
    await welcome(context, person)


async def refuse(update: Update, context: Context) -> None:
    button = RefuseInvitation.read(update)
    person = await invitations.refuse(context.session, button.invitation_id, by=context.person, now=context.now)
    context.show(View(context.say("invitation.refused")))
    context.tell(person, View(say(person.language, "invitation.not_you")))


async def welcome(context: Context, person: Person) -> None:
    """They have a role now: they are told which, and find its commands in their list."""
    grants = await staff.grants_of(context.session, person)
    menus.now_holds(context, person, grants)
    roles = menus.roles_named(person.language, grants)
    context.tell(person, View(say(person.language, "staff.welcome", role=roles)))


async def _warn_of_guesses(context: Context) -> None:
    """Tells every admin, once an hour whoever guesses."""
    for manager in await staff.managers(context.session):
        chat_id = manager.telegram_id
        if chat_id is None:
            continue
        payload = View(say(manager.language, "staff.guesses")).payload(chat_id)
        key = f"guesses.{context.now:%Y%m%d%H}.{manager.id.hex}"
        outbox.post(
            context.session, "alarm", to=chat_id, method="sendMessage", payload=payload, key=key, now=context.now
        )
