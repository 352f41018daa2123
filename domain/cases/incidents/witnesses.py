"""Witnesses: one question to everybody who reported the same incident, and the tally of what they answer."""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.cases import thread
from domain.cases.incidents import incidents
from domain.cases.reporter.heartbeats import Sight
from domain.cases.rooms import cards
from models import Anonymity, Person, Report, Side, WitnessAnswer, WitnessQuestion, new_id
from models.outbox import insert_or_ignore


async def ask_all(
    session: AsyncSession, parent: Report, by: Person | None, *, now: dt.datetime
) -> tuple[WitnessQuestion, Sequence[Report]]:
    """A question to the reporter of this case and of all that were merged into it. Returns it, and the reports whose
    reporters can be asked: each in their own chat, and nobody learns of the others."""
    question = WitnessQuestion(id=new_id(), report_id=parent.id, asked_at=now, asked_by=by.id if by else None)
    session.add(question)
    await session.flush()
    family = [parent, *await incidents.joined(session, parent)]
    return question, [report for report in family if may_be_asked(report)]


def may_be_asked(report: Report) -> bool:
    is_known = report.reporter_sealed is not None and report.anonymity is not Anonymity.FULL
    return is_known and not report.is_discreet


async def answer(
    session: AsyncSession, question_id: uuid.UUID, report: Report, sight: Sight, words: str, *, now: dt.datetime
) -> bool:
    """What one witness says now; it takes the place of what they said before. `words`: the same for the staff.

    False for a question that was not theirs."""
    question = await session.get(WitnessQuestion, question_id)
    if question is None or question.report_id not in (report.id, report.merged_into):
        return False
    row = {"question_id": question.id, "report_id": report.id, "answer": sight.value, "at": now}
    connection = await session.connection()
    await connection.execute(insert_or_ignore(connection.dialect.name, WitnessAnswer), [row])
    theirs = sa.update(WitnessAnswer).where(
        WitnessAnswer.question_id == question.id, WitnessAnswer.report_id == report.id
    )
    await session.execute(theirs.values(answer=sight.value, at=now), execution_options={"synchronize_session": False})
    await thread.say(session, report, Side.SYSTEM, words, now=now)
    await cards.want(session, report, now=now)
    parent = await incidents.parent_of(session, report)
    if parent is not None:
        await cards.want(session, parent, now=now)
    return True


async def tally(session: AsyncSession, parent: Report) -> dict[str, int]:
    """How many witnesses say what: of each only the latest answer counts, however many questions there were."""
    answers = await session.execute(
        sa.select(WitnessAnswer.report_id, WitnessAnswer.answer)
        .join(WitnessQuestion, WitnessQuestion.id == WitnessAnswer.question_id)
        .where(WitnessQuestion.report_id == parent.id)
        .order_by(WitnessAnswer.at, WitnessQuestion.asked_at)
    )
    latest = {report_id: said for report_id, said in answers}
    return dict(Counter(latest.values()))
