"""Privacy: what is kept about a person, shown to them and erased for them."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.cases import thread
from domain.cases.pranks import strikes
from domain.cases.reporter import discretion
from domain.reports.drafts import content_of, reporter_index, words_of
from models import Anonymity, Desk, Dialogue, Person, Report, ReportState, RoleGrant, Side, Strike

REPORTS_SHOWN = 50
MESSAGES_SHOWN = 20


async def kept_about(session: AsyncSession, person: Person) -> dict[str, Any]:
    """Everything that is kept about this person, in plain words. The Telegram id is theirs to see."""
    own = sa.select(Report).where(Report.reporter_index == reporter_index(person)).order_by(Report.touched_at.desc())
    reports = (await session.scalars(own.limit(REPORTS_SHOWN))).all()
    pranks = sa.select(Strike.expires_at).where(Strike.reporter_index == reporter_index(person))
    roles = await session.scalars(sa.select(RoleGrant.role).where(RoleGrant.person_id == person.id))
    return {
        "telegram_id": person.telegram_id,
        "language": person.language,
        "area": person.area_code,
        "notice": person.notice_version,
        "notice_at": person.notice_at and person.notice_at.isoformat(timespec="minutes"),
        "staff_number": person.staff_number,
        "roles": sorted(roles),
        "discreet": person.is_discreet,
        "counted_as_pranks_until": [at.isoformat(timespec="minutes") for at in await session.scalars(pranks)],
        "reports": [{**_as_data(report), "said": await _said(session, report)} for report in reports],
    }


async def _said(session: AsyncSession, report: Report) -> list[dict[str, str]]:
    """The newest of what was said between the person and the police; not what the police noted among themselves."""
    sides = (Side.REPORTER, Side.STAFF)
    said = await thread.latest(session, report, sides=sides, limit=MESSAGES_SHOWN)
    return [{"by": each.row.side.value, "words": each.words} for each in said]


def _as_data(report: Report) -> dict[str, Any]:
    content = content_of(report)
    return {
        "number": report.number,
        "state": report.state.value,
        "anonymity": report.anonymity.value,
        "category": report.category_code,
        "area": report.area_code,
        "when": report.when_kind and report.when_kind.value,
        "words": words_of(report),
        **{name: content[name] for name in ("place", "pin", "name", "attachments") if name in content},
        "filed_at": report.filed_at and report.filed_at.isoformat(timespec="minutes"),
    }


async def erase(session: AsyncSession, person: Person) -> None:
    """The person, their drafts, dialogue and roles are gone; reports that were sent stay, with nobody behind them.

    Done with statements at once, so that the same person may write again in the same moment and be new."""
    await session.flush()
    own = Report.reporter_index == reporter_index(person)
    await discretion.forget_chat(session, person)
    await strikes.forget_reporter(session, reporter_index(person))
    # Said aloud: a status card may have landed since the cases were read.
    no_card = sa.update(Report).where(own).values(status_message_id=None)
    await session.execute(no_card, execution_options={"synchronize_session": False})
    for report in await session.scalars(sa.select(Report).where(own, Report.state != ReportState.DRAFT)):
        _unlink(report)
    await session.flush()
    owned = {
        Report: own,
        Dialogue: Dialogue.person_id == person.id,
        Desk: Desk.person_id == person.id,
        RoleGrant: RoleGrant.person_id == person.id,
    }
    for table, theirs in {**owned, Person: Person.id == person.id}.items():
        await session.execute(sa.delete(table).where(theirs), execution_options={"synchronize_session": False})
    for row in list(session.identity_map.values()):
        is_theirs = isinstance(row, Report) and row.reporter_index == reporter_index(person)
        if row is person or is_theirs or getattr(row, "person_id", None) == person.id:
            session.expunge(row)


def _unlink(report: Report) -> None:
    report.reporter_index = report.reporter_sealed = report.status_message_id = None
    report.content = {name: value for name, value in content_of(report).items() if name != "name"}
    report.anonymity = Anonymity.FULL
