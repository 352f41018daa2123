"""Toasts: answers to button presses, now or never. Telegram forgets a press after 150 s and limits these not at all,
so they are no rows of the outbox."""

import asyncio
from typing import Any

from bot.metrics import SENDS
from bot.transport import NotSent, PerhapsSent, Refused, Transport

AT_ONCE = 128


class Toasts:
    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.tasks: set[asyncio.Task[None]] = set()

    def answer(self, toasts: list[dict[str, Any]]) -> None:
        """Sends them at once, without waiting. Past what is sensible they are dropped: the press itself has counted."""
        for toast in toasts[: max(0, AT_ONCE - len(self.tasks))]:
            task = asyncio.create_task(self._answer(toast))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def _answer(self, toast: dict[str, Any]) -> None:
        try:
            await self.transport.call("answerCallbackQuery", toast, timeout=5)
            SENDS.labels("answerCallbackQuery", "sent").inc()
        except (NotSent, PerhapsSent, Refused):
            SENDS.labels("answerCallbackQuery", "failed").inc()
