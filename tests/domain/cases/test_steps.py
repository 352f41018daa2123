"""Steps: what the police do to a case, what is refused, and what the reporter reads meanwhile."""

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa

from domain.cases import closings, corrections, outcomes, steps
from domain.cases.access import Staff
from domain.cases.closings import Closed
from domain.cases.incidents import incidents
from domain.cases.steps import Progress
from domain.errors import NotAllowed
from domain.policy import ANSWER_WAITED_FOR, CLAIM_HOLDS, REOPEN_WITHIN, REOPENINGS_MAX
from domain.reports import drafts, states
from domain.roles import Role
from models import Anonymity, Closing, Report, ReportEvent, ReportState
from models.engine import Store
from tests.cast import NOW, again, opened, report, staff

S = ReportState
MINUTE = dt.timedelta(minutes=1)


async def cast(store: Store, **told: Any) -> tuple[Report, Staff, Staff, Staff]:
    """A report, a dispatcher, an officer of a unit and a commander."""
    async with store.begin() as session:
        case = await report(session, **told)
        return case, staff(session), staff(session, Role.OFFICER), staff(session, Role.COMMANDER)


async def test_a_case_goes_from_its_first_look_to_its_end(store: Store) -> None:
    case, budi, patrol, _ = await cast(store, category="CRI-4")
    async with opened(store, case, budi, patrol) as (session, found, dispatcher, unit):
        await steps.verify(session, found, dispatcher, now=NOW)
        await steps.assign(session, found, "polsek", dispatcher, now=NOW + MINUTE)
        await steps.accept(session, found, unit, now=NOW + 2 * MINUTE)
        await steps.tell_progress(session, found, Progress.ON_SCENE, unit, now=NOW + 9 * MINUTE)
        done = await closings.close(session, found, S.RESOLVED, "nothing_found", None, unit, now=NOW + 20 * MINUTE)
        assert done is Closed.ENDED
    async with store.read() as session:
        ended = await again(session, case)
        assert (ended.state, ended.outcome, ended.due_at) == (S.RESOLVED, "nothing_found", None)
        rows = await session.scalars(
            sa.select(ReportEvent).where(ReportEvent.report_id == case.id).order_by(ReportEvent.sequence)
        )
        assert [(row.from_state, row.to_state) for row in rows] == [
            ("draft", "received"),
            ("received", "verified"),
            ("verified", "assigned"),
            ("assigned", "handling"),
            ("handling", "resolved"),
        ]


async def test_what_endangered_somebody_is_ended_by_two(store: Store) -> None:
    case, budi, patrol, _chief = await cast(store, category="MAS-1")
    async with opened(store, case, budi, patrol) as (session, found, dispatcher, unit):
        await steps.assign(session, found, "samapta", dispatcher, now=NOW)
        await steps.accept(session, found, unit, now=NOW)
        assert (
            await closings.close(session, found, S.RESOLVED, "dispersed", "Sudah bubar.", unit, now=NOW)
            is Closed.PROPOSED
        )
        assert found.state is S.HANDLING
        with pytest.raises(closings.NeedsAnother):
            await closings.confirm(session, found, unit, now=NOW)
        await closings.confirm(session, found, dispatcher, now=NOW)
        assert found.state is S.RESOLVED
        assert drafts.content_of(found)["closing"] == "Sudah bubar."
        assert await session.get(Closing, found.id) is None


async def test_a_dangerous_report_is_rejected_only_with_a_commander(store: Store) -> None:
    case, budi, _, chief = await cast(store, category="MAS-1")
    async with store.begin() as session:
        dewi = staff(session)
    async with opened(store, case, budi, dewi, chief) as (session, found, first, second, commander):
        assert await closings.close(session, found, S.REJECTED, "prank", None, first, now=NOW) is Closed.PROPOSED
        with pytest.raises(NotAllowed):
            await closings.confirm(session, found, second, now=NOW)
        assert found.state is S.RECEIVED
        await closings.confirm(session, found, commander, now=NOW)
        assert found.state is S.REJECTED


