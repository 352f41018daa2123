"""Summary: a report's parts as lines, for its writer."""

from domain.area_map import AreaMap
from domain.reports import drafts, taxonomy, words
from domain.reports.taxonomy import Category, Group
from handlers.texts import Raw, plain, say
from models import Report

# A review must fit into one message of 4,096 characters; what was told longer is kept whole all the same.
WORDS_SHOWN = 2800


def label(language: str, named: Category | Group) -> str:
    return named.label_en if language == "en" else named.label_id


def lines(language: str, report: Report, areas: AreaMap, *, words_shown: int = WORDS_SHOWN) -> Raw:
    """What was told so far, a line for each part that is there."""
    content = drafts.content_of(report)
    told = words.shortened(drafts.words_of(report), words_shown)
    parts = [
        ("words", told),
        ("category", label(language, taxonomy.category(report.category_code)) if report.category_code else ""),
        ("place", place(language, content)),
        ("area", area(language, report, areas)),
        ("when", when(language, report)),
        ("files", content.get("attachments", "")),
        ("anonymity", _who(language, report, content)),
    ]
    return Raw("\n".join(say(language, f"summary.{part}", value=value) for part, value in parts if value))


def _who(language: str, report: Report, content: drafts.Content) -> str:
    """What its writer chose to be; of a caller what the dispatcher wrote down."""
    if not drafts.is_called(report):
        return say(language, f"anonymity.{report.anonymity}.short", name=content.get("name", ""))
    told = [plain(language, f"call.source.{report.source}"), content.get("name"), content.get("phone")]
    return " · ".join(part for part in told if part)


def place(language: str, content: drafts.Content) -> str:
    """What was typed, the place whose code was opened, and the pin."""
    typed, near, pin = content.get("place", ""), content.get("near"), content.get("pin")
    named = plain(language, "summary.at", place=typed) if content.get("at") else typed
    nearby = plain(language, "summary.near", place=near) if near else ""
    pinned = say(language, "summary.pin", latitude=f"{pin[0]:.5f}", longitude=f"{pin[1]:.5f}") if pin else ""
    return " · ".join(part for part in (named, nearby, pinned) if part)


def area(language: str, report: Report, areas: AreaMap) -> str:
    if report.area_code:
        return areas.name(report.area_code) or report.area_code
    return say(language, "summary.outside") if drafts.content_of(report).get("is_outside") else ""


def when(language: str, report: Report) -> str:
    told = drafts.content_of(report).get("when_told")
    named = say(language, f"when.{report.when_kind}") if report.when_kind else ""
    return f"{named} ({told})" if told else named
