"""Audit: who of the staff did or read what, and whether the record of it is whole."""

import datetime as dt
import enum
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.roles import Role
from models import AuditEntry, AuditHead, OutboxMessage, Person, RoleGrant
from models.audit import BEGINNING, mac_of, stage

SYSTEM, CONSOLE, UNNUMBERED = "system", "console", "?"
LONGEST = {"actor": 16, "deed": 32, "about": 48, "detail": 120}
PORTION = 1000
Row = sa.Row[Any]
Rows = Sequence[Row]
LOOKED_AHEAD = 100  # entries among which one that belongs elsewhere is looked for


class Fault(enum.StrEnum):
    """What is wrong with the first bad entry."""

    CHANGED = "changed"  # it is not what was written, or nobody with the keys wrote it
    MISSING = "missing"
    OUT_OF_ORDER = "out of order"  # another entry belongs here
    WRONG_LENGTH = "the head knows another length"
    WRONG_HEAD = "the head knows another end"
    NOT_AS_TOLD = "not what the auditor was told"


@dataclass(frozen=True)
class AuditReport:
    """What a walk over the chain found. `sequence` and `mac` are its end; `first_bad` the first entry not to trust."""

    walked: int
    sequence: int
    mac: bytes
    first_bad: int | None = None
    fault: Fault | None = None

    @property
    def is_whole(self) -> bool:
        return self.fault is None


def note(
    session: AsyncSession,
    actor: Person | str | None,
    deed: str,
    about: str | None = None,
    detail: str | None = None,
    *,
    now: dt.datetime,
) -> None:
    """Writes it down, with the transaction: both happen or neither does. What is too long is cut.

    `actor` is one of the staff, "console", or None for the clock; `deed` a word or two that has its sentence in
    `audit.deed.…`; `about` a case's number. Never a reporter, never what was said: entries are not erased."""
    entry = {"actor": _name(actor), "deed": str(deed), "about": about, "detail": detail}
    stage(session, {"at": now, **{name: value and value[: LONGEST[name]] for name, value in entry.items()}})


def _name(actor: Person | str | None) -> str:
    if isinstance(actor, Person):
        return UNNUMBERED if actor.staff_number is None else str(actor.staff_number)
    return actor or SYSTEM


async def newest(
    session: AsyncSession, *, about: str | None = None, before: int | None = None, limit: int
) -> list[AuditEntry]:
    """The newest entries first: about one case, or those before a sequence."""
    entries = sa.select(AuditEntry).order_by(AuditEntry.sequence.desc()).limit(limit)
    if about is not None:
        entries = entries.where(AuditEntry.about == about)
    if before is not None:
        entries = entries.where(AuditEntry.sequence < before)
    return list(await session.scalars(entries))


async def auditors_to_tell(session: AsyncSession, day: dt.date) -> list[tuple[Person, str]]:
    """Who can be reached and was not told of this day, each with the key of the message."""
    auditors = (
        sa.select(Person)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(RoleGrant.role == Role.AUDITOR, Person.is_reachable)
    )
    keys = {f"audit.{day.isoformat()}.{person.id.hex}": person for person in await session.scalars(auditors)}
    told = set(await session.scalars(sa.select(OutboxMessage.key).where(OutboxMessage.key.in_(keys))))
    return [(person, key) for key, person in keys.items() if key not in told]


async def verify(session: AsyncSession, *, last: int | None = None, told: tuple[int, str] | None = None) -> AuditReport:
    """Walks the chain from its beginning, or over the `last` entries only, and stops at the first that is bad.

    `told` is a sequence and the beginning of its MAC in hex, as the auditor heard them: nothing else can show that the
    newest entries were cut off and the head set back."""
    walk = Walk(told) if last is None else await _walk_from(session, last)
    while walk.fault is None:
        # The head first: whatever it knows of, the entries read after it must hold, however much is added meanwhile.
        head = await head_of(session)
        rows = await _portion(session, walk.sequence)
        walk.go_over(rows)
        if not rows:
            walk.arrive(*head)
            break
    return AuditReport(walk.walked, walk.sequence, walk.mac, walk.first_bad, walk.fault)


async def head_of(session: AsyncSession) -> tuple[int, bytes]:
    """How long the chain is, and its last MAC."""
    head = (await session.execute(sa.select(AuditHead.sequence, AuditHead.mac))).one_or_none()
    return (head.sequence, head.mac) if head is not None else (0, BEGINNING)


async def _portion(session: AsyncSession, after: int) -> Rows:
    """At the beginning from the very lowest: nothing may hide before the first."""
    chosen = sa.select(*AuditEntry.__table__.columns).order_by(AuditEntry.sequence).limit(PORTION)
    return (await session.execute(chosen.where(AuditEntry.sequence > after) if after else chosen)).all()


async def _walk_from(session: AsyncSession, last: int) -> "Walk":
    """A walk over so many entries; what lies before them is taken as it is."""
    length, _ = await head_of(session)
    if length <= last:
        return Walk(None)
    start = sa.select(AuditEntry.sequence, AuditEntry.mac).where(AuditEntry.sequence == length - last)
    found = (await session.execute(start)).one_or_none()
    walk = Walk(None, length - last, found.mac if found is not None else BEGINNING)
    if found is None:
        walk.stop(length - last, Fault.MISSING)
    return walk


class Walk:
    """Where a walk over the chain stands: after the entry `sequence`, which ended with `mac`."""

    def __init__(self, told: tuple[int, str] | None, sequence: int = 0, mac: bytes = BEGINNING) -> None:
        self.told = told
        self.sequence, self.mac = sequence, mac
        self.walked = 0
        self.first_bad: int | None = None
        self.fault: Fault | None = None

    def go_over(self, rows: Rows) -> None:
        for position, row in enumerate(rows):
            here = self.sequence + 1
            if fault := self._judge(row, rows[position + 1 : position + 1 + LOOKED_AHEAD]):
                return self.stop(here, fault)
            self.walked, self.sequence, self.mac = self.walked + 1, here, row.mac
            if self.told and self.told[0] == here and not row.mac.hex().startswith(self.told[1]):
                return self.stop(here, Fault.NOT_AS_TOLD)
        return None

    def arrive(self, length: int, mac: bytes) -> None:
        """No entry is left: the head must say so too, and so must the auditor's memory."""
        if length < self.sequence:
            self.stop(length + 1, Fault.WRONG_LENGTH)
        elif max(length, self.told[0] if self.told else 0) > self.sequence:
            self.stop(self.sequence + 1, Fault.MISSING)
        elif mac != self.mac:
            self.stop(max(self.sequence, 1), Fault.WRONG_HEAD)

    def _judge(self, row: Row, following: Rows) -> Fault | None:
        here = self.sequence + 1
        if self._belongs_here(row):
            return None if row.sequence == here else Fault.OUT_OF_ORDER
        if any(self._belongs_here(other) for other in following):
            return Fault.OUT_OF_ORDER
        return Fault.MISSING if row.sequence > here else Fault.CHANGED

    def _belongs_here(self, row: Row) -> bool:
        """Whether these words were written after the ones before, whatever number they carry now."""
        words = {"at": row.at, "actor": row.actor, "deed": row.deed, "about": row.about, "detail": row.detail}
        return hmac.compare_digest(row.mac, mac_of(self.mac, sequence=self.sequence + 1, **words))

    def stop(self, first_bad: int, fault: Fault) -> None:
        self.first_bad, self.fault = first_bad, fault
