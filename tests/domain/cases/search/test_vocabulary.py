"""Words, plates and numbers come to the same term however they are spelled."""

import pytest

from domain.cases.search import vocabulary
from domain.cases.search.vocabulary import cells_at, cells_near, stem, terms_in


@pytest.mark.parametrize(
    "typed", ["P 1234 XY", "p1234xy", "P-1234-XY.", "nopol P.1234.XY,", "(P1234 XY)", "Ｐ 1234 ＸＹ"]
)
def test_a_plate_is_one_term_and_its_digits_another(typed: str) -> None:
    assert {"p:p1234xy", "w:1234"} <= set(terms_in(f"motor {typed} merah"))


@pytest.mark.parametrize("typed", ["RT 01 RW 02", "jam 20 an", "di 12 titik"])
def test_what_is_no_plate_is_none(typed: str) -> None:
    assert not [term for term in terms_in(typed) if term.startswith("p:")]


@pytest.mark.parametrize("typed", ["0812 3456 7890", "+62 812-3456-7890", "081234567890", "62812.3456.7890"])
def test_a_telephone_number_is_one_term(typed: str) -> None:
    assert "w:081234567890" in terms_in(f"hubungi {typed} ya")


@pytest.mark.parametrize(
    "words",
    [
        "curi dicuri mencuri pencuri pencurian kecurian",
        "pukul memukul dipukul dipukuli pemukulan memukulnya",
        "keroyok dikeroyok mengeroyok pengeroyokan",
        "rampok dirampok merampok perampok perampokan",
        "hilang kehilangan menghilang hilangnya",
        "lapor laporan melaporkan dilaporkan pelapor",
        "bakar terbakar membakar kebakaran pembakaran",
        "anak anaknya",
    ],
)
def test_affixes_make_no_difference(words: str) -> None:
    assert len({stem(word) for word in words.split()}) == 1


def test_short_words_stay_whole() -> None:
    assert [stem(word) for word in ("judi", "jalan", "motor", "begal")] == ["judi", "jalan", "motor", "begal"]


def test_case_accents_and_repeats_make_no_difference() -> None:
    assert terms_in("CAFÉ toloooong, Jum'at") == ["w:cafe", "w:jumat"]  # "tolong" is in every second report


def test_words_that_every_report_has_and_single_letters_are_left_out() -> None:
    assert terms_in("ada yang di sini, saya dan dia x 7") == ["w:sini"]


def test_what_is_near_is_in_one_of_nine_cells() -> None:
    fine, coarse = cells_at(-8.1724, 113.7005)
    assert fine in cells_near(-8.1724 + 0.0025, 113.7005 - 0.0025, is_wide=False)  # about 280 m each way
    assert fine not in cells_near(-8.1724 + 0.0060, 113.7005, is_wide=False)  # about 670 m
    assert coarse in cells_near(-8.1724 + 0.017, 113.7005, is_wide=True)  # about 1.9 km
    assert len(set(cells_near(-8.1724, 113.7005, is_wide=True))) == 9


def test_other_scripts_have_words_too_and_none_is_endless() -> None:
    assert terms_in("Молоток 盗難事件") == ["w:молоток", "w:盗難事件"]
    (endless,) = terms_in("abcdefghij" * 500)
    assert len(endless) <= len("w:") + vocabulary.LONGEST


def test_both_parts_of_a_number_are_remembered() -> None:
    assert vocabulary.number_terms("JBR-7KQ-M3XD") == ["n:7kq", "n:m3xd"]
    assert vocabulary.number_terms(None) == []
