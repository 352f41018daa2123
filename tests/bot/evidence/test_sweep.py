"""Files that no row names are taken away; all others stay."""

import os
import time
from pathlib import Path

import pytest

from bot.clock import Clock
from bot.evidence import sweep as sweeping
from bot.evidence.files import EvidenceFiles
from bot.evidence.sweep import Sweep
from domain.cases.retention import erase_case
from models import Attachment, FileState, Report, ReportState, new_id, sealing
from models.engine import Store

NOW = Clock().now()


def kept(data_dir: Path, count: int, *, days_ago: int) -> list[str]:
    files = EvidenceFiles(data_dir)
    names = [files.keep(b"a photo", sealing.keyring()) for _ in range(count)]
    for name in names:
        age(data_dir / "evidence" / name[:2] / name, days_ago)
    return names


def age(path: Path, days: int) -> None:
    moment = time.time() - days * 86_400
    os.utime(path, (moment, moment))


async def name_them(store: Store, names: list[str]) -> Report:
    """Each name in a row, in turn as the original and as the copy."""
    report = Report(id=new_id(), number="JBR-1", state=ReportState.RESOLVED, touched_at=NOW, closed_at=NOW, version=1)
    async with store.begin() as session:
        session.add(report)
        for position, name in enumerate(names):
            file = Attachment(id=new_id(), report_id=report.id, position=position, kind="photo", added_at=NOW)
            file.state = FileState.KEPT
            file.stored_as, file.copy_as = (name, None) if position % 2 else (None, name)
            session.add(file)
    return report


def there(data_dir: Path) -> set[str]:
    return set(EvidenceFiles(data_dir).names())


async def test_only_old_files_that_no_row_names_are_swept(store: Store, tmp_path: Path) -> None:
    named = kept(tmp_path, 20, days_ago=8)
    unnamed = kept(tmp_path, 20, days_ago=8)
    young = kept(tmp_path, 3, days_ago=3)
    await name_them(store, named)
    await Sweep(store, tmp_path).sweep()
    assert there(tmp_path) == {*named, *young}
    assert not set(unnamed) & there(tmp_path)


async def test_the_files_of_an_erased_case_are_gone_after_the_next_sweep(store: Store, tmp_path: Path) -> None:
    names = kept(tmp_path, 4, days_ago=8)
    report = await name_them(store, names)
    async with store.begin() as session:
        again = await session.get(Report, report.id)
        assert again is not None
        assert set(await erase_case(session, again, NOW)) == set(names)
    await Sweep(store, tmp_path).sweep()
    assert there(tmp_path) == set()


async def test_what_was_never_finished_is_swept_and_what_is_not_ours_stays(store: Store, tmp_path: Path) -> None:
    kept(tmp_path, 1, days_ago=8)
    folder = tmp_path / "evidence"
    left = {"tmp-" + "a" * 32: False, "tmp-" + "b" * 32: True, "notes.txt": True, "ab/README": True}
    (folder / "ab").mkdir(exist_ok=True)
    for name in left:
        (folder / name).write_text("x")
        age(folder / name, 8 if name[-1] != "b" else 3)
    outside = tmp_path / ("c" * 32)
    outside.write_text("x")
    age(outside, 90)
    await Sweep(store, tmp_path).sweep()
    assert {name: (folder / name).exists() for name in left} == left
    assert outside.exists()


async def test_many_files_are_swept_over_several_rounds(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "AT_ONCE", 10)
    monkeypatch.setattr(sweeping, "ASKED_AT_ONCE", 3)
    named = kept(tmp_path, 20, days_ago=8)
    kept(tmp_path, 30, days_ago=8)
    await name_them(store, named)
    sweep = Sweep(store, tmp_path)
    await sweep.sweep()
    assert len(there(tmp_path)) > 20
    for _ in range(10):
        await sweep.sweep()
    assert there(tmp_path) == set(named)


async def test_without_a_folder_there_is_nothing_to_sweep(store: Store, tmp_path: Path) -> None:
    await Sweep(store, tmp_path / "nowhere").sweep()
