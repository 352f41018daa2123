"""Filing: numbers, codes, and what full anonymity leaves behind."""

import json

import pytest
import sqlalchemy as sa

from domain.reports import drafts, filing
from models import Anonymity, Attachment, Person, Report, ReportEvent, ReportState
from models.engine import Store
from tests.domain.reports.conftest import NOW, told


def test_numbers_and_codes_are_easy_to_read_aloud() -> None:
    numbers = {filing.new_number() for _ in range(2000)}
    assert len(numbers) == 2000
    assert all(len(number) == 12 and not set(number[4:]) & set("01ILOUV") for number in numbers)
    assert len({filing.new_code() for _ in range(2000)}) == 2000
    assert all(len(group) == 4 for group in filing.new_code().split())


@pytest.mark.usefixtures("keyring")
@pytest.mark.parametrize("typed", ["1234567890123456", "1234-5678-9012-3456", " 1234 5678 9012 3456. "])
def test_a_code_is_found_however_it_is_typed(typed: str) -> None:
    assert filing.code_index(typed) == filing.code_index("1234 5678 9012 3456")


@pytest.mark.usefixtures("keyring")
@pytest.mark.parametrize("typed", ["", "123", "12345678901234567", "abcd efgh ijkl mnop", "١٢٣٤٥٦٧٨٩٠١٢٣٤٥٦"])
def test_what_is_no_code_finds_nothing(typed: str) -> None:
    assert filing.code_index(typed) is None


async def test_a_filed_report_keeps_its_writer_sealed(store: Store, siti: Person) -> None:
    filed = await _file(store, siti, Anonymity.TWO_WAY)
    async with store.read() as session:
        report = await session.get_one(Report, filed.report.id)
        event = await session.scalar(sa.select(ReportEvent))
    assert event is not None
    assert (report.state, report.version, report.priority) == (ReportState.RECEIVED, 2, "P1")
    assert report.reporter_id == siti.id.hex
    assert (event.from_state, event.to_state, event.by) == ("draft", "received", "reporter")
    assert set(report.content or {}) == {"words", "place", "attachments"}


async def test_full_anonymity_leaves_nothing_that_leads_back(store: Store, siti: Person) -> None:
    draft = told(siti)
    filed = await _file(store, siti, Anonymity.FULL, draft)
    async with store.read() as session:
        reports = list(await session.scalars(sa.select(Report)))
        attachments = list(await session.scalars(sa.select(Attachment)))
    (report,) = reports
    assert report.id == filed.report.id != draft.id
    assert report.id.version == 4  # its id tells no time
    assert report.reporter_index is report.reporter_sealed is None
    assert report.filed_at == NOW.replace(minute=45, second=0)
    assert "11" not in json.dumps(report.content)  # the id of the message that told it
    assert [(a.report_id, a.file, a.id.version) for a in attachments] == [(report.id, {"file_id": "f"}, 4)]
    assert drafts.words_of(report) == "Sepeda motor dicuri dari halaman kos."


async def test_the_code_is_kept_only_as_a_keyed_hash(store: Store, siti: Person) -> None:
    filed = await _file(store, siti, Anonymity.TWO_WAY)
    assert filed.report.access_code_index == filing.code_index(filed.code)


async def test_an_incomplete_draft_is_not_filed(store: Store, siti: Person) -> None:
    draft = drafts.begin_draft(siti, now=NOW)
    async with store.begin() as session:
        session.add_all([siti, draft])
        with pytest.raises(filing.DraftIsIncomplete):
            await filing.file_report(session, draft, now=NOW)
    assert draft.state is ReportState.DRAFT


async def _file(store: Store, siti: Person, anonymity: Anonymity, draft: Report | None = None) -> filing.Filed:
    draft = draft or told(siti)
    async with store.begin() as session:
        session.add_all([siti, draft])
        drafts.attach(session, draft, "photo", {"file_id": "f"}, album="a", now=NOW)
    async with store.begin() as session:
        found = await session.get_one(Report, draft.id)
        drafts.choose_anonymity(found, anonymity, now=NOW)
        return await filing.file_report(session, found, now=NOW)
