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
    MANAGE_STAFF = "invite staff and take roles back"
    SEE_CASES = "see the queue and search it"
    OPEN_CASES = "open a case; officers only while it is with a unit"
    WORK_CASES = "claim, check, assign, answer and close cases"
    ACT_FOR_UNIT = "accept or decline an assignment and tell how it goes"
    OVERRULE = "decide what one dispatcher may not decide alone"
    OPEN_ORIGINAL = "open a file as it was sent"
    READ_AUDIT = "read who did what"


D = Deed
MAY: dict[Role, frozenset[Deed]] = {
    **{role: frozenset() for role in Role},
    Role.OFFICER: frozenset({D.OPEN_CASES, D.ACT_FOR_UNIT}),
    Role.DISPATCHER: frozenset({D.SEE_CASES, D.OPEN_CASES, D.WORK_CASES, D.ACT_FOR_UNIT}),
    Role.COMMANDER: frozenset({D.SEE_CASES, D.OPEN_CASES, D.WORK_CASES, D.ACT_FOR_UNIT, D.OVERRULE, D.OPEN_ORIGINAL}),
    Role.ADMIN: frozenset({D.BIND_GROUP, D.MANAGE_STAFF, D.READ_AUDIT}),  # who runs the system reads no case
    Role.AUDITOR: frozenset({D.READ_AUDIT}),
}


def may(roles: Iterable[str], deed: Deed) -> bool:
    return any(deed in MAY[Role(role)] for role in roles if role in MAY)


def require(roles: Iterable[str], deed: Deed) -> None:
    """Raises NotAllowed."""
    if not may(roles, deed):
        raise NotAllowed()
