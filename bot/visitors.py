"""Visitors: the people, dialogues and drafts of a whole batch, loaded in one query."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain import staff
from models import Desk, Dialogue, Person, Report, ReportState, RoleGrant, new_id
from models.sealing import number_index


@dataclass
class Visitor:
    person: Person
    dialogue: Dialogue | None = None
    draft: Report | None = None
    roles: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    desk: Desk | None = None
    is_new: bool = False


# "dispatcher:ppa,officer:"
ROLES = (
    sa.select(sa.func.aggregate_strings(RoleGrant.role + ":" + sa.func.coalesce(RoleGrant.unit, ""), ","))
    .where(RoleGrant.person_id == Person.id)
    .correlate(Person)
    .scalar_subquery()
)
VISITORS = (
    sa.select(Person, Dialogue, Report, Desk, ROLES)
    .outerjoin(Dialogue, Dialogue.person_id == Person.id)
    .outerjoin(Report, sa.and_(Report.id == Dialogue.subject_id, Report.state == ReportState.DRAFT))
    .outerjoin(Desk, Desk.person_id == Person.id)
    .where(Person.telegram_index.in_(sa.bindparam("indexes", expanding=True)))
)
LOCKS = (
    sa.select(Person.id)
    .where(Person.telegram_index.in_(sa.bindparam("indexes", expanding=True)))
    .order_by(Person.id)
    .with_for_update()
)


async def load(session: AsyncSession, telegram_ids: Iterable[int]) -> dict[int, Visitor]:
    """The visitors that are known, by Telegram id."""
    by_index = {number_index("person", number): number for number in telegram_ids}
    if not by_index:
        return {}
    if session.get_bind().dialect.name == "postgresql":
        # A message and a button press of one person may reach two replicas at once: the second waits here,
        # and then reads in a new statement what the first has written.
        await session.execute(LOCKS, {"indexes": list(by_index)})
    rows = await session.execute(VISITORS, {"indexes": list(by_index)})
    return {
        by_index[person.telegram_index]: _visitor(person, dialogue, draft, desk, roles)
        for person, dialogue, draft, desk, roles in rows
    }


async def follow(session: AsyncSession, known: dict[int, Visitor]) -> None:
    """Whoever gave or took a role in this batch: what the others of it may do has changed as well."""
    changed = staff.changed_people(session)
    for visitor in known.values():
        if visitor.person.id in changed:
            standing = await staff.standing_of(session, visitor.person)
            visitor.roles, visitor.units = standing.roles, standing.units
            visitor.desk = await session.get(Desk, visitor.person.id)


def _visitor(
    person: Person, dialogue: Dialogue | None, draft: Report | None, desk: Desk | None, grants: str | None
) -> Visitor:
    held = [grant.partition(":") for grant in (grants or "").split(",") if grant]
    roles, units = frozenset(role for role, _, _ in held), frozenset(unit for _, _, unit in held if unit)
    return Visitor(person, dialogue, draft, roles, units, desk)


def welcome(session: AsyncSession, user: dict[str, Any]) -> Visitor:
    """Someone new in a private chat. Of what Telegram tells about them only the id is kept, and the language used."""
    number: int = user["id"]
    english = str(user.get("language_code") or "").startswith("en")
    person = Person(id=new_id(), telegram_index=number_index("person", number), language="en" if english else "id")
    person.telegram_id = number
    person.is_reachable = True
    session.add(person)
    return Visitor(person, is_new=True)
