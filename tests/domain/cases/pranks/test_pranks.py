"""Pranks: one tap closes, one tap undoes; a strike waits, and expires."""

import asyncio
import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa

from domain.cases import access, claims, corrections, steps
from domain.cases.access import Staff
from domain.cases.incidents import merging
from domain.cases.pranks import pranks, strikes
from domain.errors import NotAllowed
from domain.policy import COOL_DOWNS, PRANK_TOLD_AFTER, PRANK_UNDONE_WITHIN, STRIKE_EXPIRES_AFTER
from domain.reports import drafts, filing
from domain.reports.states import ReportCannotMove, ReportHasMoved
from domain.roles import Role
from models import Anonymity, Person, Prank, Report, ReportEvent, ReportState, Strike
from models.engine import Store
from tests.cast import NOW, again, opened, person, report, staff, state_of

S = ReportState
MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)
KEPT = ("state", "due_kind", "due_at", "waiting_since", "escalation", "claimed_by", "claimed_until", "outcome")


async def cast(store: Store, *categories: str) -> tuple[Any, ...]:
    async with store.begin() as session:
        return staff(session), *[await report(session, category=category) for category in categories]


async def look(store: Store, found: Report) -> dict[str, Any]:
    async with store.read() as session:
        case = await again(session, found)
        return {name: getattr(case, name) for name in (*KEPT, "closed_at", "heartbeat_at")}


async def close(store: Store, found: Report, who: Staff, now: dt.datetime = NOW) -> Any:
    async with opened(store, found, who) as (session, case, me):
        return await pranks.close(session, case, me, now=now)


async def strikes_now(store: Store) -> int:
    async with store.read() as session:
        return await session.scalar(sa.select(sa.func.count()).select_from(Strike)) or 0


async def test_one_tap_closes_it_and_its_reporter_waits_a_minute_to_be_told(store: Store) -> None:
    budi, found = await cast(store, "MAS-4")
    batch_id = await close(store, found, budi)
    closed = await look(store, found)
    assert (closed["state"], closed["outcome"], closed["due_at"]) == (S.REJECTED, "prank", None)
    assert await strikes_now(store) == 1
    async with store.begin() as session:
        event = await session.scalar(sa.select(ReportEvent).where(ReportEvent.batch_id == batch_id))
        assert event is not None
        assert (event.actor_id, event.reason) == (budi.person.id, "prank")
        assert await pranks.to_tell(session, NOW + PRANK_TOLD_AFTER / 2) == []
        [(_, told)] = await pranks.to_tell(session, NOW + PRANK_TOLD_AFTER)
        assert told.id == found.id


async def test_twenty_are_closed_at_once_and_all_come_back_exactly(store: Store) -> None:
    budi, *cases = await cast(store, *["MAS-4", "ORG-1"] * 10)
    async with opened(store, cases[0], budi) as (session, found, me):
        await steps.take(session, found, me, now=NOW - MINUTE)
        cases[1].escalation = 2
    before = [await look(store, each) for each in cases]
    async with store.begin() as session:
        me = Staff(await session.get_one(Person, budi.person.id), budi.roles)
        shown = await pranks.candidates(session, me, now=NOW)
        assert {each.id for each in shown} == {each.id for each in cases}
        for each in shown:
            assert await pranks.tick(session, each, me, now=NOW)
    async with store.begin() as session:
        batch_id, closed = await pranks.close_ticked(session, me, now=NOW)
        assert len(closed) == 20
    assert {await state_of(store, each) for each in cases} == {S.REJECTED}
    assert await strikes_now(store) == 20
    async with store.begin() as session:
        undone = await pranks.undo(session, batch_id, me, now=NOW + 9 * MINUTE)
        assert [each.was_told for each in undone] == [False] * 20
    assert [await look(store, each) for each in cases] == before
    assert await strikes_now(store) == 0
    async with store.read() as session:
        assert await pranks.to_tell(session, NOW + DAY) == []
        assert await session.scalar(sa.select(sa.func.count()).select_from(Prank)) == 0


async def test_what_endangered_somebody_is_never_closed_by_one_person_whatever_it_is_called_now(store: Store) -> None:
    budi, found = await cast(store, "MAS-4")
    async with opened(store, found, budi) as (session, case, me):
        await pranks.tick(session, case, me, now=NOW)
        case.is_grave = True
        await session.flush()
        assert await pranks.candidates(session, me, now=NOW) == []
    for deed in (pranks.close, pranks.tick):
        with pytest.raises(pranks.NotByOnePerson):
            async with opened(store, found, budi) as (session, case, me):
                await deed(session, case, me, now=NOW)
    async with opened(store, found, budi) as (session, _, me):
        assert (await pranks.close_ticked(session, me, now=NOW))[1] == []


