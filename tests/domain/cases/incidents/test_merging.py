"""Merging: one incident of several reports, whose reporters are told as if each were the only one."""

import asyncio
import datetime as dt
from typing import Any

import pytest

from domain.cases import claims, closings, corrections, steps
from domain.cases.access import NoSuchCase, Staff
from domain.cases.incidents import incidents, merging
from domain.cases.outcomes import BODY_BY_CODE, referral
from domain.cases.rooms import cards
from domain.policy import UNMERGE_WITHIN
from domain.reports import drafts
from domain.reports.states import ReportCannotMove, ReportHasMoved
from domain.roles import Role
from models import Report, ReportState
from models.engine import Store
from tests.cast import NOW, again, opened, report, staff, state_of

S = ReportState
MINUTE = dt.timedelta(minutes=1)
LATER = NOW + dt.timedelta(hours=3)


async def cast(store: Store, *categories: str, unit: str | None = None) -> tuple[Any, ...]:
    """A dispatcher, and a report of each category."""
    async with store.begin() as session:
        return staff(session, unit=unit), *[await report(session, category=category) for category in categories]


async def merge(store: Store, child: Report, parent: Report, who: Staff, now: dt.datetime = NOW) -> None:
    async with opened(store, child, who) as (session, found, me):
        await merging.merge(session, found, await again(session, parent), me, now=now)


async def unmerge(store: Store, child: Report, who: Staff, now: dt.datetime = NOW + MINUTE) -> None:
    async with opened(store, child, who) as (session, found, me):
        await merging.unmerge(session, found, me, now=now)


async def look(store: Store, found: Report) -> Report:
    async with store.read() as session:
        return await again(session, found)


async def face(store: Store, found: Report) -> ReportState:
    async with store.read() as session:
        return await incidents.public_face(session, await again(session, found))


async def test_a_merged_report_reads_what_its_case_reads(store: Store) -> None:
    budi, child, parent = await cast(store, "MAS-3", "MAS-1")
    await merge(store, child, parent, budi)
    assert await face(store, child) is S.RECEIVED
    async with opened(store, parent, budi) as (session, found, me):
        await steps.assign(session, found, "samapta", me, now=NOW)
    assert await face(store, child) is S.ASSIGNED
    async with opened(store, parent, budi) as (session, found, me):
        await steps.ask(session, found, me, now=NOW)
    assert await face(store, child) is S.VERIFIED, "another witness was asked, not this one"


async def test_of_a_case_whose_label_lags_the_merged_report_reads_no_more(store: Store) -> None:
    budi, child, parent = await cast(store, "MAS-1", "MAS-2", unit="intelkam")
    await merge(store, child, parent, budi)
    async with opened(store, parent, budi) as (session, found, me):
        await steps.assign(session, found, "intelkam", me, now=NOW)
    assert await face(store, child) is S.VERIFIED


async def test_the_case_becomes_as_urgent_as_its_most_urgent_report(store: Store) -> None:
    budi, child, parent = await cast(store, "MAS-1", "MAS-4")
    await merge(store, child, parent, budi)
    found = await look(store, parent)
    assert found.priority == "P0"
    assert found.due_at == NOW + 2 * MINUTE
    await unmerge(store, child, budi)
    assert (await look(store, parent)).priority == "P3"


async def test_a_priority_that_somebody_set_since_stays(store: Store) -> None:
    budi, child, parent = await cast(store, "MAS-1", "MAS-4")
    await merge(store, child, parent, budi)
    async with opened(store, parent, budi) as (session, found, me):
        await corrections.set_priority(session, found, "P1", me, now=NOW)
    await unmerge(store, child, budi)
    assert (await look(store, parent)).priority == "P1"


