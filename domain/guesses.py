"""Guesses: how many wrong secrets somebody may try within an hour, be it a report's code or an invitation."""

import datetime as dt

from domain.errors import DomainError
from domain.policy import CODE_GUESSES_PER_HOUR
from models import Person

HOUR = dt.timedelta(hours=1)


class TooManyGuesses(DomainError):
    text_key = "error.too_many_guesses"
    is_secret = True


def require_patience(person: Person, *, now: dt.datetime) -> None:
    """Before anything is compared. Raises TooManyGuesses after five wrong ones within an hour."""
    if person.wrong_codes_since is None or now - person.wrong_codes_since >= HOUR:
        person.wrong_codes, person.wrong_codes_since = 0, None
    if is_locked_out(person):
        raise TooManyGuesses()


def note_wrong(person: Person, *, now: dt.datetime) -> None:
    person.wrong_codes += 1
    person.wrong_codes_since = person.wrong_codes_since or now


def is_locked_out(person: Person) -> bool:
    return person.wrong_codes >= CODE_GUESSES_PER_HOUR
