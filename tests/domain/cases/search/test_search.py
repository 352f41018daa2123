"""What is looked for is found, the newest first, and by nobody who may not open it."""

import datetime as dt
import itertools
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from domain.area_map import AreaMap
from domain.cases import corrections, retention, thread
from domain.cases.access import Staff
from domain.cases.search import search, terms
from domain.cases.search.query import parse
from domain.cases.search.search import Found
from domain.roles import Role
from models import Anonymity, Person, Place, Report, ReportState, SearchTerm, Side, new_id, sealing
from models.engine import Store
from tests.domain.cases.plans import plans_of, reads_all

NOW = dt.datetime(2026, 11, 24, 14, 5, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
AREAS = AreaMap()
numbers = itertools.count()
HITAM, MERAH, ROBBED = "motor hitam dicuri, plat P 1234 XY", "motor merah hilang", "dirampok dua orang naik motor"


def case(words: str, *, ago: dt.timedelta = HOUR, number: str = "", **values: Any) -> Report:
    content = {name: values.pop(name) for name in ("place", "pin", "name") if name in values}
    number = number or f"JBR-22{next(numbers) % 10}-{next(numbers):04}"
    given = {
        "state": ReportState.RECEIVED,
        "category_code": "CRI-1",
        "area_code": "35.09.21",
        "priority": "P1",
        **values,
    }
    report = Report(id=new_id(), number=number, version=2, touched_at=NOW, filed_at=NOW - ago, **given)
    report.begin_case()
    report.content = {"words": words, **content}
    return report


def staff(*roles: Role, units: tuple[str, ...] = ()) -> Staff:
    number = 900 + next(numbers)
    person = Person(
        id=new_id(), telegram_index=sealing.number_index("person", number), language="id", staff_number=number
    )
    person.telegram_id = number
    return Staff(person, frozenset(roles or (Role.DISPATCHER,)), frozenset(units))


async def file(store: Store, *reports: Report) -> None:
    async with store.begin() as session:
        session.add_all(reports)
        await session.flush()
        for report in reports:
            await terms.index_case(session, report)


async def look(store: Store, text: str, who: Staff | None = None, **options: Any) -> Found:
    async with store.read() as session:
        query = parse(text, AREAS, NOW.astimezone(ZoneInfo("Asia/Jakarta")))
        return await search.find(session, who or staff(), query, **options)


async def words(store: Store, text: str, who: Staff | None = None) -> list[str]:
    return [(report.content or {})["words"] for report in (await look(store, text, who)).reports]


@pytest.fixture
async def filled(store: Store) -> Store:
    pasar = Place(name="Pasar Tanjung", kind="market", latitude=-8.1724, longitude=113.7005, made_at=NOW)
    async with store.begin() as session:
        session.add(pasar)
    await file(
        store,
        case(HITAM, ago=26 * HOUR, number="JBR-7KQ-M3XD", pin=[-8.1730, 113.7001]),
        case(MERAH, ago=2 * HOUR, place="depan Pasar Tanjung", state=ReportState.RESOLVED),
        case("pencurian kambing", category_code="CRI-4", area_code="35.09.31", ago=3 * HOUR),
        case(ROBBED, category_code="CRI-2", ago=HOUR, state=ReportState.REJECTED),
        case("suami memukul istrinya di rumah", category_code="RTK-1", ago=HOUR / 2),
        case("motor balap", category_code="MAS-3", ago=24 * 30 * HOUR, pin=[-8.3, 113.6]),
    )
    return store


# What is typed, and what is found: newest first.
FINDS: tuple[tuple[str, list[str]], ...] = (
    ("JBR-7KQ-M3XD", [HITAM]),
    ("m3xd", [HITAM]),
    ("p1234xy", [HITAM]),
    ("1234", [HITAM]),
    ("MOTOR", [ROBBED, MERAH, HITAM, "motor balap"]),
    ("motor hitam", [HITAM]),
    ("mencuri", ["pencurian kambing", HITAM]),
    ("CRI-4", ["pencurian kambing"]),
    ("polsek sumberjambe", ["pencurian kambing"]),
    ("perampokan", [ROBBED]),
    ("balap liar", ["motor balap"]),
    ("motor kemarin", [HITAM]),
    ("motor hari ini", [ROBBED, MERAH]),
    ("oktober", ["motor balap"]),
    ("motor ditolak", [ROBBED]),
    ("selesai", [MERAH]),
    ("motor terbuka", [HITAM, "motor balap"]),
    ("dekat -8.1731, 113.7003", [HITAM]),
    ("dekat pasar tanjung", [HITAM]),
    ("dekat pasar tanjung merah", []),
    ("dekat simpang lima", []),
    ("zamrud", []),
    ("motor zamrud", []),
    ("motor kambing", []),
    ("JBR-999-9999", []),
)


async def test_every_way_to_look_finds_what_it_should(filled: Store) -> None:
    for typed, found in FINDS:
        assert await words(filled, typed) == found, typed


async def test_what_is_sensitive_is_found_by_its_unit_and_commanders_alone(filled: Store) -> None:
    for typed in ("memukul", "RTK-1", "rumah suami", "hari ini", "terbuka", "diterima"):
        mine = await words(filled, typed, staff(Role.DISPATCHER, units=("ppa",)))
        assert "suami memukul istrinya di rumah" in mine, typed
        assert "suami memukul istrinya di rumah" in await words(filled, typed, staff(Role.COMMANDER)), typed
        for other in (staff(), staff(Role.DISPATCHER, units=("reskrim",)), staff(Role.OFFICER), staff(Role.ADMIN)):
            assert "suami memukul istrinya di rumah" not in await words(filled, typed, other), typed


async def test_a_sensitive_case_is_not_found_by_its_number_either(store: Store) -> None:
    await file(store, case("rahasia", category_code="RTK-2", number="JBR-234-5678"))
    assert await words(store, "JBR-234-5678") == []
    assert await words(store, "jbr 234") == []
    assert await words(store, "JBR-234-5678", staff(Role.COMMANDER)) == ["rahasia"]


async def test_what_is_hidden_makes_no_page_shorter_and_no_search_partial(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "GLANCE", 5)
    monkeypatch.setattr(search, "WALKED_MAX", 10)
    await file(store, *(case("motor", category_code="RTK-1", ago=HOUR * n / 100) for n in range(30)))
    await file(store, *(case("motor", ago=HOUR * (50 + n)) for n in range(4)))
    found = await look(store, "motor")
    assert (len(found.reports), found.is_partial, found.has_more) == (4, False, False)


async def test_pages_follow_each_other_without_gap_or_repetition(store: Store) -> None:
    filed = [case(f"motor {n}", ago=HOUR * n / 7, category_code=("CRI-1", "RTK-1")[n % 2]) for n in range(23)]
    await file(store, *filed)
    newest = [report.number for report in sorted(filed, key=lambda report: report.filed_at or NOW, reverse=True)]
    who = staff(Role.COMMANDER)
    for typed in ("motor", "terbuka", "november"):
        seen: list[str | None] = []
        found = await look(store, typed, who, limit=5)
        while found.reports:
            seen += [report.number for report in found.reports]
            if not found.has_more:
                break
            found = await look(store, typed, who, limit=5, after=found.reports[-1].id)
        assert sorted(map(str, seen)) == sorted(map(str, newest)), typed
        assert seen[:3] == newest[:3] or typed == "motor", typed  # of a word's cases only the quarter hour is known


async def test_a_search_that_ended_at_its_bound_says_so(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "GLANCE", 3)
    monkeypatch.setattr(search, "WALKED_MAX", 8)
    await file(store, *(case("motor hitam" if n < 12 else "motor hitam besar", ago=HOUR * n) for n in range(20)))
    await file(store, *(case("besar", ago=HOUR * n) for n in range(20)))
    found = await look(store, "motor besar", limit=5)
    assert found.is_partial
    assert found.reports == ()
    common = await look(store, "motor hitam", limit=5)
    assert (len(common.reports), common.is_partial, common.has_more) == (5, False, True)
    monkeypatch.setattr(search, "REPORTS_WALKED_MAX", 8)
    rejected = await look(store, "ditolak")
    assert rejected.is_partial


async def test_what_is_said_later_is_found_and_what_is_told_to_the_reporter_is_not(store: Store) -> None:
    report = case("motor hilang")
    await file(store, report)
    async with store.begin() as session:
        kept = await session.get_one(Report, report.id)
        said = await thread.say(session, kept, Side.REPORTER, "ada stiker garuda", now=NOW)
        await thread.correct(session, kept, said, "ada stiker rajawali", now=NOW)
        await thread.say(session, kept, Side.NOTE, "saksi bernama kenanga", now=NOW)
        await thread.say(session, kept, Side.STAFF, "mohon datang membawa cempaka", now=NOW)
    for told in ("garuda", "rajawali", "kenanga"):
        assert await words(store, told) == ["motor hilang"]
    assert await words(store, "cempaka") == []


async def test_a_corrected_category_area_and_place_are_found_and_the_former_are_not(store: Store) -> None:
    report, who = case("motor hilang"), staff(Role.COMMANDER)
    async with store.begin() as session:
        session.add(who.person)
    await file(store, report)
    async with store.begin() as session:
        kept = await session.get_one(Report, report.id)
        await thread.say(session, kept, Side.NOTE, "saksi bernama kenanga", now=NOW)
        await corrections.set_category(session, kept, "RTK-1", who, now=NOW)
        await corrections.set_area(session, kept, "35.09.12", who, AREAS, now=NOW)
        await corrections.set_place(session, kept, "Pantai Watu Ulo", who, now=NOW)
    assert await words(store, "motor") == await words(store, "kenanga") == [], "it is not theirs any more"
    for typed in ("motor", "kenanga", "RTK-1", "polsek ambulu", "watu ulo"):
        assert await words(store, typed, who) == ["motor hilang"], typed
    for typed in ("CRI-1", "polsek sumbersari"):
        assert await words(store, typed, who) == [], typed


async def test_the_name_that_a_reporter_typed_finds_nothing(store: Store) -> None:
    await file(store, case("motor hilang", name="Sulastri", anonymity=Anonymity.NAMED))
    assert await words(store, "sulastri") == []


async def test_a_case_has_no_more_than_so_many_terms(store: Store) -> None:
    report = case(" ".join(f"kata{n:03}" for n in range(500)))
    await file(store, report)
    async with store.begin() as session:
        kept = await session.get_one(Report, report.id)
        await terms.add_words(session, kept, " ".join(f"lagi{n:03}" for n in range(500)))
    assert await _count(store) == terms.TERMS_MAX


async def test_terms_say_neither_word_nor_moment(store: Store) -> None:
    filed_at = dt.datetime(2026, 11, 24, 13, 52, 41, tzinfo=dt.UTC)
    await file(store, case("kenanga", ago=NOW - filed_at))
    async with store.read() as session:
        rows = list(await session.scalars(sa.select(SearchTerm)))
    assert {row.quarter for row in rows} == {terms.quarter_of(filed_at.replace(minute=45, second=0))}
    assert all(len(row.term) == 8 and b"kenanga" not in row.term for row in rows)
    assert terms.hashed("", "w:kenanga") != terms.hashed("ppa", "w:kenanga")


async def test_the_terms_go_with_the_case(store: Store) -> None:
    erased, forgotten, gone = (case("kenanga", state=ReportState.RESOLVED) for _ in range(3))
    await file(store, erased, forgotten, gone)
    async with store.begin() as session:
        await retention.erase_case(session, await session.get_one(Report, erased.id), NOW)
        await terms.forget(session, forgotten.id)
        await session.execute(sa.delete(Report).where(Report.id == gone.id))
    assert await _count(store) == 0
    assert await words(store, "kenanga") == []


async def test_a_case_that_is_indexed_twice_has_its_terms_once(store: Store) -> None:
    report = case("kenanga mawar")
    await file(store, report)
    before = await _count(store)
    async with store.begin() as session:
        kept = await session.get_one(Report, report.id)
        await terms.index_case(session, kept)
        await terms.add_words(session, kept, "mawar kenanga")
    assert await _count(store) == before


async def _count(store: Store) -> int:
    async with store.read() as session:
        return await session.scalar(sa.select(sa.func.count()).select_from(SearchTerm)) or 0


PLANNED = (
    "motor", "motor hitam", "motor zamrud", "motor polsek ajung CRI-1", "motor ditolak", "motor terbuka",
    "begal kemarin", "dekat -8.1724, 113.7005", "ditolak", "terbuka", "november", "JBR-222-2222",
)  # fmt: skip


async def test_no_search_reads_whole_tables(store: Store) -> None:
    await file(store, *(case("motor hitam", ago=HOUR * n) for n in range(30)))
    for typed in PLANNED:
        for role in (Role.DISPATCHER, Role.COMMANDER):
            query = parse(typed, AREAS, NOW)
            for plan in await plans_of(store, lambda session, q=query, r=role: search.find(session, staff(r), q)):
                assert not reads_all(plan), f"{typed}: {plan}"


async def test_a_words_newest_cases_need_no_sorting_on_sqlite(store: Store) -> None:
    """PostgreSQL sorts what it takes for little."""
    await file(store, *(case("motor hitam", ago=HOUR * n) for n in range(30)))
    query = parse("motor hitam", AREAS, NOW)
    plans = await plans_of(store, lambda session: search.find(session, staff(), query))
    walks = [plan for plan in plans if "ORDER" in plan.partition("\n")[0] and "search_terms" in plan]
    assert walks
    for plan in walks:
        assert "TEMP B-TREE" not in plan, plan
