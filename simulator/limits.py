"""How fast a bot may send: token buckets for all chats together, for one person and for one group."""

import math
from dataclasses import asdict, dataclass

from simulator.world import Chat, Json


@dataclass(slots=True)
class Rates:
    """Defaults are Telegram's published figures; bursts are what it tolerates in practice."""

    global_per_second: float = 30
    global_burst: float = 60
    private_per_second: float = 1
    private_burst: float = 15
    group_per_minute: float = 20
    enabled: bool = True


class Bucket:
    __slots__ = ("at", "burst", "level", "per_second")

    def __init__(self, per_second: float, burst: float, now: float) -> None:
        self.per_second = per_second
        self.burst = burst
        self.level = burst
        self.at = now

    def seconds_until(self, tokens: float, now: float) -> float:
        self.level = min(self.burst, self.level + (now - self.at) * self.per_second)
        self.at = now
        missing = min(tokens, self.burst) - self.level
        return missing / self.per_second if missing > 0 else 0.0


class Limits:
    def __init__(self) -> None:
        self.rates = Rates()
        self._buckets: dict[tuple[int, int], Bucket] = {}

    def change(self, changes: Json) -> Json:
        """Raises TypeError for a name that is no limit."""
        self.rates = Rates(**{**asdict(self.rates), **changes})
        self._buckets.clear()
        return asdict(self.rates)

    def forget(self) -> None:
        self._buckets.clear()

    def charge(self, bot_id: int, chat: Chat, messages: int, now: float) -> int:
        """Take tokens for `messages` and return 0, or take none and return seconds to wait, at least 1."""
        if not self.rates.enabled:
            return 0
        buckets = (self._bucket(bot_id, 0, chat, now), self._bucket(bot_id, chat.id, chat, now))
        wait = max(bucket.seconds_until(messages, now) for bucket in buckets)
        if wait > 0:
            return max(1, math.ceil(wait))
        for bucket in buckets:
            bucket.level -= messages
        return 0

    def _bucket(self, bot_id: int, chat_id: int, chat: Chat, now: float) -> Bucket:
        bucket = self._buckets.get((bot_id, chat_id))
        if bucket is None:
            bucket = self._buckets[bot_id, chat_id] = Bucket(*self._size(chat_id, chat), now)
        return bucket

    def _size(self, chat_id: int, chat: Chat) -> tuple[float, float]:
        rates = self.rates
        if chat_id == 0:
            return rates.global_per_second, rates.global_burst
        if chat.is_private():
            return rates.private_per_second, rates.private_burst
        return rates.group_per_minute / 60, rates.group_per_minute
