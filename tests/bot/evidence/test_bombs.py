"""Bombs: files made to take all the memory or time there is. Each is refused within 2 s, in little memory.

Seconds are those of computing: other tests on the same machine make the clock go on, not these."""

import json
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.evidence.cleaning import COMMAND, ROOT, Cleaning
from bot.evidence.kinds import MALFORMED, NOT_SHOWN, TOO_COSTLY, TOO_MANY_PIXELS
from bot.evidence.worker import MEMORY_BYTES, REFUSED
from tests import samples

# A process in between, since what a child took is told together with what its parent held when it was born.
MEASURE = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:])
taken = resource.getrusage(resource.RUSAGE_CHILDREN)
print(taken.ru_utime + taken.ru_stime, taken.ru_maxrss / 1024, file=sys.stderr)
sys.exit(done.returncode % 256)
"""
MEGABYTE = 1024 * 1024


@dataclass
class Ended:
    status: int
    said: bytes
    seconds: float
    megabytes: float


def worker(task: str, content: bytes) -> Ended:
    """What became of the order, and what it took."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, *COMMAND],
        input=json.dumps({"task": task}).encode() + b"\n" + content,
        capture_output=True,
        cwd=ROOT,
        env={},
        timeout=30,
    )
    seconds, megabytes = done.stderr.split()
    return Ended(done.returncode, done.stdout, float(seconds), float(megabytes))


def wide_jpeg() -> bytes:
    """A JPEG whose header says 65,535 by 65,535."""
    content = bytearray(samples.jpeg())
    frame = content.index(b"\xff\xc0")
    content[frame + 5 : frame + 9] = b"\xff\xff\xff\xff"
    return bytes(content)


BOMBS = {
    "4,294,836,225 pixels of a PNG": (samples.png_bomb(), TOO_MANY_PIXELS),
    "one pixel too many": (samples.png_bomb(5001), TOO_MANY_PIXELS),
    "4,294,836,225 pixels of a JPEG": (wide_jpeg(), TOO_MANY_PIXELS),
    "a header without its picture": (samples.png_bomb(5000), MALFORMED),
    "20 megabytes of noise": (b"\xff\xd8\xff" + bytes(range(1, 255)) * 80_000, MALFORMED),
}


@pytest.mark.parametrize(("content", "reason"), BOMBS.values(), ids=BOMBS.keys())
def test_a_bomb_is_refused_before_it_goes_off(content: bytes, reason: str) -> None:
    ended = worker("photo", content)
    assert (ended.status, ended.said.decode()) == (REFUSED, reason)
    assert ended.seconds < 2
    assert ended.megabytes < 200


async def test_a_picture_that_never_ends_is_stopped() -> None:
    endless = samples.endless_jpeg()
    ended = worker("photo", endless)
    assert (ended.status, ended.said) == (256 - signal.SIGPROF, b"")
    assert ended.seconds < 2
    copy = await Cleaning().copy("photo", endless)
    assert (copy.content, copy.reason) == (None, TOO_COSTLY)


def test_a_worker_takes_no_more_than_its_share_of_memory() -> None:
    ended = worker("photo", samples.endless_jpeg(scans=1))
    assert ended.status == 0
    assert ended.megabytes * MEGABYTE < MEMORY_BYTES


async def test_an_xml_bomb_is_never_read() -> None:
    started = time.monotonic()
    copy = await Cleaning().copy("document", samples.BILLION_LAUGHS)
    assert (copy.content, copy.reason) == (None, NOT_SHOWN)
    assert time.monotonic() - started < 0.5


def test_twenty_megabytes_of_video_are_walked_quickly() -> None:
    ended = worker("video", samples.mp4(media=bytes(20 * MEGABYTE)))
    assert ended.status == 0
    assert ended.seconds < 2
    assert ended.megabytes < 150


def test_a_worker_writes_no_file_and_sees_no_settings(tmp_path: Path) -> None:
    tries = "import os, sys; from bot.evidence import worker; worker.confine(); print(*os.environ, flush=True)"
    tries += "; open(sys.argv[1], 'wb', buffering=0).write(b'x')"
    command = [*COMMAND[:-2], "-c", tries, str(tmp_path / "made")]
    told = subprocess.run(command, capture_output=True, cwd=ROOT, env={}, timeout=30)
    assert told.stdout.split() in ([], [b"LC_CTYPE"])
    assert b"File too large" in told.stderr
    assert told.returncode == 1
