"""Endings: what a reporter reads when their case has ended, or was handed to another body."""

import datetime as dt

from domain.cases.incidents import incidents
from domain.reports import drafts
from domain.reports.words import harmless
from handlers import times
from handlers.texts import plain
from models import Report


def words_of(language: str, report: Report) -> str:
    """The public sentence: as the police wrote it, or the usual one of the outcome."""
    content = drafts.content_of(report)
    if report.outcome == incidents.REFERRED and content.get("referral"):
        return referral_words(language, content["referral"])
    if written := content.get("closing"):
        return harmless(str(written))
    return plain(language, f"outcome.{report.outcome or 'information'}.public")


def referral_words(language: str, referral: dict[str, str]) -> str:
    """Which body, how to reach it, what they must still do themselves, and until when."""
    parts = [
        plain(language, "referral.to", body=referral["name"], contact=referral["contact"]),
        plain(language, f"referral.{referral['body']}.todo"),
    ]
    if until := referral.get("until"):
        parts.append(plain(language, "referral.until", at=times.day(language, dt.datetime.fromisoformat(until))))
    return " ".join(part for part in parts if part)
