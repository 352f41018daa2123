"""Membership: the bot is added to a group or removed, a person blocks it, and strangers join a duty room."""

from collections.abc import Iterable

from telegram import ChatMember, ChatMemberUpdated, Update, User
from telegram.constants import ChatMemberStatus, ChatType

from domain import duty_rooms, outbox, people, roles, staff
from domain.cases import access
from domain.policy import UNKNOWN_GROUP_LEFT_AFTER
from domain.roles import Deed
from handlers.context import Context
from handlers.texts import plain, say
from handlers.views import View
from models import DutyRoom

GONE = (ChatMemberStatus.LEFT, ChatMemberStatus.BANNED)
BRINGERS = (Deed.MANAGE_STAFF, Deed.BIND_GROUP)
LEAVE = "leaveChat"


async def bot_moved(update: Update, context: Context) -> None:
    """The bot was blocked or unblocked by a person, removed from a group or added to one."""
    change = update.my_chat_member
    assert change is not None
    is_here = _is_here(change.new_chat_member)
    if change.chat.type == ChatType.PRIVATE:
        if context.visit.person is not None:
            people.set_reachable(context.visit.person, is_here)
        return
    await duty_rooms.set_reachable(context.session, change.chat.id, is_here)
    if is_here and not _is_here(change.old_chat_member):
        await _enter(context, change)


async def _enter(context: Context, change: ChatMemberUpdated) -> None:
    """Whoever brought the bot decides whether it stays: one of those who may bind groups, in their own name."""
    may_bring = any(roles.may(context.roles, deed) for deed in BRINGERS)
    if may_bring or await duty_rooms.room_of(context.session, change.chat.id) is not None:
        context.reply(View(context.say("group.hello")))
    else:
        _leave(context, change)


def _leave(context: Context, change: ChatMemberUpdated) -> None:
    """Says why, and goes a little later: an admin may have meant it, or the group may be one of ours that moves."""
    if change.chat.type != ChatType.CHANNEL:  # there it would be heard by the whole channel
        context.reply(View(context.say("group.goodbye")))
    outbox.post(
        context.session,
        "reply",
        to=change.chat.id,
        method=LEAVE,
        payload={},
        key=f"leave.{context.visit.update_id}",
        now=context.now,
        not_before=context.now + UNKNOWN_GROUP_LEFT_AFTER,
    )


async def stay(context: Context, chat_id: int) -> None:
    """That group is one of ours after all."""
    await outbox.call_off_method(context.session, chat_id, LEAVE)


async def member_moved(update: Update, context: Context) -> None:
    """Told only to bots that are admins of the group."""
    change = update.chat_member
    assert change is not None
    if _is_here(change.new_chat_member) and not _is_here(change.old_chat_member):
        await _look_at(context, change.chat.id, [change.new_chat_member.user])


async def members_added(update: Update, context: Context) -> None:
    """The same as every bot in a group is told it."""
    message = update.effective_message
    assert message is not None
    await _look_at(context, message.chat.id, message.new_chat_members or ())


async def _look_at(context: Context, chat_id: int, joined: Iterable[User]) -> None:
    """Who reads along in a duty room should be staff. Only how many are not is told, once a minute: never who."""
    room = await duty_rooms.room_of(context.session, chat_id)
    numbers = {user.id for user in joined} - {context.bot.id}
    count = await staff.count_strangers(context.session, numbers) if room is not None else 0
    if room is None or not count:
        return
    for binder in await access.those_who_may(context.session, Deed.BIND_GROUP):
        to = binder.telegram_id
        if to is None:
            continue
        text = say(binder.language, "staff.stranger_joined", count=count, room=_name(context, room, binder.language))
        outbox.post(
            context.session,
            "alarm",
            to=to,
            method="sendMessage",
            payload=View(text).payload(to),
            key=f"joined.{room.id.hex[-8:]}.{context.now:%Y%m%d%H%M}.{binder.id.hex[-12:]}",
            now=context.now,
        )


def _name(context: Context, room: DutyRoom, language: str) -> str:
    if room.is_confidential:
        return plain(language, "room.confidential")
    return context.areas.name(room.area_code) or plain(language, "room.regency")


def _is_here(member: ChatMember) -> bool:
    return member.status not in GONE