@pytest.mark.parametrize("before", [S.RECEIVED, S.VERIFIED, S.NEEDS_INFO])
async def test_taken_apart_it_is_where_it_was_and_its_clock_begins_anew(store: Store, before: ReportState) -> None:
    budi, child, parent = await cast(store, "MAS-3", "MAS-3")
    async with opened(store, child, budi) as (session, found, me):
        if before is not S.RECEIVED:
            await steps.verify(session, found, me, now=NOW)
        if before is S.NEEDS_INFO:
            await steps.ask(session, found, me, now=NOW)
    was = await look(store, child)
    await merge(store, child, parent, budi, now=NOW + MINUTE)
    merged = await look(store, child)
    assert (merged.state, merged.due_at, merged.claimed_by, merged.merged_into) == (S.MERGED, None, None, parent.id)
    await unmerge(store, child, budi, now=LATER)
    found = await look(store, child)
    assert found.state is before
    assert (found.merged_into, found.merged_from, found.merged_at, found.closed_at) == (None, None, None, None)
    assert drafts.content_of(found) == drafts.content_of(was)
    assert (found.due_kind, found.due_at, found.escalation) == ("claim", LATER + 5 * MINUTE, 0)
    if before is S.NEEDS_INFO:
        assert (found.returns_to, found.asked_at, found.waiting_since) == ("verified", LATER, None)


async def test_after_a_day_it_stays_where_it_is(store: Store) -> None:
    budi, child, parent = await cast(store, "MAS-3", "MAS-3")
    await merge(store, child, parent, budi)
    with pytest.raises(merging.TooLateToUnmerge):
        await unmerge(store, child, budi, now=NOW + UNMERGE_WITHIN + MINUTE)
    assert await state_of(store, child) is S.MERGED


async def test_there_are_no_chains_and_taking_apart_gives_back_what_came_along(store: Store) -> None:
    budi, first, second, third = await cast(store, "MAS-3", "MAS-3", "MAS-3")
    await merge(store, first, second, budi)
    await merge(store, second, third, budi)
    assert (await look(store, first)).merged_into == (await look(store, second)).merged_into == third.id
    await unmerge(store, second, budi)
    assert (await look(store, first)).merged_into == second.id
    assert await state_of(store, second) is S.RECEIVED
    async with store.read() as session:
        assert await incidents.count(session, await again(session, second)) == 2
        assert not await incidents.has_joined(session, await again(session, third))


async def test_who_points_at_a_merged_report_means_its_case(store: Store) -> None:
    budi, first, second, third = await cast(store, "MAS-3", "MAS-3", "MAS-3")
    await merge(store, second, third, budi)
    await merge(store, first, second, budi)
    assert (await look(store, first)).merged_into == third.id


@pytest.mark.parametrize("turned", [False, True])
async def test_nothing_is_merged_into_itself(store: Store, turned: bool) -> None:
    budi, child, parent = await cast(store, "MAS-3", "MAS-3")
    await merge(store, child, parent, budi)
    with pytest.raises(merging.SameCase):
        await merge(store, *(parent, child) if turned else (child, child), budi)


async def test_of_two_merges_into_each_other_one_wins(store: Store) -> None:
    budi, *pairs = await cast(store, *["MAS-3"] * 20)
    async with store.begin() as session:
        dewi = staff(session)

    async def tries(child: Report, parent: Report, who: Staff) -> bool:
        try:
            await merge(store, child, parent, who)
        except (ReportHasMoved, ReportCannotMove, claims.CaseIsClosed, merging.SameCase):
            return False
        return True

    for one, other in zip(pairs[::2], pairs[1::2], strict=True):
        won = await asyncio.gather(tries(one, other, budi), tries(other, one, dewi))
        assert sorted(won) == [False, True]
        states_now = [await state_of(store, one), await state_of(store, other)]
        assert sorted(states_now) == ["merged", "received"], "no cycle: one is the case of both"


async def test_what_is_sensitive_never_becomes_part_of_what_others_read(store: Store) -> None:
    budi, child, parent = await cast(store, "MAS-2", "MAS-1", unit="intelkam")
    with pytest.raises(merging.WouldBeSeen):
        await merge(store, child, parent, budi)
    async with store.begin() as session:
        chief, drugs = staff(session, Role.COMMANDER), await report(session, category="PEK-1")
    with pytest.raises(merging.WouldBeSeen):
        await merge(store, child, drugs, chief)
    await merge(store, parent, child, budi)
    assert (await look(store, parent)).merged_into == child.id


