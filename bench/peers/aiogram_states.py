"""aiogram as its documentation shows it: a states group, a session middleware, start_polling with its defaults."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware, Bot, Dispatcher, F, Router
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import KeyboardButton, Message, ReplyKeyboardMarkup, ReplyKeyboardRemove, TelegramObject
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bench.peers import report, words

router = Router()


class Draft(StatesGroup):
    text = State()
    category = State()
    place = State()
    time = State()
    anonymity = State()
    confirm = State()


class SessionMiddleware(BaseMiddleware):
    def __init__(self, sessions: "async_sessionmaker[AsyncSession]") -> None:
        self._sessions = sessions

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        async with self._sessions() as session:
            data["session"] = session
            return await handler(event, data)


@router.message(Command("lapor"))
async def begin(message: Message, state: FSMContext, session: AsyncSession) -> None:
    report_id = await report.open_draft(session, message.chat.id)
    await state.set_data({"report_id": report_id})
    await state.set_state(Draft.text)
    await message.answer(words.ASK_TEXT)


@router.message(Draft.text, F.text)
async def take_text(message: Message, state: FSMContext, session: AsyncSession) -> None:
    await _store(state, session, text=message.text)
    await state.set_state(Draft.category)
    await message.answer(words.ASK_CATEGORY, reply_markup=_keyboard(words.CATEGORY_CHOICES))


@router.message(Draft.category, F.text)
async def take_category(message: Message, state: FSMContext, session: AsyncSession) -> None:
    await _store(state, session, category=report.choose_category(message.text or ""))
    await state.set_state(Draft.place)
    await message.answer(words.ASK_PLACE, reply_markup=ReplyKeyboardRemove())


@router.message(Draft.place, F.text)
async def take_place(message: Message, state: FSMContext, session: AsyncSession) -> None:
    await _store(state, session, **report.read_place(message.text or ""))
    await state.set_state(Draft.time)
    await message.answer(words.ASK_TIME, reply_markup=_keyboard(words.TIME_CHOICES))


@router.message(Draft.time, F.text)
async def take_time(message: Message, state: FSMContext, session: AsyncSession) -> None:
    await _store(state, session, **report.read_time(message.text or ""))
    await state.set_state(Draft.anonymity)
    await message.answer(words.ASK_ANONYMITY, reply_markup=_keyboard(words.ANONYMITY_CHOICES))


@router.message(Draft.anonymity, F.text)
async def take_anonymity(message: Message, state: FSMContext, session: AsyncSession) -> None:
    await _store(state, session, **report.read_anonymity(message.text or ""))
    await state.set_state(Draft.confirm)
    await message.answer(words.ASK_CONFIRM, reply_markup=_keyboard(words.CONFIRM_CHOICES))


@router.message(Draft.confirm, F.text)
async def file_report(message: Message, state: FSMContext, session: AsyncSession) -> None:
    report_id: int = (await state.get_data())["report_id"]
    await report.answer(session, report_id, **report.filed(report_id))
    await state.clear()
    await message.answer(words.received(report.number_of(report_id)), reply_markup=ReplyKeyboardRemove())


async def _store(state: FSMContext, session: AsyncSession, **values: object) -> None:
    await report.answer(session, (await state.get_data())["report_id"], **values)


def _keyboard(choices: list[str]) -> ReplyKeyboardMarkup:
    row = [KeyboardButton(text=choice) for choice in choices]
    return ReplyKeyboardMarkup(keyboard=[row], one_time_keyboard=True, resize_keyboard=True)


async def main() -> None:
    logging.basicConfig(level=logging.WARNING)
    engine = report.make_engine()
    await report.create_tables(engine)
    server = TelegramAPIServer.from_base(os.environ["TELEGRAM_API_URL"])
    bot = Bot(os.environ["BOT_TOKEN"], session=AiohttpSession(api=server))
    dispatcher = Dispatcher()
    dispatcher.update.middleware(SessionMiddleware(report.make_sessions(engine)))
    dispatcher.include_router(router)
    await dispatcher.start_polling(bot)
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(main())
