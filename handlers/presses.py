"""Presses: the buttons of the menu, of what someone chose for themselves, and of duty rooms."""

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
    """An area without dots, `all` for the list of areas, `regency`, or `unit` for the sensitive reports."""

    code = "gb"
    area: str