async def test_a_proposed_end_that_is_refused_leaves_the_case_open(store: Store) -> None:
    case, budi, patrol, chief = await cast(store, category="MAS-1")
    async with opened(store, case, budi, patrol, chief) as (session, found, dispatcher, unit, commander):
        await steps.assign(session, found, "samapta", dispatcher, now=NOW)
        await steps.accept(session, found, unit, now=NOW)
        await closings.close(session, found, S.RESOLVED, "dispersed", None, unit, now=NOW)
        await closings.refuse(session, found, commander, now=NOW)
        assert found.state is S.HANDLING
        with pytest.raises(closings.NothingProposed):
            await closings.confirm(session, found, commander, now=NOW)


async def test_a_unit_that_cannot_come_gives_the_case_back(store: Store) -> None:
    case, budi, patrol, _ = await cast(store)
    async with opened(store, case, budi, patrol) as (session, found, dispatcher, unit):
        await steps.assign(session, found, "lantas", dispatcher, now=NOW)
        assert found.due_kind == "accept"
        await steps.decline(session, found, unit, now=NOW)
        assert (found.state, found.unit, found.claimed_by) == (S.VERIFIED, None, None)
        assert found.due_kind == "claim"


async def test_the_clock_stands_still_while_the_reporter_is_asked(store: Store) -> None:
    case, budi, _, _ = await cast(store)
    async with opened(store, case, budi) as (session, found, dispatcher):
        await steps.verify(session, found, dispatcher, now=NOW)
        due = found.due_at
        await steps.ask(session, found, dispatcher, now=NOW + MINUTE)
        with pytest.raises(steps.OneQuestionAtATime):
            await steps.ask(session, found, dispatcher, now=NOW + MINUTE)
        assert await steps.answered(session, found, now=NOW + 31 * MINUTE)
        assert found.state is S.VERIFIED
        assert found.due_at == due + 30 * MINUTE
        assert not found.is_unanswered


async def test_nobody_waits_for_an_answer_longer_than_a_day_in_all(store: Store) -> None:
    case, budi, _, _ = await cast(store, category="MAS-1")
    async with opened(store, case, budi) as (session, found, dispatcher):
        await steps.ask(session, found, dispatcher, now=NOW)
        assert not await steps.waited_long_enough(session, found, now=NOW + ANSWER_WAITED_FOR - MINUTE)
        assert await steps.waited_long_enough(session, found, now=NOW + ANSWER_WAITED_FOR)
        assert (found.state, found.is_unanswered) == (S.RECEIVED, True), "silence rejects nothing"


async def test_of_some_categories_the_reporter_cannot_time_the_police(store: Store) -> None:
    async with store.begin() as session:
        case = await report(session, category="PEK-1", words="jual sabu di kos")
        narcotics, chief = staff(session, unit="resnarkoba"), staff(session, Role.COMMANDER)
        patrol = staff(session, Role.OFFICER, "resnarkoba")
    async with opened(store, case, narcotics, patrol, chief) as (session, found, dispatcher, unit, commander):
        await steps.assign(session, found, "resnarkoba", dispatcher, now=NOW)
        await steps.accept(session, found, unit, now=NOW)
        assert (found.state, await incidents.public_face(session, found)) == (S.HANDLING, S.VERIFIED)
        with pytest.raises(NotAllowed):
            await corrections.release_label(session, found, dispatcher, now=NOW)
        await corrections.release_label(session, found, commander, now=NOW)
        assert await incidents.public_face(session, found) is S.HANDLING


async def test_vote_buying_is_handed_over_with_its_deadline(store: Store) -> None:
    async with store.begin() as session:
        case = await report(session, category="PIL-1", words="ada bagi-bagi amplop")
        dispatcher = staff(session, unit="gakkumdu")
    async with opened(store, case, dispatcher) as (session, found, me):
        kept = outcomes.referral(outcomes.BODY_BY_CODE["bawaslu"], NOW)
        await steps.refer(session, found, kept, me, now=NOW)
        assert found.state is S.REFERRED
        assert drafts.content_of(found)["referral"]["until"].startswith("2026-12-01")


