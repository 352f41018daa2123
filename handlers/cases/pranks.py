"""Pranks: closed with one tap from the case, or many at once from a list with ticks; and undone."""

import datetime as dt

import structlog
from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Update

from domain import outbox
from domain.cases.pranks import pranks
from domain.cases.pranks.pranks import Undone
from domain.cases.reporter import discretion
from domain.outbox import About
from domain.reports import drafts, taxonomy, words
from handlers.cases import desk, effects, view
from handlers.cases.buttons import OpenCase
from handlers.cases.incident_buttons import CloseAsPrank, CloseTicked, ListPranks, TickPrank, UndoPranks
from handlers.context import Context
from handlers.reports import live, summary
from handlers.texts import Raw, say
from handlers.views import Press, View, in_rows
from models import Report, ReportState
from models.sealing import Unsealable

log = structlog.get_logger()

EXCERPT_SHOWN = 60
TICKS_IN_A_ROW = 5
TICKED, NOT_TICKED = "☑", "☐"


async def close_as_prank(update: Update, context: Context) -> None:
    """One tap below the case."""
    report = await desk.case_of(context, CloseAsPrank.read(update).report_id)
    batch_id = await pranks.close(context.session, report, context.staff, now=context.now)
    context.clear_desk()
    rows = [
        [Press(context.label("button.pranks.undo"), UndoPranks(batch_id))],
        [Press(context.label("button.back"), OpenCase(report.id))],
    ]
    desk.put(context, report, View(context.say("pranks.closed_one", number=report.number), rows))


async def list_command(update: Update, context: Context) -> None:
    """/iseng, in private wherever it was typed: a new list, without a tick."""
    await pranks.untick_all(context.session, context.staff)
    context.whisper(await _list(context))


async def press_list(update: Update, context: Context) -> None:
    ListPranks.read(update)
    await pranks.untick_all(context.session, context.staff)
    await _show_list(context)


async def tick(update: Update, context: Context) -> None:
    report = await desk.case_of(context, TickPrank.read(update).report_id)
    await pranks.tick(context.session, report, context.staff, now=context.now)
    await context.session.flush()
    await _show_list(context)


async def _show_list(context: Context) -> None:
    shown = await _list(context)
    if desk.is_private(context):
        context.show(shown)
    else:
        context.whisper(shown)


async def _list(context: Context) -> View:
    found = await pranks.candidates(context.session, context.staff, now=context.now)
    if not found:
        return View(context.say("pranks.none"))
    ticked = await pranks.ticked(context.session, context.staff, now=context.now)
    signs = {report.id: TICKED if report.id in ticked else NOT_TICKED for report in found}
    lines = [_line(context, number, signs[report.id], report) for number, report in enumerate(found, 1)]
    presses = [Press(f"{signs[report.id]} {number}", TickPrank(report.id)) for number, report in enumerate(found, 1)]
    rows = in_rows(presses, TICKS_IN_A_ROW)
    count = len(ticked & signs.keys())
    if count:
        rows.append([Press(context.label("button.pranks.close", count=count), CloseTicked(), style="danger")])
    return View(context.say("pranks.list", lines=Raw("\n".join(lines))), rows)


def _line(context: Context, number: int, sign: str, report: Report) -> Raw:
    try:
        told = words.harmless(drafts.words_of(report)).replace("\n", " ")
    except Unsealable:
        told = ""
    return context.say(
        "pranks.line",
        sign=sign,
        n=number,
        priority=view.SIGNS[report.priority or "P3"],
        category=summary.label(context.language, taxonomy.category(report.category_code or drafts.UNSURE)),
        area=context.areas.name(report.area_code) or "–",
        words=words.shortened(told, EXCERPT_SHOWN) or "–",
    )


async def close_ticked(update: Update, context: Context) -> None:
    CloseTicked.read(update)
    batch_id, closed = await pranks.close_ticked(context.session, context.staff, now=context.now)
    if not closed:
        context.toast(context.label("pranks.none_ticked"), alert=True)
        await _show_list(context)
        return
    rows = [
        [Press(context.label("button.pranks.undo"), UndoPranks(batch_id))],
        [Press(context.label("button.pranks.more"), ListPranks())],
    ]
    context.show(View(context.say("pranks.closed", count=len(closed)), rows))


async def undo(update: Update, context: Context) -> None:
    button = UndoPranks.read(update)
    undone = await pranks.undo(context.session, button.batch_id, context.staff, now=context.now)
    for each in undone:
        if each.was_told:
            await effects.follow(context.session, each.report, now=context.now)
            await _take_back(context.session, each, now=context.now)
    rows = [[Press(str(each.report.number), OpenCase(each.report.id))] for each in undone]
    context.show(View(context.say("pranks.undone", count=len(undone)), rows))


async def _take_back(session: AsyncSession, undone: Undone, *, now: dt.datetime) -> None:
    """Who had read that their report was closed reads that it was a slip. A status card alone would be too quiet."""
    report = undone.report
    person = await live.reporter_of(session, report)
    if person is None or discretion.is_bland(person, report):
        return
    assert person.telegram_id is not None
    payload = View(say(person.language, "pranks.slip", number=report.number)).payload(person.telegram_id)
    key, about = f"slip.{report.id.hex}.{report.version}", About(report.id, "relay")
    outbox.post(
        session, "relay", to=person.telegram_id, method="sendMessage", payload=payload, key=key, now=now, about=about
    )


async def tell_closed(session: AsyncSession, now: dt.datetime) -> int:
    """Tells the reporters whose reports were closed a minute ago; what was undone meanwhile is not among them."""
    told = 0
    for prank, report in await pranks.to_tell(session, now):
        prank.tell_at = None
        if report.state is not ReportState.REJECTED:
            continue
        try:
            await effects.follow(session, report, now=report.closed_at or now)
            told += 1
        except Unsealable:
            log.error("unreadable prank", number=report.number)
    await pranks.forget(session, now)
    return told
