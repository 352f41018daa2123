"""Cards: what a duty room may see, and what never."""

import datetime as dt

import pytest

from domain.area_map import AreaMap
from domain.reports import drafts, words
from handlers.reports import cards
from models import Anonymity, Person, Report, new_id
from models.sealing import number_index

NOW = dt.datetime(2026, 11, 24, 14, 47, 31, tzinfo=dt.UTC)
AREAS = AreaMap()


@pytest.fixture
def report(keyring: object) -> Report:
    person = Person(id=new_id(), telegram_index=number_index("person", 1), language="id")
    report = drafts.begin_draft(person, now=NOW)
    drafts.say_words(report, "Motor dicuri, lihat http://contoh.com/foto dan t.me/grup", 1, now=NOW)
    drafts.choose_category(report, "CRI-1", now=NOW)
    drafts.tell_place(report, "Depan SMAN 1, Kecamatan Sumbersari", AREAS, now=NOW)
    report.priority, report.number, report.filed_at = "P1", "JBR-222-3333", NOW
    return report


def test_a_card_tells_what_where_and_to_the_hour(report: Report) -> None:
    text = cards.card(report, AREAS).text
    for part in (
        "P1",
        "JBR-222-3333",
        "Kendaraan dicuri",
        "Sumbersari · Polsek Sumbersari",
        "Depan SMAN 1",
        "pukul 21",
    ):
        assert part in text
    assert "21.47" not in text


def test_links_cannot_be_tapped(report: Report) -> None:
    text = cards.card(report, AREAS).text
    assert "hxxp://contoh[.]com/foto" in text
    assert "t[.]me/grup" in text


def test_a_typed_name_is_not_for_the_group(report: Report) -> None:
    drafts.choose_anonymity(report, Anonymity.NAMED, now=NOW)
    drafts.tell_name(report, "Bu Siti", now=NOW)
    assert "Siti" not in cards.card(report, AREAS).text


def test_a_sensitive_report_says_only_that_it_is_there(report: Report) -> None:
    drafts.choose_category(report, "RTK-1", now=NOW)
    text = cards.card(report, AREAS).text
    assert "JBR-222-3333" in text
    assert "sensitif" in text
    for part in ("Motor", "SMAN", "Sumbersari", "Kekerasan"):
        assert part not in text


def test_words_cannot_break_the_markup(report: Report) -> None:
    drafts.say_words(report, "</blockquote><b>palsu</b> & co", 2, now=NOW, replaces=True)
    assert "&lt;/blockquote&gt;&lt;b&gt;palsu&lt;/b&gt; &amp; co" in cards.card(report, AREAS).text


@pytest.mark.parametrize("letter", ["x", "😀", "."])
def test_the_longest_words_fit_into_one_message(report: Report, letter: str) -> None:
    drafts.say_words(report, letter * 4000, 2, now=NOW, replaces=True)
    report.content = {**(report.content or {}), "place": letter * 500}
    assert words.units(cards.card(report, AREAS).text) <= 4096
