"""Strict checks of what bots send: the parameters of a method, and whole objects against a Bot API description."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.errors import Refusal, bad_request
from simulator.files import Upload
from simulator.world import Json

MISSING = {
    "chat_id": "chat_id is empty",
    "text": "message text is empty",
    "message_id": "message identifier is not specified",
}


@dataclass(slots=True, frozen=True)
class Parameter:
    name: str
    type: str
    required: bool


def parameters(*lines: str) -> dict[str, Parameter]:
    """From "name Type, name! Type": the exclamation mark says required."""
    found = {}
    for item in ", ".join(lines).split(","):
        name, _, kind = item.strip().partition(" ")
        required = name.endswith("!")
        name = name.rstrip("!")
        found[name] = Parameter(name, kind.strip(), required)
    return found


def wrong_type(name: str, wanted: str) -> Refusal:
    return bad_request(f'field "{name}" must be of type {wanted}')


def integer(name: str, value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lstrip("-").isdigit():
        return int(value)
    raise wrong_type(name, "Number")


def number(name: str, value: Any) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    try:
        if isinstance(value, str):
            return float(value)
    except ValueError:
        pass
    raise wrong_type(name, "Number")


def boolean(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false", "1", "0"):
        return value.lower() in ("true", "1")
    raise wrong_type(name, "Boolean")


def string(name: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    raise wrong_type(name, "String")


def chat(name: str, value: Any) -> int | str:
    if isinstance(value, str) and value.startswith("@"):
        return value
    return integer(name, value)


def file(name: str, value: Any) -> str | Upload:
    if isinstance(value, str | Upload):
        return value
    raise wrong_type(name, "InputFile or String")


def decoded(name: str, value: Any) -> Any:
    """In forms objects and arrays come as JSON text."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object") from None


def thing(name: str, value: Any) -> Json:
    value = decoded(name, value)
    if isinstance(value, dict):
        return value
    raise bad_request(f"object expected as {name.replace('_', ' ')}")


def array(name: str, value: Any) -> list[Any]:
    value = decoded(name, value)
    if isinstance(value, list):
        return value
    raise wrong_type(name, "Array")


READERS: dict[str, Callable[[str, Any], Any]] = {
    "Integer": integer,
    "Float": number,
    "Boolean": boolean,
    "String": string,
    "Chat": chat,
    "File": file,
    "Object": thing,
    "Array": array,
}


def read(known: dict[str, Parameter], given: Json) -> Json:
    """Typed parameters. Raises Refusal 400. Telegram ignores unknown names; refusing them catches bots' typos."""
    values = {}
    for name, value in given.items():
        parameter = known.get(name)
        if parameter is None:
            if isinstance(value, Upload):
                values[name] = value
                continue
            raise bad_request(f'unknown parameter "{name}"')
        if value is not None:
            values[name] = READERS[parameter.type](name, value)
    for parameter in known.values():
        if parameter.required and parameter.name not in values:
            raise bad_request(MISSING.get(parameter.name, f'parameter "{parameter.name}" is required'))
    return values


class Description:
    """A machine-readable Bot API: {"methods": {...}, "types": {...}} with name, types and required of each field."""

    def __init__(self, path: str | Path) -> None:
        document = json.loads(Path(path).read_text(encoding="utf-8"))
        self.methods: dict[str, list[Json]] = {n: m.get("fields", []) for n, m in document["methods"].items()}
        self._types: dict[str, list[Json]] = {n: t.get("fields", []) for n, t in document["types"].items()}
        self._subtypes: dict[str, list[str]] = {n: t.get("subtypes", []) for n, t in document["types"].items()}

    def check(self, method: str, given: Json) -> None:
        """Raises Refusal 400 at the first deviation, however deep."""
        fields = self.methods.get(method)
        if fields is None:
            raise bad_request(f"{method} is not a method of this Bot API")
        known = {field["name"] for field in fields}
        values = {name: value for name, value in given.items() if name in known or not isinstance(value, Upload)}
        self._fields(method, fields, values, decode=True)

    def _fields(self, where: str, fields: list[Json], given: Json, decode: bool = False) -> None:
        known = {field["name"]: field for field in fields}
        for name, value in given.items():
            if name not in known:
                raise bad_request(f'unknown field "{name}" in {where}')
            if value is not None:
                types = known[name]["types"]
                self._value(f"{where}.{name}", types, self._decoded(types, name, value) if decode else value)
        for name, field in known.items():
            if field["required"] and given.get(name) is None:
                raise bad_request(f'Can\'t find field "{name}" in {where}')

    def _decoded(self, types: list[str], name: str, value: Any) -> Any:
        """Forms carry everything as text."""
        if not isinstance(value, str) or "String" in types:
            return value
        first = types[0]
        if first in ("Integer", "Float", "Boolean"):
            return READERS[first](name, value)
        return value if first == "InputFile" else decoded(name, value)

    def _value(self, where: str, types: list[str], value: Any) -> None:
        problems = []
        for kind in types:
            try:
                self._one(where, kind, value)
                return
            except Refusal as problem:
                problems.append(problem)
        # With several possible types, the complaint of the one that came furthest says most.
        raise max(problems, key=lambda problem: problem.description.count("."))

    def _one(self, where: str, kind: str, value: Any) -> None:
        if kind.startswith("Array of "):
            if not isinstance(value, list):
                raise wrong_type(where, "Array")
            for position, item in enumerate(value):
                self._value(f"{where}[{position}]", [kind.removeprefix("Array of ")], item)
        elif subtypes := self._subtypes.get(kind):
            self._value(where, subtypes, value)
        elif kind == "KeyboardButton" and isinstance(value, str):
            return  # a string stands for a button that only has this text
        elif kind in self._types and kind != "InputFile":
            if not isinstance(value, dict):
                raise wrong_type(where, "Object")
            self._fields(where, self._types[kind], value)
        elif not SCALARS[kind](value):
            raise wrong_type(where, kind)


SCALARS: dict[str, Callable[[Any], bool]] = {
    "Integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "Float": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "Boolean": lambda value: isinstance(value, bool),
    "True": lambda value: value is True,
    "String": lambda value: isinstance(value, str),
    "InputFile": lambda value: isinstance(value, str | Upload),
}