async def test_nobody_merges_what_they_may_not_open(store: Store) -> None:
    budi, child, parent = await cast(store, "MAS-1", "MAS-2")
    for pair in ((child, parent), (parent, child)):
        with pytest.raises(NoSuchCase):
            await merge(store, *pair, budi)


async def test_a_report_in_a_colleagues_hand_is_theirs_to_merge(store: Store) -> None:
    budi, child, parent = await cast(store, "MAS-3", "MAS-3")
    async with store.begin() as session:
        dewi = staff(session)
    async with opened(store, child, dewi) as (session, found, me):
        await steps.take(session, found, me, now=NOW)
    with pytest.raises(claims.CaseIsTaken):
        await merge(store, child, parent, budi)
    await merge(store, parent, child, budi)


async def end(store: Store, found: Report, who: Staff, now: dt.datetime = NOW) -> None:
    async with opened(store, found, who) as (session, case, me):
        if case.state is S.RECEIVED:
            await steps.verify(session, case, me, now=now)
        await closings.close(session, case, S.RESOLVED, "dispersed", "Sudah bubar.", me, now=now)


async def test_when_the_case_ends_each_reporter_is_told_and_reopening_it_changes_nothing_for_them(
    store: Store,
) -> None:
    budi, child, parent = await cast(store, "MAS-3", "PEK-2")
    async with store.begin() as session:
        chief = staff(session, Role.COMMANDER)
    await merge(store, child, parent, budi)
    async with opened(store, parent) as (session, found):
        found.priority, found.is_grave = "P2", False
    await end(store, parent, budi, LATER)
    async with store.read() as session:
        told = await incidents.followers(session, await again(session, parent))
    assert [(each.id, each.outcome, each.closed_at) for each in told] == [(child.id, "dispersed", LATER)]
    assert await face(store, child) is S.RESOLVED
    async with opened(store, parent, chief) as (session, found, commander):
        await steps.reopen(session, found, staff=commander, now=LATER)
    assert await face(store, child) is S.RESOLVED
    async with store.read() as session:
        assert not await incidents.followers(session, await again(session, parent))
        assert len(await incidents.joined(session, await again(session, parent))) == 1


async def test_a_merged_report_whose_reporter_says_it_is_not_over_goes_back_alone(store: Store) -> None:
    budi, child, other, parent = await cast(store, "MAS-4", "MAS-4", "MAS-4")
    await merge(store, child, parent, budi)
    await merge(store, other, parent, budi)
    await end(store, parent, budi)
    async with opened(store, child) as (session, found):
        await steps.reopen(session, found, staff=None, now=LATER)
    found = await look(store, child)
    assert (found.state, found.merged_into, found.due_at is not None) == (S.RECEIVED, None, True)
    assert await state_of(store, parent) is S.RESOLVED
    assert await state_of(store, other) is S.MERGED


async def test_what_joins_a_case_that_is_over_is_over_unless_somebody_is_in_danger(store: Store) -> None:
    budi, low, high, parent = await cast(store, "MAS-4", "MAS-1", "MAS-4")
    await end(store, parent, budi)
    await merge(store, low, parent, budi)
    assert await face(store, low) is S.RESOLVED
    with pytest.raises(merging.EndedBySomebodyElse):
        await merge(store, high, parent, budi)


async def test_a_unit_at_work_is_not_merged_away(store: Store) -> None:
    budi, child, parent = await cast(store, "MAS-1", "MAS-1")
    async with opened(store, child, budi) as (session, found, me):
        await steps.assign(session, found, "samapta", me, now=NOW)
    with pytest.raises(ReportCannotMove):
        await merge(store, child, parent, budi)


async def test_a_reporter_cannot_take_back_what_others_saw_too(store: Store) -> None:
    budi, child, parent = await cast(store, "MAS-3", "MAS-3")
    await merge(store, child, parent, budi)
    async with opened(store, parent) as (session, found):
        assert not await steps.recall(session, found, now=NOW)
    found = await look(store, parent)
    assert (found.state, found.is_recalled) == (S.RECEIVED, True)


