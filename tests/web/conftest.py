"""Fixtures for the chat page: the small village, emptied for each test, and a browser that looks at it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.web.village import COMMANDS, Village

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def whole_village() -> Iterator[Village]:
    village = Village()
    yield village
    village.close()


@pytest.fixture
def village(whole_village: Village) -> Village:
    whole_village.ask("/sim/reset")
    whole_village.calls("setMyCommands", commands=COMMANDS)
    whole_village.bot.silent = False
    return whole_village


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("needs chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, village: Village) -> Iterator[Callable[..., Page]]:
    """Opens the page; closes it afterwards and fails the test when a script failed in it."""
    contexts = []
    problems: list[str] = []

    def open_with(width: int = 1440, height: int = 900, query: str = "", **options: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(8000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("request", lambda request: stays_home(request.url, village.address, problems))
        page.goto(village.address + "/" + query)
        return page

    yield open_with
    for context in contexts:
        context.close()
    assert not problems


def stays_home(url: str, address: str, problems: list[str]) -> None:
    if not url.startswith((address, "blob:", "data:")):
        problems.append(f"asked for {url}")
