"""Files: the sealed bytes in DATA_DIR/evidence. Each is written whole or not at all, under a name that says nothing.

evidence/ab/ab54…   a sealed file; its name is in a row of `attachments`, or nobody will ever ask for it
evidence/tmp-…      one that is being written, or was when the process died
"""

import os
import re
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

from models.sealing import Sealer, Unsealable

NAME = re.compile(r"[0-9a-f]{32}")
QUARTER_SECONDS = 15 * 60


class EvidenceFiles:
    """All methods block: call them in a thread."""

    def __init__(self, data_dir: Path) -> None:
        self.folder = data_dir / "evidence"

    def keep(self, content: bytes, sealer: Sealer) -> str:
        """Seals the bytes for a new name, which is returned once they would survive a power cut."""
        name = secrets.token_hex(16)
        sealed = sealer.seal(content, _place(name))
        home = self._path(name).parent
        _make_folder(self.folder)
        _make_folder(home)
        beside = self.folder / f"tmp-{name}"
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(sealed)
            file.flush()
            os.utime(file.fileno(), _coarse_moment())
            os.fsync(file.fileno())
        beside.rename(self._path(name))
        _sync_folder(home)
        return name

    def open(self, name: str, sealer: Sealer) -> bytes:
        """What was kept under that name. Raises FileNotFoundError, Unsealable."""
        sealed = self._path(name).read_bytes()
        if not sealed:
            raise Unsealable("evidence:file")
        return sealer.open(sealed, _place(name))

    def remove(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)

    def names(self) -> Iterator[str]:
        """Of all sealed files there are."""
        return (path.name for path in self.folder.glob("[0-9a-f][0-9a-f]/*") if NAME.fullmatch(path.name))

    def _path(self, name: str) -> Path:
        if not NAME.fullmatch(name):
            raise FileNotFoundError("not a name of ours")
        return self.folder / name[:2] / name


def _place(name: str) -> str:
    return f"evidence:file:{name}"


def _coarse_moment() -> tuple[int, int]:
    """Read and changed: to the quarter hour, so that a file's date leads to no message in a chat."""
    moment = int(time.time()) // QUARTER_SECONDS * QUARTER_SECONDS
    return moment, moment


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
