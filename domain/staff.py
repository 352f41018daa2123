"""Staff: who holds which role, given and taken back. Whoever loses one keeps nothing of what they had in hand."""

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain import audit, outbox, units
from domain.cases import access, claims
from domain.cases.rooms import cards
from domain.cases.steps import Progress
from domain.errors import DomainError, NotAllowed
from domain.reports.drafts import reporter_index
from domain.roles import MAY, Deed, Role
from models import Closing, Desk, Invitation, Person, Report, RoleGrant, StaffNumber, sealing
from models.sealing import Unsealable

CHANGED = "people whose roles changed in this transaction"
MANAGERS = [role for role, deeds in MAY.items() if Deed.MANAGE_STAFF in deeds]


class LastAdmin(DomainError):
    """Without any admin nobody could give a role again."""

    text_key = "error.last_admin"


class NoSuchStaff(DomainError):
    text_key = "error.no_such_staff"


@dataclass(frozen=True)
class Colleague:
    """One of the staff as the list shows them: `grants` are their roles, each with its special unit."""

    number: int
    grants: dict[str, str | None]


async def give_role(
    session: AsyncSession, person: Person, role: Role, unit: str | None, *, by: Person | None, now: dt.datetime
) -> None:
    """From now on they hold it; held before, it changes its unit, and what they may open no longer is taken from them.
    `by`: None for the console."""
    await session.flush()
    await session.refresh(person, ["staff_number"], with_for_update=True)  # two may give at once
    if person.staff_number is None:
        number = StaffNumber(given_at=now)
        session.add(number)
        await session.flush()
        person.staff_number = number.number
    grant = await session.get(RoleGrant, (person.id, role))
    if grant is None:
        grant = RoleGrant(person_id=person.id, role=role, granted_at=now)
        session.add(grant)
    loses_unit = grant.unit not in (None, unit)
    grant.unit = unit
    await session.flush()
    if loses_unit:
        left = await standing_of(session, person)
        await _let_go(session, left, lambda report: not access.may_open(left, report), now=now)
    _changed(session, person)
    audit.note(session, by or audit.CONSOLE, "give role", person_name(person), described(role, unit), now=now)


async def take_role(session: AsyncSession, person: Person, role: Role, *, by: Person | None, now: dt.datetime) -> None:
    """Revokes it, with all that hung on it, at once. Raises NotAllowed, NoSuchStaff, LastAdmin."""
    await take_roles(session, person, [role], by=by, now=now)


async def take_all_roles(session: AsyncSession, person: Person, *, by: Person | None, now: dt.datetime) -> None:
    """The same with every role. Raises NotAllowed, NoSuchStaff, LastAdmin."""
    await take_roles(session, person, list(Role), by=by, now=now)


async def take_roles(
    session: AsyncSession, person: Person, roles: Sequence[Role], *, by: Person | None, now: dt.datetime
) -> None:
    """`by` must hold what it needs at this very moment; from oneself one may always take.

    Whoever takes waits here for whoever else takes, so of two who remove each other one wins."""
    await session.flush()
    managers = await _lock_managers(session)
    await _lock(session, person)
    if by is not None and by.id not in managers and by.id != person.id:
        raise NotAllowed()
    grants = await _grants_of(session, person)
    taken = [grant for grant in grants if grant.role in roles]
    if not taken:
        raise NoSuchStaff()
    if any(grant.role in MANAGERS for grant in taken) and managers == {person.id}:
        raise LastAdmin()
    for grant in taken:
        await session.delete(grant)
        what = described(grant.role, grant.unit)
        audit.note(session, by or audit.CONSOLE, "take role", person_name(person), what, now=now)
    await session.flush()
    left = access_of(person, [grant for grant in grants if grant not in taken])
    await _let_go(session, left, lambda report: True, now=now)
    await _void_invitations(session, left, now=now)
    _changed(session, person)


async def _lock_managers(session: AsyncSession) -> set[uuid.UUID]:
    """Who may manage staff. On PostgreSQL their rows are ours until the end; SQLite has one writer at a time."""
    holding = sa.select(RoleGrant.person_id).where(RoleGrant.role.in_(MANAGERS)).order_by(RoleGrant.person_id)
    return set(await session.scalars(holding.with_for_update()))


async def _lock(session: AsyncSession, person: Person) -> None:
    """What they are doing at this moment ends first, and what they do next finds their roles gone."""
    await session.execute(sa.select(Person.id).where(Person.id == person.id).with_for_update())


async def _let_go(
    session: AsyncSession, left: access.Staff, loses: Callable[[Report], bool], *, now: dt.datetime
) -> None:
    """`left`: what they still are. Of the cases that they lose, claims go back to the queue, and the ends that they
    proposed wait for nobody any more; and what they may not open lies before them no longer, nor is it sent to them."""
    for report in await _in_hand(session, left.person):
        if not loses(report):
            continue
        if report.claimed_by == left.person.id:
            await claims.release(session, report, now=now)
        await _take_back_proposal(session, report, left.person)
        await session.flush()
        await cards.want(session, report, now=now)
    desk = await session.get(Desk, left.person.id)
    report_open = await session.get(Report, desk.report_id) if desk is not None else None
    if desk is not None and report_open is not None and not _may_keep_open(left, report_open):
        await session.delete(desk)
    await _send_no_more(session, left)
    await session.flush()


