"""The outbox: the only way to speak. What is posted here leaves after the transaction that posted it."""

import datetime as dt
import enum
import json
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from models import sealing
from models.outbox import STAGED, OutboxMessage, OutboxState, stage


class Lane(enum.IntEnum):
    """Strict priority, chosen for each message."""

    INTERACTIVE = 0
    CORRECTION = 1
    URGENT = 2
    DUTY = 3
    ROUTINE = 4


@dataclass(frozen=True)
class About:
    """What case a message will be about: once Telegram has told its id, answers to it find the case (MessageLink)."""

    report_id: uuid.UUID
    link: str
    words_id: uuid.UUID | None = None


@dataclass(frozen=True)
class Kind:
    """How a kind of message travels. `resends`: after a lost answer it is sent again, since a copy does less harm
    than silence; the others are left `ambiguous`. `leaves_no_trace`: its row goes once it is sent."""

    lane: Lane
    resends: bool
    useful_for: dt.timedelta | None = None
    leaves_no_trace: bool = False


KINDS: dict[str, Kind] = {
    "reply": Kind(Lane.INTERACTIVE, resends=True, useful_for=dt.timedelta(hours=24)),
    "edit": Kind(Lane.INTERACTIVE, resends=True, useful_for=dt.timedelta(hours=24)),
    "receipt": Kind(Lane.INTERACTIVE, resends=True),
    # To somebody whom nothing may tie to what they just sent: not even a row that lies beside the duty room's card.
    "secret": Kind(Lane.INTERACTIVE, resends=True, leaves_no_trace=True),
    # Words from one side of a case to the other: silence would do more harm than a copy.
    "relay": Kind(Lane.INTERACTIVE, resends=True),
    "reaction": Kind(Lane.CORRECTION, resends=True, useful_for=dt.timedelta(hours=1)),
    "status": Kind(Lane.CORRECTION, resends=True),
    "menu": Kind(Lane.CORRECTION, resends=True, useful_for=dt.timedelta(hours=24)),  # somebody's own list of commands
    # These leave no trace: a row beside a reporter's own could tell who sent what. What is to be known of them is kept
    # elsewhere (cards, message_links).
    "alarm": Kind(Lane.URGENT, resends=True, leaves_no_trace=True),
    # Both leave no trace: a row beside a reporter's own could tell who sent what. The `cards` table knows the message.
    "alert": Kind(Lane.URGENT, resends=True, leaves_no_trace=True),
    "card": Kind(Lane.DUTY, resends=True, leaves_no_trace=True),
    "nudge": Kind(Lane.DUTY, resends=False, useful_for=dt.timedelta(hours=2)),
    # The end of the audit's chain, for the auditors to keep: told in time or the next day.
    "audit head": Kind(Lane.ROUTINE, resends=True, useful_for=dt.timedelta(hours=24)),
    "bulletin": Kind(Lane.ROUTINE, resends=False, useful_for=dt.timedelta(hours=24)),
}

SECRET = "secret"
TRACELESS = tuple(name for name, kind in KINDS.items() if kind.leaves_no_trace)
UNFINISHED = (OutboxState.PENDING, OutboxState.SENDING)
DELETES = "deleteMessages"
WITHOUT_LOADING = {"synchronize_session": False}


def post(
    session: AsyncSession,
    kind: str,
    *,
    to: int,
    method: str,
    payload: dict[str, Any],
    key: str,
    now: dt.datetime,
    not_before: dt.datetime | None = None,
    about: About | None = None,
) -> None:
    """Posts one Bot API call to a chat. `key` names the deed (64 characters at most): posted twice, it is sent once."""
    kind_of = KINDS[kind]
    body = json.dumps({"chat_id": to, **payload}, ensure_ascii=False, separators=(",", ":")).encode()
    stage(
        session,
        {
            "key": key,
            "lane": int(kind_of.lane),
            "kind": kind,
            "chat_index": sealing.number_index("chat", to),
            "method": method,
            "payload_sealed": sealing.keyring().seal(body, f"outbox:payload_sealed:{key}"),
            "state": OutboxState.PENDING,
            "attempts": 0,
            "not_before": not_before,
            "expires_at": now + kind_of.useful_for if kind_of.useful_for else None,
            "created_at": now,
            "report_id": about.report_id if about else None,
            "link": about.link if about else None,
            "words_id": about.words_id if about else None,
        },
    )


