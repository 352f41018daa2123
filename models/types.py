"""Column types: moments in UTC, states as text, sealed bytes behind a plain attribute."""

import datetime as dt
import enum
import json
import uuid
from typing import Any, Generic, Protocol, TypeVar, overload

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from models import sealing

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# SQLite numbers rows in the order in which they came, unless it is told not to: between two moments that are known,
# such a number tells when a fully anonymous report was sent.
WITHOUT_ROWID = {"sqlite_with_rowid": False}


class UtcDateTime(sa.types.TypeDecorator[dt.datetime]):
    """A moment. Aware and in UTC on both sides of the column; naive values are refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        value = value.astimezone(dt.UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


def state_column(states: type[enum.StrEnum], name: str) -> sa.Enum:
    """Text that only these words may fill, guarded by a CHECK."""
    return sa.Enum(
        states,
        native_enum=False,
        length=16,
        create_constraint=True,
        name=name,
        values_callable=lambda members: [member.value for member in members],
    )


def child_of(column: str) -> sa.ForeignKey:
    """A foreign key whose row goes with its parent. It is looked at on commit: without relationships a flush
    writes tables in the order of their class names, so a child may come before its parent."""
    return sa.ForeignKey(column, ondelete="CASCADE", deferrable=True, initially="DEFERRED")


class _Row(Protocol):
    __tablename__: str
    id: Any


T = TypeVar("T")


class Sealed(Generic[T]):
    """A plain attribute over a sealed column: reads and writes JSON, bound to table, column and row id. A row with
    a `sealer` of its own is sealed by that, the others by the keyring."""

    def __init__(self, column: str) -> None:
        self.column = column

    def __set_name__(self, owner: type, name: str) -> None:
        self.cache = f"_{name}_open"

    @overload
    def __get__(self, row: None, owner: type) -> "Sealed[T]": ...
    @overload
    def __get__(self, row: _Row, owner: type) -> T | None: ...
    def __get__(self, row: _Row | None, owner: type) -> "Sealed[T] | T | None":
        if row is None:
            return self
        sealed: bytes | None = getattr(row, self.column)
        if sealed is None:
            return None
        cached = row.__dict__.get(self.cache)
        if cached is None or cached[0] is not sealed:
            opened = json.loads(self.sealer(row).open(sealed, self.place(row)))
            row.__dict__[self.cache] = cached = (sealed, opened)
        value: T = cached[1]
        return value

    def __set__(self, row: _Row, value: T | None) -> None:
        sealed = None
        if value is not None:
            sealed = self.sealer(row).seal(json.dumps(value, ensure_ascii=False).encode(), self.place(row))
        setattr(row, self.column, sealed)

    def sealer(self, row: _Row) -> sealing.Sealer:
        own = getattr(row, "sealer", None)
        return own(self.column) if own is not None else sealing.keyring()

    def place(self, row: _Row) -> str:
        row_id = row.id.hex if isinstance(row.id, uuid.UUID) else row.id
        return f"{row.__tablename__}:{self.column}:{row_id}"
