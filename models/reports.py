"""Reports: what residents tell, from the first word on. What a report says is sealed."""

import datetime as dt
import enum
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, new_id
from models.types import Sealed, UtcDateTime, child_of, state_column


class ReportState(enum.StrEnum):
    DRAFT = "draft"  # being written by the reporter, who sends it, withdraws it or lets it expire
    RECEIVED = "received"  # filed; a dispatcher takes it on
    VERIFIED = "verified"  # looked at by a dispatcher, who assigns it
    ASSIGNED = "assigned"  # given to a unit, which accepts it
    HANDLING = "handling"  # the unit is at work, and resolves it
    NEEDS_INFO = "needs_info"  # waits for the reporter's answer
    RESOLVED = "resolved"  # ended with an outcome; may be reopened by the reporter
    REFERRED = "referred"  # handed to another body
    REJECTED = "rejected"  # ended with a reason
    MERGED = "merged"  # part of another report's incident
    WITHDRAWN = "withdrawn"  # taken back by the reporter
    ARCHIVED = "archived"  # its content is gone; moved on by nobody


class Anonymity(enum.StrEnum):
    TWO_WAY = "two_way"  # staff see no identity; questions and answers pass through the bot
    NAMED = "named"  # the reporter typed a name for the police to see
    FULL = "full"  # no link to the reporter is kept; they ask with their code


class When(enum.StrEnum):
    NOW = "now"  # going on
    EARLIER = "earlier"  # over
    OFTEN = "often"  # happens again and again


class Report(Base):
    __tablename__ = "reports"
    __table_args__ = (
        sa.Index(
            "ix_reports_drafts",
            "touched_at",
            sqlite_where=sa.text("state = 'draft'"),
            postgresql_where=sa.text("state = 'draft'"),
        ),
        sa.Index("ix_reports_reporter", "reporter_index"),
        sa.Index("ix_reports_queue", "state", "area_code", "filed_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str | None] = mapped_column(sa.String(16), unique=True)
    access_code_index: Mapped[bytes | None] = mapped_column(sa.LargeBinary(16), unique=True)
    state: Mapped[ReportState] = mapped_column(state_column(ReportState, "state"), default=ReportState.DRAFT)
    anonymity: Mapped[Anonymity] = mapped_column(state_column(Anonymity, "anonymity"), default=Anonymity.TWO_WAY)
    category_code: Mapped[str | None] = mapped_column(sa.String(8))
    priority: Mapped[str | None] = mapped_column(sa.String(2))
    area_code: Mapped[str | None] = mapped_column(sa.String(16))
    when_kind: Mapped[When | None] = mapped_column(state_column(When, "when_kind"))
    content_sealed: Mapped[bytes | None]
    reporter_index: Mapped[bytes | None] = mapped_column(sa.LargeBinary(16))
    reporter_sealed: Mapped[bytes | None]
    touched_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    nudged_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    filed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    content = Sealed[dict[str, Any]]("content_sealed")
    reporter_id = Sealed[str]("reporter_sealed")


class ReportEvent(Base):
    """One step in a report's life. Rows are only ever added."""

    __tablename__ = "report_events"

    report_id: Mapped[uuid.UUID] = mapped_column(child_of("reports.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    from_state: Mapped[str] = mapped_column(sa.String(16))
    to_state: Mapped[str] = mapped_column(sa.String(16))
    by: Mapped[str] = mapped_column(sa.String(16))  # reporter, staff or system: never who
    reason: Mapped[str | None] = mapped_column(sa.String(64))


class Attachment(Base):
    """A photo, voice, video or document of a report, as Telegram's file id. Parts of one album share `album`."""

    __tablename__ = "attachments"
    __table_args__ = (sa.Index("ix_attachments_report", "report_id", "position"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    report_id: Mapped[uuid.UUID] = mapped_column(child_of("reports.id"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(sa.String(16))
    file_sealed: Mapped[bytes]
    added_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)

    file = Sealed[dict[str, Any]]("file_sealed")
