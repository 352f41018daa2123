"""python-telegram-bot with concurrent_updates=256: plain handlers, the step kept in the database.

ConversationHandler keeps its states in a dict that concurrent updates break, so this one does without.
"""

# The library's examples take it as given that a message is there; so does this one.
# mypy: disable-error-code="union-attr,index,arg-type"

import logging
import os
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from telegram import ReplyKeyboardMarkup, ReplyKeyboardRemove, Update
from telegram.ext import Application, CommandHandler, ContextTypes, MessageHandler, filters

from bench.peers import report, words

Context = ContextTypes.DEFAULT_TYPE
Said = tuple[str, list[str]]
Step = Callable[[AsyncSession, int, str], Awaitable[Said]]

engine = report.make_engine()
sessions = report.make_sessions(engine)


async def begin(update: Update, context: Context) -> None:
    async with sessions() as session:
        await report.open_draft(session, update.effective_chat.id)
    await update.message.reply_text(words.ASK_TEXT)


async def take_text(session: AsyncSession, report_id: int, text: str) -> Said:
    await report.answer(session, report_id, text=text, step="category")
    return words.ASK_CATEGORY, words.CATEGORY_CHOICES


async def take_category(session: AsyncSession, report_id: int, text: str) -> Said:
    await report.answer(session, report_id, category=report.choose_category(text), step="place")
    return words.ASK_PLACE, []


async def take_place(session: AsyncSession, report_id: int, text: str) -> Said:
    await report.answer(session, report_id, **report.read_place(text), step="time")
    return words.ASK_TIME, words.TIME_CHOICES


async def take_time(session: AsyncSession, report_id: int, text: str) -> Said:
    await report.answer(session, report_id, **report.read_time(text), step="anonymity")
    return words.ASK_ANONYMITY, words.ANONYMITY_CHOICES


async def take_anonymity(session: AsyncSession, report_id: int, text: str) -> Said:
    await report.answer(session, report_id, **report.read_anonymity(text), step="confirm")
    return words.ASK_CONFIRM, words.CONFIRM_CHOICES


async def file_report(session: AsyncSession, report_id: int, text: str) -> Said:
    await report.answer(session, report_id, **report.filed(report_id))
    return words.received(report.number_of(report_id)), []


STEPS: dict[str, Step] = {
    "text": take_text,
    "category": take_category,
    "place": take_place,
    "time": take_time,
    "anonymity": take_anonymity,
    "confirm": file_report,
}


async def take_words(update: Update, context: Context) -> None:
    async with sessions() as session:
        draft = await report.find_draft(session, update.effective_chat.id)
        if draft is None:
            said: Said = (words.NOT_UNDERSTOOD, [])
        else:
            report_id, step = draft
            said = await STEPS[step](session, report_id, update.message.text)
    await update.message.reply_text(said[0], reply_markup=_keyboard(said[1]))


def _keyboard(choices: list[str]) -> ReplyKeyboardMarkup | ReplyKeyboardRemove:
    if not choices:
        return ReplyKeyboardRemove()
    return ReplyKeyboardMarkup([choices], one_time_keyboard=True, resize_keyboard=True)


async def create_tables(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
    await report.create_tables(engine)


def main() -> None:
    logging.basicConfig(level=logging.WARNING)
    application = (
        Application.builder()
        .token(os.environ["BOT_TOKEN"])
        .base_url(os.environ["TELEGRAM_API_URL"] + "/bot")
        .concurrent_updates(256)
        .post_init(create_tables)
        .build()
    )
    application.add_handler(CommandHandler("lapor", begin))
    application.add_handler(MessageHandler(filters.TEXT & ~filters.COMMAND, take_words))
    application.run_polling()


if __name__ == "__main__":
    main()
