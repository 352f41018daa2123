"""Times: moments as people here read them."""

import datetime as dt
from zoneinfo import ZoneInfo

from handlers.texts import Raw, say

_zone = ZoneInfo("Asia/Jakarta")


def use(zone: ZoneInfo) -> None:
    """Sets the local time. Called once, by the composition root."""
    global _zone
    _zone = zone


def local(at: dt.datetime) -> dt.datetime:
    """The same moment on the clocks here."""
    return at.astimezone(_zone)


def moment(language: str, at: dt.datetime) -> Raw:
    """Day and minute: "24 Nov, pukul 21.40"."""
    return _said(language, "time.moment", at)


def hour(language: str, at: dt.datetime) -> Raw:
    """Day and hour only, for eyes that need not know more."""
    return _said(language, "time.hour", at)


def day(language: str, at: dt.datetime) -> Raw:
    """The day alone: "24 Nov"."""
    return _said(language, "time.day", at)


def clock(at: dt.datetime) -> str:
    """Hour and minute of today: "21.45"."""
    return f"{at.astimezone(_zone):%H.%M}"


def _said(language: str, key: str, at: dt.datetime) -> Raw:
    local = at.astimezone(_zone)
    month = say(language, "time.months").split()[local.month - 1]
    return say(language, key, day=local.day, month=month, hour=f"{local.hour:02}", minute=f"{local.minute:02}")
