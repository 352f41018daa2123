"""Stories: cards that a duty room missed come after all."""

import asyncio

import sqlalchemy as sa

from domain import duty_rooms
from domain.reports import drafts, filing
from domain.roles import Role
from handlers.reports import cards
from models import Anonymity, Card, OutboxMessage, OutboxState, Person, Report, new_id
from models.sealing import number_index
from tests.town import Town

BOT = "siskamling_bot"


async def file_reports(town: Town, *stories: str, anonymity: Anonymity = Anonymity.TWO_WAY) -> None:
    """By people whom no story needs to see type."""
    async with town.store.begin() as session:
        for story in stories:
            telegram_id = new_id().int % 10**12
            person = Person(id=new_id(), telegram_index=number_index("person", telegram_id), language="id")
            person.telegram_id = telegram_id
            now = town.clock.now()
            draft = drafts.begin_draft(person, now=now)
            session.add_all([person, draft])
            drafts.say_words(draft, story, 1, now=now)
            drafts.choose_category(draft, "MAS-3", now=now)
            drafts.tell_place(draft, "depan SMAN 1, kecamatan Sumbersari", town.app.intake.areas(), now=now)
            drafts.choose_when(draft, drafts.When.NOW, now=now)
            drafts.choose_anonymity(draft, anonymity, now=now)
            filed = await filing.file_report(session, draft, now=now)
            await cards.post_cards(session, filed.report, town.app.intake.areas(), now=now)
    town.app.sender.wake()


async def bind(town: Town) -> None:
    await town.budi.opens_link(await town.invite(Role.ADMIN))
    await town.budi.sees("Peran Anda sekarang: admin")
    await press_bind(town)


async def press_bind(town: Town) -> None:
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


async def cards_posted(town: Town) -> int:
    async with town.store.begin() as session:
        return len(list(await session.scalars(sa.select(OutboxMessage.id).where(OutboxMessage.kind == "card"))))


async def until_unreachable(town: Town) -> None:
    async with asyncio.timeout(10):
        while True:
            async with town.store.begin() as session:
                (room,) = await duty_rooms.all_rooms(session)
                if not room.is_reachable:
                    return
            await asyncio.sleep(0.05)


async def test_more_waiting_reports_than_are_shown_at_once_come_by_and_by(town: Town) -> None:
    stories = [f"balap liar nomor {number}" for number in range(100, 125)]
    await file_reports(town, *[f"{story}." for story in stories])
    await bind(town)
    await town.budi.sees("Belum ditangani: 25", in_=town.duty_room)
    await until_shown(town, stories, 10)
    for posted in (20, 25, 25):
        await town.clock.forward(minutes=1)
        assert await cards_posted(town) == posted, "a group takes twenty messages a minute: these wait in the outbox"


async def test_a_room_gets_what_was_filed_while_the_bot_was_away(town: Town) -> None:
    await bind(town)
    await file_reports(town, "sebelum pergi.")
    await town.budi.sees("sebelum pergi", in_=town.duty_room)
    await town.duty_room.changes(remove=[BOT])
    await until_unreachable(town)
    await file_reports(town, "selama pergi.")
    await file_reports(town, "rahasia selama pergi.", anonymity=Anonymity.FULL)
    await town.clock.forward(minutes=5)
    await town.duty_room.changes(add=[BOT])
    await town.budi.sees("Halo", in_=town.duty_room)
    for _ in range(2):
        await town.clock.forward(minutes=1)
        await until_shown(town, ["selama pergi", "rahasia selama pergi"], 3)  # the one is part of the other
    assert await shown(town, ["sebelum pergi"]) == 1, "what had arrived comes twice"


async def test_cards_that_were_refused_or_cancelled_come_again(town: Town) -> None:
    await bind(town)
    await file_reports(town, "sampai.")
    await town.budi.sees("sampai", in_=town.duty_room)
    await town.clock.forward(hours=1)
    await town.simulator.fault("status", method="sendMessage", code=403, description="Forbidden: bot was kicked")
    await file_reports(town, "pertama.", "kedua.")
    await file_reports(town, "ketiga.", anonymity=Anonymity.FULL)
    await until_unreachable(town)
    await town.clock.forward(minutes=1)
    await town.simulator.forward(60)
    await press_bind_without_being_told(town)
    await until_shown(town, ["pertama", "kedua", "ketiga"], 3)


async def press_bind_without_being_told(town: Town) -> None:
    """Telegram told the bot nothing of a way back: /ikat is the way."""
    before = await town.budi.transcript(in_=town.duty_room, limit=100)
    await town.budi.types("/ikat", in_=town.duty_room)
    await town.budi.presses("Seluruh Jember", in_=town.duty_room)
    async with asyncio.timeout(10):
        while (await town.budi.transcript(in_=town.duty_room, limit=100)).count(
            "menerima laporan baru"
        ) == before.count("menerima laporan baru"):
            await asyncio.sleep(0.05)


async def test_what_did_not_arrive_is_remembered_longer_than_the_outbox_remembers(town: Town) -> None:
    await bind(town)
    await town.simulator.fault("status", method="sendMessage", code=403, description="Forbidden: bot was kicked")
    await file_reports(town, "pertama.", "kedua.")
    await until_unreachable(town)
    await town.clock.forward(minutes=1)
    await town.clock.forward(days=9)
    async with town.store.begin() as session:
        did_not_arrive = OutboxMessage.state.in_([OutboxState.CANCELLED, OutboxState.FAILED])
        assert not list(await session.scalars(sa.select(OutboxMessage.id).where(did_not_arrive)))
        await duty_rooms.set_reachable(session, town.duty_room.id, True)
    await town.clock.forward(minutes=1)
    await until_shown(town, ["pertama", "kedua"], 2)


async def test_one_unreadable_report_keeps_no_other_from_its_room(town: Town) -> None:
    await file_reports(town, "tak terbaca.")
    async with town.store.begin() as session:
        await session.execute(sa.update(Report).values(content_sealed=b"\x01" + b"?" * 40))
    await file_reports(town, "terbaca.")
    await bind(town)
    await town.budi.sees("terbaca", in_=town.duty_room)
    await town.clock.forward(minutes=1)
    assert await shown(town, ["tak terbaca"]) == 0


async def test_that_a_card_was_posted_tells_no_moment_of_a_fully_anonymous_report(town: Town) -> None:
    await bind(town)
    await file_reports(town, "rahasia.", anonymity=Anonymity.FULL)
    async with town.store.begin() as session:
        (moment,) = await session.scalars(sa.select(Card.posted_at))
    assert (moment.minute % 15, moment.second, moment.microsecond) == (0, 0, 0)
