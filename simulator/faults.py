"""Faults that tests order: what goes wrong, for which calls and how often."""

import itertools
import random
from dataclasses import dataclass, field
from typing import Any

from simulator.errors import NotPossible
from simulator.world import Json

# kind -> the options that it takes
KINDS: dict[str, frozenset[str]] = {
    "too_many": frozenset({"retry_after"}),
    "status": frozenset({"code", "description", "html"}),
    "drop_before": frozenset(),
    "drop_after": frozenset(),
    "hang": frozenset({"seconds"}),
    "delay": frozenset({"seconds"}),
    "truncate": frozenset(),
    "webhook_refuse": frozenset({"seconds"}),
}
COMMON = frozenset({"method", "chat", "times", "after", "probability", "kind"})
# These answer in the bot's face before anything is done.
BEFORE = frozenset({"too_many", "status", "drop_before"})


@dataclass(slots=True)
class Fault:
    id: int
    kind: str
    method: str = "*"
    chat: int | str | None = None
    times: int = 1
    after: int = 0
    probability: float = 1.0
    options: Json = field(default_factory=dict)

    def meets(self, method: str, chat: Any) -> bool:
        if self.method not in ("*", method):
            return False
        return self.chat is None or str(self.chat) == str(chat)


class Faults:
    def __init__(self) -> None:
        self.active: list[Fault] = []
        self._ids = itertools.count(1)

    def add(self, order: Json) -> Fault:
        kind = order.get("kind")
        if kind not in KINDS:
            raise NotPossible(f"There is no fault of the kind {kind!r}; there are {', '.join(KINDS)}.")
        if unknown := order.keys() - COMMON - KINDS[kind]:
            raise NotPossible(f"A fault of the kind {kind} takes no {', '.join(sorted(unknown))}.")
        common = {k: v for k, v in order.items() if k in COMMON}
        options = {k: v for k, v in order.items() if k not in COMMON}
        fault = Fault(id=next(self._ids), options=options, **common)
        if kind != "webhook_refuse":
            self.active.append(fault)
        return fault

    def pick(self, method: str, chat: Any) -> Fault | None:
        """The first fault that befalls this call; counts it."""
        for fault in self.active:
            if fault.meets(method, chat) and self._befalls(fault):
                return fault
        return None

    def clear(self) -> None:
        self.active.clear()

    def _befalls(self, fault: Fault) -> bool:
        if fault.after > 0:
            fault.after -= 1
            return False
        if random.random() >= fault.probability:
            return False
        if fault.times:
            fault.times -= 1
            if fault.times == 0:
                self.active.remove(fault)
        return True
