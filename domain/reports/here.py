"""Here: what the code of a place, opened by a reporter, says about where it happened."""

import datetime as dt
from collections.abc import Sequence

from domain.area_map import AreaMap
from domain.reports import drafts, words
from domain.reports.drafts import Nearness
from models import Place, Report

# Whole answers only: "di sini ada maling" is the beginning of a story. In the order of the numbers typed instead.
ANSWERS: Sequence[tuple[Nearness, frozenset[str]]] = (
    (Nearness.HERE, frozenset({"1", "di sini", "disini", "sini", "ya", "iya", "ya di sini", "here", "yes"})),
    (Nearness.NEAR, frozenset({"2", "dekat sini", "di dekat sini", "dekat", "sekitar sini", "near", "near here"})),
    (
        Nearness.ELSEWHERE,
        frozenset({"3", "di tempat lain", "tempat lain", "lain", "bukan", "elsewhere", "no"}),
    ),
)


def scan(report: Report, place: Place, *, now: dt.datetime) -> None:
    """The draft remembers which code was opened. Nothing of it reaches the report before the question is answered."""
    scanned = {
        "id": place.id,
        "name": place.name,
        "pin": [place.latitude, place.longitude],
        "area_code": place.area_code,
    }
    drafts.change(report, now, scanned=scanned)


def name_of(report: Report) -> str:
    """The name of the place whose code was opened."""
    return str(drafts.content_of(report)["scanned"]["name"])


def read_nearness(text: str) -> Nearness | None:
    return next((nearness for nearness, answers in ANSWERS if words.is_one_of(text, answers)), None)


def answer(report: Report, nearness: Nearness, area_map: AreaMap, *, now: dt.datetime) -> None:
    """Here fixes place, pin and area; near fixes the area and keeps the name; elsewhere keeps nothing.

    It may be answered again: what the answer before had fixed is taken back."""
    scanned = drafts.content_of(report)["scanned"]
    _take_back(report, now)
    if nearness is Nearness.HERE:
        latitude, longitude = scanned["pin"]
        drafts.pin_place(report, latitude, longitude, area_map, now=now, place=scanned["name"], replaces=True)
        drafts.change(report, now, at=True)
    elif nearness is Nearness.NEAR:
        drafts.change(report, now, near=scanned["name"])
    if nearness is not Nearness.ELSEWHERE:
        report.place_id = scanned["id"]
        if scanned["area_code"] in area_map.by_code:
            drafts.choose_area(report, scanned["area_code"], now=now)
    drafts.change(report, now, nearness=nearness)


def _take_back(report: Report, now: dt.datetime) -> None:
    before = drafts.content_of(report).get("nearness")
    drafts.leave_here(report, now=now)
    if before == Nearness.NEAR:
        report.place_id = report.area_code = None
        drafts.change(report, now, near=None)
