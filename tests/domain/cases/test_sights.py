"""Sights: who is asked whether it still goes on, how often, and what all the answers come to."""

import datetime as dt
from typing import Any

import pytest

from domain.cases import thread
from domain.cases.incidents import merging, witnesses
from domain.cases.reporter import heartbeats
from domain.cases.reporter.heartbeats import Sight
from domain.cases.steps import Progress
from domain.policy import HEARTBEAT_AFTER
from models import Anonymity, Report, ReportState, Side
from models.engine import Store
from tests.cast import NOW, again, colleague, opened, report, staff

S = ReportState
LATER = NOW + HEARTBEAT_AFTER


async def one(store: Store, **told: Any) -> Report:
    async with store.begin() as session:
        return await report(session, **told)


async def due(store: Store, now: dt.datetime = LATER) -> int:
    async with store.begin() as session:
        found = await heartbeats.due(session, now)
        for case in found:
            heartbeats.asked(case, now=now)
        return len(found)


async def test_a_reporter_is_asked_twice_at_most_ten_minutes_apart(store: Store) -> None:
    await one(store, category="MAS-3")
    assert await due(store, LATER - dt.timedelta(seconds=1)) == 0
    assert await due(store) == 1
    assert await due(store) == 0
    assert await due(store, LATER + HEARTBEAT_AFTER) == 1
    assert await due(store, LATER + 9 * HEARTBEAT_AFTER) == 0


@pytest.mark.parametrize(
    ("state", "progress", "asks"),
    [
        (S.VERIFIED, None, 1),
        (S.ASSIGNED, None, 1),
        (S.HANDLING, Progress.ON_THE_WAY.value, 1),
        (S.HANDLING, Progress.ON_SCENE.value, 0),
        (S.NEEDS_INFO, None, 0),
        (S.RESOLVED, None, 0),
    ],
)
async def test_nobody_is_asked_once_the_police_are_there(
    store: Store, state: ReportState, progress: str | None, asks: int
) -> None:
    case = await one(store, category="MAS-3")
    async with opened(store, case) as (_session, found):
        found.state, found.progress = state, progress
    assert await due(store) == asks


async def test_the_question_gives_nobody_away(store: Store) -> None:
    await one(store, category="MAS-3", anonymity=Anonymity.FULL)
    await one(store, category="RTK-1")
    discreet = await one(store, category="MAS-3")
    async with opened(store, discreet) as (_session, found):
        found.is_discreet = True
    assert await due(store) == 0


async def test_what_is_over_is_not_asked_about_again(store: Store) -> None:
    case = await one(store, category="MAS-3")
    async with opened(store, case) as (session, found):
        heartbeats.asked(found, now=NOW)
        await heartbeats.answer(session, found, Sight.OVER, "Pelapor: sudah bubar.", now=NOW)
        (said,) = await thread.latest(session, found)
        assert (said.row.side, said.words) == (Side.SYSTEM, "Pelapor: sudah bubar.")
    assert await due(store, LATER + HEARTBEAT_AFTER) == 0


async def test_the_tally_counts_the_latest_answer_of_each_witness(store: Store) -> None:
    async with store.begin() as session:
        budi = staff(session)
        parent, first, second = [await report(session, category="MAS-3") for _ in range(3)]
        hidden = await report(session, category="MAS-3", anonymity=Anonymity.FULL)
        stranger = await report(session, category="MAS-3")
    async with store.begin() as session:
        me, whole = await colleague(session, budi), await again(session, parent)
        for child in (first, second, hidden):
            await merging.merge(session, await again(session, child), whole, me, now=NOW)
    async with store.begin() as session:
        question, asked = await witnesses.ask_all(session, await again(session, parent), None, now=NOW)
        assert {case.id for case in asked} == {parent.id, first.id, second.id}
        later, _ = await witnesses.ask_all(session, await again(session, parent), None, now=LATER)
    answers = (
        (question, parent, Sight.GOING_ON, NOW),
        (question, first, Sight.GOING_ON, NOW),
        (question, first, Sight.OVER, NOW),
        (question, second, Sight.OVER, NOW),
        (later, second, Sight.MOVED, LATER),
    )
    async with store.begin() as session:
        for asked_in, case, sight, at in answers:
            assert await witnesses.answer(session, asked_in.id, await again(session, case), sight, "…", now=at)
        not_theirs = await again(session, stranger)
        assert not await witnesses.answer(session, question.id, not_theirs, Sight.OVER, "…", now=NOW)
        counted = await witnesses.tally(session, await again(session, parent))
    assert counted == {"going_on": 1, "over": 1, "moved": 1}
