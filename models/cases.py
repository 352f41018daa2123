"""Cases: what is said, asked and decided about a report after it was sent."""

import datetime as dt
import enum
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, new_id
from models.types import WITHOUT_ROWID, BigId, UtcDateTime, child_of, state_column


class Side(enum.StrEnum):
    REPORTER = "reporter"  # said by the reporter
    STAFF = "staff"  # said to the reporter
    NOTE = "note"  # said among staff only
    SYSTEM = "system"  # what happened; staff read it


class CaseMessage(Base):
    """One thing that was said in a case. `words_sealed` is sealed with the case's key (domain/reports/thread.py); an
    edited message is the same row with a higher version, and the sealed words keep every version."""

    __tablename__ = "case_messages"
    __table_args__ = (sa.UniqueConstraint("report_id", "position"), WITHOUT_ROWID)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    report_id: Mapped[uuid.UUID] = mapped_column(child_of("reports.id"))
    position: Mapped[int]
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    side: Mapped[Side] = mapped_column(state_column(Side, "side"))
    author_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("people.id", ondelete="SET NULL"))
    version: Mapped[int] = mapped_column(sa.SmallInteger, default=1)
    words_sealed: Mapped[bytes]


class MessageLink(Base):
    """Which case a message in a chat is about: so that replies, edits and reactions find it, however late. There are
    none for fully anonymous reports in their reporter's chat.

    `link`: card, case, relay (words to the other side), question, status, receipt, told (the reporter's own)."""

    __tablename__ = "message_links"
    __table_args__ = (sa.Index("ix_message_links_report", "report_id"),)

    chat_index: Mapped[bytes] = mapped_column(sa.LargeBinary(16), primary_key=True)
    message_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    report_id: Mapped[uuid.UUID] = mapped_column(child_of("reports.id"))
    link: Mapped[str] = mapped_column(sa.String(12))
    words_id: Mapped[uuid.UUID | None] = mapped_column(child_of("case_messages.id"))
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class Closing(Base):
    """An end that one of the staff proposed and another must confirm (P0 and P1). It goes with its proposer's role."""

    __tablename__ = "closings"

    report_id: Mapped[uuid.UUID] = mapped_column(child_of("reports.id"), primary_key=True)
    to_state: Mapped[str] = mapped_column(sa.String(16))
    outcome: Mapped[str] = mapped_column(sa.String(24))
    proposed_by: Mapped[uuid.UUID] = mapped_column(child_of("people.id"), index=True)
    proposed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    words_sealed: Mapped[bytes | None]  # the public sentence, with the case's key


class WitnessQuestion(Base):
    """One question put to all witnesses of an incident at once: `report_id` is the report that the others joined."""

    __tablename__ = "witness_questions"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    report_id: Mapped[uuid.UUID] = mapped_column(child_of("reports.id"), index=True)
    asked_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    asked_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("people.id", ondelete="SET NULL"))


class WitnessAnswer(Base):
    """What one witness answered last: `report_id` is their own report."""

    __tablename__ = "witness_answers"

    question_id: Mapped[uuid.UUID] = mapped_column(child_of("witness_questions.id"), primary_key=True)
    report_id: Mapped[uuid.UUID] = mapped_column(child_of("reports.id"), primary_key=True)
    answer: Mapped[str] = mapped_column(sa.String(16))
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class Strike(Base):
    """A prank by a reporter who is known only by a keyed hash. It expires."""

    __tablename__ = "strikes"
    __table_args__ = (sa.Index("ix_strikes_reporter", "reporter_index", "expires_at"),)

    report_id: Mapped[uuid.UUID] = mapped_column(child_of("reports.id"), primary_key=True)
    reporter_index: Mapped[bytes] = mapped_column(sa.LargeBinary(16))
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class Prank(Base):
    """A report that one of the staff takes for a prank: ticked in a list, or closed (`batch_id`) and not yet forgotten.
    Its reporter is told at `tell_at`, so that a slip may be undone in silence; `before` is the clock as it stood."""

    __tablename__ = "pranks"
    __table_args__ = (sa.Index("ix_pranks_person", "person_id"), sa.Index("ix_pranks_at", "at"))

    report_id: Mapped[uuid.UUID] = mapped_column(child_of("reports.id"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(child_of("people.id"))
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    batch_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    tell_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    before: Mapped[str | None] = mapped_column(sa.String(400))


class SearchTerm(Base):
    """That a case contains a word, as a keyed hash of the word. The rows go with the case; docs/privacy.md says what
    they give away. `quarter` counts the quarters of an hour since 1970 until the case was filed: a word's newest cases
    are found without looking at the others, and no case says its time more exactly than a fully anonymous one may."""

    __tablename__ = "search_terms"
    __table_args__ = (sa.Index("ix_search_terms_report", "report_id"), WITHOUT_ROWID)

    term: Mapped[bytes] = mapped_column(sa.LargeBinary(8), primary_key=True)
    quarter: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=0)
    report_id: Mapped[uuid.UUID] = mapped_column(child_of("reports.id"), primary_key=True)
