"""Discretion and ratings: what is taken from a chat, what becomes bland, and how content somebody was."""

import datetime as dt

import pytest
import sqlalchemy as sa

from domain import outbox
from domain.cases import links
from domain.cases.reporter import discretion, ratings
from domain.cases.reporter.ratings import Mark, NotToBeRated, Reason
from domain.policy import RATING_CHANGES_WITHIN
from models import MessageLink, OutboxMessage, OutboxState, ReportState
from models.engine import Store
from tests.cast import NOW, again, opened, person, report

HOUR = dt.timedelta(hours=1)


async def test_known_messages_go_first_and_the_sweep_stops_at_what_is_too_old(store: Store) -> None:
    async with store.begin() as session:
        siti = person(session)
        case = await report(session, by=siti)
        chat_id = siti.telegram_id or 0
        chat = links.chat_index(chat_id)
        for message_id, age in ((900, 1), (880, 47), (860, 49), (300, 100)):
            await links.note(session, chat, message_id, case.id, "told", now=NOW - age * HOUR)
        await links.note(session, links.chat_index(1), 899, case.id, "told", now=NOW)
        for number, method in ((890, "sendMessage"), (861, "editMessageText")):
            payload = {"text": "."}
            outbox.post(session, "reply", to=chat_id, method=method, payload=payload, key=f"k{number}", now=NOW)
    async with store.begin() as session:
        for number in (890, 861):
            sent = sa.update(OutboxMessage).where(OutboxMessage.key == f"k{number}")
            await session.execute(sent.values(state=OutboxState.SENT, message_id=number, sent_at=NOW - HOUR))
    async with store.read() as session:
        known, *swept = await discretion.traces(session, chat_id, 905, now=NOW)
    assert known == [900, 890, 880]
    ids = [number for portion in swept for number in portion]
    assert ids == [number for number in range(905, 860, -1) if number not in known]
    assert max(len(portion) for portion in swept) <= discretion.AT_ONCE


async def test_a_discreet_person_is_so_in_all_that_goes_on(store: Store) -> None:
    async with store.begin() as session:
        siti = person(session)
        plain, violent = await report(session, by=siti), await report(session, by=siti, category="RTK-1")
    async with store.begin() as session:
        await discretion.set_discreet(session, siti, True)
    async with store.begin() as session:
        assert (await again(session, plain)).is_discreet
        await discretion.set_discreet(session, siti, False)
    async with store.read() as session:
        assert not (await again(session, plain)).is_discreet
        assert (await again(session, violent)).is_discreet, "it may save somebody: turned off there alone"


async def test_nothing_of_a_chat_is_kept_when_its_person_goes(store: Store) -> None:
    async with store.begin() as session:
        siti = person(session)
        case = await report(session, by=siti)
        chat = links.chat_index(siti.telegram_id or 0)
        await links.note(session, chat, 5, case.id, "relay", now=NOW)
    async with store.begin() as session:
        await discretion.forget_chat(session, siti)
    async with store.read() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(MessageLink)) == 0


async def test_a_rating_is_given_once_and_may_be_changed_for_a_day(store: Store) -> None:
    async with store.begin() as session:
        case = await report(session)
    async with opened(store, case) as (session, found):
        with pytest.raises(NotToBeRated):
            await ratings.rate(session, found, Mark.GOOD, now=NOW)
        found.state = ReportState.RESOLVED
        await ratings.rate(session, found, Mark.GOOD, now=NOW)
        await ratings.rate(session, found, Mark.BAD, Reason.SLOW, now=NOW + RATING_CHANGES_WITHIN)
        assert ratings.read(found.rating) == (Mark.BAD, Reason.SLOW)
        with pytest.raises(NotToBeRated):
            await ratings.rate(session, found, Mark.GOOD, now=NOW + RATING_CHANGES_WITHIN + HOUR)
