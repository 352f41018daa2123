"""A case is kept as long as policy says, and then nothing of it can be read again, here or in an old copy."""

import asyncio
import datetime as dt
import sqlite3
import uuid
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain import audit
from domain.cases import retention
from domain.cases.retention import CaseIsErased, CaseIsHeld, OldFiles, erase_case, erase_old_cases, hold, release_hold
from domain.policy import HOLD_FOR
from domain.reports.states import ReportCannotMove
from models import (
    Attachment,
    AuditEntry,
    Card,
    CaseMessage,
    Closing,
    Desk,
    DutyRoom,
    FileState,
    MessageLink,
    OutboxMessage,
    OutboxState,
    Person,
    Prank,
    Report,
    ReportEvent,
    ReportState,
    SearchTerm,
    Side,
    Strike,
    WitnessAnswer,
    WitnessQuestion,
    new_id,
    sealing,
)
from models.engine import Store
from models.sealing import Unsealable

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
WORDS = "KENARI KUNING di belakang pasar"
SAID = "KENARI MERAH kata petugas"


def person(number: int) -> Person:
    made = Person(id=new_id(), telegram_index=sealing.number_index("person", number), language="id")
    made.telegram_id = number
    return made


def case(number: str, state: ReportState = ReportState.RESOLVED, **values: Any) -> Report:
    report = Report(id=new_id(), number=number, state=state, version=4, touched_at=NOW, filed_at=NOW, **values)
    report.begin_case()
    report.content = {"words": WORDS}
    report.reporter_id = new_id().hex
    report.reporter_index, report.access_code_index = b"r" * 16, number.encode().ljust(16)
    return report


def fill(session: AsyncSession, report: Report, officer: Person) -> None:
    """One row in every table that knows the case."""
    words = CaseMessage(id=new_id(), report_id=report.id, position=1, at=NOW, side=Side.STAFF, version=1)
    words.words_sealed = report.case_sealer().seal(SAID.encode(), f"case_messages:words_sealed:{words.id.hex}")
    photo = Attachment(id=new_id(), report_id=report.id, position=1, kind="photo", added_at=NOW, state=FileState.KEPT)
    photo.stored_as, photo.copy_as, photo.message_id = "a" * 32, "c" * 32, words.id
    question = WitnessQuestion(id=new_id(), report_id=report.id, asked_at=NOW)
    room = DutyRoom(id=new_id(), chat_index=new_id().bytes, bound_at=NOW)
    room.chat_id = -5
    session.add_all([words, photo, question, room])
    session.add_all(
        [
            WitnessAnswer(question_id=question.id, report_id=report.id, answer="yes", at=NOW),
            MessageLink(chat_index=new_id().bytes, message_id=5, report_id=report.id, link="relay", at=NOW),
            SearchTerm(term=b"kenari..", report_id=report.id),
            Closing(report_id=report.id, to_state="x", outcome="y", proposed_by=officer.id, proposed_at=NOW),
            Strike(report_id=report.id, reporter_index=b"r" * 16, at=NOW, expires_at=NOW + DAY),
            Prank(report_id=report.id, person_id=officer.id, at=NOW),
            Desk(person_id=officer.id, report_id=report.id, opened_at=NOW),
            Card(report_id=report.id, room_id=room.id, posted_at=NOW, message_id=7, is_stale=False),
            ReportEvent(
                report_id=report.id, sequence=1, at=NOW, from_state="draft", to_state="received", by="reporter"
            ),
        ]
    )
    call: dict[str, Any] = {"lane": 1, "kind": "status", "chat_index": b"c" * 16, "method": "sendMessage"}
    waits = OutboxMessage(key="k1", payload_sealed=b"sealed", created_at=NOW, report_id=report.id, attempts=0, **call)
    session.add(waits)


async def keep(store: Store, *reports: Report) -> Person:
    officer = person(12)
    officer.staff_number = 12
    async with store.begin() as session:
        session.add_all([officer, *reports])
        await session.flush()
        for report in reports[:1]:
            fill(session, report, officer)
    return officer


async def erase(store: Store, report_id: uuid.UUID, now: dt.datetime = NOW) -> list[str]:
    async with store.begin() as session:
        report = await session.get(Report, report_id)
        assert report is not None
        return await erase_case(session, report, now)


