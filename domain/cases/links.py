"""Links: which case a message in a chat is about, however long ago it was said."""

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from models import CaseMessage, MessageLink, sealing
from models.outbox import insert_or_ignore


async def note(
    session: AsyncSession,
    chat_index: bytes,
    message_id: int,
    report_id: uuid.UUID,
    link: str,
    *,
    words_id: uuid.UUID | None = None,
    now: dt.datetime,
) -> None:
    """Keeps that this message is about that case. Never called for the chat of a fully anonymous reporter."""
    row: dict[str, Any] = {
        "chat_index": chat_index,
        "message_id": message_id,
        "report_id": report_id,
        "link": link,
        "words_id": words_id,
        "at": now,
    }
    connection = await session.connection()
    await connection.execute(insert_or_ignore(connection.dialect.name, MessageLink), [row])


def chat_index(chat_id: int) -> bytes:
    return sealing.number_index("chat", chat_id)


async def find(session: AsyncSession, chat_id: int, message_id: int) -> MessageLink | None:
    """The case that a message in that chat is about, if it is about one."""
    return await session.get(MessageLink, (chat_index(chat_id), message_id))


async def that_told(session: AsyncSession, chat_id: int, words_id: uuid.UUID) -> MessageLink | None:
    """The message in that chat by which those words of the thread were told."""
    said = sa.select(MessageLink).join(CaseMessage, CaseMessage.id == MessageLink.words_id)
    theirs = said.where(
        MessageLink.report_id == CaseMessage.report_id,  # by its index
        CaseMessage.id == words_id,
        MessageLink.chat_index == chat_index(chat_id),
        MessageLink.link == "relay",
    )
    return (await session.scalars(theirs.limit(1))).first()
