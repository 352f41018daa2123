"""The conversation: python-telegram-bot's dispatcher, stripped of its network, queue and memory."""

import asyncio
from typing import Any

from telegram import Update
from telegram.ext import Application, ContextTypes, ExtBot

from bot.transport import Request, Transport, network_forbidden
from domain.errors import DomainError
from handlers import errors, routes
from handlers.context import Context, Visit

LONGEST_SECONDS = 20  # for one update; Telegram redelivers a webhook after 60

AnyApplication = Application[Any, Any, Any, Any, Any, Any]


class HandlerFailed(Exception):
    """It took too long, or met an OSError of its own: not to be taken for a database that is away."""


class Conversation(Application):  # type: ignore[type-arg]
    """Runs handlers one update after the other. A handler's error leaves `process_update`, so that its transaction
    is rolled back; a DomainError becomes one friendly sentence."""

    visit: Visit | None = None

    async def process_error(self, update: Any, error: Exception, job: Any = None, coroutine: Any = None) -> bool:
        if isinstance(error, DomainError):
            await errors.answer_domain_error(Context.from_update(update, self), error)
            return True
        raise error

    async def answer(self, update: Update, visit: Visit) -> None:
        """Puts one update through its handler. Raises HandlerFailed after 20 s, and whatever the handler raised."""
        self.visit = visit
        try:
            with network_forbidden():
                async with asyncio.timeout(LONGEST_SECONDS) as limit:
                    await self.process_update(update)
        except OSError as error:  # TimeoutError is one
            if limit.expired() or not _is_of_the_database(error):
                raise HandlerFailed(type(error).__name__) from error
            raise
        finally:
            self.visit = None


def build(transport: Transport, token: str, api_url: str) -> Conversation:
    bot: ExtBot[None] = ExtBot(
        token,
        base_url=f"{api_url}/bot",
        base_file_url=f"{api_url}/file/bot",
        request=Request(transport),
        get_updates_request=Request(transport),
    )
    application = (
        Application.builder()
        .application_class(Conversation)
        .bot(bot)
        .updater(None)
        .job_queue(None)
        .context_types(ContextTypes(context=Context))
        .build()
    )
    assert isinstance(application, Conversation)
    routes.register(application)
    return application


def _is_of_the_database(error: BaseException) -> bool:
    """Whether it came up through the database's driver."""
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_globals.get("__name__", "").startswith(("sqlalchemy.", "asyncpg.", "aiosqlite.")):
            return True
        trace = trace.tb_next
    return False