async def load(store: Store, report_id: uuid.UUID) -> Report:
    async with store.read() as session:
        report = await session.get(Report, report_id)
    assert report is not None
    return report


async def states(store: Store) -> dict[str, str]:
    async with store.read() as session:
        rows = await session.execute(sa.select(Report.number, Report.state).where(Report.number.is_not(None)))
        return {number: state.value for number, state in rows}


async def old_cases_erased(store: Store, now: dt.datetime) -> int:
    async with store.begin() as session:
        return await erase_old_cases(session, now)


async def test_an_erased_case_leaves_its_number_its_steps_and_no_word(store: Store) -> None:
    report = case("JBR-1", outcome="helped", closed_at=NOW - DAY, rating=5)
    await keep(store, report)
    names = await erase(store, report.id)
    assert sorted(names) == ["a" * 32, "c" * 32]
    left = await load(store, report.id)
    assert left.state is ReportState.ARCHIVED
    assert left.case_key is None
    assert [left.content_sealed, left.reporter_index, left.reporter_sealed, left.access_code_index] == [None] * 4
    assert (left.number, left.outcome, left.rating) == ("JBR-1", "helped", 5)
    async with store.read() as session:
        steps = (await session.scalars(sa.select(ReportEvent).order_by(ReportEvent.sequence))).all()
        entry = (await session.scalars(sa.select(AuditEntry))).one()
        card = (await session.scalars(sa.select(Card))).one()
        waiting = (await session.scalars(sa.select(OutboxMessage))).one()
    assert [(step.to_state, step.by) for step in steps] == [("received", "reporter"), ("archived", "system")]
    assert (entry.actor, entry.deed, entry.about) == ("system", "erase", "JBR-1")
    assert card.is_stale, "the room's card still shows the words"
    assert (waiting.state, waiting.payload_sealed) == (OutboxState.CANCELLED, None)


MAY_STAY = {
    "report_events": "states and who, no words",
    "cards": "which room has its card",
    "strikes": "until they expire",
    "reports": "which report it was joined to",
    "duty_rooms": "which case waits longest: none that has ended",
}


async def test_no_table_but_a_few_knows_an_erased_case(store: Store) -> None:
    """Whoever adds a table of what a case contains learns here that erasing must reach it."""
    report = case("JBR-1", closed_at=NOW)
    await keep(store, report)
    knows = [
        key.parent
        for table in Report.metadata.sorted_tables
        for key in table.foreign_keys
        if key.target_fullname == "reports.id" and table.name not in MAY_STAY
    ]
    assert [f"{column}" for column in knows if await _rows(store, column, report) == 0] == [], "fill() knows them all"
    await erase(store, report.id)
    assert [f"{column}" for column in knows if await _rows(store, column, report) > 0] == []


async def _rows(store: Store, column: Any, report: Report) -> int:
    async with store.read() as session:
        count = sa.select(sa.func.count()).select_from(column.table).where(column == report.id)
        return await session.scalar(count) or 0


async def test_a_strike_outlives_its_prank_and_then_goes_too(store: Store) -> None:
    report = case("JBR-1", ReportState.REJECTED, outcome="prank", closed_at=NOW - 30 * DAY)
    await keep(store, report)
    assert await old_cases_erased(store, NOW) == 1
    assert await _rows(store, Strike.__table__.c.report_id, report) == 1
    assert await old_cases_erased(store, NOW + DAY) == 0
    assert await _rows(store, Strike.__table__.c.report_id, report) == 0


async def test_neither_words_nor_keys_are_left_in_the_file(tmp_path: Path, keyring: sealing.Keyring) -> None:
    store = await _sqlite(tmp_path)
    report = case("JBR-1", closed_at=NOW)
    others = [case(f"JBR-X{number}", ReportState.RECEIVED) for number in range(50)]  # so that pages fill and split
    await keep(store, report, *others)
    async with store.read() as session:
        words = (await session.scalars(sa.select(CaseMessage.words_sealed))).one()
    assert report.case_key is not None
    assert report.content_sealed is not None
    assert report.reporter_sealed is not None
    secrets = [report.case_key.key_sealed, report.content_sealed, report.reporter_sealed, words]
    await store.empty_log()
    before = _bytes_of(tmp_path)
    assert [secret in before for secret in secrets] == [True] * 4
    await erase(store, report.id)
    await store.empty_log()
    after = _bytes_of(tmp_path)
    for secret in secrets:
        for start in range(0, len(secret) - 12, 4):
            assert secret[start : start + 12] not in after
    assert b"KENARI" not in after
    assert (await load(store, others[0].id)).content == {"words": WORDS}
    await store.close()


