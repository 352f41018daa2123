"""Alarms: who is told, and ever louder, when a promise to a reporter is broken. Nothing ends them but a person."""

import datetime as dt
from collections.abc import Iterable

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from domain import area_map, duty_rooms, outbox
from domain.area_map import AreaMap
from domain.cases import access, claims, clocks, steps
from domain.outbox import About
from domain.reports import taxonomy
from domain.roles import Deed
from handlers.cases import buttons, effects
from handlers.reports import summary
from handlers.texts import DEFAULT, plain, say
from handlers.views import Press, View
from models import Person, Report, ReportState
from models.sealing import Unsealable

log = structlog.get_logger()

LOUD = ("P0", "P1")


async def sound_alarms(session: AsyncSession, now: dt.datetime) -> int:
    """One step up for every broken promise. Returns how many."""
    late = await clocks.overdue(session, now)
    areas = await area_map.load(session) if late else AreaMap()
    for report in late:
        step = clocks.escalate(report, now=now)
        told = await _tell_rooms(session, report, areas, step, now=now)
        told += _tell(session, await _whom(session, report, step), report, areas, f"{step}", now=now)
        if not told and step >= clocks.LAST_STEP:
            log.critical("alarms.nobody_to_tell", number=report.number, step=step)
    return len(late)


async def _whom(session: AsyncSession, report: Report, step: int) -> list[Person]:
    """The room hears first, then every dispatcher, then every commander; from then on all of them."""
    if step < clocks.LAST_STEP - 1:
        return []
    dispatchers = list(await access.those_who_may(session, Deed.WORK_CASES, report))
    if step == clocks.LAST_STEP - 1 and dispatchers:
        return dispatchers
    everybody = {person.id: person for person in [*dispatchers, *await access.commanders(session)]}
    return list(everybody.values())


async def _tell_rooms(session: AsyncSession, report: Report, areas: AreaMap, step: int, *, now: dt.datetime) -> int:
    """In the rooms only what endangers somebody makes a sound of its own; the rest stands in the room's list."""
    if report.priority not in LOUD:
        return 0
    rooms = await duty_rooms.rooms_for(session, report)
    for room in rooms:
        chat_id = room.chat_id
        assert chat_id is not None
        payload = _view(DEFAULT, report, areas, now, in_group=True).payload(chat_id)
        outbox.post(
            session,
            "alarm",
            to=chat_id,
            method="sendMessage",
            payload=payload,
            key=f"alarm.{report.id.hex}.{report.reopened}.{step}.{room.id.hex[-8:]}",
            now=now,
            about=About(report.id, "alarm"),
        )
    return len(rooms)


def _tell(
    session: AsyncSession, people: Iterable[Person], report: Report, areas: AreaMap, step: str, *, now: dt.datetime
) -> int:
    told = 0
    for person in people:
        try:
            chat_id = person.telegram_id
        except Unsealable:
            continue
        assert chat_id is not None
        key = f"alarm.{report.id.hex[-20:]}.{report.version}.{step}.{person.id.hex[-10:]}"
        payload = _view(person.language, report, areas, now).payload(chat_id)
        about = About(report.id, "alarm")
        outbox.post(session, "alarm", to=chat_id, method="sendMessage", payload=payload, key=key, now=now, about=about)
        told += 1
    return told


def _view(language: str, report: Report, areas: AreaMap, now: dt.datetime, *, in_group: bool = False) -> View:
    """Which case, which promise, for how long. In a group a sensitive case has no category."""
    category = taxonomy.category(report.category_code or "INF-5")
    is_hidden = in_group and report.category_code in taxonomy.SENSITIVE_CODES
    waited = int((now - (report.waiting_since or report.filed_at or now)).total_seconds() // 60)
    text = say(
        language,
        "alarm.text",
        number=report.number,
        priority=report.priority,
        category=say(language, "alarm.sensitive") if is_hidden else summary.label(language, category),
        area=areas.name(report.area_code) or "–",
        kind=say(language, f"alarm.due.{report.due_kind}"),
        minutes=max(1, waited),
    )
    is_free = report.claimed_by is None and report.state in (ReportState.RECEIVED, ReportState.VERIFIED)
    take = Press(plain(language, "button.case.take"), buttons.TakeCase(report.id), style="success")
    show = Press(plain(language, "button.case.show"), buttons.OpenCase(report.id))
    return View(text, [[take, show] if is_free else [show]])


async def ask_for_second(
    session: AsyncSession, report: Report, proposer: Person, areas: AreaMap, *, now: dt.datetime
) -> int:
    """Tells those who may confirm an end that one was proposed. Returns how many."""
    others = [
        person for person in await access.those_who_may(session, Deed.WORK_CASES, report) if person is not proposer
    ]
    for person in others:
        chat_id = person.telegram_id
        assert chat_id is not None
        show = Press(plain(person.language, "button.case.show"), buttons.OpenCase(report.id))
        text = say(person.language, "alarm.second", number=report.number, staff=access.staff_name(proposer))
        key = f"second.{report.id.hex[-20:]}.{int(now.timestamp())}.{person.id.hex[-10:]}"
        about = About(report.id, "alarm")
        payload = View(text, [[show]]).payload(chat_id)
        outbox.post(session, "alarm", to=chat_id, method="sendMessage", payload=payload, key=key, now=now, about=about)
    return len(others)


async def contested(session: AsyncSession, report: Report, *, now: dt.datetime) -> int:
    """The reporter asks for a rejection to be looked at again: every commander hears of it. Returns how many."""
    told = 0
    for person in await access.commanders(session):
        chat_id = person.telegram_id
        assert chat_id is not None
        show = Press(plain(person.language, "button.case.show"), buttons.OpenCase(report.id))
        text = say(person.language, "alarm.contested", number=report.number)
        key = f"contested.{report.id.hex[-20:]}.{report.version}.{person.id.hex[-10:]}"
        about = About(report.id, "alarm")
        payload = View(text, [[show]]).payload(chat_id)
        outbox.post(session, "alarm", to=chat_id, method="sendMessage", payload=payload, key=key, now=now, about=about)
        told += 1
    return told


async def end_claims(session: AsyncSession, now: dt.datetime) -> int:
    """Claims that nobody renewed: the cases are back in the queue. Returns how many."""
    left = await claims.expired(session, now)
    for report in left:
        await claims.release(session, report, now=now)
        await steps.changed(session, report, now=now)
    return len(left)


async def stop_waiting(session: AsyncSession, now: dt.datetime) -> int:
    """Questions that nobody answered for a day: the cases go on. Returns how many."""
    gone_on = 0
    for report in await clocks.waiting_for_reporters(session, now):
        if await steps.waited_long_enough(session, report, now=now):
            await effects.follow(session, report, now=now)
            gone_on += 1
    return gone_on
