"""What waits in the outbox: reading the next calls, claiming them, marking what became of them."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot import landings
from bot.verdicts import Verdict
from domain.outbox import KINDS, TRACELESS, Lane, opened
from models import OutboxMessage, OutboxState
from models.engine import Store, is_away
from models.sealing import Unsealable

log = structlog.get_logger()

table = cast(sa.Table, OutboxMessage.__table__)
COLUMNS = ("id", "key", "lane", "kind", "chat_index", "method", "payload_sealed", "attempts", "expires_at")
LINKS = ("report_id", "link", "words_id")


@dataclass
class Call:
    """One outbox row on its way."""

    id: int
    key: str
    lane: int
    kind: str
    chat: bytes
    method: str
    sealed: bytes | None
    attempts: int
    expires_at: dt.datetime | None
    payload: dict[str, Any]
    report_id: uuid.UUID | None = None
    link: str | None = None
    words_id: uuid.UUID | None = None

    @property
    def is_readable(self) -> bool:
        """False for what was sealed with a key that is gone, or posted by a program that knew other kinds."""
        return bool(self.payload) and self.kind in KINDS

    @property
    def params(self) -> dict[str, Any]:
        """What Telegram is told. A call with a scope names its chat there."""
        return {name: value for name, value in self.payload.items() if name != "chat_id" or "scope" not in self.payload}

    @property
    def is_group(self) -> bool:
        return int(self.payload["chat_id"]) < 0

    @property
    def resends(self) -> bool:
        return KINDS[self.kind].resends


older = table.alias("older")


def _waiting(lanes: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return (
        sa.select(*(table.c[name] for name in (*COLUMNS, *LINKS)))
        .where(
            table.c.state == sa.literal_column("'pending'"),  # literal, so that the partial index is used
            lanes,
            sa.or_(table.c.not_before.is_(None), table.c.not_before <= sa.bindparam("now")),
            sa.or_(table.c.expires_at.is_(None), table.c.expires_at > sa.bindparam("now")),
            # In a chat nothing overtakes what has to wait there.
            ~sa.exists().where(
                older.c.chat_index == table.c.chat_index,
                older.c.state == sa.literal_column("'pending'"),
                older.c.id < table.c.id,
                older.c.not_before > sa.bindparam("now"),
            ),
            table.c.chat_index.not_in(sa.bindparam("busy", expanding=True)),
            table.c.id.not_in(sa.bindparam("unmarked", expanding=True)),
        )
        .order_by(table.c.lane, table.c.id)
        .limit(sa.bindparam("room"))
    )


REPLIES = _waiting(table.c.lane == int(Lane.INTERACTIVE))
BULK = _waiting(table.c.lane > int(Lane.INTERACTIVE))
MARK = (
    sa.update(table)
    .where(table.c.id == sa.bindparam("row"), sa.text("state IN ('pending', 'sending')"))
    .values(
        state=sa.bindparam("to"),
        message_id=sa.bindparam("message"),
        error=sa.bindparam("why"),
        attempts=sa.bindparam("tries"),
        not_before=sa.bindparam("later"),
        payload_sealed=sa.bindparam("payload"),
        sent_at=sa.bindparam("at"),
    )
)


async def fetch(
    store: Store, statement: sa.Select[Any], busy: set[bytes], unmarked: set[int], room: int, now: dt.datetime
) -> list[Call]:
    """At most `room` of the most urgent rows, one for each chat that is not busy. `unmarked` ones are on their way."""
    values = {"now": now, "busy": list(busy) or [b""], "unmarked": list(unmarked) or [0], "room": room}
    async with store.reader.connect() as connection:
        rows = await connection.execute(statement, values)
    calls: dict[bytes, Call] = {}
    for id_, key, lane, kind, chat, method, sealed, attempts, expires_at, *links in rows:
        if chat not in calls:
            payload = _readable(key, sealed)
            calls[chat] = Call(id_, key, lane, kind, chat, method, sealed, attempts, expires_at, payload, *links)
    return list(calls.values())


def _readable(key: str, sealed: bytes | None) -> dict[str, Any]:
    """The payload; an empty one where it cannot be opened, so that one such row does not hold up all others."""
    try:
        return opened(key, sealed) if sealed else {}
    except (Unsealable, ValueError):
        return {}


async def expire(session: AsyncSession, now: dt.datetime) -> None:
    """Ends what nobody could use any more."""
    late = sa.update(table).where(table.c.state == OutboxState.PENDING, table.c.expires_at <= now)
    await session.execute(late.values(state=OutboxState.EXPIRED, payload_sealed=None))


async def unclaim(session: AsyncSession, ids: set[int]) -> None:
    if ids:
        claimed = sa.update(table).where(table.c.id.in_(ids), table.c.state == OutboxState.SENDING)
        await session.execute(claimed.values(state=OutboxState.PENDING))


async def claim(session: AsyncSession, ids: list[int]) -> set[int]:
    """Marks rows that are never sent twice, before they leave. A plan that changed meanwhile wins."""
    rows = await session.execute(
        sa.update(table)
        .where(table.c.id.in_(ids), table.c.state == OutboxState.PENDING)
        .values(state=OutboxState.SENDING)
        .returning(table.c.id)
    )
    return set(rows.scalars())


async def mark(session: AsyncSession, ended: Iterable[tuple[Call, Verdict]], now: dt.datetime) -> None:
    """Writes what became of them, and what else follows from it."""
    ended = list(ended)
    connection = await session.connection()
    await connection.execute(MARK, [verdict.as_row(call, now) for call, verdict in ended])
    await landings.note(session, [(call, verdict) for call, verdict in ended if call.link is not None], now)
    if over := [call.id for call, verdict in ended if verdict.is_over]:
        # By the row, not by the call: it may have become one that leaves no trace when it was on the wire already.
        await session.execute(sa.delete(table).where(table.c.id.in_(over), table.c.kind.in_(TRACELESS)))
    followed = [(call, verdict.consequence) for call, verdict in ended if verdict.consequence is not None]
    for call, consequence in sorted(followed, key=lambda pair: pair[0].chat):  # one order for all: no deadlocks
        try:
            async with session.begin_nested():
                await consequence(session, call.payload["chat_id"])
        except Exception as error:
            if is_away(error):
                raise
            log.exception("consequence.failed")  # it spoils neither the marks nor the other consequences


async def settle_claimed(session: AsyncSession) -> int:
    """After a crash: what was claimed goes again if its kind may, or is ambiguous. Returns how many are."""
    again = [kind for kind, how in KINDS.items() if how.resends]
    claimed = sa.update(table).where(table.c.state == OutboxState.SENDING)
    await session.execute(claimed.where(table.c.kind.in_(again)).values(state=OutboxState.PENDING))
    left = await session.execute(claimed.values(state=OutboxState.AMBIGUOUS).returning(table.c.id))
    return len(left.all())
