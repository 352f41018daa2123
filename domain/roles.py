"""Roles: who may do what. One table; what it does not name is not allowed."""

import enum
from collections.abc import Iterable

from domain.errors import NotAllowed


class Role(enum.StrEnum):
    RESIDENT = "resident"
    OFFICER = "officer"
    DISPATCHER = "dispatcher"
    PUBLICIST = "publicist"
    APPROVER = "approver"
    COMMANDER = "commander"
    ADMIN = "admin"
    AUDITOR = "auditor"
    PARTNER = "partner"


class Deed(enum.StrEnum):
    BIND_GROUP = "bind a group to a duty"


MAY: dict[Role, frozenset[Deed]] = {
    **{role: frozenset() for role in Role},
    Role.ADMIN: frozenset({Deed.BIND_GROUP}),
}


def may(roles: Iterable[str], deed: Deed) -> bool:
    return any(deed in MAY[Role(role)] for role in roles if role in MAY)


def require(roles: Iterable[str], deed: Deed) -> None:
    """Raises NotAllowed."""
    if not may(roles, deed):
        raise NotAllowed()
