"""Revocation: whoever has lost a role has lost it for the very next update, whatever else is going on."""

import asyncio

import pytest
import sqlalchemy as sa

from bot.intake import StoreAway
from domain import staff
from domain.roles import Role
from handlers.cases.buttons import TakeCase
from handlers.presses import TakeRole
from models import Report, RoleGrant
from models.engine import Store
from tests.counter import Counter, refusals


async def _number(counter: Counter, store: Store, name: str) -> int:
    async with store.read() as session:
        people = await staff.everybody(session, limit=50)
    return next(one.number for one in people if list(one.grants) == [name])


async def test_what_comes_in_the_same_moment_after_it_is_refused(
    counter: Counter, store: Store, waiting: Report
) -> None:
    """One batch, one transaction: the roles of all senders were read before the first of them was heard."""
    admin, dispatcher = counter.people["admin"], counter.people["dispatcher"]
    number = await _number(counter, store, "dispatcher")
    take = TakeCase(waiting.id).pack(dispatcher)
    said = await counter.takes(
        counter.press(dispatcher, take),
        counter.press(admin, TakeRole(number, "dispatcher", 1).pack(admin)),
        counter.press(dispatcher, take),
    )
    assert said[0] != refusals()[0]
    assert said[2] == refusals()[0]
    async with store.read() as session:
        report = await session.get_one(Report, waiting.id)
        assert report.claimed_by is None, "what they took a moment before is back in the queue"


@pytest.mark.parametrize("empty_database_url", ["postgres"], indirect=True)
async def test_two_admins_who_press_at_once_on_two_replicas_leave_one(store: Store) -> None:
    """Each replica holds its own sender's row and waits for the other's: the database ends it, the loser comes again,
    as Telegram delivers again what was not acknowledged, and finds its role gone."""
    replicas = [Counter(store), Counter(store)]
    for number, replica in enumerate(replicas):
        replica.numbers = iter(range(1 + 1000 * number, 1000 + 1000 * number))  # type: ignore[assignment]
    admins = (501, 502)
    async with store.begin() as session:
        for admin in admins:
            await replicas[0].hire(session, admin, (Role.ADMIN,))

    async def presses(replica: Counter, admin: int, other: int) -> str:
        update = replica.press(admin, TakeRole(other, "admin", 1).pack(admin))
        while True:
            try:
                return (await replica.takes(update))[0]
            except StoreAway:
                await asyncio.sleep(0.05)

    said = await asyncio.gather(presses(replicas[0], 501, 2), presses(replicas[1], 502, 1))
    assert sorted(said) == ["", refusals()[0]]
    async with store.read() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(RoleGrant)) == 1
