"""Health: whether this process lives, and whether it can do its work now; if not, why."""

import asyncio
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from models.engine import Store

BEAT_SECONDS = 1.0
STILL_ALIVE_SECONDS = 5.0
POLL_TOO_OLD_SECONDS = 90.0
DISK_FREE_SHARE = 0.05
PROVE_SECONDS = 3.0

Complaint = Callable[[], str | None]


@dataclass
class Health:
    """`complaints` are asked in turn; each answers with a reason, or None while all is well."""

    store: Store
    data_dir: Path
    complaints: list[Complaint] = field(default_factory=list)
    beat_at: float = field(default_factory=time.monotonic)
    proving: asyncio.Task[None] | None = None

    async def beat(self) -> None:
        """Shows that the event loop turns."""
        while True:
            self.beat_at = time.monotonic()
            await asyncio.sleep(BEAT_SECONDS)

    def is_alive(self) -> bool:
        return time.monotonic() - self.beat_at < STILL_ALIVE_SECONDS

    async def reasons(self) -> list[str]:
        """Why this process cannot do its work now. Empty: it can."""
        found = [reason for complaint in self.complaints if (reason := complaint())]
        if (reason := await self._store_complaint()) is not None:
            found.append(reason)
        if (reason := self._disk_complaint()) is not None:
            found.append(reason)
        return found

    async def _store_complaint(self) -> str | None:
        """Asks once at a time, and is never cancelled: a driver that waits for a lock cannot be interrupted."""
        if self.proving is None or self.proving.done():
            self.proving = asyncio.create_task(self.store.prove())
            self.proving.add_done_callback(lambda task: task.cancelled() or task.exception())
        proving = self.proving
        await asyncio.wait({proving}, timeout=PROVE_SECONDS)
        if not proving.done():
            return f"the database takes no writes: it has not answered for {PROVE_SECONDS:.0f} s"
        error = None if proving.cancelled() else proving.exception()
        if error is None:
            return None
        cause = getattr(error, "orig", None) or error
        return f"the database takes no writes: {type(cause).__name__}: {_first_line(cause)}"

    def _disk_complaint(self) -> str | None:
        try:
            usage = shutil.disk_usage(self.data_dir)
        except OSError:
            return "the data folder is gone"
        if usage.free < usage.total * DISK_FREE_SHARE:
            return f"the disk is nearly full: {usage.free // 2**20} MiB left"
        return None


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [""])[0][:120]