async def test_who_may_open_only_the_part_neither_learns_of_its_case_nor_takes_it_out(store: Store) -> None:
    ppa, child, parent = await cast(store, "CRI-4", "RTK-1", unit="ppa")
    async with store.begin() as session:
        budi = staff(session)
    await merge(store, child, parent, ppa)
    async with opened(store, child, budi, ppa) as (session, found, general, special):
        case = await incidents.parent_of(session, found)
        assert incidents.visible_parent(general, case) is None
        assert incidents.visible_parent(special, case) is case
        assert incidents.visible_parent(special, None) is None
    with pytest.raises(NoSuchCase):
        await unmerge(store, child, budi)
    assert await state_of(store, child) is S.MERGED
    await unmerge(store, child, ppa)


async def test_a_case_that_waits_for_an_answer_goes_on_once_a_more_urgent_report_is_part_of_it(store: Store) -> None:
    budi, child, equal, parent = await cast(store, "MAS-1", "MAS-4", "MAS-4")
    async with opened(store, parent, budi) as (session, found, me):
        await steps.ask(session, found, me, now=NOW)
    await merge(store, equal, parent, budi)
    assert await state_of(store, parent) is S.NEEDS_INFO
    await merge(store, child, parent, budi, now=LATER)
    found = await look(store, parent)
    assert (found.state, found.priority, found.is_grave, found.asked_at) == (S.RECEIVED, "P0", True, None)
    assert (found.due_kind, found.due_at) == ("assign", LATER + 5 * MINUTE), "it was in hand, and still is"


async def test_what_was_grave_once_is_not_ended_by_merging_and_makes_its_case_grave(store: Store) -> None:
    budi, child, over, parent = await cast(store, "MAS-4", "MAS-4", "MAS-4")
    await end(store, over, budi)
    async with opened(store, child) as (_, found):
        found.is_grave = True
    with pytest.raises(merging.EndedBySomebodyElse):
        await merge(store, child, over, budi)
    await merge(store, child, parent, budi)
    assert (await look(store, parent)).is_grave


async def test_a_referral_is_every_witnesss_also_once_the_case_is_reopened(store: Store) -> None:
    budi, child, late, parent = await cast(store, "MAS-4", "MAS-4", "MAS-4")
    async with store.begin() as session:
        chief = staff(session, Role.COMMANDER)
    async with opened(store, child) as (_, found):
        drafts.change(found, found.touched_at, closing="Sudah bubar waktu itu.")
    await merge(store, child, parent, budi)
    kept = referral(BODY_BY_CODE["damkar"], NOW)
    async with opened(store, parent, budi) as (session, found, me):
        await steps.refer(session, found, kept, me, now=LATER)
        await incidents.share_referral(session, found)
    await merge(store, late, parent, budi, now=LATER)
    async with opened(store, parent, chief) as (session, found, commander):
        await steps.reopen(session, found, staff=commander, now=LATER)
    for witness in (child, late):
        found = await look(store, witness)
        assert await face(store, witness) is S.REFERRED
        assert (found.outcome, drafts.content_of(found).get("referral")) == ("referred", kept)
        assert "closing" not in drafts.content_of(found), "a former end's words are not told again"


async def test_who_came_along_into_an_end_goes_on_with_what_is_taken_out(store: Store) -> None:
    budi, witness, child, parent = await cast(store, "MAS-4", "MAS-4", "MAS-4")
    await merge(store, witness, child, budi)
    await end(store, parent, budi)
    await merge(store, child, parent, budi, now=LATER)
    assert (await look(store, witness)).outcome == "dispersed"
    await unmerge(store, child, budi, now=LATER)
    found = await look(store, witness)
    assert (found.merged_into, found.outcome) == (child.id, None)


async def test_both_cards_are_to_be_shown_anew(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    budi, child, parent = await cast(store, "MAS-3", "MAS-3")
    wanted: list[object] = []

    async def want(session: object, found: Report, *, now: dt.datetime) -> None:
        wanted.append(found.id)

    monkeypatch.setattr(cards, "want", want)
    await merge(store, child, parent, budi)
    assert set(wanted) == {child.id, parent.id}
    wanted.clear()
    await unmerge(store, child, budi)
    assert set(wanted) == {child.id, parent.id}