async def test_once_a_unit_was_at_work_only_a_commander_hands_it_over(store: Store) -> None:
    case, budi, _, chief = await cast(store)
    kept = outcomes.referral(outcomes.BODY_BY_CODE["dishub"], NOW)
    async with opened(store, case, budi, chief) as (session, found, dispatcher, commander):
        await steps.assign(session, found, "lantas", dispatcher, now=NOW)
        with pytest.raises(NotAllowed):
            await steps.refer(session, found, kept, dispatcher, now=NOW)
        await steps.refer(session, found, kept, commander, now=NOW)
        assert found.state is S.REFERRED


async def test_a_reporter_reopens_twice_within_a_fortnight_and_no_more(store: Store) -> None:
    case, budi, _, chief = await cast(store, category="CRI-4")
    now = NOW
    for _ in range(REOPENINGS_MAX):
        async with opened(store, case, budi) as (session, found, dispatcher):
            await steps.verify(session, found, dispatcher, now=now)
            await closings.close(session, found, S.RESOLVED, "information", None, dispatcher, now=now)
            await steps.reopen(session, found, staff=None, now=now + MINUTE)
            assert (found.state, found.due_kind) == (S.RECEIVED, "claim")
    async with opened(store, case, budi, chief) as (session, found, dispatcher, commander):
        await steps.verify(session, found, dispatcher, now=now)
        await closings.close(session, found, S.RESOLVED, "information", None, dispatcher, now=now)
        with pytest.raises(steps.TooLateToReopen):
            await steps.reopen(session, found, staff=None, now=now)
        with pytest.raises(NotAllowed):
            await steps.reopen(session, found, staff=dispatcher, now=now)
        await steps.reopen(session, found, staff=commander, now=now + REOPEN_WITHIN)
        assert found.reopened == REOPENINGS_MAX + 1


async def test_a_wish_to_withdraw_ends_a_case_only_before_a_unit_is_at_work(store: Store) -> None:
    case, budi, _, _ = await cast(store)
    async with opened(store, case, budi) as (session, found, dispatcher):
        await steps.assign(session, found, "lantas", dispatcher, now=NOW)
        assert not await steps.recall(session, found, now=NOW)
        assert (found.state, found.is_recalled) == (S.ASSIGNED, True)
    other, _, _, _ = await cast(store)
    async with opened(store, other) as (session, found):
        assert await steps.recall(session, found, now=NOW)
        assert found.state is S.WITHDRAWN
        with pytest.raises(states.ReportCannotMove):
            await steps.recall(session, found, now=NOW)


# ---- what may not be done


@pytest.mark.parametrize("lowered", ["priority", "category"])
async def test_nobody_lowers_a_case_to_end_it_alone(store: Store, lowered: str) -> None:
    case, budi, _, chief = await cast(store, category="MAS-1")
    async with opened(store, case, budi, chief) as (session, found, dispatcher, commander):
        if lowered == "priority":
            await corrections.set_priority(session, found, "P3", dispatcher, now=NOW)
        else:
            await corrections.set_category(session, found, "CRI-4", dispatcher, now=NOW)
        assert await closings.close(session, found, S.REJECTED, "prank", None, dispatcher, now=NOW) is Closed.PROPOSED
        await corrections.set_priority(session, found, "P3", commander, now=NOW + CLAIM_HOLDS)
        assert not steps.needs_two(found), "a commander says what it is"


async def test_a_dangerous_case_is_handed_over_only_by_two(store: Store) -> None:
    case, budi, _, _ = await cast(store, category="BCN-1")
    async with store.begin() as session:
        dewi = staff(session)
    async with opened(store, case, budi, dewi) as (session, found, first, second):
        assert await closings.refer(session, found, "damkar", first, now=NOW) is Closed.PROPOSED
        assert await closings.refer(session, found, "damkar", first, now=NOW) is Closed.STANDS
        assert found.state is S.RECEIVED
        await closings.confirm(session, found, second, now=NOW + CLAIM_HOLDS)
        assert found.state is S.REFERRED
        assert drafts.content_of(found)["referral"]["body"] == "damkar"


