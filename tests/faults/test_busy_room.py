"""A busy evening in one group: a hundred reports in ten minutes, mixed, claimed, moved on, and a group that takes
twenty messages a minute.

`make test` runs a short evening on a quick clock; `make faults` the whole ten minutes.
"""

import asyncio
import datetime as dt
import html
import random
import re
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot import ratelimits
from domain import duty_rooms
from domain.area_map import AreaMap
from domain.cases import steps
from domain.cases.access import Staff
from domain.cases.rooms import cards
from domain.cases.steps import Progress
from domain.roles import Role
from handlers.cases.cards import card_view
from models import Card, DutyRoom, Report, sealing
from models.engine import Store
from models.sealing import Keyring
from simulator.person import Group, Person
from simulator.testing import Simulator
from tests.cast import colleague, report, staff
from tests.faults.process import BotProcess, prepare
from tests.town import TOKEN, USERNAME, Town, open_town

CATEGORIES = ("MAS-1", "MAS-3", "MAS-4", "CRI-1", "CRI-4", "LLT-2", "ORG-1")  # one of seven is P0
LATEST_P0_SECONDS = 3.0
COUNTED = ("sendMessage", "editMessageText", "deleteMessage")
DEEDS = 4  # what happens to a case on its way, at most


@dataclass
class Evening:
    """Cases filed straight into the database, as handlers do, and what the police do to them."""

    store: Store
    filed_at: dict[str, float] = field(default_factory=dict)

    async def hire(self) -> tuple[Staff, Staff]:
        async with self.store.begin() as session:
            people = staff(session, Role.COMMANDER), staff(session, Role.OFFICER)
            for number, each in enumerate(people):
                each.person.staff_number = 901 + number
        return people

    async def file(self, category: str) -> Report:
        now = _now()
        async with self.store.begin() as session:
            case = await report(session, category=category, words=f"tanda {random.getrandbits(40):x}", now=now)
            await cards.want(session, case, now=now)
        if case.priority == "P0":
            self.filed_at[str(case.number)] = time.time()
        return case

    async def happens(self, case: Report, deed: int, chief: Staff, officer: Staff) -> None:
        async with self.store.begin() as session:
            found = await session.get(Report, case.id)
            assert found is not None
            dispatcher, unit = await colleague(session, chief), await colleague(session, officer)
            if deed == 0:
                await steps.take(session, found, dispatcher, now=_now())
            elif deed == 1:
                await steps.verify(session, found, dispatcher, now=_now())
            elif deed == 2:
                await steps.assign(session, found, "samapta", dispatcher, now=_now())
            else:
                await steps.accept(session, found, unit, now=_now())
                await steps.tell_progress(session, found, Progress.ON_SCENE, unit, now=_now())


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


async def live(evening: Evening, chief: Staff, officer: Staff, reports: int, seconds: float, wake: Any) -> None:
    """So many reports over so many seconds. What is urgent is worked on to the scene; of the others some are left."""
    after: list[asyncio.Task[None]] = []

    async def follow(case: Report, deeds: int) -> None:
        for deed in range(deeds):
            await asyncio.sleep(random.uniform(0, seconds / 8))
            await evening.happens(case, deed, chief, officer)
            wake()

    started = time.monotonic()
    for number in range(reports):
        case = await evening.file(CATEGORIES[number % len(CATEGORIES)])
        wake()
        is_urgent = case.priority in ("P0", "P1")
        after.append(asyncio.create_task(follow(case, DEEDS if is_urgent else random.randrange(DEEDS + 1))))
        await asyncio.sleep(max(0.0, started + seconds * (number + 1) / reports - time.monotonic()))
    await asyncio.gather(*after)


async def until_all_is_shown(store: Store, within: float) -> None:
    is_owed = sa.or_(Card.is_stale, Card.call_key.is_not(None))
    async with asyncio.timeout(within):
        while True:
            async with store.read() as session:
                if not await session.scalar(sa.select(sa.func.count()).select_from(Card).where(is_owed)):
                    return
            await asyncio.sleep(0.1)


