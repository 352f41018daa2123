"""Traces: what somebody may find who looks into the reporter's phone, and how there comes to be less of it."""

from telegram import Update

from domain.cases.reporter import discretion
from handlers.context import Context
from handlers.presses import OpenMenu
from handlers.reports import case_buttons
from handlers.views import Press, View


async def erase_traces(update: Update, context: Context) -> None:
    """/hapus_jejak"""
    _ask(context)


async def press_erase(update: Update, context: Context) -> None:
    button = case_buttons.EraseTraces.read(update)
    query = update.callback_query
    if not button.is_sure:
        _ask(context)
        return
    assert query is not None
    assert query.message is not None
    chat_id = query.message.chat.id
    portions = await discretion.traces(context.session, chat_id, query.message.message_id, now=context.now)
    for ids in portions:
        context.post("edit", chat_id, "deleteMessages", {"message_ids": ids})
    await discretion.forget_status_messages(context.session, context.person)
    context.reply(View(context.say("trace.done")))


def _ask(context: Context) -> None:
    sure = Press(context.label("button.erase_sure"), case_buttons.EraseTraces(1), style="danger")
    keep = Press(context.label("button.keep"), OpenMenu("keep"))
    context.reply(View(context.say("trace.ask"), [[sure], [keep]]))


async def toggle_discreet(update: Update, context: Context) -> None:
    """/diam"""
    is_on = not context.person.is_discreet
    await discretion.set_discreet(context.session, context.person, is_on)
    context.reply(View(context.say("discreet.all_on" if is_on else "discreet.all_off")))


async def hide(update: Update, context: Context) -> None:
    case_buttons.Hide.read(update)
    context.show(View(context.say("discreet.hidden")))
