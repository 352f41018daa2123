"""Evidence: when a file is fetched again tells nobody when it was sent."""

import datetime as dt

import pytest
import sqlalchemy as sa

from domain import evidence
from domain.evidence import Waiting
from models import Anonymity, Attachment, FileState, Report
from models.engine import Store
from tests.cast import NOW, again, report

LATER = NOW + dt.timedelta(minutes=4, seconds=31)


async def waiting_file(store: Store, anonymity: Anonymity) -> Waiting:
    async with store.begin() as session:
        case = await report(session, anonymity=anonymity)
        file = Attachment(report_id=case.id, position=1, kind="photo", added_at=NOW, state=FileState.WAITING, tries=3)
        session.add(file)
    async with store.read() as session:
        return Waiting(await session.get_one(Attachment, file.id), await again(session, case))


async def next_try(store: Store) -> dt.datetime | None:
    async with store.read() as session:
        return await session.scalar(sa.select(Attachment.next_try_at))


@pytest.mark.parametrize(("anonymity", "since"), [(Anonymity.FULL, NOW), (Anonymity.TWO_WAY, LATER)])
async def test_after_a_failed_try_the_next_one_tells_only_the_quarter_hour(
    store: Store, anonymity: Anonymity, since: dt.datetime
) -> None:
    file = await waiting_file(store, anonymity)
    async with store.begin() as session:
        assert not await evidence.note_failed(session, file, evidence.GONE, now=LATER)
    assert await next_try(store) == since + evidence.RETRY_AFTER[3]


@pytest.mark.parametrize(("anonymity", "until"), [(Anonymity.FULL, NOW + evidence.QUARTER), (Anonymity.TWO_WAY, LATER)])
async def test_what_is_put_off_waits_for_the_next_quarter_hour(
    store: Store, anonymity: Anonymity, until: dt.datetime
) -> None:
    file = await waiting_file(store, anonymity)
    async with store.begin() as session:
        await evidence.put_off(session, file, LATER)
    assert await next_try(store) == until
    async with store.read() as session:
        assert await session.scalar(sa.select(Report.id)) == file.report.id
