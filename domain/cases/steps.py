"""Steps: what the police do to a case. Each is refused before anything changes, or done whole."""

import datetime as dt
import enum
import uuid

from sqlalchemy.ext.asyncio import AsyncSession

from domain import audit, units
from domain.area_map import AreaMap
from domain.cases import access, cards, claims, clocks, incidents, strikes, terms, thread
from domain.cases.access import Staff
from domain.cases.outcomes import Reason
from domain.errors import DomainError, NotAllowed
from domain.policy import ANSWER_WAITED_FOR, LAGGING_CODES, REOPEN_WITHIN, REOPENINGS_MAX
from domain.reports import drafts, states, taxonomy
from domain.reports.states import END_STATES, Actor
from domain.roles import Deed
from models import Report, ReportState

S = ReportState


class Progress(enum.StrEnum):
    """How far a unit is. Staff read it; the reporter does not."""

    ON_THE_WAY = "on_the_way"
    ON_SCENE = "on_scene"
    INVESTIGATING = "investigating"
    CONFIRMING = "confirming"


class TooLateToReopen(DomainError):
    text_key = "error.too_late_to_reopen"


class OneQuestionAtATime(DomainError):
    text_key = "error.one_question_at_a_time"


async def take(
    session: AsyncSession, report: Report, staff: Staff, *, now: dt.datetime, takes_over: bool = False
) -> None:
    """Takes the case in hand. Raises NoSuchCase, CaseIsTaken, CaseIsClosed, NotAllowed."""
    if takes_over and not staff.may(Deed.OVERRULE):
        raise NotAllowed()
    if await claims.claim(session, report, staff, now=now, takes_over=takes_over):
        audit.note(session, staff.person, "take", report.number, now=now)
        await changed(session, report, now=now)


async def let_go(session: AsyncSession, report: Report, staff: Staff, *, now: dt.datetime) -> None:
    """Back into the queue. Only who has it in hand may, or a commander."""
    access.require_may_open(staff, report)
    if report.claimed_by != staff.person.id and not staff.may(Deed.OVERRULE):
        raise claims.CaseIsTaken(number=report.number, staff=await claims.holder_name(session, report))
    await claims.release(session, report, now=now)
    audit.note(session, staff.person, "let go", report.number, now=now)
    await changed(session, report, now=now)


async def verify(session: AsyncSession, report: Report, staff: Staff, *, now: dt.datetime) -> None:
    """Looked at: category, priority and place are what the dispatcher holds true."""
    await claims.claim(session, report, staff, now=now)
    await _move(session, report, S.VERIFIED, Actor.DISPATCHER, staff, now=now)


async def assign(session: AsyncSession, report: Report, unit: str, staff: Staff, *, now: dt.datetime) -> None:
    """Gives the case to a unit, which must accept it. Straight from received only a P0: a life waits for no form.

    Raises ReportCannotMove, UnknownUnit."""
    if unit not in units.BY_CODE:
        raise UnknownUnit()
    await claims.claim(session, report, staff, now=now)
    if report.state is S.ASSIGNED and report.unit == unit:
        return  # pressed twice: the unit's clock goes on
    if report.state is S.RECEIVED and report.priority != "P0":
        await _move(session, report, S.VERIFIED, Actor.DISPATCHER, staff, now=now)
    elif report.state is S.ASSIGNED:  # to another unit, which the table knows as declining and assigning anew
        await _move(session, report, S.VERIFIED, Actor.UNIT, staff, now=now, reason="handed over")
    report.unit, report.accepted_by, report.progress = unit, None, None
    await _move(session, report, S.ASSIGNED, Actor.DISPATCHER, staff, now=now, reason=unit)


class UnknownUnit(DomainError):
    text_key = "error.button_stale"


async def accept(session: AsyncSession, report: Report, staff: Staff, *, now: dt.datetime) -> None:
    """The unit is on its way."""
    _require_unit(staff, report)
    if report.state is S.HANDLING:
        raise claims.CaseIsTaken(number=report.number, staff=units.name_of(report.unit))
    report.accepted_by, report.progress = staff.person.id, Progress.ON_THE_WAY.value
    await _move(session, report, S.HANDLING, Actor.UNIT, staff, now=now)


async def decline(session: AsyncSession, report: Report, staff: Staff, *, now: dt.datetime) -> None:
    """The unit cannot come: the case goes back to the dispatcher."""
    _require_unit(staff, report)
    await _move(session, report, S.VERIFIED, Actor.UNIT, staff, now=now, reason="declined")
    report.unit = report.accepted_by = report.progress = None
    report.claimed_by = report.claimed_until = None
    clocks.unclaimed(report, now=now)


async def tell_progress(
    session: AsyncSession, report: Report, progress: Progress, staff: Staff, *, now: dt.datetime
) -> None:
    """How far the unit is. Raises ReportCannotMove when no unit is at work."""
    _require_unit(staff, report)
    if report.state is not S.HANDLING:
        raise states.ReportCannotMove()
    report.progress = progress.value
    clocks.follow(report, now=now)
    audit.note(session, staff.person, "progress", report.number, progress.value, now=now)
    await changed(session, report, now=now)


