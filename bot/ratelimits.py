"""Rate limits: what Telegram allows, and how fast we let ourselves go. Pure bookkeeping: no waiting, no network.

| what           | Telegram says              | we keep                                        |
|----------------|----------------------------|------------------------------------------------|
| all chats      | about 30 a second in bulk  | SEND_RATE (25), evenly; less after a 429       |
| a private chat | about 1 a second, bursts   | 10 at once, then 1 a second                    |
| a group        | 20 a minute, edits too     | 20 in any 61 seconds                           |
| replies        | not under the bulk limit   | at once; each one makes bulk wait its turn     |
"""

from collections import OrderedDict, deque
from dataclasses import dataclass, field

PRIVATE_BURST = 10
PRIVATE_PER_SECOND = 1.0
GROUP_COUNT = 20
GROUP_SECONDS = 61.0  # one more than a minute: what leaves evenly may arrive unevenly
CHATS_REMEMBERED = 20_000

CUT_AFTER_429 = 0.7
RECOVERY_PER_SECOND = 0.05  # messages a second, regained each second
SLOWEST = 1.0
CATCH_UP_SECONDS = 0.1  # how much lateness of our own we may make good with a small burst
REPLIES_DELAY_BULK_AT_MOST = 1.0
CHATS_THAT_MEAN_ALL = 3  # a 429 in this many chats within ten seconds is meant for the whole bot


class Pacer:
    """Even spacing for the bulk lanes (a generic cell rate clock). Times are seconds of one monotonic clock."""

    def __init__(self, rate: float) -> None:
        self.wanted = rate
        self.rate = rate
        self.next_at = 0.0
        self.paused_until = 0.0
        self._recovered_at = 0.0

    def slots(self, now: float) -> int:
        """How many may leave now."""
        self._recover(now)
        if now < self.paused_until:
            return 0
        earliest = now - max(CATCH_UP_SECONDS, 1 / self.rate)
        self.next_at = max(self.next_at, earliest)
        return max(0, int((now - self.next_at) * self.rate + 1e-9) + 1) if now >= self.next_at else 0

    def wait_seconds(self, now: float) -> float:
        """Until the next slot."""
        return max(0.0, self.next_at - now, self.paused_until - now)

    def took(self, now: float) -> None:
        self.next_at = max(self.next_at, now - CATCH_UP_SECONDS) + 1 / self.rate

    def replied(self, now: float) -> None:
        """A reply goes at once and takes a bulk slot with it, but can hold bulk up for a second at most."""
        self.next_at = min(max(self.next_at, now) + 1 / self.rate, now + REPLIES_DELAY_BULK_AT_MOST)

    def refused(self, now: float, retry_after: float) -> None:
        self.paused_until = max(self.paused_until, now + retry_after)
        self.rate = max(SLOWEST, self.rate * CUT_AFTER_429)
        self._recovered_at = self.paused_until

    def resume(self, now: float, rate: float, pause_seconds: float) -> None:
        """Goes on at the pace that was kept before a restart."""
        self.rate = min(self.wanted, rate)
        self.paused_until = self._recovered_at = now + pause_seconds

    def _recover(self, now: float) -> None:
        if self.rate < self.wanted and now > self._recovered_at:
            gained = (now - self._recovered_at) * RECOVERY_PER_SECOND
            self.rate = min(self.wanted, self.rate + gained)
            self._recovered_at = now


@dataclass
class _Chat:
    tokens: float = PRIVATE_BURST
    at: float = 0.0
    sent: deque[float] = field(default_factory=lambda: deque(maxlen=GROUP_COUNT))
    rests_until: float = 0.0


class ChatLimits:
    """What each chat may still take, and which ones Telegram asked us to leave alone."""

    def __init__(self) -> None:
        self.chats: OrderedDict[bytes, _Chat] = OrderedDict()
        self.refusals: deque[tuple[float, bytes]] = deque(maxlen=32)

    def wait_seconds(self, chat: bytes, is_group: bool, now: float) -> float:
        """Zero when a message may leave for it now."""
        known = self.chats.get(chat)
        if known is None:
            return 0.0
        if known.rests_until > now:
            return known.rests_until - now
        if is_group:
            full = len(known.sent) == GROUP_COUNT
            return max(0.0, known.sent[0] + GROUP_SECONDS - now) if full else 0.0
        tokens = min(PRIVATE_BURST, known.tokens + (now - known.at) * PRIVATE_PER_SECOND)
        return 0.0 if tokens >= 1 else (1 - tokens) / PRIVATE_PER_SECOND

    def used(self, chat: bytes, now: float) -> int:
        """How many messages a group got within the time that Telegram counts."""
        known = self.chats.get(chat)
        return sum(at > now - GROUP_SECONDS for at in known.sent) if known is not None else 0

    def took(self, chat: bytes, is_group: bool, now: float) -> None:
        known = self._chat(chat)
        if is_group:
            known.sent.append(now)
        else:
            known.tokens = min(PRIVATE_BURST, known.tokens + (now - known.at) * PRIVATE_PER_SECOND) - 1
            known.at = now

    def refused(self, chat: bytes, now: float, retry_after: float) -> bool:
        """A 429 for this chat. Returns whether it is meant for the whole bot."""
        self._chat(chat).rests_until = now + retry_after
        self.refusals.append((now, chat))
        recent = {refused for at, refused in self.refusals if at > now - 10}
        return len(recent) >= CHATS_THAT_MEAN_ALL

    def _chat(self, chat: bytes) -> _Chat:
        known = self.chats.get(chat)
        if known is None:
            known = self.chats[chat] = _Chat()
            if len(self.chats) > CHATS_REMEMBERED:
                self.chats.popitem(last=False)
        else:
            self.chats.move_to_end(chat)
        return known
