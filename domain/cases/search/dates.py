"""Dates: the days that somebody means by "kemarin", "3 hari", "20/11" or "november"."""

import datetime as dt
import re
from collections.abc import Callable

Span = tuple[dt.datetime, dt.datetime]  # from the first moment to the one after the last
DAYS_MAX = 3660

_MONTHS = (
    "januari january jan",
    "februari february feb",
    "maret march mar",
    "april apr",
    "mei may",
    "juni june jun",
    "juli july jul",
    "agustus august agu aug",
    "september sep",
    "oktober october okt oct",
    "november nov",
    "desember december des dec",
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split()}
_LONG = "|".join(name for name in _MONTH if len(name) > 3)
_ANY = "|".join(sorted(_MONTH, key=len, reverse=True))


def day(at: dt.datetime) -> dt.datetime:
    """The first moment of that day."""
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


def _days_back(first: int, count: int) -> Callable[[re.Match[str], dt.datetime], Span]:
    return lambda match, now: (day(now) - dt.timedelta(first), day(now) - dt.timedelta(first - count))


def _last_days(match: re.Match[str], now: dt.datetime) -> Span | None:
    count = int(match[1]) * (7 if match[2].startswith(("minggu", "week")) else 1)
    if not 0 < count <= DAYS_MAX:
        return None
    return day(now) - dt.timedelta(count - 1), day(now) + dt.timedelta(1)


def _this_week(match: re.Match[str], now: dt.datetime) -> Span:
    monday = day(now) - dt.timedelta(now.weekday())
    return monday, monday + dt.timedelta(7)


def _this_month(match: re.Match[str], now: dt.datetime) -> Span:
    return _month_of(now.year, now.month, now)


def _one_day(match: re.Match[str], now: dt.datetime) -> Span | None:
    return _between(match["day"], match["day"], match["month"], match["year"], now)


def _days_of_a_month(match: re.Match[str], now: dt.datetime) -> Span | None:
    return _between(match["first"], match["day"], match["month"], match["year"], now)


def _two_dates(match: re.Match[str], now: dt.datetime) -> Span | None:
    last = _between(match["day"], match["day"], match["month"], match["year"], now)
    first = _between(match["first"], match["first"], match["first_month"], match["year"], now)
    if first is None or last is None:
        return None
    since = first[0] if first[0] < last[1] else _on(first[0].year - 1, first[0].month, first[0].day, now)
    return (since, last[1]) if since is not None else None


def _whole_month(match: re.Match[str], now: dt.datetime) -> Span:
    month = _MONTH[match["month"]]
    if match["year"]:
        return _month_of(int(match["year"]), month, now)
    return _month_of(now.year - (month > now.month), month, now)


def _between(first: str, last: str, month: str, year: str | None, now: dt.datetime) -> Span | None:
    """Days of one month; without a year the last time that these days were."""
    number = _MONTH.get(month) or (int(month) if month.isdecimal() else 0)
    in_year = (2000 + int(year) % 100) if year else now.year
    since, until = _on(in_year, number, int(first), now), _on(in_year, number, int(last), now)
    if not year and since is not None and since > now:
        since, until = _on(in_year - 1, number, int(first), now), _on(in_year - 1, number, int(last), now)
    if since is None or until is None or until < since:
        return None
    return since, until + dt.timedelta(1)


def _on(year: int, month: int, number: int, now: dt.datetime) -> dt.datetime | None:
    try:
        return dt.datetime(year, month, number, tzinfo=now.tzinfo)
    except ValueError:
        return None


def _month_of(year: int, month: int, now: dt.datetime) -> Span:
    first = dt.datetime(year, month, 1, tzinfo=now.tzinfo)
    return first, dt.datetime(year + month // 12, month % 12 + 1, 1, tzinfo=now.tzinfo)


_YEAR = r"(?:\s*[/\s]\s*(?P<year>20\d\d))?"
# In this order: the first that fits is meant.
SPANS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], dt.datetime], Span | None]], ...] = tuple(
    (re.compile(pattern), span_of)
    for pattern, span_of in (
        (r"\b(?:hari ini|today)\b", _days_back(0, 1)),
        (r"\b(?:kemarin|kmrn|semalam|yesterday)\b", _days_back(1, 1)),
        (r"\b(\d{1,4})\s*(hari|minggu|days?|weeks?)(?: (?:terakhir|ini|lalu))?\b", _last_days),
        (r"\b(?:minggu ini|this week)\b", _this_week),
        (r"\b(?:bulan ini|this month)\b", _this_month),
        (
            r"\b(?P<first>\d{1,2})\s*/\s*(?P<first_month>\d{1,2})\s*(?:-|–|s/?d|sampai)\s*"
            rf"(?P<day>\d{{1,2}})\s*/\s*(?P<month>\d{{1,2}}){_YEAR}\b",
            _two_dates,
        ),
        (
            rf"\b(?P<first>\d{{1,2}})\s*(?:-|–|s/?d|sampai)\s*(?P<day>\d{{1,2}})\s*/\s*(?P<month>\d{{1,2}}){_YEAR}\b",
            _days_of_a_month,
        ),
        (
            rf"\b(?P<first>\d{{1,2}})\s*(?:-|–|s/?d|sampai)\s*(?P<day>\d{{1,2}})\s+(?P<month>{_ANY}){_YEAR}\b",
            _days_of_a_month,
        ),
        (rf"\b(?P<day>\d{{1,2}})\s*/\s*(?P<month>\d{{1,2}}){_YEAR}\b", _one_day),
        (rf"\b(?P<day>\d{{1,2}})\s+(?P<month>{_ANY}){_YEAR}\b", _one_day),
        (rf"\b(?P<month>{_LONG}){_YEAR}\b", _whole_month),
    )
)
