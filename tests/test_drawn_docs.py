"""What the documentation draws from the code's own tables: who may do what, and how a report moves.

`python -m tests.test_drawn_docs` draws it anew.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from domain.reports.states import END_STATES, TRANSITIONS, Actor
from domain.roles import MAY, Deed, Role
from models import ReportState

DOCS = Path(__file__).resolve().parent.parent / "docs"
LETTERS = {
    Actor.REPORTER: "R",
    Actor.DISPATCHER: "D",
    Actor.UNIT: "U",
    Actor.SUPERVISOR: "S",
    Actor.SYSTEM: "T",
}
AFTERWARDS = (ReportState.RECEIVED, ReportState.ARCHIVED)  # where everything that has ended may go


def deeds() -> str:
    """Roles across, deeds down; roles that may do nothing of it are left out."""
    columns = [role for role in Role if MAY[role]]
    rows = [[deed.value, *("yes" if deed in MAY[role] else "" for role in columns)] for deed in Deed]
    return _table(["deed", *(role.value for role in columns)], rows)


def moves() -> str:
    """From down, to across, by whom in letters."""
    columns = [state for state in ReportState if any(to is state for _, to in TRANSITIONS)]
    rows = [
        [f"**{state}**", *("".join(LETTERS[actor] for actor in _ordered(state, to)) for to in columns)]
        for state in ReportState
        if any(origin is state for origin, _ in TRANSITIONS)
    ]
    return _table(["from \\ to", *columns], rows)


def diagram() -> str:
    """The same as a picture. What all ends have in common is one arrow."""
    shared = {to: frozenset.intersection(*(TRANSITIONS[end, to] for end in END_STATES)) for to in AFTERWARDS}
    arrows = ["[*] --> draft"]
    for (origin, to), actors in TRANSITIONS.items():
        own = actors - shared[to] if origin in END_STATES and to in AFTERWARDS else actors
        if own:
            arrows.append(f"{origin} --> {to}: {_named(own)}")
    ends = "\n".join(f"    {end}" for end in END_STATES)
    afterwards = [f"ended --> {to}: {_named(actors)}" for to, actors in shared.items()]
    lines = [f"state ended {{\n{ends}\n  }}", *arrows, *afterwards, "archived --> [*]"]
    return "```mermaid\nstateDiagram-v2\n" + "\n".join(f"  {line}" for line in lines) + "\n```\n"


def _ordered(origin: ReportState, to: ReportState) -> list[Actor]:
    actors = TRANSITIONS.get((origin, to), frozenset())
    return [actor for actor in Actor if actor in actors]


def _named(actors: Iterable[Actor]) -> str:
    wanted = set(actors)
    return ", ".join(actor.value for actor in Actor if actor in wanted)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(head)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


DRAWN: list[tuple[str, str, Callable[[], str]]] = [
    ("cases.md", "deeds", deeds),
    ("reports.md", "moves", moves),
    ("reports.md", "diagram", diagram),
]


def _place(page: str, name: str) -> re.Match[str]:
    found = re.search(rf"(?<=<!-- drawn: {name} -->\n)(.*?)(?=<!-- end of {name} -->)", page, re.DOTALL)
    assert found is not None, f"no place for {name}"
    return found


@pytest.mark.parametrize(("page", "name", "draw"), DRAWN, ids=[name for _, name, _ in DRAWN])
def test_what_is_drawn_is_what_the_code_says(page: str, name: str, draw: Callable[[], str]) -> None:
    assert _place((DOCS / page).read_text(), name)[0].strip() == draw().strip(), __doc__


def test_every_move_is_drawn() -> None:
    drawn = sum(1 for line in diagram().splitlines() if " --> " in line and "[*]" not in line)
    common = 2 * (len(END_STATES) - 1)
    extra = sum(
        1
        for end in END_STATES
        if TRANSITIONS[end, ReportState.RECEIVED] != TRANSITIONS[END_STATES[0], ReportState.RECEIVED]
    )
    assert drawn == len(TRANSITIONS) - common + extra


def draw_anew() -> None:
    for page, name, draw in DRAWN:
        path = DOCS / page
        text = path.read_text()
        place = _place(text, name)
        path.write_text(f"{text[: place.start()]}\n{draw()}\n{text[place.end() :]}")


if __name__ == "__main__":
    draw_anew()
