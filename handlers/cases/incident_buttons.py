"""Buttons of incidents, pranks and callers, on the side of the police."""

from dataclasses import dataclass
from uuid import UUID

from handlers.buttons import ButtonData


@dataclass(frozen=True)
class ListLikenesses(ButtonData):
    """The cases that may be about the same."""

    code = "il"
    report_id: UUID


@dataclass(frozen=True)
class PreviewMerge(ButtonData):
    code = "ip"
    report_id: UUID
    into_id: UUID


@dataclass(frozen=True)
class MergeInto(ButtonData):
    code = "im"
    report_id: UUID
    into_id: UUID


@dataclass(frozen=True)
class Unmerge(ButtonData):
    code = "iu"
    report_id: UUID


@dataclass(frozen=True)
class ShowIncident(ButtonData):
    """All reports of an incident, whichever of them it is."""

    code = "ii"
    report_id: UUID


@dataclass(frozen=True)
class AskWitnesses(ButtonData):
    code = "ia"
    report_id: UUID


@dataclass(frozen=True)
class CloseAsPrank(ButtonData):
    code = "jk"
    report_id: UUID


@dataclass(frozen=True)
class ListPranks(ButtonData):
    """What may be closed as pranks at once."""

    code = "jl"


@dataclass(frozen=True)
class TickPrank(ButtonData):
    code = "jt"
    report_id: UUID


@dataclass(frozen=True)
class CloseTicked(ButtonData):
    code = "jc"


@dataclass(frozen=True)
class UndoPranks(ButtonData):
    code = "ju"
    batch_id: UUID


@dataclass(frozen=True)
class BeginCall(ButtonData):
    """What a caller says is written down; a draft of one's own is put aside for it."""

    code = "lb"


@dataclass(frozen=True)
class ChooseSource(ButtonData):
    """How the words came to the police."""

    code = "ls"
    report_id: UUID
    source: str
