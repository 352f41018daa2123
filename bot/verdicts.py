"""Verdicts: what an answer, a refusal or silence from Telegram means for the message. Decides, does nothing."""

import datetime as dt
import enum
import html
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot import consequences
from bot.transport import PerhapsSent, Refused
from domain.outbox import KINDS
from models import OutboxState, sealing

LOST_ANSWERS_MAX = 4
MIGRATIONS_MAX = 8
# Doing these twice is doing them once.
IDEMPOTENT = ("edit", "delete", "set", "pin", "unpin", "stop")
UNKNOWN_RETRY_AFTER = 5.0

Consequence = Callable[[AsyncSession, int], Awaitable[None]]


class Then(enum.Enum):
    SENT = "sent"
    FAILED = "failed"
    EXPIRED = "expired"
    AMBIGUOUS = "ambiguous"
    AGAIN = "again"  # this message waits a little and goes again
    OFFLINE = "offline"  # it never left: everything waits
    HALT = "halt"  # the token is refused: nothing more leaves


STATES = {
    Then.SENT: OutboxState.SENT,
    Then.FAILED: OutboxState.FAILED,
    Then.EXPIRED: OutboxState.EXPIRED,
    Then.AMBIGUOUS: OutboxState.AMBIGUOUS,
}


@dataclass
class Verdict:
    """`payload` replaces the message's own before it goes again; `consequence` is what else must change."""

    then: Then
    message_id: int | None = None
    error: str | None = None
    retry_after: float | None = None
    wait_seconds: float = 0
    counts: bool = False
    is_repeat: bool = False
    payload: dict[str, Any] | None = None
    consequence: Consequence | None = None

    @property
    def is_over(self) -> bool:
        return self.then in STATES

    @property
    def delay_seconds(self) -> float:
        """How long the chat is left alone before the message goes again."""
        return (self.retry_after or self.wait_seconds) if self.then is Then.AGAIN else 0.0

    def as_row(self, call: Any, now: dt.datetime) -> dict[str, Any]:
        """The parameters of the sender's UPDATE. What is over keeps no payload."""
        state = STATES.get(self.then, OutboxState.PENDING)
        waits = state is OutboxState.PENDING
        sealed = call.sealed if waits or state is OutboxState.AMBIGUOUS else None
        if self.payload is not None:
            plain = json.dumps(self.payload, ensure_ascii=False).encode()
            sealed = sealing.keyring().seal(plain, f"outbox:payload_sealed:{call.key}")
        delay = self.delay_seconds
        return {
            "row": call.id,
            "to": state,
            "message": self.message_id,
            "why": self.error[:200] if self.error else None,
            "tries": call.attempts + self.counts,
            "later": now + dt.timedelta(seconds=delay) if waits and delay else None,
            "payload": sealed,
            "at": now if state is OutboxState.SENT else None,
        }


def not_sent() -> Verdict:
    return Verdict(Then.OFFLINE, error="not sent")


def perhaps_sent(loss: PerhapsSent, kind: str, method: str, attempts: int) -> Verdict:
    """The answer was lost. Repeated where a copy harms less than silence, or where it cannot be a copy: for ever where
    the server said that it failed, a few times where nothing was heard, for then it may well have arrived."""
    how = KINDS[kind]
    if not (how.resends or method.startswith(IDEMPOTENT)):
        return Verdict(Then.AMBIGUOUS, error=str(loss))
    may_go_on = loss.server_failed or how.leaves_no_trace or method.startswith(IDEMPOTENT)
    if not may_go_on and attempts + 1 >= LOST_ANSWERS_MAX:
        return Verdict(Then.AMBIGUOUS, error=str(loss), counts=True)
    wait = min(60.0, 2.0 ** min(attempts, 6))
    return Verdict(Then.AGAIN, error=str(loss), wait_seconds=wait, counts=True, is_repeat=not loss.server_failed)


def refused(refusal: Refused, method: str, payload: dict[str, Any], attempts: int) -> Verdict:
    """Telegram's own words decide (they are stable; matched without case since the server is not careful with it)."""
    said = refusal.description.lower()
    error = _without_content(refusal)
    if refusal.code == 429:
        return Verdict(Then.AGAIN, error=error, retry_after=float(refusal.retry_after or UNKNOWN_RETRY_AFTER))
    if refusal.code == 401 or (refusal.code == 404 and said in ("", "not found")):
        return Verdict(Then.HALT, error="Telegram refuses the token")
    if refusal.migrate_to is not None and attempts < MIGRATIONS_MAX:
        moved = {**payload, "chat_id": refusal.migrate_to}
        follow = consequences.moved_to(refusal.migrate_to)
        if method.startswith(consequences.TO_A_MESSAGE):
            return Verdict(Then.FAILED, error=error, consequence=follow)
        return Verdict(Then.AGAIN, error=error, payload=moved, counts=True, consequence=follow)
    if "message is not modified" in said:
        return Verdict(Then.SENT)
    if "can't parse entities" in said and payload.get("parse_mode"):
        return Verdict(Then.AGAIN, error=error, payload=_in_plain(payload), counts=True)
    if refusal.code == 403 or "chat not found" in said:
        return Verdict(Then.FAILED, error=error, consequence=consequences.unreachable)
    return Verdict(Then.FAILED, error=error)


def _without_content(refusal: Refused) -> str:
    """Telegram sometimes quotes the message in its refusal; the quote is left out."""
    return f"{refusal.code} {':'.join(refusal.description.split(':')[:2])}"


def _in_plain(payload: dict[str, Any]) -> dict[str, Any]:
    """The same words without markup: better plain than not at all."""
    plain = {name: value for name, value in payload.items() if name != "parse_mode"}
    return {**plain, "text": html.unescape(re.sub(r"<[^>]{0,200}>", "", str(plain.get("text", ""))))}
