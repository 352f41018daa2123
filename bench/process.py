"""Processes: a contender on a core of its own, what it costs, and its certain end. Linux only."""

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PR_SET_PDEATHSIG = 1
_STOP_SECONDS = 10.0
_LIBC = ctypes.CDLL(None)


def cores() -> tuple[set[int], set[int]]:
    """One core for the contender and another for the harness; all of them for both when there is only one."""
    allowed = sorted(os.sched_getaffinity(0))
    if len(allowed) < 2:
        return set(allowed), set(allowed)
    return {allowed[0]}, {allowed[1]}


class Contender:
    """A process that runs until `stop`, and that ends when the harness does, however that ends."""

    def __init__(self, argv: list[str], environment: dict[str, str], log: Path, on_cores: set[int]) -> None:
        self.started_at = time.perf_counter()
        self._log = log
        with log.open("wb") as output:
            self._process = _spawn(argv, environment, output.fileno(), on_cores)

    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def cpu_seconds(self) -> float:
        """User and system time of the process and its children so far."""
        return sum(_cpu_ticks(pid) for pid in _tree(self._process.pid)) / _TICKS

    def max_rss_mb(self) -> float:
        """The largest resident memory so far, children included."""
        return sum(_peak_kb(pid) for pid in _tree(self._process.pid)) / 1024

    def last_words(self) -> str:
        return self._log.read_text(errors="replace")[-2000:]

    def stop(self) -> None:
        """SIGTERM, then SIGKILL to the whole group."""
        if not self.has_ended():
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_STOP_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def _spawn(argv: list[str], environment: dict[str, str], output: int, on_cores: set[int]) -> "subprocess.Popen[bytes]":
    # The child inherits the cores that this process has at the moment of the fork.
    own = os.sched_getaffinity(0)
    os.sched_setaffinity(0, on_cores)
    try:
        return subprocess.Popen(
            argv,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )
    finally:
        os.sched_setaffinity(0, own)


def _die_with_parent() -> None:
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _tree(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return [pid]
    return [pid, *(grandchild for child in children for grandchild in _tree(int(child)))]


def _cpu_ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(int(field) for field in fields[11:15])


def _peak_kb(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0)
