"""The sweep: sealed files that no row names any more are taken away. A case that is erased leaves its files to it."""

import asyncio
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
import structlog

from bot.evidence.files import NAME
from models import Attachment
from models.engine import Store

FOLDERS = tuple(f"{number:02x}" for number in range(256))
UNFINISHED = re.compile(r"tmp-[0-9a-f]{32}")
# A file is written before its row is; and a database put back from last week's copy does not know this week's files.
YOUNG_SECONDS = 7 * 86_400
AT_ONCE = 5_000
ASKED_AT_ONCE = 500

log = structlog.get_logger()


class Sweep:
    """Goes round the folders, so many files at a time, and on from where it stopped."""

    def __init__(self, store: Store, data_dir: Path) -> None:
        self.store = store
        self.folder = data_dir / "evidence"
        self.position = 0

    async def sweep(self) -> None:
        unfinished = await asyncio.to_thread(_old, self.folder, UNFINISHED)
        swept = await asyncio.to_thread(_remove, [self.folder / name for name in unfinished])
        looked_at = 0
        for _ in FOLDERS:
            home = self.folder / FOLDERS[self.position]
            names = await asyncio.to_thread(_old, home, NAME)
            unnamed = set(names) - await self._named(names)
            swept += await asyncio.to_thread(_remove, [home / name for name in unnamed])
            self.position = (self.position + 1) % len(FOLDERS)
            looked_at += len(names)
            if looked_at >= AT_ONCE:
                break
        if swept:
            log.info("sweep.done", count=swept)

    async def _named(self, names: list[str]) -> set[str]:
        """Which of them an attachment still has, as the original or as the copy."""
        found: set[str] = set()
        async with self.store.read() as session:
            for start in range(0, len(names), ASKED_AT_ONCE):
                asked = names[start : start + ASKED_AT_ONCE]
                for column in (Attachment.stored_as, Attachment.copy_as):
                    kept = await session.scalars(sa.select(column).where(column.in_(asked)))
                    found |= {name for name in kept if name is not None}
        return found


def _old(folder: Path, pattern: re.Pattern[str]) -> list[str]:
    return [entry.name for entry in _files(folder) if pattern.fullmatch(entry.name) and _is_old(entry)]


def _files(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except FileNotFoundError:
        return  # nothing was ever kept there


def _is_old(entry: os.DirEntry[str]) -> bool:
    """By the clock of the disk. What was renamed or removed meanwhile is not."""
    try:
        return time.time() - entry.stat(follow_symlinks=False).st_mtime > YOUNG_SECONDS
    except FileNotFoundError:
        return False


def _remove(paths: list[Path]) -> int:
    for path in paths:
        path.unlink(missing_ok=True)
    return len(paths)
