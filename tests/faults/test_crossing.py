"""Many cases at once: no word crosses from one case or one person to another, and of two who take a case one has it.

Residents write, are answered, reply, correct and add; dispatchers race for every case. Each word that anybody says
names the case that it is meant for, so whatever lands elsewhere shows.
"""

import asyncio
import random
import re
import time
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa

from domain.cases import thread
from domain.roles import Role
from models import CaseMessage, Report, ReportState, Side
from models.engine import Store
from simulator.person import Json, Person, find_button
from simulator.transcript import words_of
from tests.faults.traffic import messages
from tests.town import Town, open_town

NUMBER = re.compile(r"JBR-\w{3}-\w{4}")
TOKEN = re.compile(r"tanda (\d+-\d+)")
CASES = 5
PATIENCE = 60.0


@pytest.fixture(autouse=True)
def _nobody_is_slowed_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """People do this in an evening, the test in seconds: what Telegram and we allow one person is out of the way."""
    monkeypatch.setattr("bot.ratelimits.PRIVATE_BURST", 100_000)
    monkeypatch.setattr("bot.ratelimits.PRIVATE_PER_SECOND", 100_000.0)
    monkeypatch.setattr("bot.floods.FLOOD_BURST", 100_000)


async def test_no_word_crosses_a_case_or_a_person(tmp_path: Path) -> None:
    await _evening(tmp_path, residents=6, dispatchers=4)


@pytest.mark.faults
@pytest.mark.timeout(1800)
async def test_no_word_of_a_thousand_cases_crosses(tmp_path: Path) -> None:
    """200 residents with 5 cases each, 20 dispatchers."""
    await _evening(tmp_path, residents=200, dispatchers=20)


async def _evening(folder: Path, *, residents: int, dispatchers: int) -> None:
    async with open_town(folder, limits=False) as town:
        people = [await town.simulator.person(f"Warga {n}", language_code="id") for n in range(residents)]
        staff = [await town.simulator.person(f"Dinas {n}", language_code="id") for n in range(dispatchers)]
        for officer in staff:
            await town.appoint(officer, Role.DISPATCHER)
            await officer.opens_link()
        await asyncio.gather(*(_write(person, number) for number, person in enumerate(people)))
        tokens = await _filed(town.store, residents * CASES)
        taken: Counter[str] = Counter()
        writing = [_Resident(person, number, tokens) for number, person in enumerate(people)]
        working = _share_out(list(tokens), staff, taken)
        answering = [asyncio.create_task(resident.answers()) for resident in writing]
        await asyncio.gather(*working)
        for resident in writing:
            resident.is_over = True
        await asyncio.gather(*answering)
        await _settled(town)
        assert set(taken) == set(tokens)
        assert set(taken.values()) == {1}, "of two who take a case one has it"
        await _assert_threads_are_pure(town.store, tokens)
        for resident in writing:
            _assert_own_only(await resident.person.messages(limit=1000), resident.numbers, tokens)
        for officer in staff:
            _assert_headed(await officer.messages(limit=1000), tokens)
        replied = sum(len(resident.replied) for resident in writing)
        assert replied >= residents * CASES, "every case was answered and answered again"


async def _write(person: Person, number: int) -> None:
    for case in range(CASES):
        for text in messages(number, case):
            await asyncio.sleep(random.random() * 0.02)
            await person.types(text)


async def _filed(store: Store, count: int) -> dict[str, str]:
    """Public numbers and the sign that only the words of that case bear, once all are there."""
    async with asyncio.timeout(PATIENCE * 4):
        while True:
            async with store.read() as session:
                filed = (await session.scalars(sa.select(Report).where(Report.state != ReportState.DRAFT))).all()
            if len(filed) >= count:
                return {str(report.number): _token(str((report.content or {})["words"])) for report in filed}
            await asyncio.sleep(0.2)


def _token(text: str) -> str:
    found = TOKEN.search(text)
    assert found is not None, text
    return found[1]


def _share_out(numbers: list[str], staff: list[Person], taken: Counter[str]) -> list[asyncio.Task[None]]:
    """Every case is worked on by two dispatchers at the same moment."""
    pairs = list(zip(staff[::2], staff[1::2], strict=True))
    lots: list[list[str]] = [numbers[start :: len(pairs)] for start in range(len(pairs))]
    return [
        asyncio.create_task(_work(officer, lot, taken))
        for pair, lot in zip(pairs, lots, strict=True)
        for officer in pair
    ]


