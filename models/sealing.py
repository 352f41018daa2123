"""Sealing: AES-256-GCM for what the database keeps, keyed hashes for what it must find again.

Keys live in a file outside the database. Its `index` key never changes, since look-ups depend on it;
`seal` keys are added by rotation and old ones stay, so that old rows remain readable.
"""

import base64
import functools
import hmac
import os
import secrets
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12


class KeysUnusable(Exception):
    """The keys file cannot be read, or does not hold what it must."""


class Unsealable(Exception):
    """These bytes were not sealed for this place, or their key is gone."""


class Sealer(Protocol):
    """What seals bytes for one place, and opens them there again. `open` raises Unsealable."""

    def seal(self, plain: bytes, place: str) -> bytes: ...

    def open(self, sealed: bytes, place: str) -> bytes: ...


class Keyring:
    """The keys of one installation. `seal` uses the newest; `open` the one that the bytes name."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._load()

    @classmethod
    def at(cls, path: Path) -> "Keyring":
        """The keyring in that file, made on first use with mode 0600.

        Raises KeysUnusable when the file is damaged or open to others."""
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write_once(path, f"index:{_new_key()}\n1:{_new_key()}\n")
        return cls(path)

    def _load(self) -> None:
        try:
            if self.path.stat().st_mode & 0o077:
                raise KeysUnusable(f"{self.path} may be read by others; its mode must be 0600")
            named = dict(line.split(":", 1) for line in self.path.read_text().split())
            keys = {name: base64.b64decode(value, validate=True) for name, value in named.items()}
        except (OSError, ValueError) as error:
            raise KeysUnusable(f"{self.path} cannot be read as a keyring ({type(error).__name__})") from error
        index = keys.pop("index", b"")
        if len(index) != 32 or not keys or any(len(key) != 32 for key in keys.values()):
            raise KeysUnusable(f"{self.path} holds no complete keyring")
        self._index = {purpose: _derive(index, purpose) for purpose in PURPOSES}
        self._seals = {int(name): AESGCM(_derive(key, "seal")) for name, key in keys.items()}
        self.active = max(self._seals)

    def seal(self, plain: bytes, place: str) -> bytes:
        """Sealed bytes: key number (1 byte), nonce (12), ciphertext and tag. `place` is `table:column:row`."""
        nonce = os.urandom(NONCE_BYTES)
        return bytes([self.active]) + nonce + self._seals[self.active].encrypt(nonce, plain, _bound(place, self.active))

    def open(self, sealed: bytes, place: str) -> bytes:
        """What was sealed at that place. Raises Unsealable."""
        number, nonce, body = sealed[0], sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        if number not in self._seals:
            self._load()  # another process may have rotated since we read the file
        if number not in self._seals:
            raise Unsealable(f"key {number} is not in the keyring")
        try:
            return self._seals[number].decrypt(nonce, body, _bound(place, number))
        except InvalidTag:
            raise Unsealable(place.rsplit(":", 1)[0]) from None

    def index(self, purpose: str, value: bytes) -> bytes:
        """A keyed hash (HMAC-SHA-256, 16 bytes) to find a sealed value again. The purpose keeps hashes apart."""
        return self.mac(purpose, value)[:16]

    def mac(self, purpose: str, value: bytes) -> bytes:
        """The whole of such a hash (32 bytes): nobody without the keys can say what it would be for other bytes."""
        return hmac.digest(self._index[purpose], value, "sha256")

    def rotate(self) -> int:
        """Adds a seal key and makes it the active one. Returns its number."""
        number = self.active + 1
        if number > 255:
            raise KeysUnusable("the keyring is full: 255 seal keys")
        beside = self.path.with_suffix(".new")
        _write_once(beside, self.path.read_text() + f"{number}:{_new_key()}\n")
        beside.replace(self.path)
        self._load()
        return number


class CaseSealer:
    """The key of one case. Its bytes begin with 0, which is the number of no key in the keyring."""

    NUMBER = 0

    def __init__(self, key: bytes) -> None:
        self._key = AESGCM(key)

    @classmethod
    def of(cls, key_sealed: bytes, place: str) -> "CaseSealer":
        """The sealer behind a sealed case key. Raises Unsealable."""
        return cls(keyring().open(key_sealed, place))

    def seal(self, plain: bytes, place: str) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return bytes([self.NUMBER]) + nonce + self._key.encrypt(nonce, plain, _bound(place, self.NUMBER))

    def open(self, sealed: bytes, place: str) -> bytes:
        if sealed[0] != self.NUMBER:
            return keyring().open(sealed, place)  # sealed before the case had its key
        try:
            return self._key.decrypt(sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :], _bound(place, self.NUMBER))
        except InvalidTag:
            raise Unsealable(place.rsplit(":", 1)[0]) from None


def new_case_key(place: str) -> bytes:
    """A new key for one case (256 bits), sealed by the keyring for that place."""
    return keyring().seal(secrets.token_bytes(32), place)


PURPOSES = (
    "person",
    "chat",
    "reporter",
    "access code",
    "invitation",
    "button",
    "search",
    "place code",
    "audit",
    "card",
)


def _bound(place: str, number: int) -> bytes:
    return f"{place}:{number}".encode()


def _derive(key: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"siskamling/{purpose}/v1".encode()).derive(key)


def _new_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _write_once(path: Path, text: str) -> None:
    path.unlink(missing_ok=True) if path.suffix == ".new" else None
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


_installed: Keyring | None = None


def install(ring: Keyring) -> None:
    """Hands the process its keyring. Called once, by the composition root."""
    global _installed
    _installed = ring
    number_index.cache_clear()


def keyring() -> Keyring:
    assert _installed is not None, "no keyring installed: the composition root does that first"
    return _installed


@functools.lru_cache(maxsize=20_000)
def number_index(purpose: str, number: int) -> bytes:
    """The keyed hash of a Telegram id, remembered: the same people write again and again."""
    return keyring().index(purpose, number.to_bytes(8, "big", signed=True))
