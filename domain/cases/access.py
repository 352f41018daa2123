"""Access: which member of the staff may open which case."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain import roles, units
from domain.errors import DomainError
from domain.reports import taxonomy
from domain.roles import Deed, Role
from models import Person, Report, ReportState, RoleGrant

WITH_A_UNIT = (ReportState.ASSIGNED, ReportState.HANDLING)


class NoSuchCase(DomainError):
    """There is none, or it is not theirs to know of: nobody can tell which."""

    text_key = "error.no_such_case"


@dataclass(frozen=True)
class Staff:
    """Somebody at work: who they are, which roles they hold, whose sensitive reports they may read."""

    person: Person
    roles: frozenset[str]
    units: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        return staff_name(self.person)

    def may(self, deed: Deed) -> bool:
        return roles.may(self.roles, deed)


def staff_name(person: Person | None) -> str:
    """What colleagues and reporters know them by: never a name."""
    return f"Petugas {person.staff_number or '?'}" if person is not None else "Petugas"


def may_open(staff: Staff, report: Report) -> bool:
    """Sensitive cases are for commanders and for those of the unit that they belong to. Who does not work on the queue
    sees a case only while it is with a unit."""
    if not staff.may(Deed.OPEN_CASES) or not (staff.may(Deed.SEE_CASES) or report.state in WITH_A_UNIT):
        return False
    unit = units.own_unit(report.category_code)
    return unit is None or unit in staff.units or Role.COMMANDER in staff.roles


def require_may_open(staff: Staff, report: Report) -> None:
    """Raises NoSuchCase."""
    if not may_open(staff, report):
        raise NoSuchCase()


def special_units(staff: Staff) -> list[str]:
    """Whose sensitive cases they may open."""
    codes = [unit.code for unit in units.SPECIAL]
    return codes if Role.COMMANDER in staff.roles else [code for code in codes if code in staff.units]


def visible_to(staff: Staff) -> sa.ColumnElement[bool]:
    """The same as may_open, in SQL, for somebody who works on the queue."""
    own = set(special_units(staff))
    hidden = sorted(code for code in taxonomy.SENSITIVE_CODES if units.own_unit(code) not in own)
    return sa.or_(Report.category_code.is_(None), Report.category_code.not_in(hidden))


async def those_who_may(session: AsyncSession, deed: Deed, report: Report | None = None) -> Sequence[Person]:
    """Everybody reachable who holds a role with that deed, and may open that case if one is given."""
    holding = [role for role, deeds in roles.MAY.items() if deed in deeds]
    return await _holding(session, holding, report)


async def commanders(session: AsyncSession) -> Sequence[Person]:
    return await _holding(session, [Role.COMMANDER], None)


async def _holding(session: AsyncSession, holding: Sequence[Role], report: Report | None) -> Sequence[Person]:
    unit = units.own_unit(report.category_code) if report is not None else None
    grants = sa.select(RoleGrant.person_id).where(RoleGrant.role.in_(holding))
    if unit is not None:
        grants = grants.where(sa.or_(RoleGrant.unit == unit, RoleGrant.role == Role.COMMANDER))
    found = sa.select(Person).where(Person.id.in_(grants), Person.is_reachable).order_by(Person.staff_number)
    return (await session.scalars(found)).all()