async def _in_hand(session: AsyncSession, person: Person) -> Sequence[Report]:
    """What they claimed, and what they proposed to end."""
    proposed = sa.select(Closing.report_id).where(Closing.proposed_by == person.id)
    theirs = sa.select(Report).where(sa.or_(Report.claimed_by == person.id, Report.id.in_(proposed)))
    locked = theirs.order_by(Report.id).with_for_update(of=Report)
    return (await session.scalars(locked, execution_options={"populate_existing": True})).all()


async def _take_back_proposal(session: AsyncSession, report: Report, person: Person) -> None:
    closing = await session.get(Closing, report.id)
    if closing is None or closing.proposed_by != person.id:
        return
    await session.delete(closing)
    if report.progress == Progress.CONFIRMING:
        report.progress = Progress.ON_SCENE.value


async def _send_no_more(session: AsyncSession, left: access.Staff) -> None:
    """What waits to leave for them and is about cases that they may not open any more."""
    try:
        chat_id = left.person.telegram_id
    except Unsealable:
        return  # nobody can write to them, and that keeps nobody from taking their role
    if chat_id is None:
        return
    waiting = await outbox.cases_waiting(session, chat_id)
    found = await session.scalars(sa.select(Report).where(Report.id.in_(waiting)))
    kept = {report.id for report in found if _may_keep_open(left, report)}
    await outbox.call_off_cases(session, chat_id, waiting - kept)


async def _void_invitations(session: AsyncSession, left: access.Staff, *, now: dt.datetime) -> None:
    if not left.may(Deed.MANAGE_STAFF):
        void = sa.update(Invitation).where(Invitation.issuer_id == left.person.id, Invitation.settled_at.is_(None))
        await session.execute(void.values(settled_at=now), execution_options={"synchronize_session": False})


def _may_keep_open(left: access.Staff, report: Report) -> bool:
    """What they reported themselves lies open before them as before anybody."""
    return access.may_open(left, report) or report.reporter_index == reporter_index(left.person)


async def _grants_of(session: AsyncSession, person: Person) -> Sequence[RoleGrant]:
    """As the database has them now, whatever was read before the lock."""
    theirs = sa.select(RoleGrant).where(RoleGrant.person_id == person.id).order_by(RoleGrant.role)
    return (await session.scalars(theirs, execution_options={"populate_existing": True})).all()


def access_of(person: Person, grants: Iterable[RoleGrant]) -> access.Staff:
    held = list(grants)
    return access.Staff(
        person, frozenset(grant.role for grant in held), frozenset(grant.unit for grant in held if grant.unit)
    )


async def standing_of(session: AsyncSession, person: Person) -> access.Staff:
    """Which roles and units they hold at this moment."""
    return access_of(person, await _grants_of(session, person))


async def grants_of(session: AsyncSession, person: Person) -> dict[str, str | None]:
    """The roles that they hold at this moment, each with its special unit."""
    return {grant.role: grant.unit for grant in await _grants_of(session, person)}


async def everybody(session: AsyncSession, *, after: int = 0, limit: int) -> list[Colleague]:
    """The staff by their numbers, those above `after`."""
    numbers = (
        sa.select(Person.staff_number)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(Person.staff_number > after)
        .distinct()
        .order_by(Person.staff_number)
        .limit(limit)
    )
    holding = (
        sa.select(Person.staff_number, RoleGrant.role, RoleGrant.unit)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(Person.staff_number.in_(numbers))
        .order_by(Person.staff_number, RoleGrant.role)
    )
    found: dict[int, dict[str, str | None]] = {}
    for number, role, unit in await session.execute(holding):
        found.setdefault(number or 0, {})[role] = unit
    return [Colleague(number, grants) for number, grants in found.items()]


async def find(session: AsyncSession, number: int) -> tuple[Person, Colleague]:
    """One of the staff. Raises NoSuchStaff, also for who holds no role any more."""
    person = await session.scalar(sa.select(Person).where(Person.staff_number == number))
    grants = await grants_of(session, person) if person is not None else {}
    if person is None or not grants:
        raise NoSuchStaff()
    return person, Colleague(number, grants)


async def managers(session: AsyncSession) -> Sequence[Person]:
    """Everybody reachable who may manage the staff."""
    return await access.those_who_may(session, Deed.MANAGE_STAFF)


async def count_strangers(session: AsyncSession, telegram_ids: Collection[int]) -> int:
    """How many of these hold no role."""
    indexes = {sealing.number_index("person", number) for number in telegram_ids}
    known = sa.select(Person.telegram_index).join(RoleGrant, RoleGrant.person_id == Person.id)
    staff = await session.scalars(known.where(Person.telegram_index.in_(indexes)))
    return len(indexes - set(staff))


def changed_people(session: AsyncSession) -> set[uuid.UUID]:
    """Whose roles changed since this was last asked in this transaction."""
    changed: set[uuid.UUID] = session.info.pop(CHANGED, set())
    return changed


def person_name(person: Person) -> str:
    return access.staff_name(person)


def _changed(session: AsyncSession, person: Person) -> None:
    session.info.setdefault(CHANGED, set()).add(person.id)


def described(role: str, unit: str | None) -> str:
    """As the audit has a role: "dispatcher", "dispatcher (ppa)"."""
    return f"{role} ({unit})" if unit in units.BY_CODE else str(role)
