"""python-telegram-bot as its documentation shows it: ConversationHandler, run_polling, one update at a time."""

# The library's examples take it as given that a message is there; so does this one.
# mypy: disable-error-code="union-attr,index,arg-type"

import logging
import os
from typing import Any

from telegram import ReplyKeyboardMarkup, ReplyKeyboardRemove, Update
from telegram.ext import Application, CommandHandler, ContextTypes, ConversationHandler, MessageHandler, filters

from bench.peers import report, words

TEXT, CATEGORY, PLACE, TIME, ANONYMITY, CONFIRM = range(6)
Context = ContextTypes.DEFAULT_TYPE

engine = report.make_engine()
sessions = report.make_sessions(engine)


async def begin(update: Update, context: Context) -> int:
    async with sessions() as session:
        context.user_data["report_id"] = await report.open_draft(session, update.effective_chat.id)
    await update.message.reply_text(words.ASK_TEXT)
    return TEXT


async def take_text(update: Update, context: Context) -> int:
    await _store(context, text=update.message.text)
    await update.message.reply_text(words.ASK_CATEGORY, reply_markup=_keyboard(words.CATEGORY_CHOICES))
    return CATEGORY


async def take_category(update: Update, context: Context) -> int:
    await _store(context, category=report.choose_category(update.message.text))
    await update.message.reply_text(words.ASK_PLACE, reply_markup=ReplyKeyboardRemove())
    return PLACE


async def take_place(update: Update, context: Context) -> int:
    await _store(context, **report.read_place(update.message.text))
    await update.message.reply_text(words.ASK_TIME, reply_markup=_keyboard(words.TIME_CHOICES))
    return TIME


async def take_time(update: Update, context: Context) -> int:
    await _store(context, **report.read_time(update.message.text))
    await update.message.reply_text(words.ASK_ANONYMITY, reply_markup=_keyboard(words.ANONYMITY_CHOICES))
    return ANONYMITY


async def take_anonymity(update: Update, context: Context) -> int:
    await _store(context, **report.read_anonymity(update.message.text))
    await update.message.reply_text(words.ASK_CONFIRM, reply_markup=_keyboard(words.CONFIRM_CHOICES))
    return CONFIRM


async def file_report(update: Update, context: Context) -> int:
    report_id = context.user_data.pop("report_id")
    async with sessions() as session:
        await report.answer(session, report_id, **report.filed(report_id))
    number = report.number_of(report_id)
    await update.message.reply_text(words.received(number), reply_markup=ReplyKeyboardRemove())
    return ConversationHandler.END


async def cancel(update: Update, context: Context) -> int:
    await update.message.reply_text(words.NOT_UNDERSTOOD, reply_markup=ReplyKeyboardRemove())
    return ConversationHandler.END


async def _store(context: Context, **values: object) -> None:
    async with sessions() as session:
        await report.answer(session, context.user_data["report_id"], **values)


def _keyboard(choices: list[str]) -> ReplyKeyboardMarkup:
    return ReplyKeyboardMarkup([choices], one_time_keyboard=True, resize_keyboard=True)


async def create_tables(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
    await report.create_tables(engine)


def main() -> None:
    logging.basicConfig(level=logging.WARNING)
    application = (
        Application.builder()
        .token(os.environ["BOT_TOKEN"])
        .base_url(os.environ["TELEGRAM_API_URL"] + "/bot")
        .post_init(create_tables)
        .build()
    )
    steps = (take_text, take_category, take_place, take_time, take_anonymity, file_report)
    words_only = filters.TEXT & ~filters.COMMAND
    application.add_handler(
        ConversationHandler(
            entry_points=[CommandHandler("lapor", begin)],
            states={state: [MessageHandler(words_only, step)] for state, step in enumerate(steps)},
            fallbacks=[CommandHandler("batal", cancel)],
        )
    )
    application.run_polling()


if __name__ == "__main__":
    main()
