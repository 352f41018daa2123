"""People: what someone chose, agreed to, and whether they can be reached."""

import datetime as dt

from domain.policy import NOTICE_VERSION
from models import Person


def choose_language(person: Person, language: str) -> None:
    person.language = language


def choose_area(person: Person, area_code: str | None) -> None:
    """Where someone lives, for appeals. Never where they are."""
    person.area_code = area_code


def accept_notice(person: Person, *, now: dt.datetime) -> None:
    if person.notice_version != NOTICE_VERSION:
        person.notice_version, person.notice_at = NOTICE_VERSION, now


def has_seen_notice(person: Person) -> bool:
    return person.notice_version == NOTICE_VERSION


def set_reachable(person: Person, is_reachable: bool) -> None:
    person.is_reachable = is_reachable