async def call_off(session: AsyncSession, key: str) -> bool:
    """Cancels a message that has not left. Whether there was one; a plan and its messages change together."""
    waiting = sa.update(OutboxMessage).where(OutboxMessage.key == key, OutboxMessage.state == OutboxState.PENDING)
    done = await session.execute(waiting.values(state=OutboxState.CANCELLED, payload_sealed=None))
    return bool(done.rowcount)  # type: ignore[attr-defined]


async def call_off_about(session: AsyncSession, report_id: uuid.UUID, link: str) -> None:
    """Cancels what has not left of the messages about that case: something newer takes their place."""
    staged = session.info.get(STAGED, [])
    staged[:] = [row for row in staged if (row["report_id"], row["link"]) != (report_id, link)]
    pending = sa.text("outbox.state = 'pending'")  # literal, so that the partial index is used
    waiting = sa.update(OutboxMessage).where(OutboxMessage.report_id == report_id, OutboxMessage.link == link, pending)
    await session.execute(
        waiting.values(state=OutboxState.CANCELLED, payload_sealed=None),
        execution_options={"synchronize_session": False},
    )


async def cases_waiting(session: AsyncSession, chat_id: int) -> set[uuid.UUID]:
    """The cases that something is about which waits to leave for that chat."""
    chat = sealing.number_index("chat", chat_id)
    staged = {row["report_id"] for row in session.info.get(STAGED, []) if row["chat_index"] == chat}
    waiting = sa.select(OutboxMessage.report_id).where(
        OutboxMessage.chat_index == chat, OutboxMessage.state == OutboxState.PENDING
    )
    return {report_id for report_id in {*staged, *await session.scalars(waiting)} if report_id is not None}


async def call_off_cases(session: AsyncSession, chat_id: int, report_ids: Collection[uuid.UUID]) -> None:
    """Deletes what has not left for that chat and is about those cases."""
    chat = sealing.number_index("chat", chat_id)
    staged = session.info.get(STAGED, [])
    staged[:] = [row for row in staged if row["chat_index"] != chat or row["report_id"] not in report_ids]
    waiting = sa.delete(OutboxMessage).where(
        OutboxMessage.chat_index == chat,
        OutboxMessage.report_id.in_(report_ids),
        OutboxMessage.state == OutboxState.PENDING,
    )
    await session.execute(waiting, execution_options=WITHOUT_LOADING)


async def call_off_method(session: AsyncSession, chat_id: int, method: str) -> None:
    """Cancels whatever calls of that method wait for that chat."""
    chat = sealing.number_index("chat", chat_id)
    staged = session.info.get(STAGED, [])
    staged[:] = [row for row in staged if (row["chat_index"], row["method"]) != (chat, method)]
    waiting = sa.update(OutboxMessage).where(
        OutboxMessage.chat_index == chat,
        OutboxMessage.method == method,
        OutboxMessage.state == OutboxState.PENDING,
    )
    await session.execute(waiting.values(state=OutboxState.CANCELLED, payload_sealed=None))


async def leave_no_trace(session: AsyncSession, chat_id: int) -> None:
    """Erases the rows of what that chat was sent, or was not; what has yet to leave will erase itself."""
    chat = sealing.number_index("chat", chat_id)
    theirs, is_over = OutboxMessage.chat_index == chat, OutboxMessage.state.not_in(UNFINISHED)
    await session.execute(sa.delete(OutboxMessage).where(theirs, is_over), execution_options=WITHOUT_LOADING)
    unfinished = sa.update(OutboxMessage).where(theirs, OutboxMessage.state.in_(UNFINISHED))
    await session.execute(unfinished.values(kind=SECRET), execution_options=WITHOUT_LOADING)
    for row in session.info.get(STAGED, []):
        if row["chat_index"] == chat:
            row["kind"] = SECRET


async def forget_chat(session: AsyncSession, chat_id: int) -> None:
    """Erases all rows of that chat, since some name the cases that they are about; what has not left does not leave.
    Deleting what is there in the chat goes on: it was asked for, names nothing, and erases itself."""
    chat = sealing.number_index("chat", chat_id)
    await leave_no_trace(session, chat_id)
    others = (OutboxMessage.chat_index == chat, OutboxMessage.method != DELETES)
    await session.execute(sa.delete(OutboxMessage).where(*others), execution_options=WITHOUT_LOADING)
    staged = session.info.get(STAGED, [])
    staged[:] = [row for row in staged if row["chat_index"] != chat or row["report_id"] is None]


def opened(key: str, sealed: bytes) -> dict[str, Any]:
    """The call's parameters, chat_id among them."""
    payload: dict[str, Any] = json.loads(sealing.keyring().open(sealed, f"outbox:payload_sealed:{key}"))
    return payload
