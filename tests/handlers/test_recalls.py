"""Recalls: which rooms hear that a reporter wants to withdraw a case."""

import pytest
import sqlalchemy as sa

from domain import duty_rooms, outbox
from handlers.cases import recalls
from models import OutboxMessage
from models.engine import Store
from tests.cast import NOW, report

REGENCY, PPA, NARCOTICS = -101, -102, -103


@pytest.mark.parametrize(("category", "rooms"), [("CRI-4", {REGENCY}), ("RTK-1", {PPA})])
async def test_only_rooms_that_may_read_the_case_hear_of_the_wish(store: Store, category: str, rooms: set[int]) -> None:
    async with store.begin() as session:
        await duty_rooms.bind(session, REGENCY, None, now=NOW)
        await duty_rooms.bind(session, PPA, None, is_confidential=True, unit="ppa", now=NOW)
        await duty_rooms.bind(session, NARCOTICS, None, is_confidential=True, unit="resnarkoba", now=NOW)
        case = await report(session, category=category)
        case.priority = "P1"
        await recalls.tell_rooms(session, case, now=NOW)
    async with store.read() as session:
        rows = await session.scalars(sa.select(OutboxMessage))
        calls = [outbox.opened(row.key, row.payload_sealed or b"") for row in rows]
    assert {call["chat_id"] for call in calls} == rooms
    assert all(call["protect_content"] for call in calls)
