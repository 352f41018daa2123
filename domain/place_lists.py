"""Place lists: places from a CSV file, all of them or none."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from domain.area_map import AreaMap
from domain.places import SHOWN, BadPlace, Identity, NewPlace, checked, identity
from domain.policy import PLACES_MAX

COLUMNS = ("name", "kind", "latitude", "longitude")
AREA = "area"
BYTES_MAX = 2_000_000
ERRORS_SHOWN = 20
DELIMITERS = ",;\t"


class BadList(ValueError):
    """Why nothing of the file can be taken: `faults` are sentences that name their row."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def read_list(data: bytes, area_map: AreaMap) -> list[NewPlace]:
    """The places of a CSV file with the columns name, kind, latitude, longitude and perhaps area. Raises BadList.

    Spreadsheets write a mark at the beginning, and semicolons where the comma is in the numbers: both will do."""
    rows = _rows(_text(data))
    seen: dict[Identity, int] = {}
    found, faults = [], []
    for number, row in rows:
        try:
            place = _place(row, area_map)
            first = seen.setdefault(identity(place), number)
            if first != number:
                raise BadPlace(f"the same place as in row {first}")
            found.append(place)
        except BadPlace as error:
            faults.append(f"row {number}: {error}")
            if len(faults) == ERRORS_SHOWN:
                break
    if faults:
        raise BadList(faults)
    if not found:
        raise BadList(["the file names no place"])
    return found


def _text(data: bytes) -> str:
    if len(data) > BYTES_MAX:
        raise BadList([f"the file has more than {BYTES_MAX:,} bytes"])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadList(['the file is not in UTF-8: save it as "CSV UTF-8"']) from None


def _rows(text: str) -> list[tuple[int, dict[str, str]]]:
    """Each row that is not empty, with the number of its line."""
    heading = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=heading.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        columns = [column.strip().casefold() for column in next(reader, [])]
        missing = [column for column in COLUMNS if column not in columns]
        if missing or len(set(columns)) < len(columns):
            raise BadList([f"row 1: the columns are {', '.join(COLUMNS)} and perhaps {AREA}"])
        return list(_named(reader, columns, decimal_comma=delimiter != ","))
    except csv.Error as error:
        raise BadList([f"row {reader.line_num}: {error}"]) from None


def _named(reader: Any, columns: list[str], *, decimal_comma: bool) -> Iterator[tuple[int, dict[str, str]]]:
    count = 0
    for values in reader:
        if not any(value.strip() for value in values):
            continue
        count += 1
        if count > PLACES_MAX:
            raise BadList([f"row {reader.line_num}: there are more than {PLACES_MAX} places"])
        row = dict(zip(columns, values, strict=False))
        if decimal_comma:
            row |= {name: row.get(name, "").replace(",", ".") for name in ("latitude", "longitude")}
        yield reader.line_num, row


def _place(row: dict[str, str], area_map: AreaMap) -> NewPlace:
    return checked(
        row.get("name", ""),
        row.get("kind", ""),
        _degrees(row, "latitude"),
        _degrees(row, "longitude"),
        row.get(AREA, ""),
        area_map,
    )


def _degrees(row: dict[str, str], name: str) -> float:
    text = row.get(name, "")
    try:
        return float(text)
    except ValueError:
        raise BadPlace(f"{text[:SHOWN]!r} is no {name}; degrees look like -8.1689") from None
