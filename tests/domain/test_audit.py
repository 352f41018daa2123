"""The audit is a chain: what was done to it afterwards is named, with the first entry that is not to be trusted."""

import asyncio
import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from domain import audit
from domain.audit import AuditReport, Fault
from models import AuditEntry, AuditHead, Person, Report, ReportEvent, ReportState, new_id
from models.engine import Store

NOW = dt.datetime(2026, 11, 24, 12, 30, 15, 123456, tzinfo=dt.UTC)
LENGTH = 12


@pytest.fixture
async def chain(store: Store) -> Store:
    """Twelve entries, written by four transactions, and no trigger to keep them."""
    for _ in range(LENGTH // 3):
        async with store.begin() as session:
            audit.note(session, Person(staff_number=12), "read", "JBR-7KQ-M3XD", now=NOW)
            audit.note(session, "console", "invite", None, "dispatcher", now=NOW)
            audit.note(session, None, "alarm", "JBR-7KQ-M3XD", "naïve → ✓", now=NOW)
    await unguard(store)
    return store


async def unguard(store: Store) -> None:
    drops = {
        "sqlite": ["DROP TRIGGER audit_entries_keep_update", "DROP TRIGGER audit_entries_keep_delete"],
        "postgresql": [
            "DROP TRIGGER audit_entries_keep ON audit_entries",
            "DROP TRIGGER audit_entries_keep_all ON audit_entries",
        ],
    }
    async with store.begin() as session:
        for statement in drops[session.get_bind().dialect.name]:
            await session.execute(sa.text(statement))


async def verified(store: Store, **asked: object) -> AuditReport:
    async with store.read() as session:
        return await audit.verify(session, **asked)  # type: ignore[arg-type]


async def sql(store: Store, *statements: str) -> None:
    async with store.begin() as session:
        for statement in statements:
            await session.execute(sa.text(statement))


async def test_a_chain_that_nobody_touched_is_whole(chain: Store) -> None:
    found = await verified(chain)
    assert found.is_whole
    assert (found.walked, found.sequence) == (LENGTH, LENGTH)
    async with chain.read() as session:
        head = await session.get(AuditHead, 1)
        actors = list(await session.scalars(sa.select(AuditEntry.actor).order_by(AuditEntry.sequence).limit(3)))
    assert head is not None
    assert found.mac == head.mac
    assert actors == ["12", "console", "system"]


async def test_an_empty_chain_is_whole(store: Store) -> None:
    assert (await verified(store)).is_whole


SWAP_5_AND_6 = [
    "UPDATE audit_entries SET sequence = 1000 WHERE sequence = 5",
    "UPDATE audit_entries SET sequence = 5 WHERE sequence = 6",
    "UPDATE audit_entries SET sequence = 6 WHERE sequence = 1000",
]
COPY = (
    "INSERT INTO audit_entries SELECT {to}, at, actor, deed, about, detail, mac "
    "FROM audit_entries WHERE sequence = {of}"
)
MOVE_UP = [f"UPDATE audit_entries SET sequence = {n + 1} WHERE sequence = {n}" for n in range(LENGTH, 4, -1)]
MOVE_DOWN = [f"UPDATE audit_entries SET sequence = {n - 1} WHERE sequence = {n}" for n in range(6, LENGTH + 1)]
HEAD_BACK = "UPDATE audit_heads SET sequence = {n}, mac = (SELECT mac FROM audit_entries WHERE sequence = {n})"
TAMPERINGS = {
    "another actor": (["UPDATE audit_entries SET actor = '7' WHERE sequence = 5"], 5, Fault.CHANGED),
    "another deed": (["UPDATE audit_entries SET deed = 'note' WHERE sequence = 1"], 1, Fault.CHANGED),
    "another case": (["UPDATE audit_entries SET about = 'JBR-AAA-AAAA' WHERE sequence = 12"], 12, Fault.CHANGED),
    "no case": (["UPDATE audit_entries SET about = NULL WHERE sequence = 4"], 4, Fault.CHANGED),
    "another detail": (["UPDATE audit_entries SET detail = '' WHERE sequence = 4"], 4, Fault.CHANGED),
    "another moment": (
        ["UPDATE audit_entries SET at = '2026-11-24 12:30:15.123457' WHERE sequence = 7"],
        7,
        Fault.CHANGED,
    ),
    "another MAC": (
        ["UPDATE audit_entries SET mac = (SELECT mac FROM audit_heads) WHERE sequence = 6"],
        6,
        Fault.CHANGED,
    ),
    "deed and case run together": (
        ["UPDATE audit_entries SET deed = 'readJBR', about = '-7KQ-M3XD' WHERE sequence = 4"],
        4,
        Fault.CHANGED,
    ),
    "one deleted": (["DELETE FROM audit_entries WHERE sequence = 5"], 5, Fault.MISSING),
    "the first deleted": (["DELETE FROM audit_entries WHERE sequence = 1"], 1, Fault.MISSING),
    "some deleted": (["DELETE FROM audit_entries WHERE sequence IN (5, 6, 9)"], 5, Fault.MISSING),
    "one deleted, the rest moved up": (["DELETE FROM audit_entries WHERE sequence = 5", *MOVE_DOWN], 5, Fault.CHANGED),
    "one inserted": ([*MOVE_UP, COPY.format(to=5, of=4)], 5, Fault.OUT_OF_ORDER),
    "one inserted before the first": ([COPY.format(to=0, of=4)], 1, Fault.OUT_OF_ORDER),
    "one added": ([COPY.format(to=13, of=12)], 13, Fault.CHANGED),
    "two swapped": (SWAP_5_AND_6, 5, Fault.OUT_OF_ORDER),
    "a gap made": (MOVE_UP, 5, Fault.OUT_OF_ORDER),
    "the last cut off": (["DELETE FROM audit_entries WHERE sequence > 9"], 10, Fault.MISSING),
    "all cut off": (["DELETE FROM audit_entries"], 1, Fault.MISSING),
    "the head set back": ([HEAD_BACK.format(n=9)], 10, Fault.WRONG_LENGTH),
    "the head gone": (["DELETE FROM audit_heads"], 1, Fault.WRONG_LENGTH),
    "the head's MAC changed": (
        ["UPDATE audit_heads SET mac = (SELECT mac FROM audit_entries WHERE sequence = 3)"],
        12,
        Fault.WRONG_HEAD,
    ),
}


async def test_whatever_is_done_to_it_the_first_bad_entry_is_named(chain: Store) -> None:
    found = {}
    for name, (statements, *_) in TAMPERINGS.items():
        async with chain.write() as session:  # never committed: each finds the chain as it was
            for statement in statements:
                await session.execute(sa.text(statement))
            report = await audit.verify(session)
            await session.rollback()
        found[name] = (report.first_bad, report.fault)
    assert found == {name: (first_bad, fault) for name, (_, first_bad, fault) in TAMPERINGS.items()}
    assert (await verified(chain)).is_whole


async def test_only_what_the_auditor_was_told_shows_a_cut_with_the_head_set_back(chain: Store) -> None:
    before = await verified(chain)
    told = (before.sequence, before.mac.hex()[:16])
    assert (await verified(chain, told=told)).is_whole
    await sql(chain, HEAD_BACK.format(n=9), "DELETE FROM audit_entries WHERE sequence > 9")
    assert (await verified(chain)).is_whole, "the limit of any chain"
    found = await verified(chain, told=told)
    assert (found.first_bad, found.fault) == (10, Fault.MISSING)
    async with chain.begin() as session:
        for _ in range(3):
            audit.note(session, "console", "invite", now=NOW)  # written anew, with the keys
    found = await verified(chain, told=told)
    assert (found.first_bad, found.fault) == (12, Fault.NOT_AS_TOLD)


async def test_what_was_told_before_stays_true_as_the_chain_grows(chain: Store) -> None:
    before = await verified(chain)
    async with chain.begin() as session:
        audit.note(session, None, "erase", "JBR-7KQ-M3XD", now=NOW)
    assert (await verified(chain, told=(before.sequence, before.mac.hex()))).is_whole


async def test_the_last_entries_can_be_walked_alone(chain: Store) -> None:
    found = await verified(chain, last=5)
    assert (found.walked, found.sequence, found.is_whole) == (5, LENGTH, True)
    assert (await verified(chain, last=500)).walked == LENGTH
    await sql(chain, "UPDATE audit_entries SET actor = '7' WHERE sequence = 9")
    assert (await verified(chain, last=5)).first_bad == 9
    assert (await verified(chain, last=2)).is_whole


async def test_a_long_chain_is_walked_in_portions(chain: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "PORTION", 4)
    assert (await verified(chain)).walked == LENGTH
    await sql(chain, "DELETE FROM audit_entries WHERE sequence = 8")
    assert (await verified(chain)).first_bad == 8


async def test_the_database_itself_refuses_to_change_an_entry(store: Store) -> None:
    async with store.begin() as session:
        audit.note(session, None, "erase", now=NOW)
    for statement in ("UPDATE audit_entries SET actor = '7'", "DELETE FROM audit_entries"):
        with pytest.raises(DBAPIError, match="only added to"):
            await sql(store, statement)
    assert (await verified(store)).walked == 1


async def test_eight_writers_at_once_make_one_chain(store: Store) -> None:
    async def write(number: int) -> None:
        for turn in range(5):
            async with store.begin() as session:
                audit.note(session, str(number), "note", detail=f"first {turn}", now=NOW)
                await session.execute(sa.select(sa.func.count()).select_from(AuditEntry))
                await asyncio.sleep(0)
                audit.note(session, str(number), "note", detail=f"second {turn}", now=NOW)

    await asyncio.gather(*(write(number) for number in range(8)))
    found = await verified(store)
    assert (found.walked, found.fault) == (80, None)
    async with store.read() as session:
        for number in range(8):
            mine = sa.select(AuditEntry.detail).where(AuditEntry.actor == str(number)).order_by(AuditEntry.sequence)
            said = [f"{which} {turn}" for turn in range(5) for which in ("first", "second")]
            assert list(await session.scalars(mine)) == said


async def test_it_is_verified_while_others_write(store: Store) -> None:
    async def write() -> None:
        for _ in range(30):
            async with store.begin() as session:
                audit.note(session, None, "alarm", now=NOW)

    writing = asyncio.create_task(write())
    while not writing.done():
        assert (await verified(store)).is_whole
    await writing
    assert (await verified(store)).walked == 30


async def test_what_was_rolled_back_is_not_in_the_audit(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        async with store.begin() as session:
            audit.note(session, None, "erase", now=NOW)
            raise ZeroDivisionError
    async with store.begin() as session:
        audit.note(session, None, "hold", now=NOW)
    async with store.read() as session:
        assert list(await session.scalars(sa.select(AuditEntry.deed))) == ["hold"]
    assert (await verified(store)).is_whole


async def test_two_that_wait_for_each_others_rows_do_not_wait_for_ever(store: Store) -> None:
    """One holds a case and will write; the other has added to that case, which the database looks at on commit."""
    report = Report(id=new_id(), state=ReportState.RECEIVED, touched_at=NOW)
    async with store.begin() as session:
        session.add(report)

    async def add_a_step() -> None:
        async with store.begin() as session:
            step = ReportEvent(report_id=report.id, sequence=1, at=NOW, from_state="x", to_state="y", by="staff")
            session.add(step)
            audit.note(session, None, "verified", now=NOW)

    async with store.begin() as session:
        await session.execute(sa.select(Report.id).where(Report.id == report.id).with_for_update())
        adding = asyncio.create_task(add_a_step())
        await asyncio.sleep(0.2)
        audit.note(session, None, "take", now=NOW)
    await adding
    assert (await verified(store)).walked == 2


async def test_what_is_too_long_is_cut_and_no_more_than_that(store: Store) -> None:
    async with store.begin() as session:
        audit.note(session, "console" * 9, "deed" * 30, "about" * 30, "detail" * 60, now=NOW)
    async with store.read() as session:
        [entry] = await audit.newest(session, limit=5)
    assert [len(text or "") for text in (entry.actor, entry.deed, entry.about, entry.detail)] == [16, 32, 48, 120]
    assert (await verified(store)).is_whole
