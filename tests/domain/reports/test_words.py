"""Words: cleaning and reading what people type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.reports import words
from models import Anonymity, When


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  halo \n\n\n\n dunia ", "halo \n\n dunia"),
        ("mal\u202eing\u202c", "maling"),
        ("a\x00b\ud800c", "abc"),
        ("\u2066\u2069", ""),
        ("👮‍♂️ datang", "👮‍♂️ datang"),
    ],
)
def test_what_is_not_for_reading_is_taken_out(typed: str, kept: str) -> None:
    assert words.clean(typed) == kept


@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=200))
def test_what_was_cleaned_can_be_stored_and_sent(text: str) -> None:
    words.clean(text).encode()


@pytest.mark.parametrize(
    ("typed", "when"),
    [
        ("sekarang", When.NOW),
        ("masih berlangsung pak", When.NOW),
        ("Lagi rame", When.NOW),
        ("tadi malam jam 2", When.EARLIER),
        ("barusan", When.EARLIER),
        ("kemarin sore", When.EARLIER),
        ("hampir setiap malam", When.OFTEN),
        ("sering banget", When.OFTEN),
        ("right now", When.NOW),
        ("last night", When.EARLIER),
        ("warna bajunya merah", None),
    ],
)
def test_when(typed: str, when: When | None) -> None:
    assert words.read_answer(typed, words.WHEN_ANSWERS) is when


@pytest.mark.parametrize(
    ("typed", "mode"),
    [
        ("anonim", Anonymity.TWO_WAY),
        ("Anonim penuh", Anonymity.FULL),
        ("penuh", Anonymity.FULL),
        ("pakai nama", Anonymity.NAMED),
        ("nama", Anonymity.NAMED),
        ("tanpa nama", Anonymity.TWO_WAY),
        ("fully anonymous", Anonymity.FULL),
        ("with my name", Anonymity.NAMED),
        ("terserah", None),
    ],
)
def test_anonymity(typed: str, mode: Anonymity | None) -> None:
    assert words.read_answer(typed, words.ANONYMITY_ANSWERS) is mode


@pytest.mark.parametrize(
    ("typed", "number"), [("1", 1), ("2.", 2), ("no 3", 3), ("12)", 12), ("satu", None), ("1 2", None)]
)
def test_numbers(typed: str, number: int | None) -> None:
    assert words.read_number(typed) == number


@given(st.text(max_size=100), st.integers(1, 50))
def test_shortened_text_fits(text: str, limit: int) -> None:
    assert words.units(words.shortened(text, limit)) <= limit


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("HTTPS://Contoh.com/a.jpg", "HxxPS://Contoh[.]com/a[.]jpg"),
        ("tg://resolve?domain=x", "tg[:]//resolve?domain=x"),
        ("ton://a dan ftp://b.id", "ton[:]//a dan ftp[:]//b[.]id"),
        ("lihat t.me/grup", "lihat t[.]me/grup"),
        ("situs пример.рф", "situs пример[.]рф"),
        ("oleh @budi_polisi", "oleh @\u2060budi_polisi"),
        ("budi@contoh.id", "budi@\u2060contoh[.]id"),
        ("/hapus_data", "/\u2060hapus_data"),
        ("tekan (/batal@bot)", "tekan (/\u2060batal@\u2060bot)"),
        ("24/11/2026 pukul 10.30, 3 @ 5 km/jam", "24/11/2026 pukul 10.30, 3 @ 5 km/jam"),
    ],
)
def test_nothing_that_is_shown_can_be_tapped(typed: str, shown: str) -> None:
    assert words.harmless(typed) == shown
    assert words.harmless(shown) == shown
