"""Reports: what residents tell, from the first word to the closed case. What a report says is sealed.

From its filing on a report has a key of its own (`CaseKey`), sealed by the keyring: to erase a case is to destroy it.
"""

import datetime as dt
import enum
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, new_id
from models.sealing import CaseSealer, Sealer, keyring, new_case_key
from models.types import WITHOUT_ROWID, BigId, Sealed, UtcDateTime, child_of, state_column


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


class Source(enum.StrEnum):
    BOT = "bot"  # the reporter wrote to the bot
    CALL = "call"  # a dispatcher wrote down what a caller said
    WALK_IN = "walk_in"  # ... or somebody at the desk
    RADIO = "radio"  # ... or a patrol by radio


OPEN_STATES = (
    ReportState.RECEIVED,
    ReportState.VERIFIED,
    ReportState.ASSIGNED,
    ReportState.HANDLING,
    ReportState.NEEDS_INFO,
)
OPEN_COLUMNS = ("priority", "waiting_since", "filed_at", "category_code", "area_code", "claimed_by", "state", "id")
# Literal, so that the partial indexes are used; an expression, or SQLite would rather walk an index of all states.
IS_OPEN = sa.text("state || '' IN ('received', 'verified', 'assigned', 'handling', 'needs_info')")


class CaseKey(Base):
    """The key that one case is sealed with. Without its row nobody can read the case any more, in no backup."""

    __tablename__ = "case_keys"
    __table_args__ = WITHOUT_ROWID

    report_id: Mapped[uuid.UUID] = mapped_column(child_of("reports.id"), primary_key=True)
    key_sealed: Mapped[bytes]


