"""Callers: what a dispatcher writes down goes the way of every report, and leads to nobody's account."""

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.cases import callers
from domain.cases.access import Staff
from domain.cases.pranks import strikes
from domain.reports import drafts, filing, states
from domain.reports.drafts import Step
from models import Anonymity, Report, ReportEvent, ReportState, Source, new_id
from models.engine import Store
from tests.cast import NOW, again, colleague, staff


def told(session: AsyncSession, who: Staff, category: str = "CRI-4", source: Source = Source.CALL) -> Report:
    draft = callers.begin(who.person, now=NOW)
    session.add(draft)
    callers.choose_source(draft, source, now=NOW)
    drafts.say_words(draft, "Dua sapi hilang dari kandang", 5, now=NOW)
    drafts.choose_category(draft, category, now=NOW)
    drafts.change(draft, NOW, place="kandang belakang", passed=[Step.SOURCE, Step.AREA, Step.WHEN])
    draft.area_code = "35.09.21"
    callers.tell_caller(draft, "Pak Darmo, 0812-3456-7890", now=NOW)
    return draft


async def test_the_source_is_asked_first_the_caller_last_and_nobody_about_anonymity(store: Store) -> None:
    async with store.begin() as session:
        draft = callers.begin(staff(session).person, now=NOW)
        asked = []
        while (step := drafts.next_step(draft)) is not Step.REVIEW:
            asked.append(step)
            if step is Step.PLACE:
                drafts.change(draft, NOW, place="di sini")
            else:
                drafts.skip(draft, step, now=NOW)
    assert asked == [Step.SOURCE, Step.WORDS, Step.CATEGORY, Step.PLACE, Step.AREA, Step.WHEN, Step.CALLER]
    assert drafts.previous_step(draft, Step.SOURCE) is Step.REVIEW


@pytest.mark.parametrize("source", callers.SOURCES)
async def test_it_is_filed_by_the_dispatcher_and_in_their_hand(store: Store, source: Source) -> None:
    async with store.begin() as session:
        budi = staff(session)
        draft = told(session, budi, source=source)
    async with store.begin() as session:
        draft, budi = await again(session, draft), await colleague(session, budi)
        filed = await callers.file_call(session, draft, budi, now=NOW)
    async with store.read() as session:
        report = await again(session, draft)
        event = await session.get_one(ReportEvent, (report.id, 1))
        found = await session.scalar(sa.select(Report).where(Report.access_code_index == filing.code_index(filed.code)))
    assert (report.state, report.source, report.priority) == (ReportState.RECEIVED, source, "P2")
    assert report.filed_at == NOW, "to the minute: the clock of a case begins with its call"
    assert (report.claimed_by, report.due_kind) == (budi.person.id, "assign")
    assert (event.from_state, event.to_state, event.by) == ("draft", "received", "dispatcher")
    assert event.actor_id == budi.person.id
    assert states.may_move(ReportState(event.from_state), ReportState(event.to_state), states.Actor(event.by))
    assert found is not None
    assert found.id == report.id


async def test_nothing_leads_to_an_account_and_what_the_caller_said_of_themselves_is_sealed(store: Store) -> None:
    async with store.begin() as session:
        budi = staff(session)
        draft = told(session, budi)
        await session.flush()
        await callers.file_call(session, draft, budi, now=NOW)
    async with store.read() as session:
        report = await again(session, draft)
        assert (report.reporter_index, report.reporter_sealed, report.anonymity) == (None, None, Anonymity.FULL)
        content = drafts.content_of(report)
        assert (content["name"], content["phone"]) == ("Pak Darmo", "0812-3456-7890")
        assert "said" not in content
        assert b"Darmo" not in (report.content_sealed or b"")


async def test_what_is_sensitive_goes_to_its_unit_and_not_into_the_dispatchers_hand(store: Store) -> None:
    async with store.begin() as session:
        budi = staff(session)
        draft = told(session, budi, category="RTK-1")
        await session.flush()
        filed = await callers.file_call(session, draft, budi, now=NOW)
    assert filed.report.claimed_by is None
    assert filed.report.due_kind == "claim"


async def test_an_incomplete_call_is_not_filed(store: Store) -> None:
    async with store.begin() as session:
        budi = staff(session)
        draft = callers.begin(budi.person, now=NOW)
        session.add(draft)
        with pytest.raises(filing.DraftIsIncomplete):
            await callers.file_call(session, draft, budi, now=NOW)
    assert (draft.state, draft.reporter_id) == (ReportState.DRAFT, budi.person.id.hex)


async def test_a_dispatchers_own_strikes_hold_up_no_caller(store: Store) -> None:
    async with store.begin() as session:
        budi = staff(session)
        earlier = drafts.begin_draft(budi.person, now=NOW)
        session.add(earlier)
        await session.flush()
        assert await strikes.give(session, earlier, now=NOW)
        await session.flush()
        await strikes.require_may_file(session, told(session, budi), now=NOW)


@pytest.mark.usefixtures("keyring")
@pytest.mark.parametrize(
    ("typed", "name", "phone"),
    [
        ("Bu Ani 081234567890", "Bu Ani", "081234567890"),
        ("+62 812 3456 7890", None, "+62 812 3456 7890"),
        ("Pak RT 3", "Pak RT 3", None),
        ("0331-484285 / Satpam Matahari", "Satpam Matahari", "0331-484285"),
    ],
)
def test_name_and_number_are_told_apart(typed: str, name: str | None, phone: str | None) -> None:
    draft = Report(id=new_id(), touched_at=NOW, source=Source.CALL)
    callers.tell_caller(draft, typed, now=NOW)
    assert (drafts.content_of(draft).get("name"), drafts.content_of(draft).get("phone")) == (name, phone)


@pytest.mark.parametrize(("typed", "source"), [("1", "call"), ("HT", "radio"), ("datang", "walk_in"), ("sapi", None)])
def test_the_source_may_be_typed(typed: str, source: str | None) -> None:
    assert callers.read_source(typed) == source
