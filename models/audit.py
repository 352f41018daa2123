"""Audit: who of the staff did or read what. Rows are only ever added, each bound to the one before by a MAC."""

import datetime as dt
import json
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models import sealing
from models.base import Base
from models.types import BigId, UtcDateTime


class AuditEntry(Base):
    """`actor` is a staff number, "system" or "console"; `about` a report's number or another thing's public name.
    No content, no reporter: it never needs erasing. Triggers refuse to change or delete a row."""

    __tablename__ = "audit_entries"

    sequence: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(sa.String(16))
    deed: Mapped[str] = mapped_column(sa.String(32))
    about: Mapped[str | None] = mapped_column(sa.String(48))
    detail: Mapped[str | None] = mapped_column(sa.String(120))
    mac: Mapped[bytes] = mapped_column(sa.LargeBinary(32))


class AuditHead(Base):
    """The one row that says how long the chain is and how it ends. Whoever appends holds its lock until the commit."""

    __tablename__ = "audit_heads"

    id: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(BigId)
    mac: Mapped[bytes] = mapped_column(sa.LargeBinary(32))


STAGED = "staged audit entries"
BEGINNING = bytes(32)  # stands before the first entry
HEAD = 1
FIRST_HEAD = sa.text("INSERT INTO audit_heads (id, sequence, mac) VALUES (:id, 0, :mac) ON CONFLICT DO NOTHING")


def stage(session: AsyncSession, entry: dict[str, Any]) -> None:
    """Keeps the entry for the end of the transaction: until then it holds up nobody."""
    session.info.setdefault(STAGED, []).append(entry)


async def write_staged(session: AsyncSession) -> int:
    """Appends what was staged to the chain, in order. Returns how many.

    Whoever appends waits here for those who append elsewhere, until they have committed."""
    entries: list[dict[str, Any]] = session.info.pop(STAGED, [])
    if not entries:
        return 0
    sequence, mac = await _take_head(session)
    for entry in entries:
        sequence += 1
        mac = mac_of(mac, sequence=sequence, **entry)
        entry |= {"sequence": sequence, "mac": mac}
    await session.execute(sa.insert(AuditEntry), entries)
    head = sa.update(AuditHead).where(AuditHead.id == HEAD).values(sequence=sequence, mac=mac)
    await session.execute(head, execution_options={"synchronize_session": False})
    return len(entries)


async def _take_head(session: AsyncSession) -> tuple[int, bytes]:
    """How the chain ends, for nobody else to go on from until the commit."""
    if session.get_bind().dialect.name == "postgresql":
        # What is looked at on commit would wait for other rows while we hold the head: perhaps for each other's.
        await session.execute(sa.text("SET CONSTRAINTS ALL IMMEDIATE"))
    head = sa.select(AuditHead.sequence, AuditHead.mac).where(AuditHead.id == HEAD).with_for_update()
    found = (await session.execute(head)).one_or_none()
    if found is None:
        await session.execute(FIRST_HEAD, {"id": HEAD, "mac": BEGINNING})
        found = (await session.execute(head)).one()
    return found.sequence, found.mac


def mac_of(
    before: bytes,
    *,
    sequence: int,
    at: dt.datetime,
    actor: str,
    deed: str,
    about: str | None,
    detail: str | None,
) -> bytes:
    """The MAC of an entry that follows one with the MAC `before`: over each of its columns, and its place."""
    moment = at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    row = json.dumps([sequence, moment, actor, deed, about, detail], ensure_ascii=False, separators=(",", ":"))
    return sealing.keyring().mac("audit", row.encode() + before)
