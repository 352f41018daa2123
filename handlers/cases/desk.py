"""The desk: a case is put before somebody in private, and what they type there belongs to it."""

import datetime as dt
from uuid import UUID

from domain import audit
from domain.cases import access
from domain.cases.access import NoSuchCase
from domain.outbox import About
from handlers.cases import effects, view
from handlers.cases.view import Seen
from handlers.context import Context
from handlers.texts import Raw
from handlers.views import View
from models import Report, ReportState

STAYS_OPEN = dt.timedelta(minutes=30)  # after that what is typed may be about anything


async def case_of(context: Context, report_id: UUID) -> Report:
    """The case, if it is theirs to open. Raises NoSuchCase."""
    report = await context.session.get(Report, report_id)
    if report is None or report.state in (ReportState.DRAFT, ReportState.ARCHIVED):
        raise NoSuchCase()
    access.require_may_open(context.staff, report)
    return report


async def seen(context: Context, report: Report) -> Seen:
    return await view.see(context.session, report, context.staff, context.language, context.areas, now=context.now)


async def present(context: Context, report: Report, note: Raw | None = None) -> None:
    """Shows the case: in place of the message whose button was pressed in private, or as a new one there. It lies open
    from now on."""
    context.open_desk(report.id)
    await effects.acknowledge(context.session, report, now=context.now)
    put(context, report, view.case_view(await seen(context, report), note))


def put(context: Context, report: Report, shown: View) -> None:
    """A view of the case, in private. In a group a press is answered by a toast that says where to look."""
    about = About(report.id, "case")
    query = context.incoming.callback_query
    if query is not None and is_private(context):
        context.show(shown, about=about)
        return
    context.whisper(shown, about=about)
    if query is not None and not context.visit.toasts:
        context.toast(context.label("case.look_in_private"))


def is_private(context: Context) -> bool:
    chat = context.incoming.effective_chat
    return chat is not None and chat.type == "private"


async def stepped(context: Context, report: Report, note: Raw | None = None) -> None:
    """After a step: the reporter reads what they may, and the case is shown as it is now. Whose work on it is over
    sees only that: the unit that ended it, gave it back, or made it another unit's."""
    await effects.follow(context.session, report, now=context.now)
    if may_still_open(context, report):
        await present(context, report, note)
        return
    context.clear_desk()
    over = context.say("case.out_of_sight", number=report.number)
    put(context, report, View(Raw(f"{note}\n\n{over}") if note else over))


def note_reading(context: Context, report: Report, what: str = "read") -> None:
    audit.note(context.session, context.person, what, report.number, now=context.now)


def may_still_open(context: Context, report: Report) -> bool:
    return access.may_open(context.staff, report)


def is_at_hand(context: Context) -> bool:
    """Whether a case lies open before them, and has not for so long that they may mean something else."""
    desk = context.desk
    return desk is not None and context.now - desk.opened_at <= STAYS_OPEN
