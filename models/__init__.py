"""REMEMBERS: tables, sealed columns, the engine. Nothing here decides."""

from models.audit import AuditEntry, AuditHead
from models.base import Base, new_id
from models.cases import (
    CaseMessage,
    Closing,
    MessageLink,
    Prank,
    SearchTerm,
    Side,
    Strike,
    WitnessAnswer,
    WitnessQuestion,
)
from models.keyproof import KeyProof
from models.leases import Lease
from models.outbox import OutboxMessage, OutboxState, Pacing
from models.people import Desk, Dialogue, Invitation, Person, RoleGrant, StaffNumber
from models.places import AreaShape, Card, DutyRoom, Place
from models.reports import (
    IS_OPEN,
    OPEN_STATES,
    Anonymity,
    Attachment,
    CaseKey,
    FileState,
    Report,
    ReportEvent,
    ReportState,
    Source,
    When,
)
from models.updates import DeadLetter, SeenUpdate

__all__ = [
    "IS_OPEN",
    "OPEN_STATES",
    "Anonymity",
    "AreaShape",
    "Attachment",
    "AuditEntry",
    "AuditHead",
    "Base",
    "Card",
    "CaseKey",
    "CaseMessage",
    "Closing",
    "DeadLetter",
    "Desk",
    "Dialogue",
    "DutyRoom",
    "FileState",
    "Invitation",
    "KeyProof",
    "Lease",
    "MessageLink",
    "OutboxMessage",
    "OutboxState",
    "Pacing",
    "Person",
    "Place",
    "Prank",
    "Report",
    "ReportEvent",
    "ReportState",
    "RoleGrant",
    "SearchTerm",
    "SeenUpdate",
    "Side",
    "Source",
    "StaffNumber",
    "Strike",
    "When",
    "WitnessAnswer",
    "WitnessQuestion",
    "new_id",
]
