"""Leases: who may poll, send and tick. Time is the database's own, so the machines' clocks need not agree."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import UtcDateTime


class Lease(Base):
    """`fence` grows with each new holder: a write that carries an old one is refused."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    holder: Mapped[str] = mapped_column(sa.String(40))
    fence: Mapped[int] = mapped_column(sa.BigInteger)
    expires_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
