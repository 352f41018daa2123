"""Consequences: what an answer from Telegram changes beyond the message itself."""

import json
from collections.abc import Awaitable, Callable

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain import duty_rooms
from domain.outbox import KINDS, opened
from models import OutboxMessage, OutboxState, Person, sealing

# What is to change stayed behind in the old group, and in the new one its number is another message's.
TO_A_MESSAGE = ("edit", "delete")


async def unreachable(session: AsyncSession, chat_id: int) -> None:
    """They blocked us, left, or removed us: nothing more is sent until they come back."""
    person = sealing.number_index("person", chat_id)
    chat = sealing.number_index("chat", chat_id)
    await duty_rooms.set_reachable(session, chat_id, False)
    await session.execute(sa.update(Person).where(Person.telegram_index == person).values(is_reachable=False))
    traceless = [name for name, kind in KINDS.items() if kind.leaves_no_trace]
    gone = sa.delete(OutboxMessage).where(OutboxMessage.chat_index == chat, OutboxMessage.kind.in_(traceless))
    await session.execute(gone)
    waiting = sa.update(OutboxMessage).where(
        OutboxMessage.chat_index == chat, OutboxMessage.state == OutboxState.PENDING
    )
    await session.execute(waiting.values(state=OutboxState.CANCELLED, payload_sealed=None, error="unreachable"))


def moved_to(new_chat_id: int) -> Callable[[AsyncSession, int], Awaitable[None]]:
    """A group became a supergroup: everything that knows its old id learns the new one."""

    async def follow(session: AsyncSession, old_chat_id: int) -> None:
        old, new = sealing.number_index("chat", old_chat_id), sealing.number_index("chat", new_chat_id)
        await duty_rooms.follow_migration(session, old_chat_id, new_chat_id)
        rows = await session.scalars(
            sa.select(OutboxMessage).where(OutboxMessage.chat_index == old, OutboxMessage.state == OutboxState.PENDING)
        )
        for row in rows:
            if row.method.startswith(TO_A_MESSAGE):
                row.state, row.payload_sealed = OutboxState.CANCELLED, None
                continue
            assert row.payload_sealed is not None
            payload = {**opened(row.key, row.payload_sealed), "chat_id": new_chat_id}
            plain = json.dumps(payload, ensure_ascii=False).encode()
            row.payload_sealed = sealing.keyring().seal(plain, f"outbox:payload_sealed:{row.key}")
            row.chat_index = new

    return follow
