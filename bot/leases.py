"""The lease: who polls, sends and ticks.

On SQLite there is one process, held by a lock on a file beside the database. On PostgreSQL a row with a time of the
database's own clock: renewed every 2 s, good for 7 s. A holder that could not renew in time stops by itself, judged
by its own monotonic clock, before another may begin.
"""

import asyncio
import datetime as dt
import fcntl
import os
import time
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from models.engine import Store

TERM_SECONDS = 7.0
RENEW_SECONDS = 2.0
MARGIN_SECONDS = 1.5

log = structlog.get_logger()


def now_seconds() -> float:
    """Seconds that also pass while the machine is suspended, where the system can tell: a lease runs on meanwhile."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class LeaseTaken(Exception):
    """Another process holds the lease."""


class LeaseLost(Exception):
    """This process held the lease, and a write of its came too late."""


class Lease(Protocol):
    async def take(self) -> None:
        """Returns once it is held. Raises LeaseTaken where waiting makes no sense."""

    async def keep(self) -> None:
        """Renews for ever; returns when it is lost."""

    def is_held(self) -> bool: ...

    async def assert_held(self, session: AsyncSession) -> None:
        """Raises LeaseLost in a transaction whose process is no longer the holder."""

    async def release(self) -> None: ...


class FileLease:
    """For SQLite: a second process is refused at once, and a killed one leaves nothing behind."""

    def __init__(self, database: Path) -> None:
        self.path = database.with_name(database.name + ".lock")
        self.handle: int | None = None

    async def take(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise LeaseTaken(f"another process holds {self.path.name}") from None
        self.handle = handle

    async def keep(self) -> None:
        await asyncio.Event().wait()

    def is_held(self) -> bool:
        return self.handle is not None

    async def assert_held(self, session: AsyncSession) -> None: ...

    async def release(self) -> None:
        if self.handle is not None:
            os.close(self.handle)
            self.handle = None


TAKE = sa.text(
    "INSERT INTO leases (name, holder, fence, expires_at) "
    "VALUES ('bot', :holder, 1, clock_timestamp() + :term) "
    "ON CONFLICT (name) DO UPDATE SET holder = :holder, fence = leases.fence + 1, "
    "expires_at = clock_timestamp() + :term "
    "WHERE leases.expires_at < clock_timestamp() RETURNING fence"
).bindparams(sa.bindparam("term", type_=sa.Interval))
RENEW = sa.text(
    "UPDATE leases SET expires_at = clock_timestamp() + :term "
    "WHERE name = 'bot' AND holder = :holder AND fence = :fence AND expires_at > clock_timestamp() RETURNING fence"
).bindparams(sa.bindparam("term", type_=sa.Interval))
# FOR SHARE: a new holder cannot take over between this look and our commit.
LOOK = sa.text("SELECT fence FROM leases WHERE name = 'bot' AND expires_at > clock_timestamp() FOR SHARE")
RELEASE = sa.text(
    "UPDATE leases SET expires_at = clock_timestamp() WHERE name = 'bot' AND holder = :holder AND fence = :fence"
)


class RowLease:
    """For PostgreSQL: one of N replicas holds it, another takes over when it dies."""

    def __init__(self, store: Store, holder: str) -> None:
        self.store = store
        self.holder = holder
        self.fence = 0
        self.good_until = 0.0

    async def take(self) -> None:
        while True:
            asked_at = now_seconds()
            try:
                async with self.store.begin() as session:
                    row = await session.execute(
                        TAKE, {"holder": self.holder, "term": dt.timedelta(seconds=TERM_SECONDS)}
                    )
                    fence = row.scalar()
            except Exception as error:  # whatever is wrong with the database now, another try is all there is
                log.warning("lease.unreachable", error=type(error).__name__)
                fence = None
            if fence is not None:
                self.fence, self.good_until = fence, asked_at + TERM_SECONDS - MARGIN_SECONDS
                log.info("lease.taken", fence=fence)
                return
            await asyncio.sleep(RENEW_SECONDS / 2)

    async def keep(self) -> None:
        while self.is_held():
            await asyncio.sleep(RENEW_SECONDS)
            asked_at = now_seconds()
            try:
                async with asyncio.timeout(max(0.1, self.good_until - asked_at)), self.store.begin() as session:
                    term = dt.timedelta(seconds=TERM_SECONDS)
                    row = await session.execute(RENEW, {"holder": self.holder, "fence": self.fence, "term": term})
                    kept = row.scalar() is not None
            except Exception as error:
                log.warning("lease.not_renewed", error=type(error).__name__)
                continue
            if not kept:
                break
            self.good_until = asked_at + TERM_SECONDS - MARGIN_SECONDS
        self.good_until = 0.0
        log.warning("lease.lost", fence=self.fence)

    def is_held(self) -> bool:
        return now_seconds() < self.good_until

    async def assert_held(self, session: AsyncSession) -> None:
        fence = (await session.execute(LOOK)).scalar()
        if fence != self.fence or not self.is_held():
            raise LeaseLost()

    async def release(self) -> None:
        if self.is_held():
            self.good_until = 0.0
            async with self.store.begin() as session:
                await session.execute(RELEASE, {"holder": self.holder, "fence": self.fence})
