"""The export: a case's files as they were sent, for an investigator or a court. Written into the audit."""

import asyncio
import os
from pathlib import Path

import sqlalchemy as sa

from bot.clock import Clock
from bot.evidence import kinds
from bot.evidence.files import EvidenceFiles
from bot.settings import Settings
from domain import audit, evidence
from domain.audit import CONSOLE
from models import Attachment, Report, sealing
from models.engine import Store
from models.sealing import Keyring, Unsealable

SUMS = "SHA256SUMS"


class NotExported(Exception):
    """There is no such case, or nothing of it can be read; the text says which."""


async def export(chosen: Settings, number: str, folder: Path) -> list[str]:
    """Writes the originals and a list of their sums, as `sha256sum --check` reads it. Returns their names.

    Raises NotExported, FileExistsError."""
    sealing.install(Keyring.at(chosen.keys_file))
    store, files = Store(chosen.database_url), EvidenceFiles(chosen.data_dir)
    async with store.begin() as session:
        report = await session.scalar(sa.select(Report).where(Report.number == number))
        kept = [file for file in await evidence.attachments_of(session, report) if file.stored_as] if report else []
        if report is None or not kept:
            raise NotExported(f"There is no case {number} with files that are kept.")
        # Before anything is written: should that fail, the audit says more than was done, never less.
        audit.note(session, CONSOLE, "export files", number, f"{len(kept)} files", now=Clock().now())
    await store.close()
    return await asyncio.to_thread(_write_all, files, report, kept, folder)


def _write_all(files: EvidenceFiles, report: Report, kept: list[Attachment], folder: Path) -> list[str]:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    sums = [_write(files, report, file, folder) for file in kept]
    _write_new(folder / SUMS, "".join(f"{sha256}  {name}\n" for sha256, name in sums).encode())
    return [name for _, name in sums]


def _write(files: EvidenceFiles, report: Report, file: Attachment, folder: Path) -> tuple[str, str]:
    assert file.stored_as is not None
    assert file.sha256 is not None
    try:
        content = files.open(file.stored_as, report.case_sealer())
    except (FileNotFoundError, Unsealable):
        raise NotExported(f"File {file.position} cannot be read: it is damaged, or DATA_DIR is not its own.") from None
    name = f"asli-{file.position}{kinds.suffix(content)}"
    _write_new(folder / name, content)
    return file.sha256.hex(), name


def _write_new(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as written:
        written.write(content)
