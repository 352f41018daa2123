"""Buttons of the report conversation."""

from dataclasses import dataclass
from uuid import UUID

from domain.reports.drafts import Nearness, Step
from handlers.buttons import ButtonData
from models import Anonymity, When

# Among the values of a choice: what no group and no area is called.
ALL = "all"
UNKNOWN = "unknown"
OUTSIDE = "outside"


@dataclass(frozen=True)
class ChooseNearness(ButtonData):
    code = "rh"
    report_id: UUID
    nearness: Nearness


@dataclass(frozen=True)
class ChooseGroup(ButtonData):
    code = "rg"
    report_id: UUID
    group: str


@dataclass(frozen=True)
class ChooseCategory(ButtonData):
    code = "rc"
    report_id: UUID
    category: str


@dataclass(frozen=True)
class ChooseArea(ButtonData):
    """`area` is written without dots, which part the fields of a button."""

    code = "ra"
    report_id: UUID
    area: str


@dataclass(frozen=True)
class AskLocation(ButtonData):
    code = "rl"
    report_id: UUID


@dataclass(frozen=True)
class ChooseWhen(ButtonData):
    code = "rt"
    report_id: UUID
    when: When


@dataclass(frozen=True)
class ChooseAnonymity(ButtonData):
    code = "ry"
    report_id: UUID
    anonymity: Anonymity


@dataclass(frozen=True)
class GoBack(ButtonData):
    code = "rb"
    report_id: UUID
    step: Step


@dataclass(frozen=True)
class Skip(ButtonData):
    code = "rs"
    report_id: UUID
    step: Step


@dataclass(frozen=True)
class EditPart(ButtonData):
    code = "re"
    report_id: UUID
    step: Step


@dataclass(frozen=True)
class ShowFiles(ButtonData):
    code = "rf"
    report_id: UUID


@dataclass(frozen=True)
class DropFiles(ButtonData):
    code = "rz"
    report_id: UUID


@dataclass(frozen=True)
class Send(ButtonData):
    code = "rk"
    report_id: UUID


@dataclass(frozen=True)
class PutAside(ButtonData):
    code = "rx"
    report_id: UUID


@dataclass(frozen=True)
class Discard(ButtonData):
    code = "rd"
    report_id: UUID


@dataclass(frozen=True)
class Resume(ButtonData):
    code = "rr"
    report_id: UUID


@dataclass(frozen=True)
class StartOver(ButtonData):
    code = "rn"
    report_id: UUID


@dataclass(frozen=True)
class StartAtPlace(ButtonData):
    """In place of the draft, one that begins with the code of that place."""

    code = "rp"
    report_id: UUID
    place_id: int


@dataclass(frozen=True)
class ListReports(ButtonData):
    code = "sl"


@dataclass(frozen=True)
class ShowReport(ButtonData):
    code = "so"
    report_id: UUID


@dataclass(frozen=True)
class Withdraw(ButtonData):
    """`is_sure` is 1 on the button of the question "really?"."""

    code = "sw"
    report_id: UUID
    is_sure: int


def area_token(code: str) -> str:
    return code.replace(".", "~")


def area_code(token: str) -> str:
    return token.replace("~", ".")
