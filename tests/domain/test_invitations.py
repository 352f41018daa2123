"""Invitations: one link, one person, one hour, and the issuer who says whether it is they."""

import asyncio
import datetime as dt
import uuid

import pytest
import sqlalchemy as sa

from domain import invitations, staff
from domain.errors import NotAllowed
from domain.guesses import TooManyGuesses
from domain.invitations import InvitationIsOver, OwnInvitation
from domain.roles import Deed, Role, may
from models import Invitation, Person, RoleGrant
from models.engine import Store
from tests.domain.reports.conftest import NOW, person_of

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
async def people(store: Store) -> tuple[Person, Person, Person]:
    """Budi, who is the admin; Siti and Rahmat, who are nobody yet."""
    budi, siti, rahmat = person_of(1), person_of(101), person_of(202)
    async with store.begin() as session:
        session.add_all([budi, siti, rahmat])
        await staff.give_role(session, budi, Role.ADMIN, None, by=None, now=NOW)
    return budi, siti, rahmat


async def person(session: object, known: Person) -> Person:
    found = await session.get(Person, known.id)  # type: ignore[attr-defined]
    assert isinstance(found, Person)
    return found


async def invited(store: Store, by: Person | None, role: Role = Role.DISPATCHER, unit: str | None = "ppa") -> str:
    async with store.begin() as session:
        issuer = await person(session, by) if by else None
        return await invitations.invite(session, role, NOW, unit=unit, by=issuer)


async def opened(store: Store, token: str, by: Person, now: dt.datetime = NOW) -> invitations.Opened | None:
    async with store.begin() as session:
        return await invitations.open_link(session, token, await person(session, by), now=now)


async def confirmed(store: Store, invitation_id: uuid.UUID, by: Person, now: dt.datetime = NOW) -> Person:
    async with store.begin() as session:
        found, _ = await invitations.confirm(session, invitation_id, by=await person(session, by), now=now)
        return found


async def roles_of(store: Store, known: Person) -> dict[str, str | None]:
    async with store.read() as session:
        return await staff.grants_of(session, known)


People = tuple[Person, Person, Person]


async def test_a_link_from_the_server_gives_its_role_once(store: Store, people: People) -> None:
    _, siti, rahmat = people
    token = await invited(store, None, Role.ADMIN, None)
    found = await opened(store, token, siti)
    assert found is not None
    assert found.issuer is None
    with pytest.raises(InvitationIsOver):
        await opened(store, token, rahmat)
    assert await roles_of(store, siti) == {"admin": None}
    assert await roles_of(store, rahmat) == {}


async def test_a_role_is_given_only_when_the_issuer_says_that_it_is_they(store: Store, people: People) -> None:
    budi, siti, _ = people
    found = await opened(store, await invited(store, budi), siti)
    assert found is not None
    assert found.issuer is not None
    assert found.issuer.id == budi.id
    assert len(found.code) == 4
    assert await roles_of(store, siti) == {}
    assert (await confirmed(store, found.id, budi)).staff_number == 2
    assert await roles_of(store, siti) == {"dispatcher": "ppa"}
    with pytest.raises(InvitationIsOver):
        await confirmed(store, found.id, budi)


async def test_the_wrong_person_gets_nothing_and_nobody_else_with_that_link(store: Store, people: People) -> None:
    budi, siti, rahmat = people
    token = await invited(store, budi)
    found = await opened(store, token, rahmat)
    assert found is not None
    async with store.begin() as session:
        await invitations.refuse(session, found.id, by=await person(session, budi), now=NOW)
    with pytest.raises(InvitationIsOver):
        await confirmed(store, found.id, budi)
    with pytest.raises(InvitationIsOver):
        await opened(store, token, siti)
    assert await roles_of(store, rahmat) == {}


async def test_only_the_issuer_confirms_and_only_while_they_may_manage_staff(store: Store, people: People) -> None:
    budi, siti, rahmat = people
    async with store.begin() as session:
        await staff.give_role(session, await person(session, rahmat), Role.ADMIN, None, by=None, now=NOW)
    found = await opened(store, await invited(store, budi), siti)
    assert found is not None
    with pytest.raises(InvitationIsOver):
        await confirmed(store, found.id, rahmat)
    async with store.begin() as session:
        former = await person(session, budi)
        await staff.take_role(session, former, Role.ADMIN, by=await person(session, rahmat), now=NOW)
    with pytest.raises(NotAllowed):
        await confirmed(store, found.id, budi)
    assert await roles_of(store, siti) == {}


