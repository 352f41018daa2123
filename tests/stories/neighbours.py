"""What the stories of incidents, pranks and callers share: a dispatcher, and neighbours who have told what they saw."""

from typing import Any

from bot import visitors
from domain.cases.rooms import cards
from domain.reports import drafts
from domain.roles import Role
from simulator.person import Person
from tests import cast
from tests.town import Town


async def dispatcher(town: Town, role: Role = Role.DISPATCHER) -> Person:
    dewi = await town.simulator.person("Dewi", language_code="id")
    await town.appoint(dewi, role)
    await dewi.opens_link()
    return dewi


async def has_told(town: Town, who: Person, *, pin: list[float] | None = None, **told: Any) -> str:
    """A report that this person sent a moment ago. Returns its number."""
    if not await who.messages():
        await who.opens_link()
        await who.sees("Pilih bahasa")
    async with town.store.begin() as session:
        visitor = (await visitors.load(session, [who.id]))[who.id]
        report = await cast.report(session, by=visitor.person, now=town.clock.now(), **told)
        if pin:
            drafts.change(report, report.touched_at, pin=pin)
        await cards.want(session, report, now=town.clock.now())
        assert report.number is not None
        return report.number
