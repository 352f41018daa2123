"""Alarms: who is told, and ever louder, when a promise to a reporter is broken. Nothing ends them but a person."""

import datetime as dt
import secrets
from collections.abc import Callable, Iterable

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from domain import area_map, duty_rooms, outbox
from domain.area_map import AreaMap
from domain.cases import access, claims, clocks, closings, steps
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
            log.critical("alarms.nobody_to_tell", step=step)
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
    """A room hears once what endangers somebody; after that people are called by themselves, and the room's one message
    of what has waited longest grows louder. A room takes twenty messages a minute, and cards must come through."""
    if report.priority not in LOUD or step > 1:
        return 0
    told = 0
    for room in await duty_rooms.rooms_for(session, report):
        view = _view(DEFAULT, report, areas, now, may_read=duty_rooms.may_read(room, report))
        told += _post(session, lambda room=room: room.chat_id, view, report, f"{step}", now=now)  # type: ignore[misc]
    return told


def _tell(
    session: AsyncSession, people: Iterable[Person], report: Report, areas: AreaMap, step: str, *, now: dt.datetime
) -> int:
    return sum(
        _post(
            session,
            lambda person=person: person.telegram_id,  # type: ignore[misc]
            _view(person.language, report, areas, now),
            report,
            step,
            now=now,
        )
        for person in people
    )


def _post(
    session: AsyncSession, address: Callable[[], int | None], view: View, report: Report, step: str, *, now: dt.datetime
) -> int:
    """Posts it, by a key of chance: nothing of a row says which case it was about once it has left. Whose address
    cannot be opened is passed over, so that one lost key does not silence all alarms."""
    try:
        chat_id = address()
    except Unsealable:
        log.error("alarms.unreadable_address", step=step)
        return 0
    assert chat_id is not None
    payload = {**view.payload(chat_id), "protect_content": True}
    key, about = f"alarm.{secrets.token_hex(16)}", About(report.id, "alarm")
    outbox.post(session, "alarm", to=chat_id, method="sendMessage", payload=payload, key=key, now=now, about=about)
    return 1


def _view(language: str, report: Report, areas: AreaMap, now: dt.datetime, *, may_read: bool = True) -> View:
    """Which case, which promise, for how long. A room that may not read the case hears only that there is one."""
    show = Press(plain(language, "button.case.show"), buttons.OpenCase(report.id))
    if not may_read:
        return View(say(language, "alarm.confidential", number=report.number, priority=report.priority), [[show]])
    waited = int((now - (report.waiting_since or report.filed_at or now)).total_seconds() // 60)
    text = say(
        language,
        "alarm.text",
        number=report.number,
        priority=report.priority,
        category=summary.label(language, taxonomy.category(report.category_code or "INF-5")),
        area=areas.name(report.area_code) or "–",
        kind=say(language, f"alarm.due.{report.due_kind}"),
        minutes=max(1, waited),
    )
    is_free = report.claimed_by is None and report.state in (ReportState.RECEIVED, ReportState.VERIFIED)
    take = Press(plain(language, "button.case.take"), buttons.TakeCase(report.id), style="success")
    return View(text, [[take, show] if is_free else [show]])


async def ask_for_second(
    session: AsyncSession, report: Report, proposer: Person, to: ReportState, *, now: dt.datetime
) -> int:
    """Tells those who may confirm that end that it was proposed. Returns how many."""
    may = await access.those_who_may(session, closings.confirmed_by(to), report)
    others = [person for person in may if person.id != proposer.id]
    return sum(
        _call(session, person, "alarm.second", report, now, staff=access.staff_name(proposer)) for person in others
    )


async def contested(session: AsyncSession, report: Report, *, now: dt.datetime) -> int:
    """The reporter asks for a rejection to be looked at again: every commander hears of it. Returns how many."""
    return sum(_call(session, person, "alarm.contested", report, now) for person in await access.commanders(session))


def _call(session: AsyncSession, person: Person, key: str, report: Report, now: dt.datetime, **more: object) -> int:
    show = Press(plain(person.language, "button.case.show"), buttons.OpenCase(report.id))
    view = View(say(person.language, key, number=report.number, **more), [[show]])
    return _post(session, lambda: person.telegram_id, view, report, key, now=now)


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
