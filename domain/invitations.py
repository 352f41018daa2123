"""Invitations: one-time links by which someone becomes staff."""

import datetime as dt
import secrets

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import DomainError
from domain.policy import INVITATION_VALID
from domain.roles import Role
from models import Invitation, Person, RoleGrant, sealing

TOKEN_CHARACTERS = 32  # of token_urlsafe(24); Telegram allows 64 in a deep link


class InvitationIsOver(DomainError):
    """It was used before, or its hour is past."""

    text_key = "error.invitation_is_over"


async def invite(session: AsyncSession, role: Role, now: dt.datetime) -> str:
    """A new token for that role. Only its keyed hash is kept."""
    token = secrets.token_urlsafe(24)
    session.add(Invitation(token_index=_index(token), role=role, expires_at=now + INVITATION_VALID))
    await session.flush()
    return token


async def accept(session: AsyncSession, token: str, person: Person, *, now: dt.datetime) -> Role | None:
    """The role that the token brings; None if it never was one. Raises InvitationIsOver."""
    if len(token) != TOKEN_CHARACTERS or not token.isascii():
        return None
    claim = (
        sa.update(Invitation)
        .where(Invitation.token_index == _index(token), Invitation.used_at.is_(None), Invitation.expires_at > now)
        .values(used_at=now, used_by=person.id)
        .returning(Invitation.role)
    )
    role = await session.scalar(claim, execution_options={"synchronize_session": False})
    if role is None:
        if await session.get(Invitation, _index(token)) is not None:
            raise InvitationIsOver()
        return None
    if await session.get(RoleGrant, (person.id, role)) is None:
        session.add(RoleGrant(person_id=person.id, role=role, granted_at=now))
    return Role(role)


def _index(token: str) -> bytes:
    return sealing.keyring().index("invitation", token.encode())
