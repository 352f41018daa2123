"""Heartbeat: "does it still go on?", asked of one reporter after ten minutes, or of all witnesses at once."""

import datetime as dt
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Update

from domain import outbox
from domain.cases.incidents import witnesses
from domain.cases.reporter import heartbeats, own
from domain.cases.reporter.heartbeats import SIGHTS, Sight
from domain.errors import ButtonIsStale
from domain.outbox import About
from domain.reports import lookup
from handlers.buttons import ButtonData
from handlers.context import Context
from handlers.reports import case_buttons, live, talk
from handlers.texts import DEFAULT, plain, say
from handlers.views import Press, View, in_rows
from models import Person, Report
from models.sealing import Unsealable

log = structlog.get_logger()


async def ask_whether_it_goes_on(session: AsyncSession, now: dt.datetime) -> int:
    """Asks each reporter whose turn it is. Returns how many."""
    asked = unreadable = 0
    for report in await heartbeats.due(session, now):
        heartbeats.asked(report, now=now)
        try:
            person = await live.reporter_of(session, report)
            if person is None or person.is_discreet:
                continue
            does = [case_buttons.TellSight(report.id, number) for number in range(len(SIGHTS))]
            presses = [_press(person, sight, button) for sight, button in zip(SIGHTS, does, strict=True)]
            _post(session, person, report, presses, f"heart.{report.id.hex}.{report.heartbeats}", now=now)
        except Unsealable:
            unreadable += 1
            continue
        asked += 1
    if unreadable:
        log.error("heartbeats.unreadable", count=unreadable)
    return asked


async def ask_witnesses(session: AsyncSession, parent: Report, by: Person | None, *, now: dt.datetime) -> int:
    """Asks everybody who reported this incident, each in their own chat. Returns how many."""
    question, reports = await witnesses.ask_all(session, parent, by, now=now)
    asked = 0
    for report in reports:
        person = await live.reporter_of(session, report)
        if person is None or person.is_discreet:
            continue
        presses = [
            _press(person, sight, case_buttons.TellAsWitness(question.id, report.id, n))
            for n, sight in enumerate(SIGHTS)
        ]
        _post(session, person, report, presses, f"witness.{question.id.hex[:20]}.{report.id.hex[:20]}", now=now)
        asked += 1
    return asked


def _press(person: Person, sight: Sight, does: ButtonData) -> Press:
    return Press(plain(person.language, f"button.sight.{sight}"), does)


def _post(
    session: AsyncSession, person: Person, report: Report, presses: list[Press], key: str, *, now: dt.datetime
) -> None:
    chat_id = person.telegram_id
    assert chat_id is not None
    view = View(say(person.language, "heart.ask", number=report.number), in_rows(presses, 2))
    about = About(report.id, "question")
    payload = view.payload(chat_id)
    outbox.post(session, "nudge", to=chat_id, method="sendMessage", payload=payload, key=key, now=now, about=about)


async def tell_sight(update: Update, context: Context) -> None:
    button = case_buttons.TellSight.read(update)
    report, sight = await _read(context, button.report_id, button.sight)
    if report is not None:
        await heartbeats.answer(context.session, report, sight, _for_staff(sight), now=context.now)
        _thank(context, report, sight)


async def tell_as_witness(update: Update, context: Context) -> None:
    button = case_buttons.TellAsWitness.read(update)
    report, sight = await _read(context, button.report_id, button.sight)
    if report is None:
        return
    text = _for_staff(sight)
    if not await witnesses.answer(context.session, button.question_id, report, sight, text, now=context.now):
        raise ButtonIsStale()
    _thank(context, report, sight)


async def _read(context: Context, report_id: UUID, number: int) -> tuple[Report | None, Sight]:
    """The case and the answer; no case when it has ended meanwhile, which is said."""
    if not 0 <= number < len(SIGHTS):
        raise ButtonIsStale()
    report = await lookup.own_report(context.session, context.person, report_id)
    if own.goes_on(report):
        return report, SIGHTS[number]
    context.toast(context.label("heart.over"), alert=True)
    return None, SIGHTS[number]


def _for_staff(sight: Sight) -> str:
    return plain(DEFAULT, f"heart.staff.{sight}")


def _thank(context: Context, report: Report, sight: Sight) -> None:
    """In place of the question; whoever says that it moved is asked where to."""
    about = About(report.id, "question")
    context.show(View(context.say("heart.thanks", answer=context.say(f"button.sight.{sight}"))), about=about)
    if sight is Sight.MOVED:
        talk.invite(context, report, talk.WHERE)
