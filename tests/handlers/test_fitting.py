"""Fitting: one message has room for all that must be said; what was said earlier gives way first."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from domain.area_map import AreaMap
from domain.cases import thread
from handlers.cases import lists
from handlers.reports import fitting
from handlers.texts import Raw, say
from models import Anonymity, Person, Report, Side, new_id
from models.engine import Store
from tests.cast import NOW, opened, report, staff


def context_of(session: Any = None, now: dt.datetime = NOW) -> Any:
    def said(key: str, **params: object) -> Raw:
        return say("id", key, **params)

    person = Person(id=new_id(), language="id")
    return SimpleNamespace(session=session, language="id", say=said, now=now, person=person, areas=AreaMap())


@pytest.mark.parametrize("letter", ["a", "👮", "&"])
@pytest.mark.parametrize("above", [100, 3000, 3850])
async def test_a_message_is_never_too_long_and_the_newest_words_come_first(
    store: Store, letter: str, above: int
) -> None:
    async with store.begin() as session:
        case, budi = await report(session), staff(session)
    async with opened(store, case, budi) as (session, found, me):
        for number in range(6):
            await thread.say(session, found, Side.STAFF, f"{number}: {letter * 2000}", by=me.person, now=NOW)
        besides = [Raw("<b>x</b>" * above), None]
        lines = await fitting.said(context_of(session), found, [Side.STAFF], besides, newest=1800)
    whole = Raw("\n\n".join([Raw("<b>x</b>" * above), *lines]))
    assert fitting.units(whole) <= fitting.MESSAGE_UNITS
    numbers = [number for number in range(6) if any(f">{number}: " in line for line in lines)]
    assert numbers == {100: [1, 2, 3, 4, 5], 3000: [5], 3850: []}[above]


async def test_a_list_tells_no_more_than_the_hour_of_a_fully_anonymous_report(store: Store) -> None:
    minutes = dt.timedelta(minutes=17)
    async with store.begin() as session:
        plain = await report(session)
        hidden = await report(session, anonymity=Anonymity.FULL)
    context = context_of(now=NOW + minutes)
    hidden.filed_at = hidden.waiting_since = NOW  # after /hapus_data the moment may be exact
    (told,), (kept,) = ([str(lists.lines(context, [each]))] for each in (plain, hidden))
    assert "21.30" in told
    assert "21.30" not in kept
    assert "pukul 21" in kept

    def waits(each: Report) -> str:
        return str(lists.lines(context, [each], waiting=True))

    assert "17 menit" in waits(plain)
    assert "1 jam" in waits(hidden)
