import pytest

from domain.reports.taxonomy import CATEGORIES, GROUPS, Category, Flag, Group, Kind, UnknownCategory, category, in_group

SIZES = {"ORG": 4, "CRI": 7, "MAS": 6, "PEK": 4, "RTK": 4, "LLT": 3, "PIL": 4, "BCN": 3, "INF": 5}


def test_there_are_nine_groups_of_at_most_six() -> None:
    assert len(GROUPS) == 9
    assert all(1 <= len(in_group(group)) <= 6 for group in GROUPS)


def test_every_code_of_the_taxonomy_exists_once() -> None:
    expected = {f"{prefix}-{number}" for prefix, size in SIZES.items() for number in range(1, size + 1)}
    assert len(CATEGORIES) == len(expected)
    assert {category.code for category in CATEGORIES} == expected


def test_every_category_is_reached_through_a_group() -> None:
    assert [category for group in GROUPS for category in in_group(group.code)] == list(CATEGORIES)


def test_weapons_are_shown_among_the_threats() -> None:
    assert category("CRI-6") in in_group("ORG")


def test_dont_know_is_the_last_of_all() -> None:
    assert CATEGORIES[-1].code == "INF-5"


@pytest.mark.parametrize("row", CATEGORIES, ids=lambda row: row.code)
def test_labels_fit_a_button_in_both_languages(row: Category) -> None:
    for label in (row.label_id, row.label_en):
        assert 3 <= len(label) <= 32
        assert label == label.strip()


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.code)
def test_labels_of_groups_fit_a_button_with_their_emoji(group: Group) -> None:
    for label in (group.label_id, group.label_en):
        assert len(f"{group.emoji} {label}") <= 32


def test_no_two_buttons_read_alike() -> None:
    for language in ("label_id", "label_en"):
        labels = [getattr(row, language) for row in (*GROUPS, *CATEGORIES)]
        assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("row", CATEGORIES, ids=lambda row: row.code)
def test_a_priority_belongs_to_what_is_filed(row: Category) -> None:
    assert (row.priority is None) == (row.kind is Kind.LINK)


@pytest.mark.parametrize("row", CATEGORIES, ids=lambda row: row.code)
def test_danger_to_life_shows_the_emergency_number(row: Category) -> None:
    if row.priority == "P0":
        assert Flag.EMERGENCY in row.flags


@pytest.mark.parametrize("row", CATEGORIES, ids=lambda row: row.code)
def test_what_is_referred_says_to_whom(row: Category) -> None:
    if Flag.REFERRED in row.flags:
        assert row.referred_to


@pytest.mark.parametrize("code", ["ORG-3", "ORG-4", "CRI-6", "PEK-1", "RTK-1", "RTK-2", "RTK-3", "PIL-1", "INF-2"])
def test_what_may_endanger_its_reporter_is_sensitive(code: str) -> None:
    assert Flag.SENSITIVE in category(code).flags


def test_services_and_complaints_about_police_are_links() -> None:
    assert [row.code for row in CATEGORIES if row.kind is Kind.LINK] == ["INF-3", "INF-4"]
    assert category("INF-4").referred_to == "Propam"


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(UnknownCategory):
        category("XXX-1")


def test_an_unknown_group_is_empty() -> None:
    assert in_group("XXX") == ()
