"""Fitting: what was said in a case, as far as one message of Telegram has room for it."""

import html
import re
from collections.abc import Sequence

from domain.cases import thread
from domain.cases.access import staff_name
from domain.reports import words
from domain.reports.words import harmless
from handlers import times
from handlers.context import Context
from handlers.texts import Raw
from models import Person, Report, ReportState, Side

MESSAGE_UNITS = 3900  # of Telegram's 4,096, so that some way is left
FEWEST_UNITS = 20  # less of a message says nothing
MESSAGES_SHOWN = 5
OLDER_UNITS = 250
BREAK_UNITS = 2
_MARKUP = re.compile(r"<[^>]*>")


def units(text: str) -> int:
    """The length as Telegram counts it, which is without markup."""
    return words.units(html.unescape(_MARKUP.sub("", text)))


async def said(
    context: Context, report: Report, sides: Sequence[Side], besides: Sequence[Raw | None], *, newest: int = OLDER_UNITS
) -> list[Raw]:
    """The newest messages, oldest of them first, in the room that is left `besides` what else is shown. `newest`: how
    much of the last one is shown; where there is little room the older ones give way first."""
    if report.state is ReportState.ARCHIVED:
        return []
    found = await thread.latest(context.session, report, sides=sides, limit=MESSAGES_SHOWN)
    room = MESSAGE_UNITS - sum(units(part) + BREAK_UNITS for part in besides if part)
    lines: list[Raw] = []
    for message in reversed(found):
        heading = units(await _line(context, message, "")) + BREAK_UNITS
        limit = min(OLDER_UNITS if lines else newest, room - heading)
        if limit < FEWEST_UNITS:
            break
        lines.append(await _line(context, message, words.shortened(harmless(message.words), limit)))
        room -= units(lines[-1]) + BREAK_UNITS
    return lines[::-1]


async def _line(context: Context, message: thread.Said, text: str) -> Raw:
    """One message of the thread, as the reporter reads it."""
    row = message.row
    author = await context.session.get(Person, row.author_id) if row.author_id is not None else None
    return context.say(
        f"status.said.{row.side}",
        staff=staff_name(author),
        at=times.moment(context.language, row.at),
        words=text,
    )