async def test_an_old_copy_without_the_keys_of_cases_cannot_be_opened(tmp_path: Path, keyring: sealing.Keyring) -> None:
    store = await _sqlite(tmp_path)
    report = case("JBR-1", closed_at=NOW)
    await keep(store, report)
    await store.empty_log()
    with sqlite3.connect(tmp_path / "bot.db") as live, sqlite3.connect(tmp_path / "copy.db") as backup:
        live.backup(backup)
    copy = Store(f"sqlite+aiosqlite:///{tmp_path / 'copy.db'}")
    assert (await load(copy, report.id)).content == {"words": WORDS}, "with its keys it opens"
    async with copy.begin() as session:
        await session.execute(sa.text("DELETE FROM case_keys"))
    kept = await load(copy, report.id)
    with pytest.raises(Unsealable):
        _ = kept.content
    async with copy.read() as session:
        said = (await session.scalars(sa.select(CaseMessage))).one()
    with pytest.raises(Unsealable):
        kept.case_sealer().open(said.words_sealed, f"case_messages:words_sealed:{said.id.hex}")
    await copy.close()
    await store.close()


async def _sqlite(folder: Path) -> Store:
    from bot.migrations import migrate

    store = Store(f"sqlite+aiosqlite:///{folder / 'bot.db'}")
    await migrate(store)
    return store


def _bytes_of(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.glob("bot.db*"))


TERMS = [
    (ReportState.REJECTED, "prank", 29, False),
    (ReportState.REJECTED, "prank", 30, True),
    (ReportState.REJECTED, "no_such_place", 364, False),
    (ReportState.REJECTED, "no_such_place", 365, True),
    (ReportState.WITHDRAWN, None, 364, False),
    (ReportState.WITHDRAWN, None, 365, True),
    (ReportState.MERGED, None, 365, True),
    (ReportState.REFERRED, "referred", 365, True),
    (ReportState.HANDLING, None, 3650, False),
]


async def test_each_outcome_has_its_term(store: Store) -> None:
    cases = [
        case(f"JBR-{number}", state, outcome=outcome, closed_at=NOW - days * DAY)
        for number, (state, outcome, days, _) in enumerate(TERMS)
    ]
    await keep(store, *cases)
    assert await old_cases_erased(store, NOW) == sum(is_gone for *_, is_gone in TERMS)
    assert await states(store) == {
        f"JBR-{number}": "archived" if is_gone else state.value for number, (state, _, _, is_gone) in enumerate(TERMS)
    }
    assert await old_cases_erased(store, NOW) == 0


async def test_old_cases_are_erased_in_portions(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 3)
    pranks = [case(f"P{n}", ReportState.REJECTED, outcome="prank", closed_at=NOW - 31 * DAY) for n in range(2)]
    await keep(store, *pranks, *[case(f"R{n}", closed_at=NOW - 400 * DAY) for n in range(5)])
    assert [await old_cases_erased(store, NOW) for _ in range(4)] == [3, 3, 1, 0]
    async with store.read() as session:
        assert (await audit.verify(session)).walked == 7


async def test_an_end_without_a_date_is_kept_from_today_on(store: Store) -> None:
    await keep(store, case("JBR-1", ReportState.WITHDRAWN))
    assert await old_cases_erased(store, NOW) == 0
    assert await old_cases_erased(store, NOW + 364 * DAY) == 0
    assert await old_cases_erased(store, NOW + 365 * DAY) == 1


async def test_a_held_case_outlives_its_term_and_goes_when_it_is_released(store: Store) -> None:
    report = case("JBR-1", closed_at=NOW - 400 * DAY)
    officer = await keep(store, report)
    async with store.begin() as session:
        held = await session.get(Report, report.id)
        assert held is not None
        assert await hold(session, held, by=officer, now=NOW) == NOW + HOLD_FOR
        with pytest.raises(CaseIsHeld):
            await erase_case(session, held, NOW)
    assert await old_cases_erased(store, NOW + HOLD_FOR - DAY) == 0
    async with store.begin() as session:
        held = await session.get(Report, report.id)
        assert held is not None
        await release_hold(session, held, by=officer, now=NOW)
    assert await old_cases_erased(store, NOW) == 1
    async with store.read() as session:
        entries = await audit.newest(session, about="JBR-1", limit=5)
    assert [(entry.actor, entry.deed) for entry in entries] == [
        ("system", "erase"),
        ("12", "release hold"),
        ("12", "hold"),
    ]