class Report(Base):
    """`claimed_by` works on it until `claimed_until`; `unit` is at work since `accepted_by` accepted. `due_at` is when
    the next promise to the reporter is broken (`due_kind`: claim, verify, assign, accept, arrive). `waiting_since` is
    since when somebody waits for the police, None while the police wait. `shown_state` is what the reporter reads
    where the true state must not be timed. `last_word` is who spoke last in the thread: "staff" or "reporter"."""

    __tablename__ = "reports"
    __table_args__ = (
        # With all that the queue is sorted and narrowed by: it is read from the index alone.
        sa.Index("ix_reports_open", *OPEN_COLUMNS, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
        sa.Index("ix_reports_due", "due_at", sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
        sa.Index("ix_reports_claimed", "claimed_by", sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
        sa.Index("ix_reports_category", "category_code", "filed_at"),
        sa.Index("ix_reports_area", "area_code", "filed_at"),
        sa.Index("ix_reports_filed", "filed_at"),
        sa.Index("ix_reports_merged", "merged_into"),
        sa.Index("ix_reports_closed", "state", "closed_at", "outcome"),
        sa.Index(
            "ix_reports_drafts",
            "touched_at",
            sqlite_where=sa.text("state = 'draft'"),
            postgresql_where=sa.text("state = 'draft'"),
        ),
        sa.Index("ix_reports_reporter", "reporter_index"),
        sa.Index("ix_reports_queue", "state", "area_code", "filed_at"),
        WITHOUT_ROWID,
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
    source: Mapped[Source] = mapped_column(state_column(Source, "source"), default=Source.BOT)
    place_id: Mapped[int | None] = mapped_column(sa.ForeignKey("places.id", ondelete="SET NULL"))
    shown_state: Mapped[ReportState | None] = mapped_column(state_column(ReportState, "shown_state"))
    claimed_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("people.id", ondelete="SET NULL"))
    claimed_until: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    unit: Mapped[str | None] = mapped_column(sa.String(48))
    accepted_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("people.id", ondelete="SET NULL"))
    progress: Mapped[str | None] = mapped_column(sa.String(16))
    waiting_since: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    due_kind: Mapped[str | None] = mapped_column(sa.String(16))
    escalation: Mapped[int] = mapped_column(sa.SmallInteger, default=0)
    returns_to: Mapped[str | None] = mapped_column(sa.String(16))
    asked_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    paused_seconds: Mapped[int] = mapped_column(default=0)
    is_unanswered: Mapped[bool] = mapped_column(default=False)
    outcome: Mapped[str | None] = mapped_column(sa.String(24))
    closed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    reopened: Mapped[int] = mapped_column(sa.SmallInteger, default=0)
    is_recalled: Mapped[bool] = mapped_column(default=False)
    was_contested: Mapped[bool] = mapped_column(default=False)
    merged_into: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("reports.id", ondelete="SET NULL"))
    merged_from: Mapped[str | None] = mapped_column(sa.String(16))
    merged_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    heartbeat_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    heartbeats: Mapped[int] = mapped_column(sa.SmallInteger, default=0)
    rating: Mapped[int | None] = mapped_column(sa.SmallInteger)
    is_discreet: Mapped[bool] = mapped_column(default=False)
    last_word: Mapped[str | None] = mapped_column(sa.String(8))
    status_message_id: Mapped[int | None] = mapped_column(BigId)
    held_until: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    is_grave: Mapped[bool] = mapped_column(default=False)  # was P0 or P1 at any time: it ends only by two

    content = Sealed[dict[str, Any]]("content_sealed")
    reporter_id = Sealed[str]("reporter_sealed")
    # With every read: whoever has the case in hand can open it, and nobody has to remember to load a key.
    case_key: Mapped[CaseKey | None] = relationship(lazy="joined", cascade="all, delete-orphan", passive_deletes=True)

    def __init__(self, **values: Any) -> None:
        # A new report has no key yet; said aloud, or SQLAlchemy would ask the database.
        super().__init__(**{"case_key": None, **values})

    def sealer(self, column: str) -> Sealer:
        """What opens and seals this row. Who reported is sealed apart from what was reported."""
        return self.case_sealer() if self.case_key is not None and column == "content_sealed" else keyring()

    def case_sealer(self) -> Sealer:
        """For everything that belongs to this case and lies elsewhere: its thread, its files."""
        if self.case_key is None:
            return keyring()  # filed before cases had keys, or still a draft
        return CaseSealer.of(self.case_key.key_sealed, f"case_keys:key_sealed:{self.id.hex}")

    def begin_case(self) -> None:
        """Gives the case its key; from now on its content is sealed with it."""
        self.case_key = CaseKey(report_id=self.id, key_sealed=new_case_key(f"case_keys:key_sealed:{self.id.hex}"))


class ReportEvent(Base):
    """One step in a report's life. Rows are only ever added."""

    __tablename__ = "report_events"
    __table_args__ = WITHOUT_ROWID

    report_id: Mapped[uuid.UUID] = mapped_column(child_of("reports.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    from_state: Mapped[str] = mapped_column(sa.String(16))
    to_state: Mapped[str] = mapped_column(sa.String(16))
    by: Mapped[str] = mapped_column(sa.String(16))  # reporter, staff or system: never who
    reason: Mapped[str | None] = mapped_column(sa.String(64))
    # Who of the staff did it; None for reporters, for the clock, and once the person is gone.
    actor_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("people.id", ondelete="SET NULL"))
    batch_id: Mapped[uuid.UUID | None] = mapped_column(index=True)  # steps done together, to be undone together


class FileState(enum.StrEnum):
    HELD = "held"  # of a draft: Telegram keeps it, and it may yet be thrown away
    WAITING = "waiting"  # of a filed report: an errand fetches it
    KEPT = "kept"  # sealed in DATA_DIR; `copy_as` is what staff may see, if there is such a copy
    LOST = "lost"  # could not be fetched; `reason` says why


class Attachment(Base):
    """A photo, voice, video or document of a report. Parts of one album share `album`.

    `file` holds Telegram's file id until the file is fetched; `stored_as` and `copy_as` name sealed files in DATA_DIR.
    `message_id` is the message of the thread that it came with, if it came after the report was sent."""

    __tablename__ = "attachments"
    __table_args__ = (
        sa.Index("ix_attachments_report", "report_id", "position"),
        sa.Index(
            "ix_attachments_waiting",
            "next_try_at",
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        ),
        sa.Index("ix_attachments_stored_as", "stored_as"),
        sa.Index("ix_attachments_copy_as", "copy_as"),
        WITHOUT_ROWID,
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    report_id: Mapped[uuid.UUID] = mapped_column(child_of("reports.id"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(sa.String(16))
    file_sealed: Mapped[bytes | None]
    added_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    state: Mapped[FileState] = mapped_column(state_column(FileState, "file_state"), default=FileState.HELD)
    tries: Mapped[int] = mapped_column(sa.SmallInteger, default=0)
    next_try_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    stored_as: Mapped[str | None] = mapped_column(sa.String(36))
    sha256: Mapped[bytes | None] = mapped_column(sa.LargeBinary(32))
    size_bytes: Mapped[int | None]
    copy_as: Mapped[str | None] = mapped_column(sa.String(36))
    copy_kind: Mapped[str | None] = mapped_column(sa.String(16))
    reason: Mapped[str | None] = mapped_column(sa.String(32))
    message_id: Mapped[uuid.UUID | None] = mapped_column(child_of("case_messages.id"))

    file = Sealed[dict[str, Any]]("file_sealed")
