"""The table of states, every pair of it, and what a move does to the database."""

import itertools

import pytest
import sqlalchemy as sa

from domain.reports import states
from domain.reports.states import END_STATES, TRANSITIONS, Actor, ReportCannotMove, ReportHasMoved
from models import Person, Report, ReportEvent, ReportState
from models.engine import Store
from tests.domain.reports.conftest import NOW, told

S = ReportState
# Written out by hand, not derived: what may follow each state.
FOLLOWS = {
    S.DRAFT: {S.RECEIVED, S.WITHDRAWN},
    S.RECEIVED: {S.VERIFIED, S.ASSIGNED, S.NEEDS_INFO, S.REFERRED, S.REJECTED, S.MERGED, S.WITHDRAWN},
    S.VERIFIED: {S.ASSIGNED, S.NEEDS_INFO, S.RESOLVED, S.REFERRED, S.REJECTED, S.MERGED, S.WITHDRAWN},
    S.ASSIGNED: {S.VERIFIED, S.HANDLING, S.NEEDS_INFO, S.REFERRED},
    S.HANDLING: {S.ASSIGNED, S.NEEDS_INFO, S.RESOLVED, S.REFERRED},
    S.NEEDS_INFO: {S.RECEIVED, S.VERIFIED, S.ASSIGNED, S.HANDLING, S.REJECTED, S.MERGED, S.WITHDRAWN},
    S.RESOLVED: {S.RECEIVED, S.ARCHIVED},
    S.REFERRED: {S.RECEIVED, S.ARCHIVED},
    S.REJECTED: {S.RECEIVED, S.REFERRED, S.ARCHIVED},
    S.MERGED: {S.RECEIVED, S.VERIFIED, S.NEEDS_INFO, S.ARCHIVED},
    S.WITHDRAWN: {S.RECEIVED, S.ARCHIVED},
    S.ARCHIVED: set(),
}
PAIRS = list(itertools.product(S, S))


def test_there_are_144_pairs() -> None:
    assert len(PAIRS) == 144


@pytest.mark.parametrize(("from_state", "to"), PAIRS)
def test_each_pair_is_allowed_to_somebody_or_refused_to_everybody(from_state: S, to: S) -> None:
    allowed = {actor for actor in Actor if states.may_move(from_state, to, actor)}
    assert bool(allowed) == (to in FOLLOWS[from_state])


def test_only_a_reporter_withdraws_and_only_before_a_unit_has_it() -> None:
    withdrawals = {pair: actors for pair, actors in TRANSITIONS.items() if pair[1] is S.WITHDRAWN}
    assert {pair[0] for pair in withdrawals} == {S.DRAFT, S.RECEIVED, S.VERIFIED, S.NEEDS_INFO}
    assert set(withdrawals.values()) == {frozenset({Actor.REPORTER})}


def test_every_end_is_archived_by_time_alone() -> None:
    for end in END_STATES:
        assert TRANSITIONS[end, S.ARCHIVED] == {Actor.SYSTEM}


async def test_a_move_is_written_with_its_event(store: Store, siti: Person) -> None:
    report = await _received(store, siti)
    async with store.begin() as session:
        found = await session.get_one(Report, report.id)
        await states.move(session, found, S.VERIFIED, by=Actor.DISPATCHER, now=NOW)
        await states.move(session, found, S.WITHDRAWN, by=Actor.REPORTER, now=NOW, reason="solved itself")
    async with store.read() as session:
        found = await session.get_one(Report, report.id)
        events = list(await session.scalars(sa.select(ReportEvent).order_by(ReportEvent.sequence)))
    assert (found.state, found.version) == (S.WITHDRAWN, 4)
    assert [(event.from_state, event.to_state, event.by) for event in events] == [
        ("received", "verified", "dispatcher"),
        ("verified", "withdrawn", "reporter"),
    ]


async def test_of_two_moves_from_the_same_page_one_wins(store: Store, siti: Person) -> None:
    report = await _received(store, siti)
    async with store.read() as session:
        stale = await session.get_one(Report, report.id)
    async with store.begin() as session:
        await states.move(session, await session.get_one(Report, report.id), S.VERIFIED, by=Actor.DISPATCHER, now=NOW)
    async with store.begin() as session:
        with pytest.raises(ReportHasMoved):
            await states.move(session, stale, S.WITHDRAWN, by=Actor.REPORTER, now=NOW)


async def test_what_the_table_does_not_name_changes_nothing(store: Store, siti: Person) -> None:
    report = await _received(store, siti)
    async with store.begin() as session:
        found = await session.get_one(Report, report.id)
        with pytest.raises(ReportCannotMove):
            await states.move(session, found, S.HANDLING, by=Actor.UNIT, now=NOW)
        with pytest.raises(ReportCannotMove):
            await states.move(session, found, S.VERIFIED, by=Actor.REPORTER, now=NOW)
    assert (found.state, found.version) == (S.RECEIVED, 2)


async def _received(store: Store, siti: Person) -> Report:
    async with store.begin() as session:
        report = told(siti)
        report.state, report.version = S.RECEIVED, 2
        session.add_all([siti, report])
    return report
