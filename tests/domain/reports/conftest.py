"""A person, a draft ready to send, and a moment."""

import datetime as dt

import pytest

from domain.area_map import AreaMap
from domain.reports import drafts
from models import Person, Report, new_id
from models.sealing import Keyring, number_index

NOW = dt.datetime(2026, 11, 24, 14, 47, 31, tzinfo=dt.UTC)
AREAS = AreaMap()


def person_of(number: int) -> Person:
    person = Person(id=new_id(), telegram_index=number_index("person", number), language="id", wrong_codes=0)
    person.telegram_id = number
    person.is_reachable = True
    return person


def told(person: Person, words: str = "Sepeda motor dicuri dari halaman kos.") -> Report:
    """A draft in which every question has its answer."""
    draft = drafts.begin_draft(person, now=NOW)
    drafts.say_words(draft, words, 11, now=NOW)
    drafts.choose_category(draft, "CRI-1", now=NOW)
    drafts.tell_place(draft, "Depan SMAN 1, Kecamatan Sumbersari", AREAS, now=NOW)
    drafts.skip(draft, drafts.Step.WHEN, now=NOW)
    drafts.skip(draft, drafts.Step.ANONYMITY, now=NOW)
    return draft


@pytest.fixture
def siti(keyring: Keyring) -> Person:
    return person_of(101)


@pytest.fixture
def draft(siti: Person) -> Report:
    return drafts.begin_draft(siti, now=NOW)
