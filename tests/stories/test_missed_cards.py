"""Stories: cards that a duty room missed come after all."""

import asyncio

import pytest
import sqlalchemy as sa

from bot import ratelimits
from domain import duty_rooms
from domain.cases.rooms import cards
from domain.roles import Role
from models import Anonymity, Card, Report, ReportState
from tests.cast import report
from tests.town import Town

BOT = "siskamling_bot"


async def file_reports(town: Town, *stories: str, anonymity: Anonymity = Anonymity.TWO_WAY) -> None:
    """By people whom no story needs to see type."""
    async with town.store.begin() as session:
        for story in stories:
            filed = await report(session, words=story, anonymity=anonymity, now=town.clock.now())
            await cards.want(session, filed, now=town.clock.now())
    town.app._wake()


async def bind(town: Town) -> None:
    await town.budi.types("/ikat", in_=town.duty_room)
    await town.budi.presses("Seluruh Jember", in_=town.duty_room)
    await town.budi.sees("menerima laporan baru", in_=town.duty_room)


async def shown(town: Town, stories: list[str]) -> int:
    transcript = await town.budi.transcript(in_=town.duty_room, limit=100)
    return sum(transcript.count(f"{story}.") for story in stories)


async def until_shown(town: Town, stories: list[str], count: int) -> None:
    async with asyncio.timeout(10):
        while await shown(town, stories) < count:
            await asyncio.sleep(0.05)
    assert await shown(town, stories) == count


async def until_unreachable(town: Town) -> None:
    async with asyncio.timeout(10):
        while True:
            async with town.store.begin() as session:
                (room,) = await duty_rooms.all_rooms(session)
                if not room.is_reachable:
                    return
            await asyncio.sleep(0.05)


async def test_more_waiting_reports_than_a_group_takes_at_once_come_by_and_by(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ratelimits, "GROUP_SECONDS", 4.0)
    await town.simulator.limits(enabled=False)
    stories = [f"balap liar nomor {number}" for number in range(100, 125)]
    await file_reports(town, *[f"{story}." for story in stories])
    await bind(town)
    await town.budi.sees("Belum ditangani: 25", in_=town.duty_room)
    await asyncio.sleep(2)
    assert 5 < await shown(town, stories) <= 14, "room is left for a life in danger"
    await until_shown(town, stories, 25)


async def test_a_room_gets_what_was_filed_while_the_bot_was_away(town: Town) -> None:
    await bind(town)
    await file_reports(town, "sebelum pergi.")
    await town.budi.sees("sebelum pergi", in_=town.duty_room)
    await town.duty_room.changes(remove=[BOT])
    await until_unreachable(town)
    await file_reports(town, "selama pergi.")
    await file_reports(town, "rahasia selama pergi.", anonymity=Anonymity.FULL)
    await town.duty_room.changes(add=[BOT])
    await until_shown(town, ["selama pergi", "rahasia selama pergi"], 3)  # the one is part of the other
    assert await shown(town, ["sebelum pergi"]) == 1, "what had arrived does not come twice"


async def test_cards_that_were_refused_or_cancelled_come_again(town: Town) -> None:
    await bind(town)
    await file_reports(town, "sampai.")
    await town.budi.sees("sampai", in_=town.duty_room)
    await town.simulator.fault("status", method="sendMessage", code=403, description="Forbidden: bot was kicked")
    await file_reports(town, "pertama.", "kedua.")
    await file_reports(town, "ketiga.", anonymity=Anonymity.FULL)
    await until_unreachable(town)
    await town.clock.forward(days=9)
    # Telegram told the bot nothing of a way back: /ikat is the way.
    await bind(town)
    await until_shown(town, ["pertama", "kedua", "ketiga"], 3)
    assert await shown(town, ["sampai"]) == 1


async def test_what_changed_while_the_bot_was_away_is_shown_where_it_stands(town: Town) -> None:
    await bind(town)
    await file_reports(town, "sampai.")
    card = await town.budi.sees("sampai", in_=town.duty_room)
    await town.duty_room.changes(remove=[BOT])
    await until_unreachable(town)
    async with town.store.begin() as session:
        found = (await session.scalars(sa.select(Report))).one()
        found.state, found.outcome = ReportState.REJECTED, "prank"
        await cards.want(session, found, now=town.clock.now())
    await town.duty_room.changes(add=[BOT])
    said = await town.budi.sees("Ditolak · Iseng", in_=town.duty_room)
    assert said["message_id"] == card["message_id"]
    assert await shown(town, ["sampai"]) == 0


async def test_a_group_that_moved_gets_its_open_cards_once_more(town: Town) -> None:
    await town.appoint(town.budi, Role.ADMIN)
    await bind(town)
    await file_reports(town, "sebelum pindah.")
    await town.budi.sees("sebelum pindah", in_=town.duty_room)
    await town.duty_room.migrates()
    await town.budi.sees("sebelum pindah", in_=town.duty_room)


async def test_that_a_card_was_posted_tells_no_moment_of_a_fully_anonymous_report(town: Town) -> None:
    await bind(town)
    await file_reports(town, "rahasia.", anonymity=Anonymity.FULL)
    await town.budi.sees("rahasia", in_=town.duty_room)
    async with town.store.begin() as session:
        (moment,) = await session.scalars(sa.select(Card.posted_at))
    assert (moment.minute % 15, moment.second, moment.microsecond) == (0, 0, 0)
