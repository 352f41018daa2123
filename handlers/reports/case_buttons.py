"""Buttons of a case, on its reporter's side."""

from dataclasses import dataclass
from uuid import UUID

from handlers.buttons import ButtonData


@dataclass(frozen=True)
class Answer(ButtonData):
    """The next words are for that case."""

    code = "ta"
    report_id: UUID


@dataclass(frozen=True)
class ChooseCase(ButtonData):
    """What was held as a draft belongs to that case."""

    code = "tc"
    draft_id: UUID
    report_id: UUID


@dataclass(frozen=True)
class Rate(ButtonData):
    code = "tr"
    report_id: UUID
    mark: int


@dataclass(frozen=True)
class RateReason(ButtonData):
    code = "tw"
    report_id: UUID
    mark: int
    reason: int


@dataclass(frozen=True)
class NotSolved(ButtonData):
    """It is not over: back to the police."""

    code = "to"
    report_id: UUID


@dataclass(frozen=True)
class Contest(ButtonData):
    """A rejection, to be looked at again."""

    code = "tv"
    report_id: UUID


@dataclass(frozen=True)
class TellSight(ButtonData):
    """Whether it still goes on. `sight` is the place in domain.cases.heartbeats.SIGHTS."""

    code = "th"
    report_id: UUID
    sight: int


@dataclass(frozen=True)
class TellAsWitness(ButtonData):
    """The same, asked of all witnesses of an incident."""

    code = "tq"
    question_id: UUID
    report_id: UUID
    sight: int


@dataclass(frozen=True)
class SetDiscreet(ButtonData):
    """Bland messages about one case: 1 on, 0 off."""

    code = "td"
    report_id: UUID
    is_on: int


@dataclass(frozen=True)
class EraseTraces(ButtonData):
    """`is_sure` is 1 on the button of the question "really?"."""

    code = "tx"
    is_sure: int


@dataclass(frozen=True)
class Hide(ButtonData):
    """Puts nothing in place of what can be read over somebody's shoulder."""

    code = "tz"
