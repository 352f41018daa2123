"""Look-up: one's own, by code, and not by guessing."""

import datetime as dt

import pytest

from domain.cases import steps
from domain.guesses import TooManyGuesses
from domain.reports import filing, lookup
from models import Person, Report, ReportState
from models.engine import Store
from tests.domain.reports.conftest import NOW, person_of, told


async def test_a_code_opens_its_report_for_anyone(store: Store, siti: Person) -> None:
    filed = await _filed(store, siti)
    async with store.begin() as session:
        rahmat = person_of(202)
        found = await lookup.find_by_code(session, rahmat, filed.code.replace(" ", "-"), now=NOW)
    assert found is not None
    assert found.id == filed.report.id


async def test_after_five_wrong_codes_an_hour_passes(store: Store, siti: Person) -> None:
    filed = await _filed(store, siti)
    rahmat = person_of(202)
    async with store.begin() as session:
        for _ in range(5):
            assert await lookup.find_by_code(session, rahmat, "0000 0000 0000 0000", now=NOW) is None
        with pytest.raises(TooManyGuesses):
            await lookup.find_by_code(session, rahmat, filed.code, now=NOW)
        later = NOW + dt.timedelta(hours=1)
        assert await lookup.find_by_code(session, rahmat, filed.code, now=later) is not None


async def test_nobody_sees_or_withdraws_the_report_of_another(store: Store, siti: Person) -> None:
    filed = await _filed(store, siti)
    async with store.begin() as session:
        rahmat = person_of(202)
        assert await lookup.own_reports(session, rahmat) == []
        with pytest.raises(lookup.NoSuchReport):
            await lookup.own_report(session, rahmat, filed.report.id)
        with pytest.raises(lookup.NoSuchDraft):
            await lookup.own_draft(session, rahmat, filed.report.id)


async def test_one_withdraws_ones_own(store: Store, siti: Person) -> None:
    filed = await _filed(store, siti)
    async with store.begin() as session:
        report = await lookup.own_report(session, siti, filed.report.id)
        assert await steps.recall(session, report, now=NOW)
    async with store.read() as session:
        assert (await session.get_one(Report, filed.report.id)).state is ReportState.WITHDRAWN


async def test_a_button_of_a_sent_draft_learns_the_number(store: Store, siti: Person) -> None:
    filed = await _filed(store, siti)
    async with store.begin() as session:
        with pytest.raises(lookup.AlreadySent) as caught:
            await lookup.own_draft(session, siti, filed.report.id)
    assert caught.value.params == {"number": filed.report.number}


async def _filed(store: Store, siti: Person) -> filing.Filed:
    async with store.begin() as session:
        draft = told(siti)
        session.add_all([siti, draft])
        return await filing.file_report(session, draft, now=NOW)
