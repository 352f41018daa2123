"""The server's own time, which tests can wind forward."""

import time


class Clock:
    def __init__(self) -> None:
        self._ahead_seconds = 0.0

    def now(self) -> float:
        return time.time() + self._ahead_seconds

    def forward(self, seconds: float) -> float:
        self._ahead_seconds += seconds
        return self.now()