async def test_a_step_that_is_refused_changes_nothing(store: Store) -> None:
    case, budi, _, _ = await cast(store)
    async with opened(store, case, budi) as (session, found, dispatcher):
        with pytest.raises(states.ReportCannotMove):
            await steps.accept(session, found, dispatcher, now=NOW)
        assert (found.accepted_by, found.progress) == (None, None)
        await steps.verify(session, found, dispatcher, now=NOW)
        await steps.ask(session, found, dispatcher, now=NOW)
        found.claimed_by = found.claimed_until = None
        for refused in (
            steps.verify(session, found, dispatcher, now=NOW),
            steps.assign(session, found, "samapta", dispatcher, now=NOW),
        ):
            with pytest.raises(states.ReportCannotMove):
                await refused
        assert (found.unit, found.claimed_by) == (None, None)


async def test_a_proposal_is_over_once_the_case_moves_on(store: Store) -> None:
    case, budi, _, chief = await cast(store, category="MAS-1")
    async with opened(store, case, budi, chief) as (session, found, dispatcher, commander):
        await closings.close(session, found, S.REJECTED, "prank", None, dispatcher, now=NOW)
        await steps.assign(session, found, "samapta", dispatcher, now=NOW)
        with pytest.raises(closings.NothingProposed):
            await closings.confirm(session, found, commander, now=NOW)


async def test_what_is_reopened_begins_anew(store: Store) -> None:
    case, budi, _, _ = await cast(store, category="CRI-4")
    async with opened(store, case, budi) as (session, found, dispatcher):
        await steps.assign(session, found, "lantas", dispatcher, now=NOW)
        await steps.recall(session, found, now=NOW)
        await corrections.set_priority(session, found, "P2", dispatcher, now=NOW)
        await steps.decline(session, found, dispatcher, now=NOW)
        await closings.close(session, found, S.RESOLVED, "information", "Kata lama.", dispatcher, now=NOW)
        await steps.reopen(session, found, staff=None, now=NOW)
        assert (found.is_recalled, found.unit, found.paused_seconds) == (False, None, 0)
        assert "closing" not in drafts.content_of(found)


async def test_a_correction_to_violence_at_home_makes_it_discreet_and_gives_it_to_its_unit(store: Store) -> None:
    case, budi, _, _ = await cast(store, category="MAS-1")
    async with store.begin() as session:
        ppa = staff(session, unit="ppa")
    async with opened(store, case, budi, ppa) as (session, found, dispatcher, unit):
        assert found.heartbeat_at is not None
        await corrections.set_category(session, found, "RTK-1", dispatcher, now=NOW)
        assert (found.is_discreet, found.heartbeat_at, found.claimed_by) == (True, None, None)
        await steps.take(session, found, unit, now=NOW)


async def test_a_fully_anonymous_reporter_is_not_waited_for(store: Store) -> None:
    case, budi, _, _ = await cast(store, anonymity=Anonymity.FULL)
    async with opened(store, case, budi) as (session, found, dispatcher):
        with pytest.raises(steps.NobodyToAsk):
            await steps.ask(session, found, dispatcher, now=NOW)
        assert found.claimed_by is None


async def test_a_case_that_becomes_urgent_while_it_waits_is_urgent_afterwards(store: Store) -> None:
    case, budi, _, _ = await cast(store, category="INF-1")
    async with opened(store, case, budi) as (session, found, dispatcher):
        await steps.ask(session, found, dispatcher, now=NOW)
        await corrections.set_priority(session, found, "P0", dispatcher, now=NOW + MINUTE)
        await steps.answered(session, found, now=NOW + 4 * MINUTE)
        assert found.due_at <= NOW + 10 * MINUTE
