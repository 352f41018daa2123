"""The documentation keeps up: what people can set, type or call is written down, and every link leads somewhere."""

import re
import tomllib
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from typer.main import get_command

from bot.cli import cli
from bot.settings import Settings
from handlers.routes import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "simulator").glob("*.md")])
LOCKS = ["requirements.lock", "requirements-test.lock"]
SETTINGS = sorted(name.upper() for name in Settings.model_fields)
METRICS = sorted(family.name for family in REGISTRY.collect() if family.name.startswith("bot_"))
LINK = re.compile(r"\]\(([^)\s]+)\)|<(?:img|source)[^>]+(?:src|srcset)=\"([^\"]+)\"")
TARGET = re.compile(r"^([a-z]+):.*## \S", re.MULTILINE)


def text(*paths: Path) -> str:
    return "\n".join(path.read_text() for path in paths)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def verbs() -> list[str]:
    """Every command of the command line, with its subcommands: `run`, `keys rotate`, …"""
    found = []
    for name, command in get_command(cli).commands.items():  # type: ignore[attr-defined]
        below = getattr(command, "commands", None)
        found += [f"{name} {sub}" for sub in below] if below else [name]
    return found


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_is_explained(name: str) -> None:
    example = (ROOT / ".env.example").read_text().splitlines()
    [line] = [number for number, line in enumerate(example) if re.match(rf"(# )?{name}=", line)]
    assert example[line - 1].startswith("# "), "the line above says what it is for"
    assert f"`{name}`" in text(ROOT / "docs/operating.md")


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_is_explained(name: str) -> None:
    assert f"`{name}" in text(ROOT / "docs/operating.md")


def test_the_example_holds_no_setting_of_the_past() -> None:
    named = re.findall(r"^(?:# )?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert set(named) - set(SETTINGS) == {"POSTGRES_PASSWORD"}  # compose.yaml's own


def test_the_example_shows_the_true_defaults() -> None:
    shown = re.findall(r"^# ([A-Z_]+)=(.+)$", (ROOT / ".env.example").read_text(), re.MULTILINE)
    defaults = {name.upper(): field.default for name, field in Settings.model_fields.items()}
    wrong = {name: value for name, value in shown if defaults.get(name) and str(defaults[name]) != value}
    assert wrong == {}


@pytest.mark.parametrize("command", sorted({name for _, _, listed in COMMANDS for name, _ in listed}))
def test_every_bot_command_is_in_the_readme(command: str) -> None:
    assert re.search(rf"/{command}\b", README.read_text())


@pytest.mark.parametrize("verb", verbs())
def test_every_verb_of_the_command_line_is_explained(verb: str) -> None:
    assert f"`python -m bot {verb}" in text(README, ROOT / "docs/operating.md")


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = [(first or second).partition("#")[0] for first, second in LINK.findall(without_code(page.read_text()))]
    local = [link for link in links if link and "://" not in link and not link.startswith("mailto:")]
    assert [link for link in local if not (page.parent / link).exists()] == []


def without_code(page: str) -> str:
    return re.sub(r"```.*?```|`[^`\n]*`", "", page, flags=re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_make_target_that_a_page_names_exists(page: Path) -> None:
    targets = set(TARGET.findall((ROOT / "Makefile").read_text()))
    named = set(re.findall(r"(?:`|&& |^)make ([a-z]+)", page.read_text(), re.MULTILINE))
    assert named - targets == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_everything_by_hash_and_names_no_host(lock: str) -> None:
    content = (ROOT / lock).read_text()
    assert "://" not in content
    assert not re.search(r"^\s*(-i|-f|--(extra-)?index-url|--find-links|--trusted-host)\b", content, re.MULTILINE)
    pins = re.findall(r"^([A-Za-z0-9][\w.-]*(?:\[[\w,]+\])?)(==)?(.*?)\\?$", content, re.MULTILINE)
    assert pins
    assert [name for name, exact, _ in pins if not exact] == []
    entries = re.split(r"\n(?=[A-Za-z0-9])", content.strip())
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_both_locks_agree() -> None:
    def pinned(lock: str) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for name, version in re.findall(
            r"^([A-Za-z0-9][\w.-]*)(?:\[.*?\])?==([^\s;\\]+)", (ROOT / lock).read_text(), re.M
        ):
            found.setdefault(name.lower(), set()).add(version)
        return found

    runs, tests = (pinned(lock) for lock in LOCKS)
    assert {name: found for name, found in runs.items() if tests.get(name) != found} == {}


def test_the_locks_hold_all_that_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    locked = (ROOT / LOCKS[0]).read_text().lower()
    wanted = [re.split(r"[\[=<>]", wish)[0].lower() for wish in project["dependencies"]]
    assert [name for name in wanted if not re.search(rf"^{re.escape(name)}(\[|==)", locked, re.MULTILINE)] == []


@pytest.mark.parametrize("file", ["Makefile", "Dockerfile", ".ci/run", "compose.yaml", "pyproject.toml"])
def test_no_file_chooses_a_package_index(file: str) -> None:
    assert not re.search(
        r"index[-_]url|find[-_]links|trusted[-_]host|pypi\.org", (ROOT / file).read_text(), re.IGNORECASE
    )


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = sorted(int(page.name[:4]) for page in (ROOT / "docs/decisions").glob("[0-9]*.md"))
    assert numbers == list(range(1, len(numbers) + 1))
