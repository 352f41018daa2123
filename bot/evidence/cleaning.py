"""Cleaning: asks a worker for a copy without metadata, and takes no for an answer."""

import asyncio
import contextlib
import json
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

import structlog

from bot.evidence.kinds import MALFORMED, NOT_SHOWN, REASONS, TOO_COSTLY, NoCopy, shown_as
from bot.evidence.worker import REFUSED

ROOT = Path(__file__).resolve().parents[2]
# No settings of ours and none of Python's: the worker gets neither the token nor anything else from around it.
COMMAND = (sys.executable, "-E", "-s", "-B", "-m", "bot.evidence.worker")
# A worker computes for less than 2 s (bot/evidence/worker.py); on a busy machine it may wait for its turn.
PATIENCE_SECONDS = 10
COPY_BYTES_MAX = 21 * 1024 * 1024
WORKERS = 1  # it may take a quarter of a gigabyte

log = structlog.get_logger()


@dataclass(frozen=True)
class Copy:
    """What staff may see of a file, or the reason why there is nothing."""

    content: bytes | None = None
    kind: str | None = None
    reason: str | None = None


class Cleaning:
    def __init__(self) -> None:
        self.room = asyncio.Semaphore(WORKERS)

    async def copy(self, kind: str, content: bytes) -> Copy:
        """The copy of a file that came as this kind of attachment."""
        shown = shown_as(kind, content)
        if shown is None:
            return Copy(reason=NOT_SHOWN)
        try:
            return Copy(content=await self.ask({"task": shown}, content), kind=shown)
        except NoCopy as refusal:
            return Copy(reason=refusal.reason)

    async def mark(self, content: bytes, words: str) -> bytes:
        """A copy of a picture with words in its corner. Raises NoCopy."""
        return await self.ask({"task": "mark", "words": words}, content)

    async def ask(self, order: dict[str, str], content: bytes) -> bytes:
        """Raises NoCopy, also for a worker that took too much and was ended."""
        async with self.room:
            worker = await asyncio.create_subprocess_exec(
                *COMMAND,
                cwd=ROOT,
                env={},
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    answer = await _exchange(worker, json.dumps(order).encode() + b"\n", content)
                    status = await worker.wait()
            except TimeoutError:
                raise NoCopy(TOO_COSTLY) from None
            finally:
                with contextlib.suppress(ProcessLookupError):
                    worker.kill()
                await worker.wait()
        if status == 0 and answer and len(answer) <= COPY_BYTES_MAX:
            return answer
        if status not in (REFUSED, -signal.SIGPROF):
            log.warning("worker.ended", status=status)  # by the kernel, or because it cannot work here at all
        said = answer.decode("ascii", "replace") if status == REFUSED else TOO_COSTLY
        raise NoCopy(said if said in REASONS else MALFORMED)


async def _exchange(worker: asyncio.subprocess.Process, order: bytes, content: bytes) -> bytes:
    """Everything in, then at most COPY_BYTES_MAX + 1 out: the worker writes only after it has read."""
    assert worker.stdin is not None
    assert worker.stdout is not None
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        worker.stdin.write(order)
        worker.stdin.write(content)
        await worker.stdin.drain()
    worker.stdin.close()
    answer = bytearray()
    while len(answer) <= COPY_BYTES_MAX and (part := await worker.stdout.read(1024 * 1024)):
        answer += part
    return bytes(answer)