async def ask(session: AsyncSession, report: Report, staff: Staff, *, now: dt.datetime) -> None:
    """The case waits for its reporter, and its clock stands still. The question itself is said in the thread.

    Raises OneQuestionAtATime, ReportCannotMove."""
    if report.state is S.NEEDS_INFO:
        raise OneQuestionAtATime()
    await claims.claim(session, report, staff, now=now)
    before = report.state
    actor = Actor.DISPATCHER if states.may_move(before, S.NEEDS_INFO, Actor.DISPATCHER) else Actor.UNIT
    await _move(session, report, S.NEEDS_INFO, actor, staff, now=now)
    report.returns_to, report.is_unanswered = before.value, False


async def answered(session: AsyncSession, report: Report, *, now: dt.datetime) -> bool:
    """Words of the reporter have come, whatever the way: a question is answered by them. Whether one was open."""
    report.waiting_since = report.waiting_since or now
    if report.state is not S.NEEDS_INFO:
        await cards.want(session, report, now=now)
        return False
    await _return(session, report, Actor.REPORTER, now=now)
    return True


async def waited_long_enough(session: AsyncSession, report: Report, *, now: dt.datetime) -> bool:
    """Nobody answered for a day in all: the case goes on without, marked so. Whether it was time."""
    assert report.asked_at is not None
    waited = dt.timedelta(seconds=report.paused_seconds) + (now - report.asked_at)
    if waited < ANSWER_WAITED_FOR:
        return False
    await _return(session, report, Actor.SYSTEM, now=now)
    report.is_unanswered = True
    return True


async def _return(session: AsyncSession, report: Report, by: Actor, *, now: dt.datetime) -> None:
    back = ReportState(report.returns_to or S.RECEIVED.value)
    await states.move(session, report, back, by=by, now=now, reason=None if by is Actor.REPORTER else "unanswered")
    clocks.resume(report, now=now)
    report.returns_to = None
    _show_or_lag(report)
    await cards.want(session, report, now=now)


async def refer(
    session: AsyncSession, report: Report, referral: dict[str, str], staff: Staff, *, now: dt.datetime
) -> None:
    """Hands the case to another body. `referral`: body, contact, todo (what the reporter must still do), deadline.

    Once a unit was at work only a commander may. Raises NotAllowed, ReportCannotMove."""
    late = report.state in (S.ASSIGNED, S.HANDLING, S.REJECTED)
    if late and not staff.may(Deed.OVERRULE):
        raise NotAllowed()
    if not late:
        await claims.claim(session, report, staff, now=now)
    access.require_may_open(staff, report)
    await end(
        session, report, S.REFERRED, "referred", staff, by=Actor.SUPERVISOR if late else Actor.DISPATCHER, now=now
    )
    drafts.change(report, report.touched_at, referral=referral)


async def end(
    session: AsyncSession,
    report: Report,
    to: ReportState,
    outcome: str,
    staff: Staff,
    *,
    by: Actor,
    now: dt.datetime,
    batch_id: uuid.UUID | None = None,
) -> None:
    """Ends the case, for all that joined it as well; a prank is a strike. Who confirms what is decided before
    (closings). Raises ReportCannotMove, ReportHasMoved."""
    await _move(session, report, to, by, staff, now=now, reason=outcome, batch_id=batch_id)
    await incidents.end_with(session, report, outcome, now=now)
    if outcome == Reason.PRANK:
        await strikes.give(session, report, now=now)
    report.outcome, report.closed_at, report.shown_state = outcome, now, None
    report.claimed_by = report.claimed_until = None
    report.heartbeat_at = None


async def reopen(session: AsyncSession, report: Report, *, staff: Staff | None, now: dt.datetime) -> None:
    """Back to the queue, by its reporter within 14 days and twice at most, or by a commander. The former unit is kept,
    to be proposed again. Raises TooLateToReopen, NotAllowed, ReportCannotMove."""
    if report.state not in END_STATES:
        raise states.ReportCannotMove()
    if staff is not None:
        access.require_may_open(staff, report)
        if not staff.may(Deed.OVERRULE):
            raise NotAllowed()
    elif report.closed_at is None or now - report.closed_at > REOPEN_WITHIN or report.reopened >= REOPENINGS_MAX:
        raise TooLateToReopen()
    actor, who = (Actor.REPORTER, None) if staff is None else (Actor.SUPERVISOR, staff.person)
    await states.move(session, report, S.RECEIVED, by=actor, now=now, reason="reopened", who=who)
    if staff is not None:
        audit.note(session, staff.person, "reopen", report.number, now=now)
        await strikes.remove(session, report)  # whoever overturns a rejection says that it was no prank
    report.reopened += 1
    report.outcome = report.closed_at = report.progress = report.accepted_by = report.rating = None
    report.merged_into = report.merged_from = report.merged_at = None
    clocks.begin(report, now=now)
    await cards.want(session, report, now=now, anew=True)


