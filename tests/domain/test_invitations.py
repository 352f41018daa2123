"""Invitations: one link, one person, one hour."""

import datetime as dt

import pytest

from domain import invitations
from domain.roles import Deed, Role, may
from models import Person, RoleGrant
from models.engine import Store
from tests.domain.reports.conftest import NOW, person_of


async def test_a_link_gives_its_role_once(store: Store) -> None:
    siti, rahmat = person_of(101), person_of(202)
    async with store.begin() as session:
        session.add_all([siti, rahmat])
        token = await invitations.invite(session, Role.ADMIN, NOW)
        assert await invitations.accept(session, token, siti, now=NOW) is Role.ADMIN
        with pytest.raises(invitations.InvitationIsOver):
            await invitations.accept(session, token, rahmat, now=NOW)
    async with store.read() as session:
        assert await session.get(RoleGrant, (siti.id, "admin")) is not None
        assert await session.get(RoleGrant, (rahmat.id, "admin")) is None


async def test_a_link_is_over_after_an_hour(store: Store) -> None:
    siti = person_of(101)
    async with store.begin() as session:
        session.add(siti)
        token = await invitations.invite(session, Role.OFFICER, NOW)
        with pytest.raises(invitations.InvitationIsOver):
            await invitations.accept(session, token, siti, now=NOW + dt.timedelta(minutes=60))


@pytest.mark.parametrize("payload", ["", "lapor", "x" * 32, "../../etc/passwd"])
async def test_what_is_no_token_is_none(store: Store, payload: str) -> None:
    siti: Person = person_of(101)
    async with store.begin() as session:
        session.add(siti)
        assert await invitations.accept(session, payload, siti, now=NOW) is None


def test_only_an_admin_binds_groups() -> None:
    assert {role for role in Role if may([role], Deed.BIND_GROUP)} == {Role.ADMIN}
    assert not may(["a role of the future"], Deed.BIND_GROUP)
