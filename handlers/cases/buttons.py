"""Buttons of the police: on cards in the duty room, and on the case in a private chat."""

from dataclasses import dataclass
from uuid import UUID

from handlers.buttons import ButtonData

LIST = "list"  # a choice that opens the list of choices


@dataclass(frozen=True)
class TakeCase(ButtonData):
    code = "ct"
    report_id: UUID


@dataclass(frozen=True)
class TakeOver(ButtonData):
    code = "cv"
    report_id: UUID


@dataclass(frozen=True)
class OpenCase(ButtonData):
    code = "co"
    report_id: UUID


@dataclass(frozen=True)
class LetGo(ButtonData):
    code = "cl"
    report_id: UUID


@dataclass(frozen=True)
class OpenCaseMenu(ButtonData):
    """One of the menus below the case: change, close."""

    code = "cm"
    report_id: UUID
    menu: str


@dataclass(frozen=True)
class VerifyCase(ButtonData):
    code = "cy"
    report_id: UUID


@dataclass(frozen=True)
class AssignTo(ButtonData):
    code = "cu"
    report_id: UUID
    unit: str


@dataclass(frozen=True)
class AcceptCase(ButtonData):
    code = "ca"
    report_id: UUID


@dataclass(frozen=True)
class DeclineCase(ButtonData):
    code = "cd"
    report_id: UUID


@dataclass(frozen=True)
class TellProgress(ButtonData):
    code = "cp"
    report_id: UUID
    progress: str


@dataclass(frozen=True)
class EndCase(ButtonData):
    """`outcome` chosen, or the list of them."""

    code = "ce"
    report_id: UUID
    outcome: str = LIST


@dataclass(frozen=True)
class RejectCase(ButtonData):
    code = "cj"
    report_id: UUID
    reason: str = LIST


@dataclass(frozen=True)
class ReferCase(ButtonData):
    """`is_sure` is 1 on the button below the preview."""

    code = "cf"
    report_id: UUID
    body: str = LIST
    is_sure: int = 0


@dataclass(frozen=True)
class FinishAsShown(ButtonData):
    """Ends the case with the sentence that was previewed. `end` is resolved or rejected."""

    code = "cz"
    report_id: UUID
    end: str
    outcome: str


@dataclass(frozen=True)
class JudgeClosing(ButtonData):
    """The second person's word on a proposed end: 1 yes, 0 no."""

    code = "cc"
    report_id: UUID
    is_right: int


@dataclass(frozen=True)
class ReopenCase(ButtonData):
    code = "kr"
    report_id: UUID


@dataclass(frozen=True)
class ReleaseLabel(ButtonData):
    code = "kl"
    report_id: UUID


@dataclass(frozen=True)
class HoldCase(ButtonData):
    """1 keeps the case from being erased, 0 lets it go again."""

    code = "kh"
    report_id: UUID
    holds: int


@dataclass(frozen=True)
class SetCategory(ButtonData):
    """A group, which opens; a category; or the list of groups."""

    code = "ck"
    report_id: UUID
    choice: str = LIST


@dataclass(frozen=True)
class SetPriority(ButtonData):
    code = "cx"
    report_id: UUID
    priority: str = LIST


@dataclass(frozen=True)
class SetArea(ButtonData):
    """`area` is written without dots."""

    code = "cw"
    report_id: UUID
    area: str = LIST


@dataclass(frozen=True)
class SetPlace(ButtonData):
    code = "ch"
    report_id: UUID


@dataclass(frozen=True)
class ReplyTo(ButtonData):
    code = "cr"
    report_id: UUID


@dataclass(frozen=True)
class AskReporter(ButtonData):
    code = "cq"
    report_id: UUID


@dataclass(frozen=True)
class SendCanned(ButtonData):
    """A ready-made reply; `is_sure` is 1 on the button below its preview."""

    code = "cb"
    report_id: UUID
    reply: str
    is_sure: int = 0


@dataclass(frozen=True)
class SendNote(ButtonData):
    """Makes a note into words to the reporter."""

    code = "cn"
    report_id: UUID
    words_id: UUID


@dataclass(frozen=True)
class ShowThread(ButtonData):
    """What was said before that position, and all steps."""

    code = "cs"
    report_id: UUID
    before: int = 0


@dataclass(frozen=True)
class ShowEvidence(ButtonData):
    code = "cg"
    report_id: UUID


@dataclass(frozen=True)
class ShowOriginal(ButtonData):
    """A file as it was sent; `position` among the files of the report."""

    code = "ko"
    report_id: UUID
    position: int


@dataclass(frozen=True)
class StopWriting(ButtonData):
    """Never mind: the next words are a note again."""

    code = "cX"
    report_id: UUID
