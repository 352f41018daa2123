"""`audit verify` and `audit list`: what they say, and how they end."""

import asyncio
import datetime as dt
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from bot.cli import cli
from bot.migrations import migrate
from domain import audit
from models import sealing
from models.engine import Store
from models.sealing import Keyring

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database with three entries, which the command line finds."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("KEYS_FILE", str(tmp_path / "keys"))
    # The runner lends the command a standard error and closes it: the log of later tests must not go there.
    monkeypatch.setattr("bot.cli.logs.set_up", lambda level: None)
    sealing.install(Keyring.at(tmp_path / "keys"))

    async def fill() -> None:
        store = Store(url)
        await migrate(store)
        async with store.begin() as session:
            for deed in ("take", "note", "resolved"):
                audit.note(session, "7", deed, "JBR-7KQ-M3XD", "[bold]", now=NOW)
        await store.close()

    asyncio.run(fill())
    return url


def call(*words: str) -> Result:
    return CliRunner().invoke(cli, ["audit", *words], env={"COLUMNS": "160"})


def head(url: str) -> tuple[int, bytes]:
    async def look() -> tuple[int, bytes]:
        store = Store(url)
        async with store.read() as session:
            found = await audit.head_of(session)
        await store.close()
        return found

    return asyncio.run(look())


def tamper(url: str, *statements: str) -> None:
    async def work() -> None:
        store = Store(url)
        async with store.begin() as session:
            for name in ("update", "delete"):
                await session.execute(sa.text(f"DROP TRIGGER IF EXISTS audit_entries_keep_{name}"))
            for statement in statements:
                await session.execute(sa.text(statement))
        await store.close()

    asyncio.run(work())


def test_a_whole_audit_ends_with_0_and_says_its_length(url: str) -> None:
    length, mac = head(url)
    done = call("verify", "--head", mac.hex()[:16], "--at", str(length))
    assert done.exit_code == 0
    assert "3 entries, each as it was written" in done.output
    assert "Entry 3 is the one that was told." in done.output


def test_the_first_bad_entry_is_named_and_the_end_is_1(url: str) -> None:
    tamper(url, "UPDATE audit_entries SET actor = '8' WHERE sequence = 2")
    done = call("verify")
    assert done.exit_code == 1
    assert "The first bad entry is 2: changed." in done.output


def test_a_cut_is_seen_by_whoever_was_told(url: str) -> None:
    _, mac = head(url)
    tamper(
        url,
        "UPDATE audit_heads SET sequence = 2, mac = (SELECT mac FROM audit_entries WHERE sequence = 2)",
        "DELETE FROM audit_entries WHERE sequence = 3",
    )
    assert call("verify").exit_code == 0
    done = call("verify", "--head", mac.hex()[:16], "--at", "3")
    assert done.exit_code == 1
    assert "The first bad entry is 3: missing." in done.output


@pytest.mark.parametrize("words", [["--at", "3"], ["--head", "ab" * 8], ["--head", "xyz", "--at", "3"]])
def test_half_of_what_was_told_is_not_understood(url: str, words: list[str]) -> None:
    assert call("verify", *words).exit_code == 2


def test_keys_of_another_database_are_no_tampering(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from models import keyproof

    async def prove() -> None:
        store = Store(url)
        async with store.begin() as session:
            await keyproof.fits(session)
        await store.close()

    asyncio.run(prove())
    monkeypatch.setenv("KEYS_FILE", str(tmp_path / "others"))
    done = call("verify")
    assert done.exit_code == 78
    assert "does not belong to this database" in " ".join(done.output.split())


def test_the_list_shows_what_was_done_and_that_it_was_read(url: str) -> None:
    done = call("list", "--about", "JBR-7KQ-M3XD")
    assert done.exit_code == 0
    assert done.output.count("JBR-7KQ-M3XD") == 3
    assert "[bold]" in done.output
    assert "19:00:00" in done.output, "in local time"
    again = call("list")
    assert "console" in again.output
    assert "read audit" in again.output
    assert call("verify").exit_code == 0
