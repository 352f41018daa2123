"""Asking: what the handlers call, in a session of its own, with the results loaded and their content opened."""

import time
import uuid
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from bench.cases.loading import KEY
from bench.cases.made import AREAS, NOW
from bench.figures import percentile
from domain.cases.access import Staff
from domain.cases.search import queue, search, terms
from domain.cases.search.query import Query, parse
from domain.reports import drafts
from domain.roles import Role
from models import Person, Report
from models.engine import Store
from models.sealing import new_case_key, number_index


@dataclass(frozen=True)
class Asked:
    """A kind of search, with texts of that kind."""

    kind: str
    texts: tuple[str, ...]
    is_commander: bool = False


WORDS = "dua orang naik motor hitam tanpa lampu, mengambil motor dari teras lalu lari ke arah timur, warga mengejar"

ASKED = (
    Asked("a number", ()),
    Asked("a plate", ("P 1234 XY", "p4321ab", "plat 4711", "1945")),
    Asked("one common word", ("motor", "malam", "warga", "hitam")),
    Asked("two common words", ("motor hitam", "malam sepi", "warga takut", "helm merah")),
    Asked("three common words", ("motor hitam malam", "dua orang helm", "lari arah timur")),
    Asked("a common and a rare word", ("motor kerambit", "malam 4711", "warga gendam")),
    Asked("words that never meet", ("kambing knalpot", "tembakau tawuran", "pinjol kebakaran")),
    Asked("a word that nobody said", ("zamrud", "motor zamrud", "xylofon malam")),
    Asked("word and rare area", ("motor polsek sumberjambe", "malam polsek jelbuk", "hitam polsek silo")),
    Asked("word, area and category", ("malam polsek sumberjambe CRI-4", "warga polsek silo BCN-3")),
    Asked("word and state", ("motor ditolak", "malam digabung", "warga ditarik")),
    Asked("open cases with a word", ("motor terbuka", "malam ditangani", "kerambit baru")),
    Asked("category and days", ("CRI-1 7 hari", "begal kemarin", "kecelakaan 3 hari")),
    Asked("a month", ("november 2025", "ditolak maret 2026", "polsek ambulu juni 2026")),
    Asked("near a point", ("dekat -8.1724, 113.7005", "dekat -8.1849, 113.6769 motor", "sekitar -8.3694, 113.6057")),
    Asked("a state alone", ("ditarik", "dilimpahkan", "digabung")),
    Asked("hidden from the asker", ("kdrt", "narkoba", "pelecehan seksual")),
    Asked("a commander, common words", ("malam", "motor hitam", "warga takut sepi"), is_commander=True),
    Asked("a commander, rare", ("motor zamrud", "kerambit", "kdrt polsek silo"), is_commander=True),
)


QUEUES: dict[str, dict[str, Any]] = {
    "the queue": {},
    "the queue of one area": {"area": "35.09.21"},
    "its page 20": {"skip": 190},
}


@dataclass(frozen=True)
class Timed:
    what: str
    p50_ms: float
    p95_ms: float
    longest_ms: float
    results: int
    partial: int
    each_ms: tuple[float, ...] = ()


async def measure(store: Store, rounds: int) -> list[Timed]:
    """Every kind of search and the queue; each text so many times, after once unmeasured."""
    async with store.read() as session:
        numbers = tuple(str(number) for number in await session.scalars(sa.select(Report.number).limit(4)))
    lines = []
    for asked in ASKED:
        staff = _staff(Role.COMMANDER if asked.is_commander else Role.DISPATCHER)
        queries = [parse(text, AREAS, NOW) for text in asked.texts or numbers]
        lines.append(await _time(store, asked.kind, rounds, [_searching(staff, query) for query in queries]))
    every = [taken for line in lines for taken in line.each_ms]
    lines.append(
        timed("**all of these**", every, sum(line.results for line in lines), sum(line.partial for line in lines))
    )
    for kind, options in QUEUES.items():
        lines.append(await _time(store, kind, rounds * 3, [_queueing(_staff(Role.DISPATCHER), options)]))
    lines.append(await _time_writing(store, rounds * 3))
    return lines


def timed(what: str, taken: list[float], results: int, partial: int) -> Timed:
    return Timed(what, percentile(taken, 0.5), percentile(taken, 0.95), max(taken), results, partial, tuple(taken))


def _staff(role: Role) -> Staff:
    return Staff(Person(id=uuid.UUID(int=7), telegram_index=number_index("person", 7)), frozenset({role}))


Deed = Callable[[AsyncSession], Coroutine[Any, Any, tuple[Sequence[Report], bool]]]


def _searching(staff: Staff, query: Query) -> Deed:
    async def deed(session: AsyncSession) -> tuple[Sequence[Report], bool]:
        found = await search.find(session, staff, query)
        return found.reports, found.is_partial

    return deed


def _queueing(staff: Staff, options: dict[str, Any]) -> Deed:
    async def deed(session: AsyncSession) -> tuple[Sequence[Report], bool]:
        shown = await queue.queue(session, staff, **options)
        return shown.reports, shown.is_more

    return deed


async def _time(store: Store, what: str, rounds: int, deeds: list[Deed]) -> Timed:
    """Once unmeasured: what comes to light is sealed as it would be, so that opening it costs what it costs."""
    taken: list[float] = []
    results = partial = 0
    for deed in deeds:
        async with store.write() as session:
            reports, is_partial = await deed(session)
            for report in reports:
                seal(report)
            await session.commit()
        results, partial = results + len(reports), partial + is_partial
    for _ in range(rounds):
        for deed in deeds:
            started = time.perf_counter()
            async with store.read() as session:
                reports, _ = await deed(session)
                assert all(drafts.words_of(report) for report in reports)
            taken.append(1000 * (time.perf_counter() - started))
    return timed(what, taken, results, partial)


async def _time_writing(store: Store, rounds: int) -> Timed:
    """A case's terms written anew, with the commit: what a report costs more since it can be found."""
    async with store.read() as session:
        found = await search.find(session, _staff(Role.DISPATCHER), parse("motor hitam", AREAS, NOW))
    taken: list[float] = []
    for turn in range(rounds):
        started = time.perf_counter()
        async with store.begin() as session:
            report = await session.get_one(Report, found.reports[turn % len(found.reports)].id)
            await terms.index_case(session, report)
        taken.append(1000 * (time.perf_counter() - started))
    return timed("a case's terms written anew", taken, rounds, 0)


def seal(report: Report) -> None:
    """With a key of its own, unless that was done before."""
    assert report.case_key is not None
    if report.case_key.key_sealed == KEY:
        report.case_key.key_sealed = new_case_key(f"case_keys:key_sealed:{report.id.hex}")
        report.content = {"words": WORDS, "place": "pasar tanjung", "pin": [-8.17, 113.7]}
