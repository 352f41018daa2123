"""What the database keeps is readable only in its place, with the key, also after a rotation."""

import os
from pathlib import Path

import pytest

from models import sealing
from models.sealing import Keyring, KeysUnusable, Unsealable


def test_what_was_sealed_opens_again_in_its_place(keyring: Keyring) -> None:
    sealed = keyring.seal(b"di belakang pasar", "reports:content:1")
    assert b"pasar" not in sealed
    assert keyring.open(sealed, "reports:content:1") == b"di belakang pasar"


def test_sealed_bytes_moved_to_another_row_do_not_open(keyring: Keyring) -> None:
    sealed = keyring.seal(b"kata", "reports:content:1")
    with pytest.raises(Unsealable):
        keyring.open(sealed, "reports:content:2")


def test_any_changed_byte_is_noticed(keyring: Keyring) -> None:
    sealed = keyring.seal(b"kata", "t:c:1")
    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 1
        with pytest.raises(Unsealable):
            keyring.open(bytes(changed), "t:c:1")


def test_old_rows_stay_readable_after_a_rotation_also_in_another_process(keyring: Keyring) -> None:
    other = Keyring(keyring.path)
    old = keyring.seal(b"lama", "t:c:1")
    number = keyring.rotate()
    new = keyring.seal(b"baru", "t:c:1")
    assert new[0] == number != old[0]
    assert Keyring(keyring.path).open(old, "t:c:1") == b"lama"
    assert other.open(new, "t:c:1") == b"baru", "a running process must find the new key by itself"


def test_lookups_survive_a_rotation(keyring: Keyring) -> None:
    before = keyring.index("person", b"123")
    keyring.rotate()
    assert Keyring(keyring.path).index("person", b"123") == before


def test_the_same_number_has_another_hash_for_each_purpose(keyring: Keyring) -> None:
    assert sealing.number_index("person", 5) != sealing.number_index("chat", 5)


def test_the_keys_file_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    Keyring.at(tmp_path / "keys")
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o600
    text = (tmp_path / "keys").read_text()
    Keyring.at(tmp_path / "keys")
    assert (tmp_path / "keys").read_text() == text


@pytest.mark.parametrize("text", ["", "index:AAAA\n1:AAAA\n", "what is this", "1:" + "A" * 44])
def test_a_damaged_keys_file_is_refused_and_left_alone(tmp_path: Path, text: str) -> None:
    path = tmp_path / "keys"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(KeysUnusable):
        Keyring.at(path)
    assert path.read_text() == text


def test_a_keys_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    Keyring.at(tmp_path / "keys")
    os.chmod(tmp_path / "keys", 0o644)
    with pytest.raises(KeysUnusable):
        Keyring.at(tmp_path / "keys")
