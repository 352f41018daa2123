"""Duties of drafts: one nudge, then the end."""

import datetime as dt

import sqlalchemy as sa

from domain.policy import DRAFT_EXPIRES_AFTER, DRAFT_NUDGE_AFTER
from domain.reports import drafts, duties
from models import Attachment, Dialogue, Person, Report
from models.engine import Store
from tests.domain.reports.conftest import NOW, told

ALMOST = dt.timedelta(seconds=1)


async def test_a_quiet_draft_is_due_once_its_half_hour_is_over(store: Store, siti: Person) -> None:
    await _draft(store, siti)
    async with store.begin() as session:
        assert await duties.drafts_to_nudge(session, NOW + DRAFT_NUDGE_AFTER - ALMOST) == []
        ((draft, person),) = await duties.drafts_to_nudge(session, NOW + DRAFT_NUDGE_AFTER)
        assert person.id == siti.id
        draft.nudged_at = NOW
        await session.flush()
        assert await duties.drafts_to_nudge(session, NOW + DRAFT_NUDGE_AFTER) == []


async def test_nobody_is_nudged_who_put_the_draft_aside_or_blocked_the_bot(store: Store, siti: Person) -> None:
    await _draft(store, siti)
    async with store.begin() as session:
        await session.execute(sa.update(Person).values(is_reachable=False))
        assert await duties.drafts_to_nudge(session, NOW + DRAFT_NUDGE_AFTER) == []
        await session.execute(sa.update(Person).values(is_reachable=True))
        await session.execute(sa.delete(Dialogue))
        assert await duties.drafts_to_nudge(session, NOW + DRAFT_NUDGE_AFTER) == []


async def test_an_old_draft_goes_with_its_files_and_its_dialogue(store: Store, siti: Person) -> None:
    await _draft(store, siti)
    async with store.begin() as session:
        assert await duties.expire_drafts(session, NOW + DRAFT_EXPIRES_AFTER - ALMOST) == 0
        assert await duties.expire_drafts(session, NOW + DRAFT_EXPIRES_AFTER) == 1
    async with store.read() as session:
        for table in (Report, Attachment, Dialogue):
            assert await session.scalar(sa.select(sa.func.count()).select_from(table)) == 0


async def _draft(store: Store, siti: Person) -> None:
    async with store.begin() as session:
        draft = told(siti)
        session.add_all([siti, draft, Dialogue(person_id=siti.id, awaiting="review", subject_id=draft.id)])
        drafts.attach(session, draft, "photo", {"file_id": "f"}, album=None, now=NOW)