async def test_of_a_prank_and_a_merge_at_once_no_report_hangs_on_what_is_over(store: Store) -> None:
    budi, *pairs = await cast(store, *["MAS-4"] * 16)
    async with store.begin() as session:
        dewi = staff(session)

    async def tries(deed: Any) -> bool:
        try:
            await deed
        except (pranks.OthersSawIt, ReportCannotMove, ReportHasMoved, claims.CaseIsTaken, claims.CaseIsClosed):
            return False
        return True

    async def merge(child: Report, parent: Report) -> None:
        async with opened(store, child, dewi) as (session, found, her):
            await merging.merge(session, found, await again(session, parent), her, now=NOW)

    for child, parent in zip(pairs[::2], pairs[1::2], strict=True):
        won = await asyncio.gather(tries(close(store, parent, budi)), tries(merge(child, parent)))
        assert sorted(won) == [False, True]


@pytest.mark.parametrize("category", ["MAS-1", "MAS-3"])
async def test_what_endangers_somebody_is_never_closed_by_one_person(store: Store, category: str) -> None:
    budi, found = await cast(store, category)
    for deed in (pranks.close, pranks.tick):
        with pytest.raises(pranks.NotByOnePerson):
            async with opened(store, found, budi) as (session, case, me):
                await deed(session, case, me, now=NOW)
    async with opened(store, found, budi) as (session, _, me):
        assert await pranks.candidates(session, me, now=NOW) == []
    assert await state_of(store, found) is S.RECEIVED


async def test_one_that_became_urgent_after_its_tick_is_passed_over(store: Store) -> None:
    budi, first, second = await cast(store, "MAS-4", "MAS-4")
    async with opened(store, first, budi) as (session, found, me):
        other = await again(session, second)
        await pranks.tick(session, found, me, now=NOW)
        await pranks.tick(session, other, me, now=NOW)
        await corrections.set_priority(session, found, "P0", me, now=NOW)
    async with opened(store, first, budi) as (session, _, me):
        _, closed = await pranks.close_ticked(session, me, now=NOW)
        assert [each.id for each in closed] == [second.id]
    assert await state_of(store, first) is S.RECEIVED


async def test_what_a_colleague_holds_what_others_joined_and_what_moved_on_is_left(store: Store) -> None:
    budi, held, joined, verified, child = await cast(store, *["MAS-4"] * 4)
    async with store.begin() as session:
        dewi = staff(session)
    async with opened(store, held, dewi, budi) as (session, found, her, me):
        await steps.take(session, found, her, now=NOW)
        await merging.merge(session, await again(session, child), await again(session, joined), me, now=NOW)
        await steps.verify(session, await again(session, verified), me, now=NOW)
    refusals = {held: claims.CaseIsTaken, joined: pranks.OthersSawIt, verified: ReportCannotMove}
    for case, refusal in refusals.items():
        with pytest.raises(refusal):
            await close(store, case, budi)
    async with opened(store, held, budi) as (session, _, me):
        assert await pranks.candidates(session, me, now=NOW) == []


async def test_sensitive_reports_are_in_nobody_elses_list(store: Store) -> None:
    budi, secret = await cast(store, "PEK-1")
    async with store.begin() as session:
        narcotics, chief = staff(session, unit="resnarkoba"), staff(session, Role.COMMANDER)
    for who, number in ((budi, 0), (narcotics, 1), (chief, 1)):
        async with opened(store, secret, who) as (session, _, me):
            assert len(await pranks.candidates(session, me, now=NOW)) == number
    with pytest.raises(access.NoSuchCase):
        await close(store, secret, budi)


async def test_a_batch_is_undone_by_whoever_closed_it_and_within_ten_minutes(store: Store) -> None:
    budi, found = await cast(store, "MAS-4")
    async with store.begin() as session:
        dewi = staff(session)
    batch_id = await close(store, found, budi)
    async with opened(store, found, budi, dewi) as (session, _, me, other):
        with pytest.raises(NotAllowed):
            await pranks.undo(session, batch_id, other, now=NOW)
        with pytest.raises(pranks.TooLateToUndo):
            await pranks.undo(session, batch_id, me, now=NOW + PRANK_UNDONE_WITHIN + MINUTE)
    assert await state_of(store, found) is S.REJECTED


async def test_what_happened_since_is_not_undone(store: Store) -> None:
    budi, found, other = await cast(store, "MAS-4", "MAS-4")
    async with opened(store, found, budi) as (session, case, me):
        for each in (case, await again(session, other)):
            await pranks.tick(session, each, me, now=NOW)
        batch_id, _ = await pranks.close_ticked(session, me, now=NOW)
    async with opened(store, found) as (session, case):
        await steps.reopen(session, case, staff=None, now=NOW + MINUTE)
    async with opened(store, found, budi) as (session, _, me):
        undone = await pranks.undo(session, batch_id, me, now=NOW + 2 * MINUTE)
    assert [each.report.id for each in undone] == [other.id]
    async with store.read() as session:
        assert (await again(session, found)).reopened == 1