async def _work(officer: Person, numbers: list[str], taken: Counter[str]) -> None:
    """Opens each case, tries to take it; whoever has it keeps a note, writes to its reporter, and asks."""
    for number in numbers:
        await officer.types(f"/kasus {number}")
        await _sees(officer, number)
        pressed = await officer.presses("Ambil") if find_button(await officer.messages(limit=1), "Ambil") else "late"
        if pressed:
            continue  # a colleague was faster
        taken[number] += 1
        await _sees(officer, "Anda pegang")
        await officer.types(f"catatan untuk {number}")
        await _sees(officer, f"catatan untuk {number}")
        await officer.presses("Buka")
        await _sees(officer, "Anda pegang")
        await officer.presses("Balas")
        await _sees(officer, "Ketik pesan")
        await officer.types(f"jawaban untuk {number}")
        await _sees(officer, "Terkirim")
        await officer.presses("Tanya")
        await _sees(officer, "Ketik satu")
        await officer.types(f"pertanyaan untuk {number}")
        await _sees(officer, "Pertanyaan terkirim")


async def _sees(person: Person, text: str) -> None:
    """As Person.sees, for many people at once: the newest messages only, and not so often."""
    ends = time.monotonic() + PATIENCE
    while not any(
        _is_news(person, message) and text in words_of(message) for message in await person.messages(limit=3)
    ):
        assert time.monotonic() < ends, f"{person.name} waits in vain for {text!r}:\n{await person.transcript()}"
        await asyncio.sleep(0.1)


def _is_news(person: Person, message: Json) -> bool:
    return message["seq"] > person._mark and not message["outgoing"]


class _Resident:
    """Answers whatever the police write, each in one of the ways that people do."""

    def __init__(self, person: Person, number: int, tokens: dict[str, str]) -> None:
        self.person = person
        self.signs = {case: sign for case, sign in tokens.items() if sign.split("-")[0] == str(number)}
        self.numbers = set(self.signs)
        self.tokens = tokens
        self.replied: set[int] = set()
        self.is_over = False

    async def answers(self) -> None:
        quiet = 0
        while quiet < 3:
            news = [message for message in await self.person.messages(limit=15) if self._is_news(message)]
            for message in news:
                await self._answer(message)
            quiet = 0 if news or not self.is_over else quiet + 1
            await asyncio.sleep(0.3 + len(self.tokens) / 1000)

    def _is_news(self, message: Json) -> bool:
        text = str(message.get("text"))
        is_told = "jawaban untuk" in text or "pertanyaan untuk" in text
        return is_told and not message["outgoing"] and message["message_id"] not in self.replied

    async def _answer(self, message: Json) -> None:
        self.replied.add(message["message_id"])
        found = NUMBER.search(str(message["text"]))
        assert found is not None
        words = f"tanggapan saya tanda {self.signs[found[0]]} selesai"
        typed = await self.person.types(words, reply_to=message["message_id"])
        if random.random() < 0.3:
            await self.person.edits(typed, f"{words} sekali")


async def _settled(town: Town) -> None:
    from tests.faults.traffic import settle

    seen = (await town.simulator.updates())["pending"]
    assert seen is not None
    await settle(town.simulator, town.store, updates=0, within=PATIENCE)


async def _assert_threads_are_pure(store: Store, tokens: dict[str, str]) -> None:
    """Whatever was said in a case names that case: the reporter by its sign, the police by its number."""
    async with store.read() as session:
        reports = {report.id: report for report in await session.scalars(sa.select(Report))}
        rows = (await session.scalars(sa.select(CaseMessage))).all()
    sides = Counter(row.side for row in rows)
    assert sides[Side.REPORTER] >= len(tokens)
    assert sides[Side.STAFF] == 2 * len(tokens)
    assert sides[Side.NOTE] == len(tokens)
    for row in rows:
        report = reports[row.report_id]
        number = str(report.number)
        for words in thread.versions_of(report, row):
            if row.side is Side.REPORTER:
                assert _token(words) == tokens[number]
            elif row.side is not Side.SYSTEM:
                assert number in words


def _assert_own_only(seen: list[Json], numbers: set[str], tokens: dict[str, str]) -> None:
    """A resident reads of no case but their own, and each message speaks of one case."""
    for message in seen:
        if message["outgoing"]:
            continue
        text = str(message.get("text"))
        assert set(NUMBER.findall(text)) <= numbers, f"a stranger's case: {text}"
        for word in re.findall(r"(?:jawaban|pertanyaan) untuk (JBR-\w{3}-\w{4})", text):
            assert NUMBER.findall(text)[0] == word, f"said in another case: {text}"


def _assert_headed(seen: list[Json], tokens: dict[str, str]) -> None:
    """What the police read below a case's number was said in that case."""
    for message in seen:
        text = str(message.get("text"))
        numbers = NUMBER.findall(text)
        if message["outgoing"] or not numbers:
            continue
        assert set(numbers) == {numbers[0]}, text
        assert set(TOKEN.findall(text)) <= {tokens[numbers[0]]}, text
