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


def test_the_newest_file_is_the_newest_revision() -> None:
    assert newest() == ScriptDirectory.from_config(configuration()).get_current_head()


def test_the_alembic_folder_is_no_package() -> None:
    """An __init__.py there would hide the library of the same name."""
    assert not (Path(__file__).parent.parent / "alembic" / "__init__.py").exists()


@pytest.mark.parametrize("folder", ["bot", "handlers", "domain", "models"])
def test_nothing_makes_tables_behind_the_migrations_back(folder: str) -> None:
    for file in (Path(__file__).parent.parent / folder).rglob("*.py"):
        assert "create_all" not in file.read_text(), file.name
