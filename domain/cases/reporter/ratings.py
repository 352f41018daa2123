"""Ratings: how content the reporter of an ended case is, in two taps."""

import datetime as dt
import enum

from sqlalchemy.ext.asyncio import AsyncSession

from domain.cases.rooms import cards
from domain.errors import DomainError
from domain.policy import RATING_CHANGES_WITHIN
from domain.reports import drafts
from models import Report, ReportState


class Mark(enum.IntEnum):
    BAD = 1
    FAIR = 2
    GOOD = 3


class Reason(enum.IntEnum):
    """Why; nobody has to say."""

    NONE = 0
    SLOW = 1
    NO_NEWS = 2
    NOT_SOLVED = 3


RATED = (ReportState.RESOLVED, ReportState.REFERRED)
TENS = 10  # a rating is one number: 31 is good, but slow


class NotToBeRated(DomainError):
    """It goes on, or the mark was given more than a day ago."""

    text_key = "error.not_to_be_rated"


def read(rating: int | None) -> tuple[Mark, Reason] | None:
    """What is kept in `reports.rating`."""
    return (Mark(rating // TENS), Reason(rating % TENS)) if rating else None


def may_rate(report: Report, now: dt.datetime) -> bool:
    """Of an ended case, once; for a day it may be changed."""
    if report.state not in RATED:
        return False
    rated_at = drafts.content_of(report).get("rated_at")
    if report.rating is None or rated_at is None:
        return True
    return now - dt.datetime.fromisoformat(rated_at) <= RATING_CHANGES_WITHIN


async def rate(
    session: AsyncSession, report: Report, mark: Mark, reason: Reason = Reason.NONE, *, now: dt.datetime
) -> None:
    """Raises NotToBeRated."""
    if not may_rate(report, now):
        raise NotToBeRated()
    if report.rating is None:
        drafts.change(report, report.touched_at, rated_at=now.isoformat())
    report.rating = mark * TENS + reason
    await cards.want(session, report, now=now)
