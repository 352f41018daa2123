"""Presses: the buttons of the menu, of what someone chose for themselves, of duty rooms, and of the staff's list."""

import uuid
from dataclasses import dataclass

from handlers.buttons import ButtonData


@dataclass(frozen=True)
class OpenMenu(ButtonData):
    code = "mm"
    item: str


@dataclass(frozen=True)
class ChooseLanguage(ButtonData):
    code = "ml"
    language: str


@dataclass(frozen=True)
class AcceptNotice(ButtonData):
    code = "mn"


@dataclass(frozen=True)
class ReadNotice(ButtonData):
    code = "mp"


@dataclass(frozen=True)
class ChooseHome(ButtonData):
    """Where someone lives: an area without dots, or `all` for the list, `none` to skip."""

    code = "mh"
    area: str


@dataclass(frozen=True)
class EraseMe(ButtonData):
    code = "me"


@dataclass(frozen=True)
class BindRoom(ButtonData):
    """An area without dots, `all` for the list of areas, `regency`, `unit` for the list of special units, or one of
    these: `unit-ppa`, or `unit-all`."""

    code = "gb"
    area: str


@dataclass(frozen=True)
class StartInvitation(ButtonData):
    code = "pi"


@dataclass(frozen=True)
class ChooseRole(ButtonData):
    code = "pr"
    role: str


@dataclass(frozen=True)
class ChooseUnit(ButtonData):
    """For which special unit the role is, or `none`."""

    code = "pu"
    role: str
    unit: str


@dataclass(frozen=True)
class ConfirmInvitation(ButtonData):
    code = "py"
    invitation_id: uuid.UUID


@dataclass(frozen=True)
class RefuseInvitation(ButtonData):
    code = "pn"
    invitation_id: uuid.UUID


@dataclass(frozen=True)
class ListStaff(ButtonData):
    """Those with a higher number than `after`."""

    code = "pl"
    after: int


@dataclass(frozen=True)
class ShowStaff(ButtonData):
    code = "ps"
    number: int


@dataclass(frozen=True)
class TakeRole(ButtonData):
    """A role, or `all`. Once to be asked, and once more to say that one is sure."""

    code = "pt"
    number: int
    role: str
    is_sure: int