async def recall(session: AsyncSession, report: Report, *, now: dt.datetime) -> bool:
    """The reporter takes it back. Before a unit is at work that ends it; from then on, and once others joined it, it
    is a wish that the police see.

    Returns whether it is ended. Raises ReportCannotMove for a case that has ended."""
    may_end = states.may_move(report.state, S.WITHDRAWN, Actor.REPORTER)
    if may_end and not await incidents.has_joined(session, report):
        await states.move(session, report, S.WITHDRAWN, by=Actor.REPORTER, now=now)
        report.closed_at, report.shown_state = now, None
        clocks.follow(report, now=now)
        report.claimed_by = report.claimed_until = None
        await cards.want(session, report, now=now)
        return True
    if report.state in END_STATES or report.state is S.ARCHIVED:
        raise states.ReportCannotMove()
    report.is_recalled = True
    await cards.want(session, report, now=now)
    return False


async def set_category(session: AsyncSession, report: Report, code: str, staff: Staff, *, now: dt.datetime) -> None:
    """Another category, with its usual priority. One that is sensitive takes the case out of everybody else's sight."""
    await claims.claim(session, report, staff, now=now)
    category = taxonomy.category(code)
    was = report.category_code
    report.category_code, report.priority = code, category.priority or report.priority
    clocks.changed_priority(report, now=now)
    audit.note(session, staff.person, "category", report.number, f"{was} -> {code}", now=now)
    await _find_anew(session, report)
    hides = units.own_unit(code) not in (None, units.own_unit(was))  # from rooms that read it until now
    await changed(session, report, now=now, at_once=hides)


async def set_priority(session: AsyncSession, report: Report, priority: str, staff: Staff, *, now: dt.datetime) -> None:
    await claims.claim(session, report, staff, now=now)
    was, report.priority = report.priority, priority
    clocks.changed_priority(report, now=now)
    audit.note(session, staff.person, "priority", report.number, f"{was} -> {priority}", now=now)
    await changed(session, report, now=now)


async def set_area(
    session: AsyncSession, report: Report, area_code: str, staff: Staff, areas: AreaMap, *, now: dt.datetime
) -> None:
    """Another kecamatan, and with it another Polsek. Raises UnknownUnit for a code that is none."""
    if area_code not in areas.by_code:
        raise UnknownUnit()
    await claims.claim(session, report, staff, now=now)
    report.area_code = area_code
    audit.note(session, staff.person, "area", report.number, area_code, now=now)
    await _find_anew(session, report)
    await changed(session, report, now=now)


async def set_place(session: AsyncSession, report: Report, place: str, staff: Staff, *, now: dt.datetime) -> None:
    """The place in words, as the dispatcher learned it. The pin stays."""
    await claims.claim(session, report, staff, now=now)
    drafts.change(report, report.touched_at, place=place[: drafts.PLACE_MAX])
    audit.note(session, staff.person, "place", report.number, now=now)
    await _find_anew(session, report)
    await changed(session, report, now=now)


async def _find_anew(session: AsyncSession, report: Report) -> None:
    """The case is found by what it is about now, and by what was said in it; its category decides by whom."""
    said = await thread.latest(session, report, sides=thread.FOUND_BY, limit=thread.LOOKED_THROUGH)
    await terms.index_case(session, report, [each.words for each in said])


async def release_label(session: AsyncSession, report: Report, staff: Staff, *, now: dt.datetime) -> None:
    """From now on the reporter reads the true state again. Raises NotAllowed."""
    access.require_may_open(staff, report)
    if not staff.may(Deed.OVERRULE):
        raise NotAllowed()
    report.shown_state = None
    audit.note(session, staff.person, "release label", report.number, now=now)
    await changed(session, report, now=now)


async def changed(session: AsyncSession, report: Report, *, now: dt.datetime, at_once: bool = False) -> None:
    """What every room shows of the case is out of date."""
    await session.flush()
    await cards.want(session, report, now=now, at_once=at_once)


def shown_state(report: Report) -> ReportState:
    """The state whose label the reporter reads."""
    return report.shown_state or report.state


def _show_or_lag(report: Report) -> None:
    """Of some categories the reporter reads no more than that somebody looked at it, lest the police be timed."""
    if report.category_code in LAGGING_CODES and report.state in (S.ASSIGNED, S.HANDLING):
        report.shown_state = S.VERIFIED
    elif report.state not in (S.ASSIGNED, S.HANDLING):
        report.shown_state = None


async def _move(
    session: AsyncSession,
    report: Report,
    to: ReportState,
    by: Actor,
    staff: Staff,
    *,
    now: dt.datetime,
    reason: str | None = None,
    batch_id: uuid.UUID | None = None,
) -> None:
    await states.move(session, report, to, by=by, now=now, reason=reason, who=staff.person, batch_id=batch_id)
    audit.note(session, staff.person, to.value, report.number, reason, now=now)
    clocks.follow(report, now=now)
    _show_or_lag(report)
    await changed(session, report, now=now)


def _require_unit(staff: Staff, report: Report) -> None:
    """Raises NoSuchCase, NotAllowed."""
    access.require_may_open(staff, report)
    if not staff.may(Deed.ACT_FOR_UNIT):
        raise NotAllowed()
