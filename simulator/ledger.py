"""Every Bot API call that came in and what became of it: the ground truth for tests."""

from dataclasses import dataclass
from typing import Any

from simulator.world import Json


@dataclass(slots=True)
class Entry:
    seq: int
    at: float
    bot: str
    method: str
    params: Json
    user_agent: str
    status: int = 0
    result_message_id: int | None = None
    result_message_ids: list[int] | None = None
    delivered: bool = False
    fault: str | None = None
    description: str | None = None

    def shape(self) -> Json:
        return {name: getattr(self, name) for name in self.__slots__}

    def note_result(self, result: Any) -> None:
        """Remember which messages the call made or changed."""
        if isinstance(result, list) and result and isinstance(result[0], dict):
            self.result_message_ids = [m["message_id"] for m in result if "message_id" in m]
            result = result[0]
        if isinstance(result, dict):
            self.result_message_id = result.get("message_id")


class Ledger:
    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._seq = 0

    def open(self, at: float, bot: str, method: str, params: Json, user_agent: str) -> Entry:
        self._seq += 1
        entry = Entry(self._seq, at, bot, method, params, user_agent)
        self.entries.append(entry)
        return entry

    def since(self, seq: int, method: str | None = None, chat: str | None = None) -> list[Json]:
        first = self.entries[0].seq if self.entries else 0
        wanted = self.entries[max(0, seq + 1 - first) :]
        return [
            e.shape()
            for e in wanted
            if (method is None or e.method == method) and (chat is None or str(e.params.get("chat_id")) == chat)
        ]

    def forget(self) -> None:
        self.entries.clear()
