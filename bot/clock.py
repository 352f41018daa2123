"""The clock: the moment that everything else is told. Tests wind it forward; nothing else sets it."""

import datetime as dt


class Clock:
    def __init__(self) -> None:
        self.ahead = dt.timedelta()

    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + self.ahead

    def forward(self, **parts: float) -> None:
        """`clock.forward(minutes=30)`: moves the clock, not the waiting of whoever sleeps."""
        self.ahead += dt.timedelta(**parts)
