"""Clocks: a broken promise goes up, step by step, and only a person ends it."""

import datetime as dt

import pytest

from domain.cases import clocks, steps
from domain.policy import PROMISES
from models.engine import Store
from tests.cast import NOW, opened, report, staff

MINUTE = dt.timedelta(minutes=1)


@pytest.mark.parametrize(("category", "priority"), [("MAS-1", "P0"), ("MAS-3", "P1"), ("CRI-4", "P2"), ("INF-1", "P3")])
async def test_each_priority_has_its_time(store: Store, category: str, priority: str) -> None:
    async with store.begin() as session:
        case = await report(session, category=category)
        assert case.priority == priority
        assert case.due_at == NOW + dt.timedelta(minutes=PROMISES[priority]["claim"])
        assert not await clocks.overdue(session, case.due_at - MINUTE)
        assert [late.id for late in await clocks.overdue(session, case.due_at)] == [case.id]


async def test_an_alarm_that_nobody_hears_comes_again_and_again(store: Store) -> None:
    async with store.begin() as session:
        case = await report(session, category="MAS-1")
    now, heard = NOW, []
    for _ in range(12):
        async with opened(store, case) as (session, found):
            now = found.due_at
            heard.append((clocks.escalate(found, now=now), found.due_at - now))
    assert [step for step, _ in heard] == list(range(1, 13)), "it has no last step"
    assert {wait for step, wait in heard if step < 3} == {MINUTE}
    assert {wait for step, wait in heard if step >= 3} == {10 * MINUTE}


async def test_taking_it_ends_the_alarm_and_starts_the_next_promise(store: Store) -> None:
    async with store.begin() as session:
        case, budi = await report(session, category="MAS-1"), staff(session)
    async with opened(store, case, budi) as (session, found, dispatcher):
        clocks.escalate(found, now=NOW + 2 * MINUTE)
        await steps.take(session, found, dispatcher, now=NOW + 3 * MINUTE)
        assert (found.escalation, found.due_kind) == (0, "assign")
        assert found.due_at == NOW + 5 * MINUTE, "the reporter has been waiting since they sent it"


async def test_a_higher_priority_shortens_the_time(store: Store) -> None:
    async with store.begin() as session:
        case, budi = await report(session, category="INF-1"), staff(session)
    async with opened(store, case, budi) as (session, found, dispatcher):
        await steps.set_priority(session, found, "P0", dispatcher, now=NOW)
        assert found.due_at == NOW + 5 * MINUTE
