"""Every migration goes up, down and up again on both engines, and ends where the models are."""

import datetime as dt
import uuid
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.migrations import configuration, migrate
from bot.schema import newest, revisions
from models import Base, Person
from models.engine import Store

OLD_PERSON = sa.text(
    "INSERT INTO people (id, telegram_index, telegram_sealed, language, is_reachable, wrong_codes)"
    " VALUES (:id, :index, :index, 'id', true, 0)"
).bindparams(sa.bindparam("id", type_=sa.Uuid()))
OLD_GRANT = sa.text("INSERT INTO role_grants (person_id, role, granted_at) VALUES (:id, :role, :at)").bindparams(
    sa.bindparam("id", type_=sa.Uuid()), sa.bindparam("at", type_=sa.DateTime(timezone=True))
)


async def differences(store: Store) -> list[Any]:
    def look(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))

    async with store.reader.connect() as connection:
        return await connection.run_sync(look)


async def test_the_newest_schema_is_what_the_models_say(store: Store) -> None:
    assert await differences(store) == []
    found, wanted = await revisions(store)
    assert found == wanted


async def test_each_step_goes_up_down_and_up_again(store: Store) -> None:
    steps = [script.revision for script in ScriptDirectory.from_config(configuration()).walk_revisions()]
    await migrate(store, "base", down=True)
    for revision in reversed(steps):
        await migrate(store, revision)
        await migrate(store, "-1", down=True)
        await migrate(store, revision)
    assert await differences(store) == []


async def test_whoever_was_staff_already_gets_a_number_in_the_order_of_their_roles(store: Store) -> None:
    await migrate(store, "0001", down=True)
    moments = ["2026-11-24 08:00:00+00:00", "2026-11-23 08:00:00+00:00"]
    async with store.writer.begin() as connection:
        for number, granted_at in enumerate(moments):
            person = {"id": uuid.UUID(int=number), "index": bytes([number])}
            await connection.execute(OLD_PERSON, person)
            for role in ("officer", "dispatcher"):
                await connection.execute(
                    OLD_GRANT, {**person, "role": role, "at": dt.datetime.fromisoformat(granted_at)}
                )
    await migrate(store)
    async with store.read() as session:
        numbers = await session.execute(sa.select(Person.telegram_index, Person.staff_number))
        assert {index: number for index, number in numbers} == {bytes([0]): 2, bytes([1]): 1}


# A filed report and a draft as 0001 knew them, with everything that belongs to them.
REPORT, ROOM = uuid.UUID(int=7), uuid.UUID(int=8)
OLD_ROWS = {
    "reports": [
        {"id": REPORT, "number": "JBR-7KQ-M3XD", "state": "received", "anonymity": "two_way", "version": 2},
        {"id": uuid.UUID(int=9), "number": None, "state": "draft", "anonymity": "full", "version": 1},
    ],
    "duty_rooms": [{"id": ROOM, "chat_index": b"c", "chat_sealed": b"s", "is_confidential": False}],
    "report_events": [
        {"report_id": REPORT, "sequence": sequence, "from_state": "draft", "to_state": "received", "by": "reporter"}
        for sequence in range(3)
    ],
    "attachments": [
        {"id": uuid.UUID(int=10 + position), "report_id": report_id, "position": position, "kind": "photo"}
        for position, report_id in enumerate([REPORT, REPORT, uuid.UUID(int=9)])
    ],
    "cards": [{"report_id": REPORT, "room_id": ROOM}],
    "dialogues": [{"person_id": uuid.UUID(int=1), "awaiting": "words", "subject_id": uuid.UUID(int=9)}],
}
MOMENT = dt.datetime(2026, 11, 24, 8, tzinfo=dt.UTC)
# Columns that 0001 filled and that must come back as they were.
ALSO: dict[str, dict[str, Any]] = {
    "reports": {"touched_at": MOMENT, "filed_at": MOMENT, "content_sealed": b"sealed", "priority": "P1"},
    "duty_rooms": {"bound_at": MOMENT, "is_reachable": True},
    "report_events": {"at": MOMENT},
    "attachments": {"added_at": MOMENT, "file_sealed": b"sealed"},
    "cards": {"posted_at": MOMENT},
    "dialogues": {"detail": None},
}


async def fill_0001(store: Store) -> None:
    async with store.writer.begin() as connection:
        await connection.execute(OLD_PERSON, {"id": uuid.UUID(int=1), "index": b"p"})
        for name in OLD_ROWS:
            now_known = Base.metadata.tables[name].c
            columns = [sa.column(column, now_known[column].type) for column in filled(name)[0]]
            await connection.execute(sa.insert(sa.table(name, *columns)), filled(name))


def filled(name: str) -> list[dict[str, Any]]:
    return [{**row, **ALSO[name]} for row in OLD_ROWS[name]]


async def kept(store: Store) -> dict[str, list[dict[str, Any]]]:
    """The same columns of the same tables, as they are now."""
    found = {}
    async with store.reader.connect() as connection:
        for name in OLD_ROWS:
            table = Base.metadata.tables[name]
            columns = [table.c[column] for column in filled(name)[0]]
            rows = await connection.execute(sa.select(*columns).order_by(*columns[:2]))
            found[name] = [dict(row._mapping) for row in rows]
    return found


async def test_what_was_there_before_cases_is_there_with_them_and_after_them(store: Store) -> None:
    """SQLite changes a table by dropping the old one: what belongs to its rows must not go with it."""
    await migrate(store, "0001", down=True)
    await fill_0001(store)
    before = await kept(store)
    assert before == {name: sorted(filled(name), key=lambda row: list(row.values())[:2]) for name in OLD_ROWS}
    await migrate(store)
    assert await kept(store) == before
    async with store.read() as session:
        waiting = await session.execute(sa.text("SELECT state, count(*) FROM attachments GROUP BY state"))
        assert {state: count for state, count in waiting} == {"waiting": 2, "held": 1}, "a draft's file is not fetched"
    await migrate(store, "0001", down=True)
    assert await kept(store) == before


WITHOUT_NUMBERS = ("reports", "report_events", "case_keys", "case_messages", "attachments", "cards", "search_terms")


@pytest.mark.parametrize("empty_database_url", ["sqlite"], indirect=True)
async def test_on_sqlite_no_row_of_a_case_is_numbered_in_the_order_of_coming(store: Store) -> None:
    async def without() -> set[str]:
        async with store.reader.connect() as connection:
            rows = await connection.execute(sa.text("SELECT name FROM pragma_table_list WHERE type = 'table' AND wr"))
            return {name for (name,) in rows}

    assert await without() == set(WITHOUT_NUMBERS)
    await migrate(store, "0001", down=True)
    assert await without() == set()
    await migrate(store)
    assert await without() == set(WITHOUT_NUMBERS)


def test_the_newest_file_is_the_newest_revision() -> None:
    assert newest() == ScriptDirectory.from_config(configuration()).get_current_head()


def test_the_alembic_folder_is_no_package() -> None:
    """An __init__.py there would hide the library of the same name."""
    assert not (Path(__file__).parent.parent / "alembic" / "__init__.py").exists()


@pytest.mark.parametrize("folder", ["bot", "handlers", "domain", "models"])
def test_nothing_makes_tables_behind_the_migrations_back(folder: str) -> None:
    for file in (Path(__file__).parent.parent / folder).rglob("*.py"):
        assert "create_all" not in file.read_text(), file.name