async def test_a_report_in_full_anonymity_costs_nobody_a_strike(store: Store) -> None:
    async with store.begin() as session:
        budi, found = staff(session), await report(session, category="MAS-4", anonymity=Anonymity.FULL)
    await close(store, found, budi)
    assert await strikes_now(store) == 0


async def test_a_commander_who_overturns_it_takes_the_strike_away(store: Store) -> None:
    budi, found = await cast(store, "MAS-4")
    await close(store, found, budi)
    async with store.begin() as session:
        chief = staff(session, Role.COMMANDER)
    async with opened(store, found, chief) as (session, case, commander):
        await steps.reopen(session, case, staff=commander, now=NOW + DAY)
    assert await strikes_now(store) == 0


async def until(store: Store, who: Person, now: dt.datetime) -> dt.datetime | None:
    async with store.read() as session:
        return await strikes.cooling_until(session, drafts.reporter_index(who), now=now)


async def test_the_wait_grows_with_each_strike_and_strikes_expire(store: Store) -> None:
    async with store.begin() as session:
        budi, joker, honest = staff(session), person(session), person(session)
    moments = [NOW, NOW + 2 * DAY, NOW + 20 * DAY, NOW + 60 * DAY]
    for number, moment in enumerate(moments):
        async with store.begin() as session:
            rows = await session.get_one(Person, joker.id)
            session.add(found := drafts.begin_draft(rows, now=moment))
            found.state, found.priority, found.category_code = S.RECEIVED, "P3", "MAS-4"
        await close(store, found, budi, now=moment)
        assert await until(store, joker, moment) == moment + COOL_DOWNS[min(number, 2)]
        assert await until(store, joker, moment + COOL_DOWNS[min(number, 2)]) is None
    assert await until(store, honest, NOW) is None
    async with store.begin() as session:
        rows = await session.get_one(Person, joker.id)
        session.add(found := drafts.begin_draft(rows, now=NOW))
        found.state, found.priority, found.category_code = S.RECEIVED, "P3", "MAS-4"
    later = moments[-1] + STRIKE_EXPIRES_AFTER + DAY
    await close(store, found, budi, now=later)
    assert await until(store, joker, later) == later + COOL_DOWNS[0], "the first again: the others have expired"


async def test_while_cooling_down_an_emergency_a_day_is_taken_and_the_rest_stays_a_draft(store: Store) -> None:
    async with store.begin() as session:
        budi, joker = staff(session), person(session)
        found = await report(session, category="MAS-4", by=joker)
    await close(store, found, budi)

    async def file(category: str, now: dt.datetime, mode: Anonymity = Anonymity.TWO_WAY) -> Report:
        async with store.begin() as session:
            rows = await session.get_one(Person, joker.id)
            return await report(session, category=category, by=rows, now=now, anonymity=mode)

    for mode in (Anonymity.TWO_WAY, Anonymity.FULL):
        with pytest.raises(strikes.CoolingDown) as refused:
            await file("MAS-4", NOW + MINUTE, mode)
        assert refused.value.params["until"] == NOW + COOL_DOWNS[0]
    await file("CRI-2", NOW + MINUTE)
    with pytest.raises(strikes.CoolingDown):
        await file("LLT-1", NOW + 2 * MINUTE)
    await file("MAS-4", NOW + COOL_DOWNS[0])


async def test_a_refused_draft_loses_nothing(store: Store) -> None:
    async with store.begin() as session:
        budi, joker = staff(session), person(session)
        found = await report(session, category="MAS-4", by=joker)
    await close(store, found, budi)
    async with store.begin() as session:
        draft = drafts.begin_draft(await session.get_one(Person, joker.id), now=NOW)
        session.add(draft)
        drafts.say_words(draft, "knalpot brong lagi", 1, now=NOW)
        drafts.choose_category(draft, "MAS-4", now=NOW)
        drafts.change(draft, NOW, place="sini", passed=["area", "when", "anonymity"])
        with pytest.raises(strikes.CoolingDown):
            await filing.file_report(session, draft, now=NOW)
    async with store.read() as session:
        kept = await session.get_one(Report, draft.id)
        assert (kept.state, drafts.words_of(kept)) == (S.DRAFT, "knalpot brong lagi")


async def test_ticks_are_forgotten_after_an_hour_and_closings_once_told(store: Store) -> None:
    budi, found, other = await cast(store, "MAS-4", "MAS-4")
    await close(store, found, budi)
    async with opened(store, other, budi) as (session, case, me):
        await pranks.tick(session, case, me, now=NOW)
        assert await pranks.ticked(session, me, now=NOW) == {other.id}
        assert not await pranks.tick(session, case, me, now=NOW)
        await session.flush()
        await pranks.tick(session, case, me, now=NOW)
    async with store.begin() as session:
        await pranks.forget(session, NOW + pranks.TICKS_KEPT)
        left = list(await session.scalars(sa.select(Prank)))
        assert [each.report_id for each in left] == [found.id], "its reporter is still to be told"
