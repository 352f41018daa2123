"""Staff: groups bound to a duty, and invitations taken up."""

from telegram import ChatMemberUpdated, Update
from telegram.constants import ChatMemberStatus

from domain import duty_rooms, people
from domain.errors import ButtonIsStale
from handlers.context import Context
from handlers.presses import BindRoom
from handlers.reports import buttons, cards
from handlers.views import Press, View

REGENCY = "regency"
UNIT = "unit"
GONE = (ChatMemberStatus.LEFT, ChatMemberStatus.BANNED)
AREAS_IN_A_ROW = 2


async def bind_group(update: Update, context: Context) -> None:
    """/ikat"""
    rows = [
        [Press(context.label("button.whole_regency"), BindRoom(REGENCY))],
        [Press(context.label("button.one_area"), BindRoom(buttons.ALL))],
        [Press(context.label("button.confidential"), BindRoom(UNIT))],
    ]
    context.reply(View(context.say("room.ask_area"), rows))


async def choose_room_area(update: Update, context: Context) -> None:
    button = BindRoom.read(update)
    if button.area == buttons.ALL:
        areas = context.areas.by_name
        presses = [Press(area.name, BindRoom(buttons.area_token(area.code))) for area in areas]
        width = AREAS_IN_A_ROW
        context.show(
            View(context.say("room.choose_area"), [presses[n : n + width] for n in range(0, len(areas), width)])
        )
        return
    area_code = None if button.area in (REGENCY, UNIT) else buttons.area_code(button.area)
    if area_code is not None and area_code not in context.areas.by_code:
        raise ButtonIsStale()
    await _bind(update, context, area_code, is_confidential=button.area == UNIT)


async def _bind(update: Update, context: Context, area_code: str | None, *, is_confidential: bool) -> None:
    chat = update.effective_chat
    assert chat is not None
    before = await duty_rooms.room_of(context.session, chat.id)
    if (
        before is not None
        and before.is_reachable
        and (before.area_code, before.is_confidential) == (area_code, is_confidential)
    ):
        context.toast(context.label("room.bound_already"))
        return
    room = await duty_rooms.bind(context.session, chat.id, area_code, is_confidential=is_confidential, now=context.now)
    what = context.say("room.confidential" if is_confidential else "room.regency")
    context.show(View(context.say("room.bound", area=context.areas.name(area_code) or what)))
    count = await duty_rooms.count_waiting(context.session, room)
    if count:
        context.reply(View(context.say("room.waiting", count=count)))
    await cards.post_missed(context.session, room, context.areas, now=context.now)  # the others follow by and by


async def unbind_group(update: Update, context: Context) -> None:
    """/lepas"""
    chat = update.effective_chat
    assert chat is not None
    was_bound = await duty_rooms.unbind(context.session, chat.id)
    context.reply(View(context.say("room.unbound" if was_bound else "room.not_bound")))


async def only_in_groups(update: Update, context: Context) -> None:
    """/ikat in a private chat"""
    context.reply(View(context.say("room.only_in_groups")))


async def membership_changed(update: Update, context: Context) -> None:
    """The bot was blocked or unblocked by a person, removed from a group or added to one."""
    change = update.my_chat_member
    assert change is not None
    is_here = change.new_chat_member.status not in GONE
    if change.chat.type == "private":
        if context.visit.person is not None:
            people.set_reachable(context.visit.person, is_here)
        return
    await duty_rooms.set_reachable(context.session, change.chat.id, is_here)
    if is_here and _was_away(change):
        context.reply(View(context.say("group.hello")))


async def group_migrated(update: Update, context: Context) -> None:
    message = update.effective_message
    if message is not None and message.migrate_to_chat_id is not None:
        await duty_rooms.follow_migration(context.session, message.chat.id, message.migrate_to_chat_id)


def _was_away(change: ChatMemberUpdated) -> bool:
    return change.old_chat_member.status in GONE
