"""Privacy: what is shown to people about themselves, and what stays when they go."""

import sqlalchemy as sa

from domain import privacy
from domain.cases import links, thread
from domain.reports import drafts, filing
from models import Anonymity, Dialogue, MessageLink, Person, Report, RoleGrant, Side
from models.engine import Store
from tests.domain.reports.conftest import NOW, person_of, told


async def test_everything_about_a_person_is_shown(store: Store) -> None:
    siti = await _someone_who_reported(store)
    async with store.begin() as session:
        report = (await session.scalars(sa.select(Report).where(Report.number.is_not(None)))).one()
        await thread.say(session, report, Side.STAFF, "Ke arah mana?", now=NOW)
        await thread.say(session, report, Side.REPORTER, "Ke Tanggul", now=NOW)
        await thread.say(session, report, Side.NOTE, "cek CCTV", now=NOW)
        kept = await privacy.kept_about(session, siti)
    assert kept["telegram_id"] == 101
    assert kept["roles"] == ["officer"]
    assert [report["name"] for report in kept["reports"]] == ["Bu Siti"]
    assert kept["reports"][0]["said"] == [
        {"by": "staff", "words": "Ke arah mana?"},
        {"by": "reporter", "words": "Ke Tanggul"},
    ], "and what the police note among themselves stays there"


async def test_after_erasing_a_report_has_nobody_behind_it(store: Store) -> None:
    siti = await _someone_who_reported(store)
    async with store.begin() as session:
        found = await session.get_one(Person, siti.id)
        await privacy.erase(session, found)
        again = person_of(101)  # who writes again in the same moment is new
        session.add(again)
    async with store.read() as session:
        (report,) = list(await session.scalars(sa.select(Report)))
        people = list(await session.scalars(sa.select(Person.id)))
        assert await session.scalar(sa.select(sa.func.count()).select_from(Dialogue)) == 0
        assert await session.scalar(sa.select(sa.func.count()).select_from(RoleGrant)) == 0
        assert await session.scalar(sa.select(sa.func.count()).select_from(MessageLink)) == 0
    assert people == [again.id]
    assert report.reporter_index is report.reporter_sealed is None
    assert report.anonymity is Anonymity.FULL
    assert "name" not in drafts.content_of(report)
    assert drafts.words_of(report)


async def _someone_who_reported(store: Store) -> Person:
    siti = person_of(101)
    async with store.begin() as session:
        draft = told(siti)
        drafts.choose_anonymity(draft, Anonymity.NAMED, now=NOW)
        drafts.tell_name(draft, "Bu Siti", now=NOW)
        session.add_all([siti, draft, RoleGrant(person_id=siti.id, role="officer", granted_at=NOW)])
        await filing.file_report(session, draft, now=NOW)
        session.add(Dialogue(person_id=siti.id, awaiting="home"))
        await links.note(session, links.chat_index(101), 7, draft.id, "receipt", now=NOW)
    return siti
