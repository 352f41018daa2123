"""The queue of updates that a bot has not confirmed yet."""

import random
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simulator.clock import Clock
from simulator.jsontext import encode
from simulator.world import Json

DAY_SECONDS = 86_400
LIFETIME_SECONDS = {
    "callback_query": 150,
    "shipping_query": 150,
    "pre_checkout_query": 150,
    "inline_query": 30,
    "chosen_inline_result": 600,
}
MAX_PENDING = 100_000
# Telegram sends these only to a bot that names them in allowed_updates.
ONLY_IF_ASKED = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
# Callbacks do not queue behind the messages of the same person.
CALLBACK_QUEUE_SHIFT = 3 << 33


@dataclass(slots=True)
class Pending:
    id: int
    kind: str
    queue: int
    at: float
    expires_at: float
    text: str


class UpdateQueue:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last_id = random.randint(10**8, 9 * 10**8)
        self._next_expiry = float("inf")
        self.pending: OrderedDict[int, Pending] = OrderedDict()
        self.allowed: frozenset[str] | None = None
        self.confirmed = 0
        self.dropped = 0
        self.on_arrival: list[Callable[[Pending], None]] = []

    @property
    def last_id(self) -> int:
        return self._last_id

    def wants(self, kind: str) -> bool:
        return kind not in ONLY_IF_ASKED if self.allowed is None else kind in self.allowed

    def allow(self, kinds: list[str] | None) -> None:
        """None leaves the earlier choice, an empty list goes back to the default, as on Telegram."""
        if kinds is not None:
            self.allowed = frozenset(kinds) or None

    def add(self, kind: str, payload: Any, queue: int) -> None:
        if self.wants(kind):
            self.add_raw({kind: payload}, kind, queue)

    def add_raw(self, body: Json, kind: str, queue: int) -> int:
        """Queue this object whatever it is; only the update_id is ours."""
        if len(self.pending) >= MAX_PENDING:
            self.dropped += 1
            return 0
        self._last_id += 1
        now = self._clock.now()
        expires_at = now + LIFETIME_SECONDS.get(kind, DAY_SECONDS)
        self._next_expiry = min(self._next_expiry, expires_at)
        text = encode({"update_id": self._last_id, **body})
        update = Pending(self._last_id, kind, queue, now, expires_at, text)
        self.pending[update.id] = update
        for arrived in list(self.on_arrival):
            arrived(update)
        return update.id

    def expire(self) -> None:
        now = self._clock.now()
        if now < self._next_expiry:
            return
        for update in [u for u in self.pending.values() if u.expires_at <= now]:
            del self.pending[update.id]
            self.dropped += 1
        self._next_expiry = min((u.expires_at for u in self.pending.values()), default=float("inf"))

    def confirm_before(self, update_id: int) -> None:
        while self.pending and next(iter(self.pending)) < update_id:
            self.pending.popitem(last=False)
            self.confirmed += 1

    def confirm(self, update_id: int) -> None:
        if self.pending.pop(update_id, None):
            self.confirmed += 1

    def forget(self) -> None:
        self.dropped += len(self.pending)
        self.pending.clear()

    def first(self, limit: int) -> list[Pending]:
        self.expire()
        return [update for update, _ in zip(self.pending.values(), range(limit), strict=False)]

    def state(self) -> Json:
        self.expire()
        oldest = next(iter(self.pending.values()), None)
        return {
            "pending": len(self.pending),
            "confirmed": self.confirmed,
            "oldest_age_seconds": self._clock.now() - oldest.at if oldest else None,
            "dropped": self.dropped,
        }
