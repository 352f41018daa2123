"""Uploads: the sealed file that an outbox row names, opened for the moment in which it leaves.

The row's payload says {"upload": {"field", "report_id", "stored_as", "filename", "words"?}}: the words are written
into a picture, so that whoever passes it on passes on who they are.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bot.evidence import kinds
from bot.evidence.cleaning import Cleaning
from bot.evidence.files import EvidenceFiles
from bot.evidence.kinds import NoCopy
from bot.forms import Upload
from models import Report
from models.engine import Store
from models.sealing import Unsealable

AT_ONCE = 2  # each is in memory, twice, while it leaves


class Unreadable(Exception):
    """The file is gone, damaged, or its case was erased."""


class Uploads:
    def __init__(self, store: Store, files: EvidenceFiles, cleaning: Cleaning) -> None:
        self.store = store
        self.files = files
        self.cleaning = cleaning
        self.room = asyncio.Semaphore(AT_ONCE)

    @asynccontextmanager
    async def opened(self, payload: dict[str, Any]) -> AsyncIterator[tuple[dict[str, Any], Upload]]:
        """The parameters of the call, and the file. Raises Unreadable."""
        params = {name: value for name, value in payload.items() if name != "upload"}
        async with self.room:
            yield params, await self._open(payload["upload"])

    async def _open(self, named: dict[str, Any]) -> Upload:
        try:
            async with self.store.read() as session:
                report = await session.get(Report, uuid.UUID(named["report_id"]))
            if report is None:
                raise Unreadable()
            content = await asyncio.to_thread(self.files.open, named["stored_as"], report.case_sealer())
            if words := named.get("words"):
                content = await self.cleaning.mark(content, words)
        except (FileNotFoundError, Unsealable, NoCopy, KeyError, ValueError) as error:
            raise Unreadable(type(error).__name__) from None
        name = named["filename"]
        return Upload(named["field"], name if "." in name else name + kinds.suffix(content), content)
