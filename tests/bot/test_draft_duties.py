"""What the clock asks of drafts, on a store without a bot."""

import asyncio
import datetime as dt

import pytest
import sqlalchemy as sa

from bot.clock import Clock
from domain.reports.drafts import begin_draft
from domain.reports.duties import expire_drafts
from handlers.reports.nudges import nudge_drafts
from models import Dialogue, OutboxMessage, Person, Report, ReportState, new_id
from models.engine import Store
from models.sealing import number_index

NOW = Clock().now()


@pytest.fixture
async def drafts(store: Store) -> list[Report]:
    """Three people's, each with a dialogue, left alone for an hour."""
    made = []
    async with store.begin() as session:
        for number in (1, 2, 3):
            person = Person(id=new_id(), telegram_index=number_index("person", number), language="id")
            person.telegram_id = number
            made.append(begin_draft(person, now=NOW - dt.timedelta(hours=1)))
            session.add_all([person, made[-1]])
            session.add(Dialogue(person_id=person.id, awaiting="words", subject_id=made[-1].id))
    return made


async def test_a_draft_that_is_sent_while_it_expires_stays_with_its_dialogue(
    store: Store, drafts: list[Report]
) -> None:
    sent = drafts[0]

    async def expire() -> int:
        async with store.begin() as session:
            return await expire_drafts(session, NOW + dt.timedelta(days=2))

    async with store.begin() as session:
        report = await session.get(Report, sent.id)
        assert report is not None
        report.state = ReportState.RECEIVED
        await session.flush()
        expiring = asyncio.create_task(expire())
        await asyncio.sleep(0.3)  # what it chose is chosen before this is committed
    assert await expiring == 2
    async with store.begin() as session:
        assert list(await session.scalars(sa.select(Report.id))) == [sent.id]
        assert list(await session.scalars(sa.select(Dialogue.subject_id))) == [sent.id]


async def test_one_person_who_cannot_be_read_keeps_no_other_from_being_nudged(
    store: Store, drafts: list[Report]
) -> None:
    async with store.begin() as session:
        first = sa.update(Person).where(Person.telegram_index == number_index("person", 1))
        await session.execute(first.values(telegram_sealed=b"\x01" + b"?" * 40))
    async with store.begin() as session:
        assert await nudge_drafts(session, NOW) == 2
    async with store.begin() as session:
        assert await nudge_drafts(session, NOW) == 0, "looked at once more"
        assert len(list(await session.scalars(sa.select(OutboxMessage.id)))) == 2
