"""Staff: numbers that nobody gets again, roles taken back with all that hung on them, and the last admin who stays."""

import asyncio
import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain import duty_rooms, invitations, outbox, privacy, staff
from domain.cases import claims, opening
from domain.errors import NotAllowed
from domain.invitations import InvitationIsOver
from domain.reports import filing
from domain.reports.drafts import reporter_index
from domain.roles import Role
from domain.staff import LastAdmin, NoSuchStaff
from models import (
    AuditEntry,
    Card,
    Closing,
    Desk,
    OutboxMessage,
    Person,
    Report,
    ReportState,
    RoleGrant,
)
from models.engine import Store
from tests.domain.reports.conftest import NOW, person_of, told

LATER = NOW + dt.timedelta(minutes=3)


async def hired(store: Store, number: int, *roles: Role, unit: str | None = None) -> Person:
    person = person_of(number)
    async with store.begin() as session:
        session.add(person)
        for role in roles:
            await staff.give_role(session, person, role, unit, by=None, now=NOW)
    return person


async def again(session: AsyncSession, person: Person) -> Person:
    return await session.get_one(Person, person.id)


async def filed(session: AsyncSession, number: int, **values: Any) -> Report:
    reporter = person_of(number)
    session.add(reporter)
    draft = told(reporter)
    session.add(draft)
    await session.flush()
    report = (await filing.file_report(session, draft, now=NOW)).report
    await opening.open_case(session, report, reporter=reporter, now=NOW)
    for name, value in values.items():
        setattr(report, name, value)
    await session.flush()
    return report


async def take(store: Store, person: Person, role: Role, by: Person | None, now: dt.datetime = LATER) -> None:
    async with store.begin() as session:
        actor = await again(session, by) if by is not None else None
        await staff.take_role(session, await again(session, person), role, by=actor, now=now)


async def roles_of(store: Store, person: Person) -> set[str]:
    async with store.read() as session:
        return set(await staff.grants_of(session, person))


async def test_numbers_are_given_once_and_never_again(store: Store) -> None:
    budi = await hired(store, 1, Role.ADMIN)
    dewi = await hired(store, 2, Role.DISPATCHER, Role.OFFICER)
    assert (budi.staff_number, dewi.staff_number) == (1, 2)
    await take(store, dewi, Role.DISPATCHER, budi)
    async with store.begin() as session:
        await privacy.erase(session, await again(session, dewi))
    assert (await hired(store, 3, Role.OFFICER)).staff_number == 3, "nobody may be taken for Petugas 2"


async def test_two_who_are_given_at_once_get_different_numbers(store: Store) -> None:
    people = await asyncio.gather(*(hired(store, number, Role.OFFICER) for number in range(1, 9)))
    assert sorted(person.staff_number or 0 for person in people) == list(range(1, 9))


async def test_one_person_who_is_given_two_roles_at_once_has_one_number(store: Store) -> None:
    person = await hired(store, 1)

    async def give(role: Role) -> int | None:
        async with store.begin() as session:
            known = await again(session, person)
            await staff.give_role(session, known, role, None, by=None, now=NOW)
            return known.staff_number

    numbers = await asyncio.gather(give(Role.OFFICER), give(Role.DISPATCHER), give(Role.AUDITOR))
    assert len(set(numbers)) == 1


async def test_whoever_loses_a_role_keeps_nothing_of_what_they_had_in_hand(store: Store) -> None:
    budi, dewi = await hired(store, 1, Role.ADMIN), await hired(store, 2, Role.DISPATCHER, Role.ADMIN)
    async with store.begin() as session:
        await duty_rooms.bind(session, -100, None, now=NOW)
        report = await filed(session, 101)
        former = await again(session, dewi)
        standing = await staff.standing_of(session, former)
        await claims.claim(session, report, standing, now=NOW)
        await session.execute(sa.update(Card).values(is_stale=False))
        session.add(
            Closing(
                report_id=report.id, to_state="resolved", outcome="resolved", proposed_by=former.id, proposed_at=NOW
            )
        )
        session.add(Desk(person_id=former.id, report_id=report.id, opened_at=NOW))
        token = await invitations.invite(session, Role.OFFICER, NOW, by=former)
    async with store.begin() as session:
        await staff.take_all_roles(session, await again(session, dewi), by=await again(session, budi), now=LATER)
    async with store.begin() as session:
        report = await session.get_one(Report, report.id)
        assert (report.claimed_by, report.claimed_until) == (None, None)
        assert report.state is ReportState.RECEIVED
        assert report.due_kind == "claim"
        assert report.due_at is not None
        assert list(await session.scalars(sa.select(Card.is_stale))) == [True], "the room is told that it waits again"
        assert await session.scalar(sa.select(sa.func.count()).select_from(Closing)) == 0
        assert await session.get(Desk, dewi.id) is None
        stranger = person_of(303)
        session.add(stranger)
        with pytest.raises(InvitationIsOver):
            await invitations.open_link(session, token, stranger, now=LATER)
    assert await roles_of(store, dewi) == set()