async def test_a_hold_ends_by_itself(store: Store) -> None:
    await keep(store, case("JBR-1", closed_at=NOW - 400 * DAY, held_until=NOW + DAY))
    assert await old_cases_erased(store, NOW) == 0
    assert await old_cases_erased(store, NOW + DAY) == 1


async def test_what_is_erased_cannot_be_held(store: Store) -> None:
    report = case("JBR-1", closed_at=NOW)
    officer = await keep(store, report)
    read_before = await load(store, report.id)
    await erase(store, report.id)
    with pytest.raises(CaseIsErased):
        async with store.begin() as session:
            await hold(session, read_before, by=officer, now=NOW)
    async with store.read() as session:
        assert [entry.deed for entry in await audit.newest(session, limit=5)] == ["erase"]


async def test_an_open_case_is_not_erased(store: Store) -> None:
    report = case("JBR-1", ReportState.HANDLING)
    await keep(store, report)
    with pytest.raises(ReportCannotMove):
        await erase(store, report.id)
    assert (await load(store, report.id)).content == {"words": WORDS}


async def test_a_case_that_is_held_while_it_is_erased_stays(store: Store) -> None:
    report = case("JBR-1", closed_at=NOW - 400 * DAY)
    officer = await keep(store, report)
    async with store.begin() as session:
        held = await session.get(Report, report.id)
        assert held is not None
        await hold(session, held, by=officer, now=NOW)
        erasing = asyncio.create_task(old_cases_erased(store, NOW))
        await asyncio.sleep(0.2)
    assert await erasing == 0
    assert (await states(store))["JBR-1"] == "resolved"


async def test_files_go_sooner_than_words(store: Store) -> None:
    report = case("JBR-1", closed_at=NOW - 90 * DAY)
    await keep(store, report)
    round_ = OldFiles()
    async with store.begin() as session:
        assert await round_.erase(session, NOW - DAY) == 0
    async with store.begin() as session:
        assert await round_.erase(session, NOW) == 1
    async with store.read() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(Attachment)) == 0
        assert [entry.deed for entry in await audit.newest(session, limit=5)] == ["erase files"]
    assert (await load(store, report.id)).content == {"words": WORDS}


async def test_files_of_open_and_held_cases_stay(store: Store) -> None:
    held = case("JBR-1", closed_at=NOW - 300 * DAY, held_until=NOW + DAY)
    open_case = case("JBR-2", ReportState.HANDLING)
    await keep(store, held, open_case)
    async with store.begin() as session:
        session.add(Attachment(id=new_id(), report_id=open_case.id, position=1, kind="photo", added_at=NOW - 400 * DAY))
    async with store.begin() as session:
        assert await OldFiles().erase(session, NOW) == 0


async def test_all_files_are_walked_round_and_round(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "FILES_AT_ONCE", 2)
    cases = [case(f"JBR-{n}", closed_at=NOW - (100 if n % 2 else 80) * DAY) for n in range(7)]
    await keep(store, *cases)
    async with store.begin() as session:
        for each in cases[1:]:
            session.add(Attachment(id=new_id(), report_id=each.id, position=1, kind="photo", added_at=NOW))
    round_, gone = OldFiles(), []
    for _ in range(8):
        async with store.begin() as session:
            gone.append(await round_.erase(session, NOW))
    assert sum(gone) == 3
    for _ in range(4):
        async with store.begin() as session:
            gone.append(await round_.erase(session, NOW + 10 * DAY))
    assert sum(gone) == 7


async def test_old_cases_are_found_by_an_index(tmp_path: Path, keyring: sealing.Keyring) -> None:
    store = await _sqlite(tmp_path)
    async with store.begin() as session:
        for query in (retention._due_by_outcome(NOW), retention._due_otherwise(NOW)):
            compiled = query.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
            plan = await session.execute(sa.text(f"EXPLAIN QUERY PLAN {compiled}"))
            [step] = [row.detail for row in plan]
            assert "SEARCH reports USING INDEX ix_reports_closed (state=? AND closed_at<?)" in step
    await store.close()
