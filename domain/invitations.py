"""Invitations: one-time links by which someone becomes staff, once whoever invited them says that it is they."""

import datetime as dt
import secrets
import uuid
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain import audit, guesses, places, staff
from domain.errors import DomainError, NotAllowed
from domain.policy import INVITATION_CONFIRMED_WITHIN, INVITATION_VALID
from domain.roles import Deed, Role
from models import Invitation, Person, sealing

TOKEN_CHARACTERS = 32  # of token_urlsafe(24); Telegram allows 64 in a deep link
OFFERED = tuple(role for role in Role if role is not Role.RESIDENT)
WITH_UNIT = (Role.DISPATCHER, Role.OFFICER, Role.COMMANDER)  # may be given for a special unit


class InvitationIsOver(DomainError):
    """It was used before, its hour is past, or whoever made it is no admin any more."""

    text_key = "error.invitation_is_over"


class OwnInvitation(DomainError):
    """Nobody invites themselves; the link stays good for somebody else."""

    text_key = "error.own_invitation"


@dataclass(frozen=True)
class Opened:
    """A link was opened for the first time. `issuer` must confirm, comparing `code` with what the person who opened it
    says; None: it was made on the server itself, and the role is theirs already."""

    id: uuid.UUID
    role: Role
    unit: str | None
    code: str
    issuer: Person | None


async def invite(
    session: AsyncSession, role: Role, now: dt.datetime, *, unit: str | None = None, by: Person | None = None
) -> str:
    """A new token for that role. Only its keyed hash is kept. `by`: None for the console."""
    while not is_token(token := secrets.token_urlsafe(24)):
        pass  # one in 4,096 looks like a place's code
    session.add(
        Invitation(
            token_index=_index(token),
            role=role,
            unit=unit,
            issuer_id=by.id if by is not None else None,
            expires_at=now + INVITATION_VALID,
        )
    )
    audit.note(session, by or audit.CONSOLE, "invite", None, staff.described(role, unit), now=now)
    await session.flush()
    return token


def is_token(text: str) -> bool:
    """Whether it has the shape of an invitation."""
    return len(text) == TOKEN_CHARACTERS and text.isascii() and not places.is_token(text)


async def open_link(session: AsyncSession, token: str, person: Person, *, now: dt.datetime) -> Opened | None:
    """Takes the invitation for whoever opens it first; of two at once one has it. None if it never was one, which
    counts as a guess. Raises InvitationIsOver, OwnInvitation, TooManyGuesses."""
    guesses.require_patience(person, now=now)
    await session.flush()
    found = await session.get(Invitation, _index(token))
    if found is None:
        guesses.note_wrong(person, now=now)
        return None
    if found.issuer_id == person.id:
        raise OwnInvitation()
    claim = sa.update(Invitation).where(
        Invitation.token_index == found.token_index,
        Invitation.used_at.is_(None),
        Invitation.settled_at.is_(None),
        Invitation.expires_at > now,
    )
    settled = {"settled_at": now} if found.issuer_id is None else {}
    await _update(session, claim.values(used_at=now, used_by=person.id, **settled))
    role = Role(found.role)
    issuer = await session.get(Person, found.issuer_id) if found.issuer_id is not None else None
    if issuer is None:
        await staff.give_role(session, person, role, found.unit, by=None, now=now)
    return Opened(uuid.UUID(bytes=found.token_index), role, found.unit, _code(found.token_index, person), issuer)


async def confirm(
    session: AsyncSession, invitation_id: uuid.UUID, *, by: Person, now: dt.datetime
) -> tuple[Person, Role]:
    """It is the right person: the role is theirs. Raises NotAllowed, InvitationIsOver."""
    invitation, person = await _settle(session, invitation_id, by=by, now=now)
    role = Role(invitation.role)
    await staff.give_role(session, person, role, invitation.unit, by=by, now=now)
    return person, role


async def refuse(session: AsyncSession, invitation_id: uuid.UUID, *, by: Person, now: dt.datetime) -> Person:
    """It is somebody else, who gets nothing; nor does anybody else with this link. Raises as above."""
    invitation, person = await _settle(session, invitation_id, by=by, now=now)
    described = staff.described(invitation.role, invitation.unit)
    audit.note(session, by, "refuse invitation", None, described, now=now)
    return person


async def _settle(
    session: AsyncSession, invitation_id: uuid.UUID, *, by: Person, now: dt.datetime
) -> tuple[Invitation, Person]:
    """Only whoever made it may, once, in time, and while they still may manage staff."""
    await session.flush()
    if not (await staff.standing_of(session, by)).may(Deed.MANAGE_STAFF):
        raise NotAllowed()
    open_one = sa.update(Invitation).where(
        Invitation.token_index == invitation_id.bytes,
        Invitation.issuer_id == by.id,
        Invitation.used_by.is_not(None),
        Invitation.settled_at.is_(None),
        Invitation.expires_at > now - INVITATION_CONFIRMED_WITHIN,
    )
    await _update(session, open_one.values(settled_at=now))
    invitation = await session.get_one(Invitation, invitation_id.bytes, populate_existing=True)
    return invitation, await session.get_one(Person, invitation.used_by)


async def _update(session: AsyncSession, claim: sa.Update) -> None:
    """Raises InvitationIsOver where the condition finds nothing."""
    done = await session.execute(claim, execution_options={"synchronize_session": False})
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise InvitationIsOver()


def _code(token_index: bytes, person: Person) -> str:
    """Four digits for this person and this invitation, so that nobody can pass for somebody else who opened it."""
    found = sealing.keyring().index("invitation", b"code" + token_index + person.id.bytes)
    return str(1000 + int.from_bytes(found[:4], "big") % 9000)


def _index(token: str) -> bytes:
    return sealing.keyring().index("invitation", token.encode())
