"""What was typed is read as number, plate, category, area, state, days, nearness and words."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from domain.area_map import AreaMap
from domain.cases.search import vocabulary
from domain.cases.search.query import GROUPS_MAX, Query, parse
from models import OPEN_STATES, ReportState

NOW = dt.datetime(2026, 11, 24, 21, 5, tzinfo=ZoneInfo("Asia/Jakarta"))
AREAS = AreaMap()
SUMBERSARI = "a:35.09.21"


def read(text: str) -> Query:
    return parse(text, AREAS, NOW)


@pytest.mark.parametrize("typed", ["JBR-7KQ-M3XD", "jbr7kqm3xd", "jbr 7kq m3xd", "kasus JBR - 7KQ - M3XD"])
def test_a_number_is_known_however_it_is_typed(typed: str) -> None:
    assert read(typed).number == "JBR-7KQ-M3XD"


def test_half_a_number_may_also_be_something_else() -> None:
    assert read("7kq").groups == (("n:7kq",),)
    assert read("jbr m3xd").groups == (("n:m3xd",),)
    assert read("m3xd").groups == (("p:m3xd", "n:m3xd"),)


def test_a_plate_is_a_plate_and_no_word() -> None:
    found = read("motor P 1234 XY")
    assert set(found.groups) == {("w:motor",), ("p:p1234xy",)}
    assert found.kinds == ("plate", "words")


@pytest.mark.parametrize(
    ("typed", "category"),
    [("CRI-2", "CRI-2"), ("cri2", "CRI-2"), ("balap liar", "MAS-3"), ("Kekerasan dalam rumah tangga", "RTK-1")],
)
def test_a_category_is_known_by_code_and_label(typed: str, category: str) -> None:
    assert read(typed).groups == ((f"c:{category}",),)
    assert read(typed).kinds == ("category",)


def test_one_word_of_a_label_finds_the_word_and_the_category() -> None:
    assert read("begal").groups == (("w:begal", "c:CRI-2"),)
    assert read("pencurian").groups == (("w:curi",),)


@pytest.mark.parametrize(
    "typed", ["polsek sumbersari", "kec. Sumbersari", "kecamatan sumber sari", "polsek sumberssari"]
)
def test_after_polsek_the_area_is_meant(typed: str) -> None:
    assert read(typed).groups == ((SUMBERSARI,),)


def test_a_bare_name_is_an_area_or_a_word() -> None:
    (group,) = read("sumbersari").groups
    assert SUMBERSARI in group
    assert any(term.startswith("w:") for term in group)


@pytest.mark.parametrize(
    ("typed", "state"),
    [
        ("baru", "received"), ("diperiksa", "verified"), ("ditugaskan", "assigned"), ("ditangani", "handling"),
        ("selesai", "resolved"), ("dilimpahkan", "referred"), ("ditolak", "rejected"), ("digabung", "merged"),
        ("ditarik", "withdrawn"), ("menunggu jawaban", "needs_info"),
    ],
)  # fmt: skip
def test_states_are_known_by_their_words(typed: str, state: str) -> None:
    assert read(f"motor {typed}").states == {ReportState(state)}


def test_open_and_closed_are_several_states() -> None:
    assert read("terbuka").states == set(OPEN_STATES)
    assert ReportState.RESOLVED in read("ditutup").states


@pytest.mark.parametrize(
    ("typed", "since", "until"),
    [
        ("hari ini", "2026-11-24", "2026-11-25"),
        ("kemarin", "2026-11-23", "2026-11-24"),
        ("3 hari", "2026-11-22", "2026-11-25"),
        ("2 minggu terakhir", "2026-11-11", "2026-11-25"),
        ("minggu ini", "2026-11-23", "2026-11-30"),
        ("20/11", "2026-11-20", "2026-11-21"),
        ("20-22/11", "2026-11-20", "2026-11-23"),
        ("30/11-2/12", "2025-11-30", "2025-12-03"),
        ("20 november 2024", "2024-11-20", "2024-11-21"),
        ("20/11/2024", "2024-11-20", "2024-11-21"),
        ("31/12", "2025-12-31", "2026-01-01"),
        ("november", "2026-11-01", "2026-12-01"),
        ("desember", "2025-12-01", "2026-01-01"),
        ("yesterday", "2026-11-23", "2026-11-24"),
    ],
)
def test_days_are_local_days(typed: str, since: str, until: str) -> None:
    found = read(f"motor {typed}")
    assert found.since is not None
    assert found.until is not None
    assert (f"{found.since:%Y-%m-%d}", f"{found.until:%Y-%m-%d}") == (since, until)
    assert found.since.utcoffset() == dt.timedelta(hours=7)
    assert found.groups == (("w:motor",),)


@pytest.mark.parametrize("typed", ["31/2", "99/99", "0/1", "99999 hari"])
def test_days_that_never_were_are_no_days(typed: str) -> None:
    assert read(typed).since is None


def test_near_a_pin_or_an_area_is_nine_cells() -> None:
    (cells,) = read("dekat -8.1724, 113.7005").groups
    assert cells == tuple(vocabulary.cells_near(-8.1724, 113.7005, is_wide=False))
    near, motor = read("dekat Sumbersari motor").groups
    assert len(near) == 9
    assert near[0].startswith("g:")
    assert motor == ("w:motor",)


def test_near_a_name_is_looked_up_later() -> None:
    found = read("begal sekitar pasar tanjung, kemarin")
    assert (found.near, found.is_wide) == ("pasar tanjung", True)
    assert found.kinds == ("date", "near", "words")


def test_too_many_words_cost_no_more_than_some() -> None:
    assert len(read(" ".join(f"kata{chr(97 + n)}uv" for n in range(26))).groups) == GROUPS_MAX


@pytest.mark.parametrize("typed", ["", "   ", "di yang dan", "?!", "x"])
def test_nothing_to_look_for_is_empty(typed: str) -> None:
    assert read(typed).is_empty
