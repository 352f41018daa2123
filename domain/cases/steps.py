"""Steps: what the police do to a case. Each is refused before anything changes, or done whole."""

import datetime as dt
import enum
import uuid
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain import audit, units
from domain.cases import access, claims, clocks
from domain.cases.access import Staff
from domain.cases.incidents import incidents
from domain.cases.outcomes import Reason
from domain.cases.pranks import strikes
from domain.cases.rooms import cards
from domain.errors import DomainError, NotAllowed
from domain.policy import (
    ANSWER_WAITED_FOR,
    LAGGING_CODES,
    REOPEN_WITHIN,
    REOPENINGS_MAX,
    TWO_PERSON_PRIORITIES,
)
from domain.reports import drafts, filing, states
from domain.reports.states import END_STATES, Actor
from domain.roles import Deed
from models import Anonymity, Closing, Report, ReportState

S = ReportState
ASSIGNABLE = (S.RECEIVED, S.VERIFIED, S.ASSIGNED, S.HANDLING)


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


class NobodyToAsk(DomainError):
    """The reporter is fully anonymous, and looks for answers only when they please."""

    text_key = "error.nobody_to_ask"


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
    _require_move(report, S.VERIFIED, Actor.DISPATCHER)
    await claims.claim(session, report, staff, now=now)
    await _move(session, report, S.VERIFIED, Actor.DISPATCHER, staff, now=now)


async def assign(session: AsyncSession, report: Report, unit: str, staff: Staff, *, now: dt.datetime) -> None:
    """Gives the case to a unit, which must accept it. Straight from received only a P0: a life waits for no form.

    Raises ReportCannotMove, UnknownUnit."""
    if unit not in units.BY_CODE:
        raise UnknownUnit()
    if report.state not in ASSIGNABLE:
        raise states.ReportCannotMove()
    await claims.claim(session, report, staff, now=now)
    if report.state is S.ASSIGNED and report.unit == unit:
        return  # pressed twice: the unit's clock goes on
    if report.state is S.RECEIVED and report.priority != "P0":
        await _move(session, report, S.VERIFIED, Actor.DISPATCHER, staff, now=now)
    elif report.state is S.ASSIGNED:  # to another unit, which the table knows as declining and assigning anew
        await _move(session, report, S.VERIFIED, Actor.UNIT, staff, now=now, reason="handed over")
    given: dict[str, object] = {"unit": unit, "accepted_by": None, "progress": None}
    await _move(session, report, S.ASSIGNED, Actor.DISPATCHER, staff, now=now, reason=unit, changes=given)


class UnknownUnit(DomainError):
    text_key = "error.button_stale"


async def accept(session: AsyncSession, report: Report, staff: Staff, *, now: dt.datetime) -> None:
    """The unit is on its way."""
    _require_unit(staff, report)
    if report.state is S.HANDLING:
        raise claims.CaseIsTaken(number=report.number, staff=units.name_of(report.unit))
    theirs: dict[str, object] = {"accepted_by": staff.person.id, "progress": Progress.ON_THE_WAY.value}
    await _move(session, report, S.HANDLING, Actor.UNIT, staff, now=now, changes=theirs)


