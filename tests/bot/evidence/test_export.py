"""The export: what is handed to a court is what was sent, and the audit knows of it."""

import stat
import subprocess
from pathlib import Path

import pytest

from bot.evidence.export import NotExported, export
from bot.settings import Settings
from domain import audit
from tests import samples
from tests.bot.evidence.conftest import Desk

pytestmark = pytest.mark.parametrize("empty_database_url", ["sqlite"], indirect=True)


def settings(desk: Desk) -> Settings:
    folder = desk.folder.parent
    return Settings(
        _env_file=None,  # type: ignore[call-arg]
        database_url=str(desk.store.url),
        data_dir=folder,
        keys_file=folder / "keys",
    )


async def test_originals_are_written_with_their_sums(desk: Desk, tmp_path: Path) -> None:
    await desk.file()
    await desk.attach("photo", samples.jpeg())
    await desk.attach("paper", b"%PDF-1.7")
    await desk.attach("gone")
    await desk.look()
    to = tmp_path / "court"
    assert await export(settings(desk), "JBR-7KQ-M3XD", to) == ["asli-1.jpg", "asli-2.pdf"]
    assert (to / "asli-1.jpg").read_bytes() == samples.jpeg()
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=to, check=True, capture_output=True)
    assert {stat.S_IMODE(path.stat().st_mode) for path in to.iterdir()} == {0o600}
    async with desk.store.read() as session:
        (entry,) = await audit.newest(session, limit=5)
    assert (entry.actor, entry.deed, entry.about, entry.detail) == (
        "console",
        "export files",
        "JBR-7KQ-M3XD",
        "2 files",
    )


async def test_what_is_not_there_is_said(desk: Desk, tmp_path: Path) -> None:
    await desk.file()
    with pytest.raises(NotExported):
        await export(settings(desk), "JBR-7KQ-M3XD", tmp_path / "court")
    await desk.attach("photo", samples.jpeg())
    await desk.look()
    for path in desk.on_disk():
        path.write_bytes(b"\x00damaged" * 10)
    with pytest.raises(NotExported):
        await export(settings(desk), "JBR-7KQ-M3XD", tmp_path / "court")
