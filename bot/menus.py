"""Menus: the command lists that Telegram shows, by scope and language."""

import structlog

from bot.transport import NotSent, PerhapsSent, Refused, Transport
from handlers.routes import COMMANDS
from handlers.texts import DEFAULT, plain

log = structlog.get_logger()


async def publish_menus(transport: Transport) -> None:
    """Tells Telegram the menus. Nothing depends on it, so a failure waits for the next start."""
    for scope, language, commands in COMMANDS:
        shown = [{"command": name, "description": plain(language or DEFAULT, key)} for name, key in commands]
        try:
            await transport.call("setMyCommands", {"commands": shown, "scope": scope, "language_code": language})
        except (NotSent, PerhapsSent, Refused) as error:
            log.warning("menus.not_published", error=type(error).__name__)
            return
