"""Clocks: a broken promise goes up, step by step, and only a person ends it."""

import datetime as dt

import pytest
import sqlalchemy as sa

from domain.cases import claims, clocks, closings, corrections, steps
from domain.policy import CLAIM_HOLDS, PROMISES
from handlers.cases import alarms
from models import Anonymity, OutboxMessage, ReportState
from models.engine import Store
from tests.cast import NOW, again, opened, report, staff

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


async def test_a_fully_anonymous_report_is_not_late_from_the_first_moment(store: Store) -> None:
    """Its time is kept to the quarter hour; its clock still gives the police the minutes that they have."""
    now = NOW + dt.timedelta(minutes=14, seconds=20)
    async with store.begin() as session:
        case, budi = await report(session, category="MAS-1", anonymity=Anonymity.FULL, now=now), staff(session)
        assert case.waiting_since == case.filed_at == NOW
        assert now + MINUTE < case.due_at <= now + 3 * MINUTE
    async with opened(store, case, budi) as (session, found, dispatcher):
        await steps.take(session, found, dispatcher, now=now + MINUTE)
        assert found.due_at > now + 5 * MINUTE


async def test_a_higher_priority_shortens_the_time(store: Store) -> None:
    async with store.begin() as session:
        case, budi = await report(session, category="INF-1"), staff(session)
    async with opened(store, case, budi) as (session, found, dispatcher):
        await corrections.set_priority(session, found, "P0", dispatcher, now=NOW)
        assert found.due_at == NOW + 5 * MINUTE


async def test_every_alarm_is_heard_however_often_it_was_taken_before(store: Store) -> None:
    """Taken, left lying, overdue again: each time somebody hears of it anew."""
    async with store.begin() as session:
        case, budi = await report(session, category="MAS-1"), staff(session)
    now, before = NOW, 0
    for _ in range(3):
        for _ in range(3):
            async with opened(store, case) as (session, found):
                now = found.due_at
            async with store.begin() as session:
                assert await alarms.sound_alarms(session, now) == 1
            async with store.read() as session:
                told = await session.scalar(sa.select(sa.func.count()).select_from(OutboxMessage))
            assert told >= before
        assert told > before
        before = told
        async with opened(store, case, budi) as (session, found, dispatcher):
            await steps.take(session, found, dispatcher, now=now)
            now += CLAIM_HOLDS
            await claims.release(session, found, now=now)


async def test_a_case_that_is_changed_at_this_moment_is_left_for_the_next_look(store: Store) -> None:
    async with store.begin() as session:
        case, budi = await report(session, category="CRI-4"), staff(session)
    late = NOW + dt.timedelta(hours=2)
    async with opened(store, case, budi) as (session, found, dispatcher):
        await steps.verify(session, found, dispatcher, now=late)
        if session.get_bind().dialect.name == "postgresql":
            async with store.begin() as other:
                assert not await clocks.overdue(other, late)
        await closings.close(session, found, ReportState.RESOLVED, "information", None, dispatcher, now=late)
    async with store.read() as session:
        ended = await again(session, case)
        assert (ended.due_at, ended.due_kind) == (None, None)
