"""Texts: every sentence in both languages, none too many, none too long."""

import ast
import re
import string
from pathlib import Path

import pytest

from bot.evidence.kinds import REASONS
from domain.cases.outcomes import BODIES, Outcome, Reason
from domain.cases.reporter import heartbeats
from domain.cases.steps import Progress
from domain.evidence import LOSSES
from domain.policy import PROMISES
from domain.reports.drafts import Nearness
from handlers import routes
from handlers.cases import closing, view
from handlers.cases.canned import CANNED
from handlers.reports import ratings, status, summary, talk, timeline
from handlers.texts import LANGUAGES, catalogue
from models import Anonymity, ReportState, Side, Source, When

COMMANDS = (*routes.RESIDENT_COMMANDS, *routes.STAFF_COMMANDS, *routes.ROOM_COMMANDS)
ROOT = Path(__file__).resolve().parents[2]
# Names that are put together: the beginning is in the code, the end comes from one of these.
FAMILIES = {
    "state.": [state.value for state in ReportState],
    "when.": [when.value for when in When],
    "button.when.": [when.value for when in When],
    "button.anonymity.": [mode.value for mode in Anonymity],
    "button.nearness.": [nearness.value for nearness in Nearness],
    "report.nearness.": [nearness.value for nearness in Nearness],
    "receipt.": [mode.value for mode in Anonymity],
    "evidence.lost.": LOSSES,
    "evidence.kept.": REASONS,
    "staff.state.": [state.value for state in ReportState],
    "case.anonymity.": [mode.value for mode in Anonymity],
    "call.source.": [source.value for source in Source if source is not Source.BOT],
    "button.call.source.": [source.value for source in Source if source is not Source.BOT],
    "case.source.": [source.value for source in Source if source is not Source.BOT],
    "case.progress.": [progress.value for progress in Progress],
    "case.due.": PROMISES["P0"],
    "alarm.due.": PROMISES["P0"],
    "case.said.": [side.value for side in Side],
    "case.menu.": [view.CHANGE, view.CLOSE],
    "case.second_needed.": closing.ENDS,
    "button.case.": {action.key for action in view.ACTIONS},
    "outcome.": [*Outcome, *Reason, "referred", "referred.public"],
    "referral.": [f"{body.code}.todo" for body in BODIES],
    "canned.": [name for canned in CANNED for name in (canned, f"{canned}.words")],
    "priority.": PROMISES,
    "live.next.": timeline.NEXT,
    "talk.write.": talk.AWAITED,
    "button.sight.": heartbeats.SIGHTS,
    "heart.staff.": heartbeats.SIGHTS,
    "button.rate.": ratings.REASONS.values(),
    "status.said.": status.BOTH,
    "command.": [indonesian for indonesian, *_ in COMMANDS],
}
LONG_READS = ("privacy.whole", "start.notice", "help.text", "data.mine")
MARKUP = re.compile(r"<[^>]+>|\{\w+\}|https?://\S+")


def _literals() -> tuple[set[str], set[str]]:
    """The dotted names in the code, and the beginnings of those that are put together."""
    whole: set[str] = set()
    beginnings: set[str] = set()
    for path in [*(ROOT / "handlers").rglob("*.py"), *(ROOT / "domain").rglob("*.py"), *(ROOT / "bot").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                beginnings.add(str(node.values[0].value))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.add(node.value)
    return whole, {beginning for beginning in beginnings if re.fullmatch(r"([a-z_]+\.)+", beginning)}


def _placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_both_languages_say_everything() -> None:
    assert catalogue("id").keys() == catalogue("en").keys()


@pytest.mark.parametrize("key", sorted(catalogue("id")))
def test_both_languages_fill_the_same_places(key: str) -> None:
    assert _placeholders(catalogue("id")[key]) == _placeholders(catalogue("en")[key])


def test_every_name_in_the_code_has_a_sentence() -> None:
    first_words = {key.split(".")[0] for key in catalogue("id")}
    named = {
        text
        for text in _literals()[0]
        if re.fullmatch(r"[a-z]+(\.[a-zA-Z_0-9-]+)+", text) and text.split(".")[0] in first_words
    }
    not_ours = {text for text in named if text.startswith(("batch.", "store.", "update.", "poll."))}
    assert named - not_ours - catalogue("id").keys() == set()


def test_every_member_of_a_family_has_a_sentence() -> None:
    for beginning, ends in FAMILIES.items():
        assert {beginning + end for end in ends} <= catalogue("id").keys()


def test_no_sentence_is_left_over() -> None:
    whole, beginnings = _literals()
    left_over = {key for key in catalogue("id") if key not in whole and not key.startswith(tuple(beginnings))}
    assert left_over == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_are_short(language: str) -> None:
    too_long = {}
    for key, text in catalogue(language).items():
        if key in LONG_READS:
            continue
        for line in MARKUP.sub("x", text).split("\n"):
            sentences = re.split(r"(?<=[.!?:]) ", line)
            if max(len(sentence.split()) for sentence in sentences) > 25 or len(line) > 220:
                too_long[key] = line
    assert too_long == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_buttons_fit_on_a_small_phone(language: str) -> None:
    assert [text for key, text in catalogue(language).items() if key.startswith("button.") and len(text) > 28] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_formal_police_report_is_never_promised(language: str) -> None:
    promised = re.compile(r"laporan polisi|police report", re.IGNORECASE)
    denied = re.compile(r"bukan Laporan Polisi|not a formal police report")
    for text in catalogue(language).values():
        assert len(promised.findall(text)) == len(denied.findall(text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_markup_is_closed(language: str) -> None:
    for key, text in catalogue(language).items():
        opened = re.findall(r"<([a-z]+)[^>]*>", text)
        closed = re.findall(r"</([a-z]+)>", text)
        assert sorted(opened) == sorted(closed), key


def test_a_review_of_the_longest_report_fits_into_one_message() -> None:
    assert summary.WORDS_SHOWN + 500 + 400 < 4096
