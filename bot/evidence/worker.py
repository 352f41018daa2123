"""The worker: makes one copy, in a process of its own that may take little memory, little time, and no file.

It reads an order (a line of JSON) and the bytes, and writes the copy. What it refuses it names in a word instead, and
ends with REFUSED. The process that holds keys and token never decodes what strangers made.
"""

import contextlib
import json
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.evidence.kinds import MALFORMED, TOO_COSTLY, NoCopy

REFUSED = 3
MEMORY_BYTES = 256 * 1024 * 1024  # 25 million pixels of a JPEG take about 200, and 15 million of a WEBP 240
CPU_SECONDS = 1.9  # counted in ticks, so rather 1.5 at times; the largest pictures that we take need about 1.2
LIMITS = {
    resource.RLIMIT_AS: MEMORY_BYTES,
    resource.RLIMIT_CPU: 3,  # should the timer not do
    resource.RLIMIT_FSIZE: 0,
    resource.RLIMIT_CORE: 0,
}


def confine() -> None:
    with contextlib.suppress(OSError):  # where memory is short all the same, this process goes and not the bot
        Path("/proc/self/oom_score_adj").write_text("1000")
    for name, most in LIMITS.items():
        resource.prlimit(0, name, (most, most))  # setrlimit is forbidden by deploy/siskamling.service
    signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)  # its signal ends the process


def photo(content: bytes, order: dict[str, Any]) -> bytes:
    from bot.evidence import pictures

    return pictures.clean(content)


def mark(content: bytes, order: dict[str, Any]) -> bytes:
    from bot.evidence import pictures

    return pictures.mark(content, order["words"])


def video(content: bytes, order: dict[str, Any]) -> bytes:
    from bot.evidence import boxes

    return boxes.clean(content)


def voice(content: bytes, order: dict[str, Any]) -> bytes:
    from bot.evidence import pages

    return pages.clean(content)


TASKS: dict[str, Callable[[bytes, dict[str, Any]], bytes]] = {
    "photo": photo,
    "mark": mark,
    "video": video,
    "voice": voice,
}


def work() -> int:
    confine()
    order = json.loads(sys.stdin.buffer.readline())
    try:
        answer = TASKS[order["task"]](sys.stdin.buffer.read(), order)
        status = 0
    except NoCopy as refusal:
        answer, status = refusal.reason.encode(), REFUSED
    except MemoryError:
        answer, status = TOO_COSTLY.encode(), REFUSED
    except Exception:
        answer, status = MALFORMED.encode(), REFUSED
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()
    return status


if __name__ == "__main__":
    sys.exit(work())