async def assert_cards_are_true(store: Store, room: Group, budi: Person) -> int:
    """What stands in the group is what the cases are now. Returns how many."""
    standing = {said["message_id"]: said for said in await budi.messages(in_=room, limit=2000)}
    async with store.read() as session:
        rows = (await session.execute(sa.select(Card, DutyRoom).join(DutyRoom, DutyRoom.id == Card.room_id))).all()
        for card, duty_room in rows:
            case = await session.get(Report, card.report_id)
            assert case is not None
            view = card_view(
                case,
                await cards.facts(session, case, duty_room),
                AreaMap(),
                may_read=duty_rooms.may_read(duty_room, case),
            )
            said = standing[card.message_id]
            assert said["text"] == html.unescape(re.sub(r"<[^>]+>", "", view.text))
            labels = [b["text"] for row in said.get("reply_markup", {}).get("inline_keyboard", []) for b in row]
            assert labels == [press.label for row in view.rows for press in row]
    return len(rows)


async def assert_pace(simulator: Simulator, room: Group, seconds: float) -> None:
    calls = [
        entry for entry in await simulator.ledger(chat=room) if entry["method"] in ("sendMessage", "editMessageText")
    ]
    assert not [entry for entry in calls if entry["status"] == 429]
    times = [entry["at"] for entry in calls]
    for first, last in zip(times, times[20:], strict=False):
        assert last - first > seconds, "more than twenty within a minute"


async def assert_p0_came_at_once(simulator: Simulator, room: Group, filed_at: dict[str, float]) -> None:
    first: dict[str, float] = {}
    for entry in await simulator.ledger("sendMessage", room):
        for number in filed_at:
            if number in entry["params"]["text"]:
                first.setdefault(number, entry["at"])
    waits = [first[number] - at for number, at in filed_at.items()]
    print(f"\n{len(waits)} P0: the first card came after {max(waits):.2f} s at most")
    assert max(waits) <= LATEST_P0_SECONDS


async def spend(town: Town, reports: int, seconds: float, minute: float) -> None:
    async with town.store.begin() as session:
        await duty_rooms.bind(session, town.duty_room.id, None, now=_now())
    evening = Evening(town.store)
    chief, officer = await evening.hire()
    await live(evening, chief, officer, reports, seconds, town.app._wake)
    await until_all_is_shown(town.store, within=10 * minute)
    # On the quick clock the network's own delays weigh twenty times as much.
    await assert_pace(town.simulator, town.duty_room, minute if minute == 60 else minute * 0.9)
    await assert_p0_came_at_once(town.simulator, town.duty_room, evening.filed_at)
    assert await assert_cards_are_true(town.store, town.duty_room, town.budi) == reports


async def test_a_busy_room_on_a_quick_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty times as fast: a minute is three seconds, and ten of them half a minute."""
    monkeypatch.setattr(ratelimits, "GROUP_SECONDS", 61 / 20)
    async with open_town(tmp_path, limits=False) as town:
        await spend(town, reports=40, seconds=12, minute=3)


@pytest.mark.faults
@pytest.mark.timeout(1500)
async def test_a_hundred_reports_in_ten_minutes(tmp_path: Path) -> None:
    async with open_town(tmp_path) as town:
        await spend(town, reports=100, seconds=600, minute=60)


@pytest.mark.timeout(120)
async def test_kills_lose_no_card(tmp_path: Path, empty_database_url: str) -> None:
    await prepare(empty_database_url)
    sealing.install(Keyring.at(tmp_path / "keys"))
    store = Store(empty_database_url)
    async with AsyncExitStack() as stack:
        simulator = await stack.enter_async_context(await Simulator.start(token=TOKEN, username=USERNAME, limits=False))
        budi = await simulator.person("Budi", language_code="id")
        room = await simulator.group("Ruang Piket", admins=[budi])
        bot = BotProcess(tmp_path, simulator.url, empty_database_url)
        stack.push_async_callback(bot.end)
        stack.push_async_callback(store.close)
        async with store.begin() as session:
            await duty_rooms.bind(session, room.id, None, now=_now())
        evening = Evening(store)
        chief, officer = await evening.hire()
        living = asyncio.create_task(live(evening, chief, officer, 10, 5, lambda: None))
        for pause in (1.6, 2.2):
            await bot.start()
            await asyncio.sleep(pause + random.uniform(0, 0.5))
            await bot.kill()
        await living
        await bot.start()
        await until_all_is_shown(store, within=60)
        assert await assert_cards_are_true(store, room, budi) == 10
        sent = [entry for entry in await simulator.ledger("sendMessage", room) if entry["delivered"]]
        assert len(sent) <= 10 + 2 * 4, "what was on the wire when it was killed may have come twice"
        assert await bot.stop() == 0