@pytest.mark.parametrize(("minutes", "is_good"), [(59, True), (60, False)])
async def test_a_link_is_over_after_an_hour(store: Store, people: People, minutes: int, is_good: bool) -> None:
    budi, siti, _ = people
    token = await invited(store, budi)
    if is_good:
        assert await opened(store, token, siti, NOW + minutes * MINUTE) is not None
    else:
        with pytest.raises(InvitationIsOver):
            await opened(store, token, siti, NOW + minutes * MINUTE)


@pytest.mark.parametrize(("minutes", "is_good"), [(69, True), (70, False)])
async def test_it_is_confirmed_within_ten_minutes_more(
    store: Store, people: People, minutes: int, is_good: bool
) -> None:
    budi, siti, _ = people
    found = await opened(store, await invited(store, budi), siti, NOW + 59 * MINUTE)
    assert found is not None
    if not is_good:
        with pytest.raises(InvitationIsOver):
            await confirmed(store, found.id, budi, NOW + minutes * MINUTE)
    else:
        await confirmed(store, found.id, budi, NOW + minutes * MINUTE)
    assert bool(await roles_of(store, siti)) is is_good


async def test_of_two_who_open_it_at_once_one_has_it(store: Store, people: People) -> None:
    budi, siti, rahmat = people
    for _ in range(10):
        token = await invited(store, budi)
        both = await asyncio.gather(opened(store, token, siti), opened(store, token, rahmat), return_exceptions=True)
        assert sorted(type(one).__name__ for one in both) == ["InvitationIsOver", "Opened"]
        async with store.read() as session:
            used_by = await session.scalar(
                sa.select(Invitation.used_by).order_by(Invitation.expires_at, Invitation.used_at.desc()).limit(1)
            )
            assert used_by in (siti.id, rahmat.id)


async def test_the_code_is_another_one_for_another_person(store: Store, people: People) -> None:
    budi, siti, rahmat = people
    codes = set()
    for somebody in (siti, rahmat):
        found = await opened(store, await invited(store, budi), somebody)
        assert found is not None
        codes.add(found.code)
    assert len(codes) == 2


async def test_nobody_invites_themselves_and_the_link_stays_good(store: Store, people: People) -> None:
    budi, siti, _ = people
    token = await invited(store, budi)
    with pytest.raises(OwnInvitation):
        await opened(store, token, budi)
    assert await opened(store, token, siti) is not None


async def test_five_made_up_links_an_hour_are_enough(store: Store, people: People) -> None:
    budi, siti, _ = people
    good = await invited(store, budi)
    for number in range(5):
        assert await opened(store, f"{number}" * 32, siti) is None
    for token in ("x" * 32, good):
        with pytest.raises(TooManyGuesses):
            await opened(store, token, siti, NOW + 30 * MINUTE)
    async with store.begin() as session:
        assert await session.scalar(sa.select(Invitation.used_by)) is None, "what was guessed right is not compared"


@pytest.mark.parametrize("payload", ["", "lapor", "promo2026", "../../etc/passwd", "x" * 31, "x" * 33, "é" * 32])
def test_what_has_another_shape_is_no_guess(payload: str) -> None:
    assert not invitations.is_token(payload)


async def test_only_the_keyed_hash_of_a_token_is_kept(store: Store, people: People) -> None:
    token = await invited(store, people[0])
    async with store.read() as session:
        (kept,) = (await session.scalars(sa.select(Invitation))).all()
    assert token.encode() not in b"".join(value for value in vars(kept).values() if isinstance(value, bytes))
    assert len(kept.token_index) == 16


async def test_a_link_that_was_taken_up_by_somebody_who_is_gone_is_over(store: Store, people: People) -> None:
    budi, siti, _ = people
    found = await opened(store, await invited(store, budi), siti)
    assert found is not None
    async with store.begin() as session:
        await session.execute(sa.delete(Person).where(Person.id == siti.id))
    with pytest.raises(InvitationIsOver):
        await confirmed(store, found.id, budi)
    async with store.read() as session:
        assert [grant.person_id for grant in await session.scalars(sa.select(RoleGrant))] == [budi.id]


def test_only_an_admin_binds_groups_and_manages_staff() -> None:
    for deed in (Deed.BIND_GROUP, Deed.MANAGE_STAFF):
        assert {role for role in Role if may([role], deed)} == {Role.ADMIN}
        assert not may(["a role of the future"], deed)
