"""The shape of the house, where no other tool looks."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = ("bot", "handlers", "domain", "models", "simulator")
OURS = PRODUCT[:4]
LINES_A_FILE = 400
LINES_A_FUNCTION = 60


def sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def calls(path: Path, name: str) -> Iterator[int]:
    """The lines on which that function or method is called."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", None)
            if called == name:
                yield node.lineno


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_imports_run_downwards() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    if not linter.exists():
        pytest.skip("import-linter is not installed")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:]


def test_only_settings_read_the_environment() -> None:
    readers = {
        name_of(path)
        for path in sources(*OURS)
        for node in ast.walk(ast.parse(path.read_text()))
        if getattr(node, "attr", getattr(node, "id", None)) in ("environ", "getenv", "environb")
    }
    assert readers <= {"bot/settings.py"}


def test_only_the_bot_and_the_simulator_start_tasks() -> None:
    started = {
        f"{name_of(path)}:{line}"
        for path in sources("handlers", "domain", "models")
        for name in ("create_task", "ensure_future", "TaskGroup", "run_coroutine_threadsafe")
        for line in calls(path, name)
    }
    # A commit that must not be cancelled half-way is a task of its own, waited for on the spot.
    assert {place for place in started if not place.startswith("models/engine.py:")} == set()


def test_only_the_command_line_prints() -> None:
    printed = {f"{name_of(path)}:{line}" for path in sources(*OURS) for line in bare_prints(path)}
    assert {place for place in printed if not place.startswith("bot/cli.py:")} == set()


def bare_prints(path: Path) -> Iterator[int]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            yield node.lineno


def test_only_the_bot_commits() -> None:
    """`Store.begin` does it; below, a session is something that one is given."""
    places = {
        f"{name_of(path)}:{line}"
        for path in sources("handlers", "domain")
        for name in ("commit", "rollback", "begin_nested")
        for line in calls(path, name)
    }
    assert places == set()


def test_time_arrives_as_an_argument() -> None:
    read = {
        f"{name_of(path)}:{line}"
        for path in sources("handlers", "domain")
        for name in ("now", "utcnow", "today", "monotonic")
        for line in calls(path, name)
    }
    assert read == set()


@pytest.mark.parametrize("path", sources(*PRODUCT), ids=name_of)
def test_no_file_outgrows_its_noun(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LINES_A_FILE
    longest = {
        node.name: node.end_lineno - node.lineno + 1
        for node in functions(path)
        if node.end_lineno and node.end_lineno - node.lineno >= LINES_A_FUNCTION
    }
    assert longest == {}
