"""REMEMBERS: tables, sealed columns, the engine. Nothing here decides."""

from models.base import Base, new_id
from models.keyproof import KeyProof
from models.leases import Lease
from models.outbox import OutboxMessage, OutboxState, Pacing
from models.people import Dialogue, Invitation, Person, RoleGrant
from models.places import AreaShape, Card, DutyRoom
from models.reports import Anonymity, Attachment, Report, ReportEvent, ReportState, When
from models.updates import DeadLetter, SeenUpdate

__all__ = [
    "Anonymity",
    "AreaShape",
    "Attachment",
    "Base",
    "Card",
    "DeadLetter",
    "Dialogue",
    "DutyRoom",
    "Invitation",
    "KeyProof",
    "Lease",
    "OutboxMessage",
    "OutboxState",
    "Pacing",
    "Person",
    "Report",
    "ReportEvent",
    "ReportState",
    "RoleGrant",
    "SeenUpdate",
    "When",
    "new_id",
]
