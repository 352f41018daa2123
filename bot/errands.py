"""Errands: network chores that are no messages. Files that people sent are fetched, cleaned and sealed.

A row says "kept" only once both sealed files would survive a power cut; killed at any moment before, the errand is run
again, and what the first run wrote belongs to no row.
"""

import asyncio
import datetime as dt
import hashlib
import uuid
from collections.abc import Awaitable, Callable

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.evidence.cleaning import Cleaning
from bot.evidence.files import EvidenceFiles
from bot.leases import Lease, LeaseLost
from bot.metrics import FILES
from bot.transport import NotSent, PerhapsSent, Refused, TooLarge, Transport
from domain import evidence
from domain.evidence import Fetched, Waiting
from models.engine import Store, is_away
from models.sealing import Sealer, Unsealable

DOWNLOAD_BYTES_MAX = 20 * 1024 * 1024  # Telegram's own limit for bots
AT_ONCE = 4
LOOK_AGAIN_SECONDS = 2.0
AWAY_SECONDS = 10.0
UNREACHED_WAIT = dt.timedelta(seconds=30)
HALTED_WAIT = dt.timedelta(seconds=60)

log = structlog.get_logger()

Write = Callable[[AsyncSession, dt.datetime], Awaitable[object]]


class Errands:
    def __init__(
        self,
        store: Store,
        transport: Transport,
        clock: Clock,
        lease: Lease,
        files: EvidenceFiles,
        cleaning: Cleaning,
        *,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self.store = store
        self.transport = transport
        self.clock = clock
        self.lease = lease
        self.files = files
        self.cleaning = cleaning
        self.changed = changed
        self.news = asyncio.Event()
        self.running: dict[uuid.UUID, asyncio.Task[None]] = {}
        self.keeping = asyncio.Lock()  # one at a time is copied and sealed: that takes memory

    def wake(self) -> None:
        self.news.set()

    async def run(self) -> None:
        """Fetches what waits, for ever. What is on the way when it is cancelled is fetched again another time."""
        try:
            while True:
                self.news.clear()
                try:
                    await self.begin_due()
                except Exception as error:
                    if not is_away(error):
                        raise
                    log.warning("errands.store_away", error=type(error).__name__)
                await self._wait_for_news()
        finally:
            tasks = list(self.running.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _wait_for_news(self) -> None:
        try:
            async with asyncio.timeout(LOOK_AGAIN_SECONDS):
                await self.news.wait()
        except TimeoutError:
            pass

    async def begin_due(self) -> None:
        room = AT_ONCE - len(self.running)
        if room <= 0 or not self.lease.is_held():
            return
        async with self.store.read() as session:
            waiting = await evidence.due(session, self.clock.now(), besides=list(self.running), room=room)
        for one in waiting:
            self.running[one.attachment.id] = asyncio.create_task(self._run(one))

    async def _run(self, waiting: Waiting) -> None:
        try:
            await self._fetch(waiting)
        except Exception as error:
            await self._broke(waiting, error)
        finally:
            del self.running[waiting.attachment.id]
            self.wake()

    async def _broke(self, waiting: Waiting, error: Exception) -> None:
        if isinstance(error, LeaseLost):
            return  # whoever leads now fetches it
        if is_away(error):  # or the disk is full
            log.warning("errands.store_away", error=type(error).__name__)
            await asyncio.sleep(AWAY_SECONDS)
            return
        log.error("errand.broke", error=type(error).__name__)
        try:  # a fault of ours must not have one file fetched for ever
            await self._fail(waiting, evidence.GONE)
        except Exception as worse:
            log.error("errand.not_noted", error=type(worse).__name__)
            await asyncio.sleep(AWAY_SECONDS)

    # ---- one file

    async def _fetch(self, waiting: Waiting) -> None:
        try:
            content = await self._download(waiting)
        except Unsealable:
            await self._fail(waiting, evidence.UNREADABLE, is_final=True)
        except TooLarge:
            await self._fail(waiting, evidence.TOO_BIG, is_final=True)
        except NotSent:
            await self._put_off(waiting, UNREACHED_WAIT)
        except PerhapsSent:
            await self._fail(waiting, evidence.GONE)
        except Refused as refusal:
            await self._refused(waiting, refusal)
        else:
            await self._keep(waiting, content)

    async def _download(self, waiting: Waiting) -> bytes:
        known = waiting.attachment.file
        if known is None:
            raise Unsealable("attachments:file_sealed")
        if int(known.get("size") or 0) > DOWNLOAD_BYTES_MAX:
            raise TooLarge()
        file = await self.transport.call("getFile", {"file_id": known["file_id"]})
        return await self.transport.download(str(file.get("file_path") or ""), at_most=DOWNLOAD_BYTES_MAX)

    async def _refused(self, waiting: Waiting, refusal: Refused) -> None:
        if refusal.code == 429:
            await self._put_off(waiting, dt.timedelta(seconds=refusal.retry_after or 5))
        elif refusal.code == 401:
            await self._put_off(waiting, HALTED_WAIT)  # the token is refused, and the sender says so
        elif "too big" in refusal.description.lower():
            await self._fail(waiting, evidence.TOO_BIG, is_final=True)
        else:
            await self._fail(waiting, evidence.GONE)

    async def _keep(self, waiting: Waiting, content: bytes) -> None:
        sealer = waiting.report.case_sealer()
        async with self.keeping:
            copy = await self.cleaning.copy(waiting.attachment.kind, content)
            stored_as = await self._store(content, sealer)
            copy_as = await self._store(copy.content, sealer) if copy.content is not None else None
        fetched = Fetched(
            stored_as=stored_as,
            sha256=await asyncio.to_thread(_sha256, content),
            size_bytes=len(content),
            copy_as=copy_as,
            copy_kind=copy.kind,
            reason=copy.reason,
        )
        if await self._write(lambda session, now: evidence.note_fetched(session, waiting, fetched, now=now)):
            FILES.labels("copied" if copy_as else "kept").inc()
            self.changed()
            return
        for name in filter(None, (stored_as, copy_as)):  # nobody wants it any more
            await asyncio.to_thread(self.files.remove, name)

    async def _store(self, content: bytes, sealer: Sealer) -> str:
        return await asyncio.to_thread(self.files.keep, content, sealer)

    async def _fail(self, waiting: Waiting, reason: str, *, is_final: bool = False) -> None:
        if await self._write(
            lambda session, now: evidence.note_failed(session, waiting, reason, now=now, is_final=is_final)
        ):
            FILES.labels("lost").inc()
            log.warning("errand.lost", reason=reason)
            self.changed()

    async def _put_off(self, waiting: Waiting, wait: dt.timedelta) -> None:
        await self._write(lambda session, now: evidence.put_off(session, waiting, now + wait))

    async def _write(self, write: Write) -> object:
        now = self.clock.now()
        async with self.store.begin() as session:
            done = await write(session, now)
            await self.lease.assert_held(session)
        return done


def _sha256(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()
