"""Duplicates: what may be about the same thing is shown to a dispatcher, and nothing that they may not open."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.cases import steps
from domain.cases.access import Staff
from domain.cases.incidents import duplicates
from domain.policy import NEAR_AFTER_ITS_END
from domain.reports import drafts, states
from domain.reports.states import Actor
from domain.roles import Role
from models import Report, ReportState
from models.engine import Store
from tests.cast import NOW, again, opened, report, staff

MINUTE = dt.timedelta(minutes=1)
ALUN_ALUN = (-8.1689, 113.7022)
METRE = 1 / 111_195  # of latitude, in degrees


async def pinned(session: AsyncSession, metres: float = 0, minutes: int = 0, category: str = "MAS-1") -> Report:
    found = await report(session, category=category, words="Tawuran", now=NOW + minutes * MINUTE)
    drafts.change(found, found.touched_at, pin=[ALUN_ALUN[0] + metres * METRE, ALUN_ALUN[1]])
    return found


async def numbers_near(store: Store, found: Report, who: Staff, now: dt.datetime = NOW) -> list[str | None]:
    async with opened(store, found, who) as (session, case, me):
        return [likeness.report.number for likeness in await duplicates.near(session, case, me, now=now)]


async def test_what_was_told_near_the_pin_and_the_hour_is_shown_the_likeliest_first(store: Store) -> None:
    async with store.begin() as session:
        budi, first = staff(session), await pinned(session)
        close = await pinned(session, metres=120, minutes=8)
        fight = await pinned(session, metres=90, minutes=8, category="CRI-5")
        far = await pinned(session, metres=900, minutes=50)
        await pinned(session, metres=1100, minutes=1)
        await pinned(session, metres=50, minutes=130)
        await pinned(session, metres=50, minutes=5, category="PEK-2")
    async with opened(store, first, budi) as (session, case, me):
        found = await duplicates.near(session, case, me, now=NOW)
    assert [likeness.report.number for likeness in found] == [close.number, fight.number, far.number]
    assert (found[0].metres, found[0].minutes, found[0].is_close) == (120, 8, True)
    assert not found[2].is_close


async def test_without_a_pin_the_area_and_the_words_decide(store: Store) -> None:
    async with store.begin() as session:
        budi = staff(session)
        first = await report(session, words="Balap liar depan SMAN Arjasa, knalpot brong")
        same = await report(session, words="ada balap liar, knalpot brong semua")
        await report(session, words="balap liar knalpot brong", area="35.09.19")
        await report(session, words="kucing tetangga berisik")
    async with opened(store, first, budi) as (session, case, me):
        found = await duplicates.near(session, case, me, now=NOW)
    assert [likeness.report.number for likeness in found] == [same.number]
    assert set(found[0].shared) >= {"balap", "liar", "knalpot", "brong"}


async def test_only_open_cases_and_those_that_ended_a_moment_ago(store: Store) -> None:
    async with store.begin() as session:
        budi, first = staff(session), await pinned(session)
        ended, rejected = await pinned(session, category="MAS-4"), await pinned(session, category="MAS-4")
        await steps.verify(session, ended, budi, now=NOW)
        await steps.end(session, ended, ReportState.RESOLVED, "dispersed", budi, by=Actor.DISPATCHER, now=NOW)
        await states.move(session, rejected, ReportState.REJECTED, by=Actor.DISPATCHER, now=NOW)
    assert await numbers_near(store, first, budi) == [ended.number]
    assert await numbers_near(store, first, budi, NOW + NEAR_AFTER_ITS_END) == []


async def test_what_they_may_not_open_is_not_there(store: Store) -> None:
    async with store.begin() as session:
        budi, first = staff(session), await pinned(session)
        intel, chief = staff(session, unit="intelkam"), staff(session, Role.COMMANDER)
        secret = await pinned(session, metres=10, category="MAS-2")
    assert await numbers_near(store, first, budi) == []
    assert await numbers_near(store, first, intel) == await numbers_near(store, first, chief) == [secret.number]


async def test_of_very_many_no_more_than_five_are_shown(store: Store) -> None:
    async with store.begin() as session:
        budi, first = staff(session), await pinned(session)
        for metres in range(9):
            await pinned(session, metres=metres)
    assert len(await numbers_near(store, first, budi)) == 5


async def test_the_search_goes_by_an_index(store: Store) -> None:
    async with store.begin() as session:
        first = await again(session, await pinned(session))
        seen: list[str] = []
        engine = session.get_bind()
        sa.event.listen(engine, "before_cursor_execute", lambda *told: seen.append((told[2], told[3])))  # type: ignore[arg-type]
        await duplicates._candidates(session, first, NOW)
        statement, values = seen[-1]
        if engine.dialect.name == "sqlite":
            plan = await (await session.connection()).exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            assert "ix_reports_category (category_code=? AND filed_at>? AND filed_at<?)" in str(plan.all())


def test_people_hesitate_between_kindred_groups_only() -> None:
    assert {"MAS-1", "CRI-5", "LLT-1", "INF-5"} <= set(duplicates.kindred_codes("MAS-1"))
    assert not {"RTK-1", "PEK-1"} & set(duplicates.kindred_codes("MAS-1"))
    assert {"RTK-1", "BCN-1"} <= set(duplicates.kindred_codes(None))