async def test_an_end_that_somebody_proposed_goes_with_their_role_and_the_room_sees_it(store: Store) -> None:
    budi = await hired(store, 1, Role.ADMIN)
    joko = await hired(store, 2, Role.OFFICER)
    async with store.begin() as session:
        await duty_rooms.bind(session, -100, None, now=NOW)
        report = await filed(session, 101, state=ReportState.HANDLING, progress="confirming")
        await session.execute(sa.update(Card).values(is_stale=False))
        what = {"to_state": "resolved", "outcome": "secured", "proposed_by": joko.id, "proposed_at": NOW}
        session.add(Closing(report_id=report.id, **what))
    await take(store, joko, Role.OFFICER, budi)
    async with store.read() as session:
        assert await session.get(Closing, report.id) is None
        assert (await session.get_one(Report, report.id)).progress == "on_scene"
        assert list(await session.scalars(sa.select(Card.is_stale))) == [True]


async def test_who_is_of_another_unit_from_now_on_lets_go_of_what_they_may_open_no_longer(store: Store) -> None:
    dewi = await hired(store, 2, Role.DISPATCHER, unit="ppa")
    async with store.begin() as session:
        secret = await filed(session, 101, category_code="RTK-1")
        plain = await filed(session, 102)
        standing = await staff.standing_of(session, await again(session, dewi))
        for report in (secret, plain):
            await claims.claim(session, report, standing, now=NOW)
        session.add(Desk(person_id=dewi.id, report_id=secret.id, opened_at=NOW))
    async with store.begin() as session:
        await staff.give_role(session, await again(session, dewi), Role.DISPATCHER, "resnarkoba", by=None, now=LATER)
    async with store.read() as session:
        assert (await session.get_one(Report, secret.id)).claimed_by is None
        assert (await session.get_one(Report, plain.id)).claimed_by == dewi.id
        assert await session.get(Desk, dewi.id) is None


async def test_nothing_about_a_case_leaves_for_who_may_not_open_it_any_more(store: Store) -> None:
    budi = await hired(store, 1, Role.ADMIN)
    dewi = await hired(store, 2, Role.DISPATCHER)
    async with store.begin() as session:
        other = await filed(session, 101)
        own = await filed(session, 102)
        own.reporter_index = reporter_index(await again(session, dewi))

        def post(key: str, to: int | None, about: Report | None) -> None:
            link = outbox.About(about.id, "case") if about is not None else None
            outbox.post(session, "reply", to=to or 0, method="sendMessage", payload={}, key=key, now=NOW, about=link)

        for key, about in (("other", other), ("own", own), ("menu", None)):
            post(key, dewi.telegram_id, about)
        post("colleague's", budi.telegram_id, other)
    async with store.begin() as session:
        post("staged", dewi.telegram_id, other)
        await staff.take_role(
            session, await again(session, dewi), Role.DISPATCHER, by=await again(session, budi), now=LATER
        )
    async with store.read() as session:
        left = await session.scalars(sa.select(OutboxMessage.key).order_by(OutboxMessage.key))
        assert list(left) == ["colleague's", "menu", "own"]


async def test_all_of_it_happens_or_none(store: Store) -> None:
    dewi = await hired(store, 2, Role.DISPATCHER)
    async with store.begin() as session:
        report = await filed(session, 101)
        await claims.claim(session, report, await staff.standing_of(session, await again(session, dewi)), now=NOW)
    with pytest.raises(RuntimeError, match="power cut"):
        async with store.begin() as session:
            await staff.take_role(session, await again(session, dewi), Role.DISPATCHER, by=None, now=LATER)
            raise RuntimeError("power cut")
    async with store.read() as session:
        assert (await session.get_one(Report, report.id)).claimed_by == dewi.id
    assert await roles_of(store, dewi) == {"dispatcher"}


