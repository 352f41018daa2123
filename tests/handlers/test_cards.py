"""Cards: what a duty room may see, and what never."""

import datetime as dt

import pytest

from domain.area_map import AreaMap
from domain.cases.rooms.cards import Facts
from domain.reports import drafts, words
from handlers.cases import cards
from models import OPEN_STATES, Anonymity, Person, Report, ReportState, Source, new_id
from models.sealing import number_index

NOW = dt.datetime(2026, 11, 24, 14, 47, 31, tzinfo=dt.UTC)
AREAS = AreaMap()
S = ReportState


@pytest.fixture
def report(keyring: object) -> Report:
    person = Person(id=new_id(), telegram_index=number_index("person", 1), language="id")
    report = drafts.begin_draft(person, now=NOW)
    drafts.say_words(report, "Motor dicuri, lihat http://contoh.com/foto dan t.me/grup", 1, now=NOW)
    drafts.choose_category(report, "CRI-1", now=NOW)
    drafts.tell_place(report, "Depan SMAN 1, Kecamatan Sumbersari", AREAS, now=NOW)
    report.priority, report.number, report.filed_at = "P1", "JBR-222-3333", NOW
    report.state, report.source, report.reopened = S.RECEIVED, Source.BOT, 0
    return report


def shown(report: Report, facts: Facts = Facts(), *, may_read: bool = True) -> str:  # noqa: B008
    return cards.card_view(report, facts, AREAS, may_read=may_read).text


def offered(report: Report, facts: Facts = Facts(), *, may_read: bool = True) -> list[str]:  # noqa: B008
    view = cards.card_view(report, facts, AREAS, may_read=may_read)
    return [press.label for row in view.rows for press in row]


def test_a_card_tells_what_where_and_since_when(report: Report) -> None:
    text = shown(report)
    for part in (
        "P1",
        "JBR-222-3333",
        "Baru masuk",
        "Kendaraan dicuri",
        "Sumbersari · Polsek Sumbersari",
        "Depan SMAN 1",
        "pukul 21.47",
    ):
        assert part in text


def test_of_a_fully_anonymous_report_only_the_hour_is_told(report: Report) -> None:
    report.anonymity = Anonymity.FULL
    assert "pukul 21" in shown(report)
    assert "21.47" not in shown(report)


def test_links_cannot_be_tapped(report: Report) -> None:
    text = shown(report)
    assert "hxxp://contoh[.]com/foto" in text
    assert "t[.]me/grup" in text


def test_a_typed_name_is_not_for_the_group(report: Report) -> None:
    drafts.choose_anonymity(report, Anonymity.NAMED, now=NOW)
    drafts.tell_name(report, "Bu Siti", now=NOW)
    assert "Siti" not in shown(report)


@pytest.mark.parametrize("state", list(ReportState))
def test_a_sensitive_report_says_only_that_it_is_there(report: Report, state: ReportState) -> None:
    drafts.choose_category(report, "RTK-1", now=NOW)
    report.state, report.unit, report.claimed_by, report.is_recalled = state, "ppa", new_id(), True
    report.outcome = "mediated"
    facts = Facts(holder="Petugas 3", witnesses=2, merged_into="JBR-777-7777" if state is S.MERGED else None)
    text = shown(report, facts, may_read=False)
    assert "JBR-222-3333" in text
    for part in (
        "Motor",
        "SMAN",
        "Sumbersari",
        "Kekerasan",
        "Petugas 3",
        "Saksi",
        "Pelapor ingin",
        "Dimediasi",
        "JBR-777-7777",
    ):
        assert part not in text
    if state in OPEN_STATES:
        assert "sensitif, hanya untuk Unit PPA" in text
        assert offered(report, facts, may_read=False) == ["Buka"]


def test_words_cannot_break_the_markup(report: Report) -> None:
    drafts.say_words(report, "</blockquote><b>palsu</b> & co", 2, now=NOW, replaces=True)
    assert "&lt;/blockquote&gt;&lt;b&gt;palsu&lt;/b&gt; &amp; co" in shown(report)


def everything(report: Report) -> Facts:
    """All that a card may have to say at once."""
    report.claimed_by, report.claimed_until, report.unit, report.progress = new_id(), NOW, "polsek", "investigating"
    report.is_recalled = report.is_unanswered = True
    report.reopened, report.last_word, report.state = 2, "reporter", S.HANDLING
    return Facts(holder="Petugas 1234", witnesses=99, closing="police_report")


def test_a_card_says_who_has_it_who_is_at_work_and_what_to_know(report: Report) -> None:
    text = shown(report, everything(report))
    for part in (
        "Ditangani di lapangan",
        "Petugas 1234 sampai 21.47",
        "Polsek Sumbersari: penyelidikan",
        "Usulan penutupan: Menjadi laporan resmi",
        "ingin menarik",
        "tidak dijawab",
        "Dibuka kembali",
        "Saksi lain: 99",
        "Pelapor menulis",
    ):
        assert part in text


@pytest.mark.parametrize("state", OPEN_STATES)
def test_a_unit_is_named_only_while_it_is_at_work(report: Report, state: ReportState) -> None:
    report.state, report.unit = state, "ppa"  # a reopened case keeps the unit that had it
    assert ("Unit PPA" in shown(report)) is (state in (S.ASSIGNED, S.HANDLING, S.NEEDS_INFO))


@pytest.mark.parametrize("letter", ["x", "😀", "."])
def test_the_longest_words_fit_into_one_message(report: Report, letter: str) -> None:
    drafts.say_words(report, letter * 4000, 2, now=NOW, replaces=True)
    report.content = {**(report.content or {}), "place": letter * 500}
    assert words.units(shown(report, everything(report))) <= 4096


def test_the_buttons_are_what_the_state_allows(report: Report) -> None:
    assert offered(report) == ["🙋 Ambil", "Buka"]
    report.claimed_by = new_id()
    assert offered(report) == ["Buka"]
    report.state = S.ASSIGNED
    assert offered(report) == ["✅ Terima", "Tidak bisa", "Buka"]
    report.state, report.progress = S.HANDLING, "on_the_way"
    assert offered(report) == ["📍 Di TKP", "🏁 Selesai", "Buka"]
    report.progress = "on_scene"
    assert offered(report) == ["🏁 Selesai", "Buka"]
    assert offered(report, Facts(closing="dispersed")) == ["Buka"], "it waits for a second person"


@pytest.mark.parametrize("state", [state for state in ReportState if state not in (*OPEN_STATES, S.DRAFT)])
def test_of_what_is_over_one_struck_line_stays(report: Report, state: ReportState) -> None:
    report.state = state
    text = shown(report, Facts(merged_into="JBR-777-7777" if state is S.MERGED else None))
    assert text.startswith("<s>🟠 <b>P1</b> · JBR-222-3333</s> · ")
    assert "\n" not in text
    assert "Motor" not in text
    assert offered(report) == []
    if state is S.MERGED:
        assert "digabung ke <code>JBR-777-7777</code>" in text


def test_how_it_ended_is_told(report: Report) -> None:
    report.state, report.outcome = S.RESOLVED, "dispersed"
    assert shown(report).endswith("Selesai · Dibubarkan")
