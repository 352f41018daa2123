"""Claims: one has a case in hand, the others are told who; nobody holds it for ever."""

import asyncio
import datetime as dt
from collections import Counter

import pytest

from domain.cases import access, claims, steps
from domain.cases.access import Staff
from domain.policy import CLAIM_HOLDS
from domain.reports.states import ReportHasMoved
from domain.roles import Role
from models import Report
from models.engine import Store
from tests.cast import NOW, again, opened, report, staff, state_of


async def two_dispatchers(store: Store, **told: str) -> tuple[Report, Staff, Staff]:
    async with store.begin() as session:
        return await report(session, **told), staff(session), staff(session)  # type: ignore[arg-type]


async def test_of_two_who_take_it_at_once_one_has_it(store: Store) -> None:
    """Two hundred times, each in a transaction of their own: one winner each, and one clear refusal."""
    async with store.begin() as session:
        budi, dewi = staff(session), staff(session)
        cases = [await report(session, words=f"balap liar {number}") for number in range(200)]

    async def takes(case: Report, who: Staff) -> str:
        try:
            async with opened(store, case, who) as (session, found, me):
                await steps.take(session, found, me, now=NOW)
        except claims.CaseIsTaken as refusal:
            return f"refused by {refusal.params['staff']}"
        return "taken"

    limit = asyncio.Semaphore(8)

    async def race(case: Report) -> Counter[str]:
        async with limit:
            return Counter(await asyncio.gather(takes(case, budi), takes(case, dewi)))

    results = await asyncio.gather(*[race(case) for case in cases])
    for result in results:
        assert result["taken"] == 1
        assert sum(result.values()) == 2
        assert set(result) <= {"taken", f"refused by {budi.name}", f"refused by {dewi.name}"}


async def test_a_claim_ends_by_itself_and_the_case_waits_again(store: Store) -> None:
    case, budi, dewi = await two_dispatchers(store)
    async with opened(store, case, budi) as (session, found, me):
        await steps.take(session, found, me, now=NOW)
        assert found.due_kind == "assign"
    later = NOW + CLAIM_HOLDS + dt.timedelta(seconds=1)
    async with store.begin() as session:
        left = await claims.expired(session, later)
        assert [each.id for each in left] == [case.id]
        await claims.release(session, left[0], now=later)
        assert left[0].due_kind == "claim"
    async with opened(store, case, dewi) as (session, found, me):
        await steps.take(session, found, me, now=later)


async def test_each_step_holds_it_longer(store: Store) -> None:
    case, budi, dewi = await two_dispatchers(store)
    async with opened(store, case, budi) as (session, found, me):
        await steps.take(session, found, me, now=NOW)
    almost = NOW + CLAIM_HOLDS - dt.timedelta(seconds=10)
    async with opened(store, case, budi) as (session, found, me):
        await steps.verify(session, found, me, now=almost)
    with pytest.raises(claims.CaseIsTaken):
        async with opened(store, case, dewi) as (session, found, me):
            await steps.take(session, found, me, now=almost + dt.timedelta(minutes=4))


async def test_a_commander_takes_over_and_a_dispatcher_does_not(store: Store) -> None:
    case, budi, dewi = await two_dispatchers(store)
    async with store.begin() as session:
        chief = staff(session, Role.COMMANDER)
    async with opened(store, case, budi) as (session, found, me):
        await steps.take(session, found, me, now=NOW)
    with pytest.raises(steps.NotAllowed):
        async with opened(store, case, dewi) as (session, found, me):
            await steps.take(session, found, me, now=NOW, takes_over=True)
    async with opened(store, case, chief) as (session, found, me):
        await steps.take(session, found, me, now=NOW, takes_over=True)
        assert found.claimed_by == chief.person.id


async def test_a_sensitive_case_does_not_exist_for_other_units(store: Store) -> None:
    async with store.begin() as session:
        case = await report(session, category="RTK-1", words="suami memukul istrinya")
        stranger, ppa, chief = staff(session), staff(session, unit="ppa"), staff(session, Role.COMMANDER)
    with pytest.raises(access.NoSuchCase):
        async with opened(store, case, stranger) as (session, found, me):
            await steps.take(session, found, me, now=NOW)
    async with opened(store, case, ppa) as (session, found, me):
        await steps.take(session, found, me, now=NOW)
        assert access.may_open(chief, found)


async def test_an_officer_sees_a_case_only_while_it_is_with_a_unit(store: Store) -> None:
    case, budi, _ = await two_dispatchers(store)
    async with store.begin() as session:
        patrol = staff(session, Role.OFFICER)
    async with opened(store, case, budi, patrol) as (session, found, me, officer):
        assert not access.may_open(officer, found)
        await steps.assign(session, found, "samapta", me, now=NOW)
        assert access.may_open(officer, found)


async def test_two_steps_at_once_do_not_both_count(store: Store) -> None:
    """The second was decided on what the case no longer is, so it is refused and may be tried again."""
    case, budi, _ = await two_dispatchers(store, category="MAS-1")

    async def assigns(unit: str) -> str:
        try:
            async with opened(store, case, budi) as (session, found, me):
                await asyncio.sleep(0)
                await steps.assign(session, found, unit, me, now=NOW)
        except (ReportHasMoved, steps.states.ReportCannotMove) as refusal:
            return type(refusal).__name__
        return "done"

    results = await asyncio.gather(assigns("samapta"), assigns("reskrim"))
    assert "done" in results
    assert (await state_of(store, case)).value == "assigned"
    async with store.read() as session:
        found = await again(session, case)
        assert found.unit in ("samapta", "reskrim")