async def test_what_lies_open_stays_where_they_may_still_see_it(store: Store) -> None:
    budi = await hired(store, 1, Role.ADMIN)
    dewi = await hired(store, 2, Role.DISPATCHER, Role.COMMANDER)
    async with store.begin() as session:
        report = await filed(session, 101)
        own = await filed(session, 102)
        session.add(Desk(person_id=dewi.id, report_id=report.id, opened_at=NOW))
        reporter = await session.scalar(sa.select(Person).where(Person.telegram_index == person_of(102).telegram_index))
        assert reporter is not None
        await staff.give_role(session, reporter, Role.DISPATCHER, None, by=None, now=NOW)
        session.add(Desk(person_id=reporter.id, report_id=own.id, opened_at=NOW))
    await take(store, dewi, Role.DISPATCHER, budi)
    await take(store, reporter, Role.DISPATCHER, budi)
    async with store.read() as session:
        assert await session.get(Desk, dewi.id) is not None, "a commander may open it"
        assert await session.get(Desk, reporter.id) is not None, "their own report is theirs"


async def test_the_last_admin_cannot_be_removed(store: Store) -> None:
    budi = await hired(store, 1, Role.ADMIN, Role.DISPATCHER)
    for by in (budi, None):
        with pytest.raises(LastAdmin):
            await take(store, budi, Role.ADMIN, by)
    with pytest.raises(LastAdmin):
        async with store.begin() as session:
            await staff.take_all_roles(session, await again(session, budi), by=await again(session, budi), now=LATER)
    assert await roles_of(store, budi) == {"admin", "dispatcher"}
    await take(store, budi, Role.DISPATCHER, budi)
    await hired(store, 2, Role.ADMIN)
    await take(store, budi, Role.ADMIN, budi)
    assert await roles_of(store, budi) == set()


async def test_of_two_admins_who_remove_each_other_at_once_one_wins(store: Store) -> None:
    for round_ in range(8):
        budi = await hired(store, 10 + round_ * 2, Role.ADMIN)
        dewi = await hired(store, 11 + round_ * 2, Role.ADMIN)
        both = await asyncio.gather(
            take(store, budi, Role.ADMIN, dewi), take(store, dewi, Role.ADMIN, budi), return_exceptions=True
        )
        assert sorted(type(one).__name__ for one in both) == ["NoneType", "NotAllowed"], both
        async with store.begin() as session:
            assert await session.scalar(sa.select(sa.func.count()).select_from(RoleGrant)) == 1
            await session.execute(sa.delete(RoleGrant))


async def test_two_of_three_admins_who_leave_at_once_leave_one(store: Store) -> None:
    people = [await hired(store, number, Role.ADMIN) for number in (1, 2, 3)]
    left = await asyncio.gather(*(take(store, person, Role.ADMIN, person) for person in people), return_exceptions=True)
    assert sorted(type(one).__name__ for one in left) == ["LastAdmin", "NoneType", "NoneType"]


async def test_nobody_takes_a_role_without_being_an_admin(store: Store) -> None:
    await hired(store, 1, Role.ADMIN)
    dewi, joko = await hired(store, 2, Role.COMMANDER), await hired(store, 3, Role.OFFICER)
    with pytest.raises(NotAllowed):
        await take(store, joko, Role.OFFICER, dewi)
    with pytest.raises(NoSuchStaff):
        await take(store, joko, Role.DISPATCHER, None)
    assert await roles_of(store, joko) == {"officer"}


async def test_what_is_given_and_taken_is_in_the_audit_by_number(store: Store) -> None:
    budi = await hired(store, 1, Role.ADMIN)
    dewi = await hired(store, 2, Role.DISPATCHER, unit="ppa")
    await take(store, dewi, Role.DISPATCHER, budi)
    async with store.read() as session:
        entries = (await session.scalars(sa.select(AuditEntry).order_by(AuditEntry.sequence))).all()
    assert [(entry.actor, entry.deed, entry.about, entry.detail) for entry in entries] == [
        ("console", "give role", "Petugas 1", "admin"),
        ("console", "give role", "Petugas 2", "dispatcher (ppa)"),
        ("1", "take role", "Petugas 2", "dispatcher (ppa)"),
    ]


async def test_the_list_is_by_number_and_comes_in_pages(store: Store) -> None:
    for number in range(1, 8):
        await hired(store, number, Role.OFFICER, Role.DISPATCHER, unit="ppa" if number == 3 else None)
    await hired(store, 100)  # a resident
    async with store.read() as session:
        first = await staff.everybody(session, limit=5)
        second = await staff.everybody(session, after=first[-1].number, limit=5)
        assert [one.number for one in first + second] == list(range(1, 8))
        assert first[2].grants == {"dispatcher": "ppa", "officer": "ppa"}
        with pytest.raises(NoSuchStaff):
            await staff.find(session, 8)


async def test_strangers_are_those_without_a_role(store: Store) -> None:
    await hired(store, 1, Role.OFFICER)
    await hired(store, 2)
    async with store.read() as session:
        assert await staff.count_strangers(session, {1, 2, 3}) == 2
        assert await staff.count_strangers(session, set()) == 0