async def decline(session: AsyncSession, report: Report, staff: Staff, *, now: dt.datetime) -> None:
    """The unit cannot come: the case goes back to the dispatcher."""
    _require_unit(staff, report)
    nobodys = dict.fromkeys(("unit", "accepted_by", "progress", "claimed_by", "claimed_until"))
    await _move(session, report, S.VERIFIED, Actor.UNIT, staff, now=now, reason="declined", changes=nobodys)
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

    Raises OneQuestionAtATime, NobodyToAsk, ReportCannotMove."""
    require_may_ask(report)
    await claims.claim(session, report, staff, now=now)
    asked: dict[str, object] = {"returns_to": report.state.value, "is_unanswered": False}
    await _move(session, report, S.NEEDS_INFO, Actor.DISPATCHER, staff, now=now, changes=asked)


def require_may_ask(report: Report) -> None:
    """Whoever looks for an answer only when they please cannot be waited for."""
    if report.state is S.NEEDS_INFO:
        raise OneQuestionAtATime()
    if report.anonymity is Anonymity.FULL:
        raise NobodyToAsk()
    _require_move(report, S.NEEDS_INFO, Actor.DISPATCHER)


async def answered(session: AsyncSession, report: Report, *, now: dt.datetime) -> bool:
    """Words of the reporter have come, whatever the way: a question is answered by them. Whether one was open."""
    now = filing.coarse(now) if report.anonymity is Anonymity.FULL else now
    report.waiting_since, report.is_unanswered = report.waiting_since or now, False
    if report.state is not S.NEEDS_INFO:
        await cards.want(session, report, now=now)
        return False
    await _return(session, report, Actor.REPORTER, now=now)
    return True


async def stop_asking(session: AsyncSession, report: Report, *, now: dt.datetime) -> None:
    """The case cannot wait for its reporter any longer: it goes on where it was."""
    await _return(session, report, Actor.SYSTEM, now=now)


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
    await _forget_proposal(session, report)
    show_or_lag(report)
    await cards.want(session, report, now=now)


async def refer(
    session: AsyncSession, report: Report, referral: dict[str, str], staff: Staff, *, now: dt.datetime
) -> None:
    """Hands the case to another body. `referral`: body, contact, todo (what the reporter must still do), deadline.

    Who must agree is decided before (closings). Raises NotAllowed, ReportCannotMove."""
    actor = may_refer_as(report, staff)
    if actor is Actor.DISPATCHER:
        await claims.claim(session, report, staff, now=now)
    await end(session, report, S.REFERRED, "referred", staff, by=actor, now=now)
    drafts.change(report, report.touched_at, referral=referral)
    await incidents.share_referral(session, report)


def may_refer_as(report: Report, staff: Staff) -> Actor:
    """Once a unit was at work only a commander may. Raises NoSuchCase, NotAllowed, ReportCannotMove."""
    access.require_may_open(staff, report)
    late = report.state in (S.ASSIGNED, S.HANDLING, S.REJECTED)
    if late and not staff.may(Deed.OVERRULE):
        raise NotAllowed()
    actor = Actor.SUPERVISOR if late else Actor.DISPATCHER
    _require_move(report, S.REFERRED, actor)
    return actor


def needs_two(report: Report) -> bool:
    """What endangered somebody, whatever it is called by now."""
    return report.is_grave or report.priority in TWO_PERSON_PRIORITIES


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
    drafts.change(report, report.touched_at, closing=None, referral=None)  # of a former end
    await incidents.end_with(session, report, outcome, now=now)
    if outcome == Reason.PRANK:
        await strikes.give(session, report, now=now)
    report.outcome, report.closed_at, report.shown_state = outcome, now, None
    report.claimed_by = report.claimed_until = None
    report.heartbeat_at = None


async def reopen(session: AsyncSession, report: Report, *, staff: Staff | None, now: dt.datetime) -> None:
    """Back to the queue, by its reporter within 14 days and twice at most, or by a commander. It begins anew: nothing
    of how it went before is counted. Raises TooLateToReopen, NotAllowed, ReportCannotMove."""
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
    report.merged_into = report.merged_from = report.merged_at = report.unit = report.returns_to = None
    report.is_recalled = report.is_unanswered = False
    report.paused_seconds = 0
    drafts.change(report, report.touched_at, closing=None, referral=None)
    await _forget_proposal(session, report)
    clocks.begin(report, now=now)
    await cards.want(session, report, now=now, anew=True)


async def recall(session: AsyncSession, report: Report, *, now: dt.datetime) -> bool:
    """The reporter takes it back. Before a unit is at work that ends it; from then on, and once others joined it, it
    is a wish that the police see.

    Returns whether it is ended. Raises ReportCannotMove for a case that has ended."""
    await session.flush()
    # A report that somebody merges into it at this moment is seen, or sees that it has ended.
    await session.execute(sa.select(Report.id).where(Report.id == report.id).with_for_update())
    may_end = states.may_move(report.state, S.WITHDRAWN, Actor.REPORTER)
    if may_end and not await incidents.has_joined(session, report):
        await states.move(session, report, S.WITHDRAWN, by=Actor.REPORTER, now=now)
        report.closed_at, report.shown_state = now, None
        clocks.follow(report, now=now)
        report.claimed_by = report.claimed_until = None
        await _forget_proposal(session, report)
        await cards.want(session, report, now=now)
        return True
    if report.state in END_STATES or report.state is S.ARCHIVED:
        raise states.ReportCannotMove()
    report.is_recalled = True
    await cards.want(session, report, now=now)
    return False


async def changed(session: AsyncSession, report: Report, *, now: dt.datetime, at_once: bool = False) -> None:
    """What every room shows of the case is out of date."""
    await session.flush()
    await cards.want(session, report, now=now, at_once=at_once)


def show_or_lag(report: Report) -> None:
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
    changes: Mapping[str, object] | None = None,
) -> None:
    """The step, and with it `changes`: a step that is refused changes nothing."""
    await states.move(session, report, to, by=by, now=now, reason=reason, who=staff.person, batch_id=batch_id)
    for name, value in (changes or {}).items():
        setattr(report, name, value)
    await _forget_proposal(session, report)
    audit.note(session, staff.person, to.value, report.number, reason, now=now)
    clocks.follow(report, now=now)
    show_or_lag(report)
    await changed(session, report, now=now)


async def _forget_proposal(session: AsyncSession, report: Report) -> None:
    """An end that was proposed for what the case was then is none for what it is now."""
    await session.execute(sa.delete(Closing).where(Closing.report_id == report.id))
    if report.progress == Progress.CONFIRMING:
        report.progress = Progress.ON_SCENE.value


def _require_move(report: Report, to: ReportState, by: Actor) -> None:
    """Before anything is changed: a claim as well. Raises ReportCannotMove."""
    if not states.may_move(report.state, to, by):
        raise states.ReportCannotMove()


def _require_unit(staff: Staff, report: Report) -> None:
    """Raises NoSuchCase, NotAllowed."""
    access.require_may_open(staff, report)
    if not staff.may(Deed.ACT_FOR_UNIT):
        raise NotAllowed()
