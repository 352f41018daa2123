"""Closings: how a case ends. Of what endangered somebody, two people must agree that it has."""

import datetime as dt
import enum
import json

from sqlalchemy.ext.asyncio import AsyncSession

from domain import audit
from domain.cases import access, claims, steps
from domain.cases.access import Staff
from domain.cases.outcomes import BODY_BY_CODE, referral
from domain.cases.steps import Progress
from domain.errors import DomainError, NotAllowed
from domain.reports import drafts, states
from domain.reports.states import Actor
from domain.roles import Deed
from models import Closing, Report, ReportState

S = ReportState
REFERRED = "referred"


class NeedsAnother(DomainError):
    """Who proposed an end cannot confirm it."""

    text_key = "error.needs_another"


class NothingProposed(DomainError):
    text_key = "error.nothing_proposed"


class Closed(enum.Enum):
    """What became of the wish to end a case."""

    ENDED = "ended"
    PROPOSED = "proposed"  # a second person must agree
    STANDS = "stands"  # it was proposed already


async def close(
    session: AsyncSession,
    report: Report,
    to: ReportState,
    outcome: str,
    sentence: str | None,
    staff: Staff,
    *,
    now: dt.datetime,
) -> Closed:
    """Ends the case, or proposes it where a second person must agree. `sentence` is for the reporter; None: the usual
    one. Raises NoSuchCase, NotAllowed, ReportCannotMove, CaseIsTaken."""
    access.require_may_open(staff, report)
    actor = _actor(report, to, staff)
    if actor is None:
        raise states.ReportCannotMove()
    if actor is not Actor.UNIT:
        await claims.claim(session, report, staff, now=now)
    if steps.needs_two(report):
        return await _propose(session, report, to, outcome, sentence, staff, now=now)
    await _end(session, report, to, outcome, sentence, staff, actor, now=now)
    return Closed.ENDED


async def refer(session: AsyncSession, report: Report, body: str, staff: Staff, *, now: dt.datetime) -> Closed:
    """Hands the case to another body, or proposes it. Raises NoSuchCase, NotAllowed, ReportCannotMove, CaseIsTaken."""
    if steps.may_refer_as(report, staff) is Actor.DISPATCHER:
        await claims.claim(session, report, staff, now=now)
    if steps.needs_two(report):
        return await _propose(session, report, S.REFERRED, REFERRED, body, staff, now=now)
    await steps.refer(session, report, referral(BODY_BY_CODE[body], now), staff, now=now)
    return Closed.ENDED


async def confirm(session: AsyncSession, report: Report, staff: Staff, *, now: dt.datetime) -> None:
    """The second person agrees. For a rejection that is a commander. The step itself forgets the proposal.

    Raises NothingProposed, NeedsAnother, NotAllowed, ReportCannotMove, ReportHasMoved."""
    closing = await _proposed(session, report, staff)
    if closing.proposed_by == staff.person.id:
        raise NeedsAnother()
    to, outcome, sentence = ReportState(closing.to_state), closing.outcome, _opened(report, closing)
    if not staff.may(confirmed_by(to)):
        raise NotAllowed()
    if to is S.REFERRED:
        await steps.refer(session, report, referral(BODY_BY_CODE[sentence or ""], now), staff, now=now)
        return
    actor = _actor(report, to, staff)
    if actor is None:
        raise states.ReportCannotMove()
    await _end(session, report, to, outcome, sentence, staff, actor, now=now)


def confirmed_by(to: ReportState) -> Deed:
    """What the second person must be allowed. One's word that nothing was wrong weighs more than that it is over."""
    return Deed.OVERRULE if to is S.REJECTED else Deed.WORK_CASES


async def refuse(session: AsyncSession, report: Report, staff: Staff, *, now: dt.datetime) -> None:
    """The second person does not agree, or the first has changed their mind: the case goes on."""
    closing = await _proposed(session, report, staff)
    if closing.proposed_by != staff.person.id and not staff.may(Deed.WORK_CASES):
        raise NotAllowed()
    await session.delete(closing)
    if report.progress == Progress.CONFIRMING:
        report.progress = Progress.ON_SCENE.value
    audit.note(session, staff.person, "refuse closing", report.number, now=now)
    await steps.changed(session, report, now=now)


async def proposed(session: AsyncSession, report: Report) -> Closing | None:
    """The end that waits for a second person, if any."""
    return await session.get(Closing, report.id)


async def _proposed(session: AsyncSession, report: Report, staff: Staff) -> Closing:
    access.require_may_open(staff, report)
    closing = await proposed(session, report)
    if closing is None:
        raise NothingProposed()
    return closing


async def _propose(
    session: AsyncSession,
    report: Report,
    to: ReportState,
    outcome: str,
    sentence: str | None,
    staff: Staff,
    *,
    now: dt.datetime,
) -> Closed:
    closing = await proposed(session, report)
    wish = (to.value, outcome, staff.person.id, sentence)
    if closing is not None and wish == (
        closing.to_state,
        closing.outcome,
        closing.proposed_by,
        _opened(report, closing),
    ):
        return Closed.STANDS
    if closing is None:
        closing = Closing(report_id=report.id)
        session.add(closing)
    closing.to_state, closing.outcome = to.value, outcome
    closing.proposed_by, closing.proposed_at = staff.person.id, now
    words = json.dumps(sentence, ensure_ascii=False).encode()
    closing.words_sealed = report.case_sealer().seal(words, _place(report)) if sentence else None
    if report.state is S.HANDLING:
        report.progress = Progress.CONFIRMING.value
    audit.note(session, staff.person, f"propose {to.value}", report.number, outcome, now=now)
    await steps.changed(session, report, now=now)
    return Closed.PROPOSED


async def _end(
    session: AsyncSession,
    report: Report,
    to: ReportState,
    outcome: str,
    sentence: str | None,
    staff: Staff,
    actor: Actor,
    *,
    now: dt.datetime,
) -> None:
    await steps.end(session, report, to, outcome, staff, by=actor, now=now)
    drafts.change(report, report.touched_at, closing=sentence)


def _actor(report: Report, to: ReportState, staff: Staff) -> Actor | None:
    """As whom this person may do it: the table of states knows actors, not roles."""
    acts = (
        (Actor.DISPATCHER, Deed.WORK_CASES),
        (Actor.UNIT, Deed.ACT_FOR_UNIT),
        (Actor.SUPERVISOR, Deed.OVERRULE),
    )
    may = [actor for actor, deed in acts if staff.may(deed) and states.may_move(report.state, to, actor)]
    return may[0] if may else None


def _opened(report: Report, closing: Closing) -> str | None:
    if closing.words_sealed is None:
        return None
    sentence: str = json.loads(report.case_sealer().open(closing.words_sealed, _place(report)))
    return sentence


def _place(report: Report) -> str:
    return f"closings:words_sealed:{report.id.hex}"
