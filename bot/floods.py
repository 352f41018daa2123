"""Floods: how much one person may send. Over it they are told once; then silence costs almost nothing."""

import enum
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from domain.policy import EMERGENCY_COMMANDS, FLOOD_BURST, FLOOD_PER_MINUTE, FLOOD_STAFF_FACTOR
from domain.reports.classifier import is_emergency
from handlers.presses import OpenMenu

EMERGENCY_BUTTON = f"{OpenMenu.code}.emergency."
SHORT_TEXT = 300  # a longer one costs too much to look at in a flood
PEOPLE_REMEMBERED = 50_000


class Verdict(enum.Enum):
    WELCOME = "welcome"
    WARNED = "warned"  # the first one over the limit: answered once
    SILENCED = "silenced"


class _Bucket:
    __slots__ = ("at", "emergency_at", "factor", "tokens", "warned")

    def __init__(self, now: float) -> None:
        self.factor = 1
        self.tokens = float(FLOOD_BURST)
        self.at = now
        self.emergency_at = -1e9
        self.warned = False


class FloodGate:
    """A token bucket for each sender, in memory: after a restart everybody starts anew, which only errs kindly."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.buckets: OrderedDict[int, _Bucket] = OrderedDict()

    def judge(self, sender: int, raw: dict[str, Any]) -> Verdict:
        now = self.clock()
        bucket = self.buckets.get(sender)
        if bucket is None:
            bucket = self.buckets[sender] = _Bucket(now)
            if len(self.buckets) > PEOPLE_REMEMBERED:
                self.buckets.popitem(last=False)
        gained = (now - bucket.at) * FLOOD_PER_MINUTE * bucket.factor / 60
        bucket.tokens = min(float(FLOOD_BURST * bucket.factor), bucket.tokens + gained)
        bucket.at = now
        if bucket.tokens >= 1:
            bucket.tokens -= 1
            bucket.warned = bucket.warned and bucket.tokens < FLOOD_BURST / 2
            return Verdict.WELCOME
        if _is_emergency(raw) and now - bucket.emergency_at >= 3:
            bucket.emergency_at = now  # always open, but not itself a way to flood
            return Verdict.WELCOME
        if bucket.warned:
            return Verdict.SILENCED
        bucket.warned = True
        return Verdict.WARNED

    def trust(self, sender: int) -> None:
        """Somebody of the staff: on a busy night a dispatcher presses more than anybody writes."""
        bucket = self.buckets.get(sender)
        if bucket is not None and bucket.factor == 1:
            bucket.factor = FLOOD_STAFF_FACTOR
            bucket.tokens += FLOOD_BURST * (FLOOD_STAFF_FACTOR - 1)

    def take_back(self, sender: int, verdict: Verdict) -> None:
        """The verdict did not matter: this update could not be taken, and comes again."""
        bucket = self.buckets.get(sender)
        if bucket is None:
            return
        if verdict is Verdict.WELCOME:
            bucket.tokens = min(float(FLOOD_BURST * bucket.factor), bucket.tokens + 1)
            bucket.emergency_at = -1e9
        elif verdict is Verdict.WARNED:
            bucket.warned = False


def _is_emergency(raw: dict[str, Any]) -> bool:
    """The emergency command, its button, or words that sound like one; only asked for people over the limit."""
    if isinstance(query := raw.get("callback_query"), dict):
        return str(query.get("data")).startswith(EMERGENCY_BUTTON)
    message = raw.get("message")
    text = message.get("text") if isinstance(message, dict) else None
    if not isinstance(text, str):
        return False
    return text[:20].lower().startswith(EMERGENCY_COMMANDS) or (len(text) <= SHORT_TEXT and is_emergency(text))
