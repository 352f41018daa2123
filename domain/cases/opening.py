"""Opening: what a report needs from the moment it is filed."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from domain import evidence
from domain.cases import clocks, links
from domain.cases.search import terms
from domain.policy import HEARTBEAT_AFTER, TWO_PERSON_PRIORITIES
from domain.reports import drafts, taxonomy
from domain.reports.taxonomy import Flag
from models import Anonymity, Person, Report, sealing

ASKED_AGAIN = ("P0", "P1")
DISCREET_CODES = ("RTK-1", "RTK-2", "PEK-1")


async def open_case(
    session: AsyncSession, report: Report, *, reporter: Person | None, told_in: Sequence[int] = (), now: dt.datetime
) -> None:
    """Starts the clock and the fetching of its files, and the question whether it still goes on; makes its words
    findable; is discreet where that may save somebody; keeps which of the reporter's messages told it, so that they
    can be edited and reacted to. `reporter`: None where nothing may lead to them."""
    clocks.begin(report, now=now)
    report.is_grave = report.priority in TWO_PERSON_PRIORITIES
    if drafts.content_of(report).get("attachments"):
        await evidence.begin_fetching(session, report)
    await terms.index_case(session, report)
    if reporter is None:
        return
    report.is_discreet = reporter.is_discreet or report.category_code in DISCREET_CODES
    if may_be_asked_again(report):
        report.heartbeat_at = now + HEARTBEAT_AFTER
    assert reporter.telegram_id is not None
    chat = sealing.number_index("chat", reporter.telegram_id)
    if told_in:
        await session.flush()
    for message_id in told_in:
        await links.note(session, chat, message_id, report.id, "told", now=now)


def may_be_asked_again(report: Report) -> bool:
    """Whether "does it still go on?" makes sense: it is dangerous, it moves, and the question gives nobody away."""
    flags = taxonomy.category(report.category_code or "INF-5").flags
    is_hidden = report.anonymity is Anonymity.FULL or report.is_discreet
    return report.priority in ASKED_AGAIN and Flag.HEARTBEAT in flags and not is_hidden
