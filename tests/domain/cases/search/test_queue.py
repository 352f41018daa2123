"""The queue: what somebody should take first comes first."""

import datetime as dt
from typing import Any

import pytest

from domain.cases.access import Staff
from domain.cases.search import queue
from domain.cases.search.queue import Queue
from domain.roles import Role
from models import Report, ReportState
from models.engine import Store
from tests.domain.cases.plans import plans_of, reads_all
from tests.domain.cases.search.test_search import NOW, case, staff

MINUTE = dt.timedelta(minutes=1)


def waiting(words: str, priority: str, minutes: float | None, **values: Any) -> Report:
    since = None if minutes is None else NOW - MINUTE * minutes
    return case(words, priority=priority, waiting_since=since, **values)


async def look(store: Store, who: Staff, **options: Any) -> Queue:
    async with store.read() as session:
        return await queue.queue(session, who, **options)


def told(found: Queue) -> list[str]:
    return [(report.content or {})["words"] for report in found.reports]


@pytest.fixture
async def me(store: Store) -> Staff:
    who = staff()
    async with store.begin() as session:
        session.add(who.person)
        await session.flush()
        session.add_all(
            [
                waiting("pranked", "P0", 9, state=ReportState.REJECTED),
                waiting("new", "P1", 1),
                waiting("mine", "P3", 2, claimed_by=who.person.id),
                waiting("older", "P1", 20, state=ReportState.VERIFIED),
                waiting("asked back", "P1", None, state=ReportState.NEEDS_INFO),
                waiting("urgent", "P0", 1),
                waiting("elsewhere", "P2", 50, area_code="35.09.12"),
                waiting("sensitive", "P0", 99, category_code="RTK-1"),
            ]
        )
    return who


async def test_mine_first_then_by_priority_then_by_waiting(store: Store, me: Staff) -> None:
    found = await look(store, me)
    assert told(found) == ["mine", "urgent", "older", "new", "asked back", "elsewhere"]
    assert found.counts == {"P0": 1, "P1": 3, "P2": 1, "P3": 1}
    assert (found.has_next, found.is_more) == (False, False)


async def test_a_unit_and_commanders_see_what_is_theirs(store: Store, me: Staff) -> None:
    assert told(await look(store, staff(Role.DISPATCHER, units=("ppa",))))[0] == "sensitive"
    assert "sensitive" in told(await look(store, staff(Role.COMMANDER)))
    assert "sensitive" not in told(await look(store, staff(Role.DISPATCHER, units=("reskrim",))))
    assert told(await look(store, staff(Role.OFFICER))) == []


async def test_one_area_and_mine_alone(store: Store, me: Staff) -> None:
    assert told(await look(store, me, area="35.09.12")) == ["elsewhere"]
    found = await look(store, me, mine=True)
    assert told(found) == ["mine"]
    assert sum(found.counts.values()) == 1


async def test_pages_follow_each_other(store: Store, me: Staff) -> None:
    pages = [await look(store, me, limit=4, skip=skip) for skip in (0, 4)]
    assert [told(page) for page in pages] == [["mine", "urgent", "older", "new"], ["asked back", "elsewhere"]]
    assert [page.has_next for page in pages] == [True, False]


async def test_more_than_anybody_counts_is_said_to_be_more(
    store: Store, me: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "COUNTED_MAX", 3)
    found = await look(store, me)
    assert found.is_more
    assert sum(found.counts.values()) == 3


async def test_the_queue_reads_what_is_open_and_nothing_else(store: Store, me: Staff) -> None:
    for options in ({}, {"area": "35.09.21"}, {"mine": True}):
        plans = await plans_of(store, lambda session, o=options: queue.queue(session, me, **o))
        assert plans
        for plan in plans:
            assert not reads_all(plan), plan
