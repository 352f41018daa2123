"""Staff: groups bound to a duty."""

from telegram import Update

from domain import audit, duty_rooms, units
from domain.errors import ButtonIsStale
from handlers import membership
from handlers.context import Context
from handlers.presses import BindRoom
from handlers.reports import buttons
from handlers.views import Press, View, in_rows

REGENCY = "regency"
UNIT = "unit"
OF_UNIT = "unit-"
IN_A_ROW = 2


async def bind_group(update: Update, context: Context) -> None:
    """/ikat"""
    chat = update.effective_chat
    assert chat is not None
    await membership.stay(context, chat.id)
    rows = [
        [Press(context.label("button.whole_regency"), BindRoom(REGENCY))],
        [Press(context.label("button.one_area"), BindRoom(buttons.ALL))],
        [Press(context.label("button.confidential"), BindRoom(UNIT))],
    ]
    context.reply(View(context.say("room.ask_area"), rows))


async def choose_room_area(update: Update, context: Context) -> None:
    """Whole regency, one area, or the sensitive reports of one special unit or of all."""
    button = BindRoom.read(update)
    if button.area == buttons.ALL:
        presses = [Press(area.name, BindRoom(buttons.area_token(area.code))) for area in context.areas.by_name]
        context.show(View(context.say("room.choose_area"), in_rows(presses, IN_A_ROW)))
    elif button.area == UNIT:
        presses = [Press(unit.name, BindRoom(OF_UNIT + unit.code)) for unit in units.SPECIAL]
        everything = Press(context.label("button.all_units"), BindRoom(OF_UNIT + buttons.ALL))
        context.show(View(context.say("room.choose_unit"), [*in_rows(presses, IN_A_ROW), [everything]]))
    elif button.area.startswith(OF_UNIT):
        await _bind_to_unit(update, context, button.area.removeprefix(OF_UNIT))
    else:
        await _bind_to_area(update, context, None if button.area == REGENCY else buttons.area_code(button.area))


async def _bind_to_area(update: Update, context: Context, area_code: str | None) -> None:
    if area_code is not None and area_code not in context.areas.by_code:
        raise ButtonIsStale()
    what = context.areas.name(area_code) or context.say("room.regency")
    await _bind(update, context, what, area_code=area_code)


async def _bind_to_unit(update: Update, context: Context, code: str) -> None:
    """Everybody in that group will read what is sensitive, so it is said which unit's."""
    if code == buttons.ALL:
        await _bind(update, context, context.say("room.confidential"), is_confidential=True)
        return
    if code not in {unit.code for unit in units.SPECIAL}:
        raise ButtonIsStale()
    what = context.say("room.confidential_unit", unit=units.name_of(code))
    await _bind(update, context, what, is_confidential=True, unit=code)


async def _bind(
    update: Update,
    context: Context,
    what: str,
    *,
    area_code: str | None = None,
    is_confidential: bool = False,
    unit: str | None = None,
) -> None:
    chat = update.effective_chat
    assert chat is not None
    before = await duty_rooms.room_of(context.session, chat.id)
    wanted = (area_code, is_confidential, unit)
    if before is not None and before.is_reachable and (before.area_code, before.is_confidential, before.unit) == wanted:
        context.toast(context.label("room.bound_already"))
        return
    room = await duty_rooms.bind(
        context.session, chat.id, area_code, is_confidential=is_confidential, unit=unit, now=context.now
    )
    detail = unit or ("sensitive" if is_confidential else area_code or REGENCY)
    audit.note(context.session, context.person, "bind group", None, detail, now=context.now)
    context.show(View(context.say("room.bound", area=what)))
    count = await duty_rooms.count_waiting(context.session, room)
    if count:
        context.reply(View(context.say("room.waiting", count=count)))


async def unbind_group(update: Update, context: Context) -> None:
    """/lepas"""
    chat = update.effective_chat
    assert chat is not None
    was_bound = await duty_rooms.unbind(context.session, chat.id)
    if was_bound:
        audit.note(context.session, context.person, "unbind group", now=context.now)
    context.reply(View(context.say("room.unbound" if was_bound else "room.not_bound")))


async def only_in_groups(update: Update, context: Context) -> None:
    """/ikat in a private chat"""
    context.reply(View(context.say("room.only_in_groups")))


async def group_migrated(update: Update, context: Context) -> None:
    message = update.effective_message
    if message is not None and message.migrate_to_chat_id is not None:
        await duty_rooms.follow_migration(context.session, message.chat.id, message.migrate_to_chat_id)
        await membership.stay(context, message.migrate_to_chat_id)
