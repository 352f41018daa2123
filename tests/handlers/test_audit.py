"""The audit in words, and the end of its chain as auditors are told it."""

import ast
import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from domain import audit, outbox
from domain.audit import Fault
from domain.roles import Role
from handlers import audit as pages
from handlers.texts import catalogue, plain, say
from handlers.views import View
from models import AuditEntry, OutboxMessage, Person, ReportState, RoleGrant, new_id, sealing
from models.engine import Store

ROOT = Path(__file__).resolve().parents[2]
FIVE = dt.datetime(2026, 11, 24, 22, 0, tzinfo=dt.UTC)  # in Jember it is five in the morning of the 25th
SIX = FIVE + dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


class Reader:
    """What a handler is given, for somebody who reads in Indonesian; remembers what they were shown."""

    def __init__(self, session: Any, person: Person) -> None:
        self.session, self.person, self.now, self.language = session, person, SIX, person.language
        self.shown: list[View] = []

    def say(self, key: str, **params: object) -> str:
        return say(self.language, key, **params)

    def label(self, key: str, **params: object) -> str:
        return plain(self.language, key, **params)

    def whisper(self, view: View) -> None:
        self.shown.append(view)


def person(number: int, **values: Any) -> Person:
    made = Person(id=new_id(), telegram_index=sealing.number_index("person", number), language="id", **values)
    made.telegram_id = number
    return made


async def note(store: Store, *deeds: str, about: str | None = "JBR-7KQ-M3XD") -> None:
    async with store.begin() as session:
        for deed in deeds:
            audit.note(session, Person(staff_number=7), deed, about, now=FIVE)


async def read(store: Store, reader: Person) -> View:
    async with store.begin() as session:
        context = Reader(session, reader)
        await pages.read(None, context)  # type: ignore[arg-type]
    return context.shown[0]


async def test_entries_are_read_in_words_and_reading_is_one_of_them(store: Store) -> None:
    await note(store, "read", "assigned", "let go", "what only a newer version does")
    async with store.begin() as session:
        audit.note(session, None, "erase", "JBR-AAA-AAAA", "<b>prank</b>", now=FIVE)
        audit.note(session, "console", "invite", None, "admin", now=FIVE)
    auditor = person(5, staff_number=3)
    lines = (await read(store, auditor)).text.splitlines()[2:]
    assert lines == [
        "25 Nov pukul 05.00 · Konsol server · mengundang · admin",
        "25 Nov pukul 05.00 · Sistem · menghapus isi kasus · JBR-AAA-AAAA, &lt;b&gt;prank&lt;/b&gt;",
        "25 Nov pukul 05.00 · Petugas 7 · what only a newer version does · JBR-7KQ-M3XD",
        "25 Nov pukul 05.00 · Petugas 7 · melepas kasus · JBR-7KQ-M3XD",
        "25 Nov pukul 05.00 · Petugas 7 · menugaskan unit · JBR-7KQ-M3XD",
        "25 Nov pukul 05.00 · Petugas 7 · membaca kasus · JBR-7KQ-M3XD",
    ]
    first = (await read(store, auditor)).text.splitlines()[2]
    assert first == "25 Nov pukul 06.00 · Petugas 3 · membaca catatan audit · 1-6"


async def test_older_entries_are_a_tap_away_until_there_are_none(store: Store) -> None:
    await note(store, *["note"] * 20)
    view = await read(store, person(5))
    assert "Catatan 6 sampai 20" in view.text
    assert view.rows[0][0].does == pages.OlderEntries(6)
    async with store.begin() as session:
        rest = await pages._page(Reader(session, person(5)), 6)  # type: ignore[arg-type]
    assert "Catatan 1 sampai 5" in rest.text
    assert not rest.rows


async def test_an_empty_audit_says_so(store: Store) -> None:
    assert "Belum ada catatan" in (await read(store, person(5))).text


async def test_the_longest_page_fits_into_one_message(store: Store) -> None:
    async with store.begin() as session:
        for _ in range(20):
            audit.note(session, "system", "confirm invitation", "&" * 48, "&" * 120, now=FIVE)
    assert len(re.sub(r"&amp;|<[^>]+>", "&", (await read(store, person(5))).text)) < 4096


async def tell(store: Store, now: dt.datetime) -> int:
    async with store.begin() as session:
        return await pages.tell_head(session, now)


async def told(store: Store) -> list[dict[str, Any]]:
    async with store.read() as session:
        rows = (await session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id))).all()
    return [outbox.opened(row.key, row.payload_sealed or b"") for row in rows]


async def employ(store: Store, *people: Person, role: Role = Role.AUDITOR) -> None:
    async with store.begin() as session:
        session.add_all(people)
        session.add_all([RoleGrant(person_id=each.id, role=role, granted_at=FIVE) for each in people])


async def test_auditors_are_told_the_end_of_the_chain_once_a_day_from_six_on(store: Store) -> None:
    await note(store, "read", "note")
    await employ(store, person(5), person(6), person(7, is_reachable=False))
    await employ(store, person(8), role=Role.COMMANDER)
    assert [await tell(store, now) for now in (FIVE, SIX, SIX, SIX + DAY / 2)] == [0, 2, 0, 0]
    messages = await told(store)
    async with store.read() as session:
        length, mac = await audit.head_of(session)
    assert sorted(message["chat_id"] for message in messages) == [5, 6]
    assert mac.hex()[:16] in messages[0]["text"]
    assert "2 catatan" in messages[0]["text"]
    await note(store, "read")
    assert await tell(store, SIX + DAY) == 2
    async with store.read() as session:
        assert (await audit.verify(session, told=(length, mac.hex()[:16]))).is_whole


async def test_auditors_are_told_when_the_chain_is_not_whole(store: Store) -> None:
    await note(store, "read", "note", "hold")
    await employ(store, person(5))
    async with store.begin() as session:
        on_table = " ON audit_entries" if session.get_bind().dialect.name == "postgresql" else ""
        trigger = "audit_entries_keep" if on_table else "audit_entries_keep_update"
        await session.execute(sa.text(f"DROP TRIGGER {trigger}{on_table}"))
        await session.execute(sa.update(AuditEntry).where(AuditEntry.sequence == 2).values(actor="8"))
    assert await tell(store, SIX) == 1
    [message] = await told(store)
    assert "mulai catatan 2: isinya bukan yang dulu ditulis" in message["text"]
    assert "3 catatan" in message["text"], "the head is told as it stands"


async def test_an_auditor_whose_address_cannot_be_read_keeps_no_other_from_being_told(store: Store) -> None:
    lost = person(5)
    lost.telegram_sealed = b"\x01" + b"?" * 40
    await employ(store, lost, person(6))
    assert await tell(store, SIX) == 1


def deeds_in_the_code() -> set[str]:
    """What is passed to audit.note as it is written there."""
    found: set[str] = set()
    for folder in ("bot", "handlers", "domain"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.note" and len(node.args) > 2:
                    found |= {text.value for text in ast.walk(node.args[2]) if isinstance(text, ast.Constant)}
    return found


@pytest.mark.parametrize("deed", sorted(deeds_in_the_code() | {state.value for state in ReportState} - {"draft"}))
def test_every_deed_has_a_sentence(deed: str) -> None:
    key = f"audit.deed.{deed.replace(' ', '_')}"
    # Of one that is put together only the beginning is in the code.
    assert any(known == key or (key.endswith("_") and known.startswith(key)) for known in catalogue("id"))


@pytest.mark.parametrize("fault", Fault)
def test_every_fault_has_a_sentence(fault: Fault) -> None:
    assert f"audit.fault.{fault.name.lower()}" in catalogue("id")
