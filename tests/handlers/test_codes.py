"""While a code is awaited: what is one, what is a story, and what is neither."""

import pytest

from handlers.reports import codes


@pytest.mark.parametrize(
    "text",
    ["1234 5678 9012 3456", "1234-5678-9012-3456", "1234567890123456", "1234 5678 9012 345", "kode 1234567890123456"],
)
def test_digits_and_hardly_anything_else_are_a_code(text: str) -> None:
    assert codes.sounds_like_code(text)
    assert not codes.sounds_like_story(text)


@pytest.mark.parametrize(
    "text",
    [
        "tolong ada begal bawa celurit di Jl Gajah Mada 15",
        "begal",
        "tolong",
        "tolong ada begal hubungi 081234567890",
        "lampu jalan nomor 12 padam",
        "rumah no 7 kebakaran",
    ],
)
def test_words_with_a_digit_among_them_are_a_story(text: str) -> None:
    assert not codes.sounds_like_code(text)
    assert codes.sounds_like_story(text)


@pytest.mark.parametrize("text", ["JBR-7KQ-M3XD", "1234", "halo", "?", "kode laporan saya 1234 5678 9012 3456"])
def test_what_is_neither_is_asked_about_again(text: str) -> None:
    assert not codes.sounds_like_story(text)
