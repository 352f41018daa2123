"""The real demo as a process of its own, and players who use its page as people do."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

ROOT = Path(__file__).resolve().parents[2]
BOT = "siskamling_bot"
ROOM = "Ruang Piket Polres Jember"
OPENS_WITHIN_SECONDS = 40
SEES_WITHIN = 10_000  # milliseconds: the bot keeps Telegram's pace of one message a second in a chat


@contextmanager
def running_demo(folder: Path) -> Iterator[str]:
    """Starts `python -m bot demo` on a free port; gives its address once the town is settled."""
    port = _free_port()
    said = folder / "said.txt"
    settings = {**os.environ, "DATA_DIR": str(folder), "COLUMNS": "200"}
    with said.open("wb") as out:
        command = [sys.executable, "-m", "bot", "demo", "--port", str(port)]
        process = subprocess.Popen(
            command, cwd=ROOT, env=settings, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        _wait_until_ready(process, said)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def _wait_until_ready(process: "subprocess.Popen[bytes]", said: Path) -> None:
    until = time.monotonic() + OPENS_WITHIN_SECONDS
    while "The demo is ready" not in said.read_text():
        assert process.poll() is None, f"the demo ended:\n{said.read_text()}"
        assert time.monotonic() < until, f"the demo did not open:\n{said.read_text()}"
        time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Player:
    """One person's phone on the page."""

    def __init__(self, page: Page, name: str) -> None:
        self.page = page
        self.phone = page.locator(f'[data-person="{name}"]')
        self.log = self.phone.get_by_role("log")

    def opens(self, chat: str) -> None:
        """Unless it is open already: from the list of chats, or by way of it."""
        title = self.phone.get_by_role("heading", name=chat, exact=True)
        row = self.phone.locator("[data-chat]", has=self.page.get_by_text(chat, exact=True))
        back = self.phone.get_by_role("button", name="Kembali ke daftar")
        expect(back.or_(row).first).to_be_visible(timeout=SEES_WITHIN)
        if not title.is_visible():
            if back.is_visible():
                back.click()
            row.click()
        expect(title).to_be_visible()

    def starts(self) -> None:
        self.phone.get_by_role("button", name="Mulai", exact=True).click()

    def comes_back(self) -> None:
        """To the bot, whether they have ever been there or not."""
        start = self.phone.get_by_role("button", name="Mulai", exact=True)
        self.opens(BOT)
        expect(start.or_(self.phone.get_by_role("textbox", name="Tulis pesan"))).to_be_visible(timeout=SEES_WITHIN)
        if start.is_visible():
            start.click()

    def writes(self, text: str) -> None:
        self.phone.get_by_role("textbox", name="Tulis pesan").fill(text)
        self.phone.get_by_role("button", name="Kirim", exact=True).click()

    def sends_sample(self, kind: str) -> None:
        self.phone.get_by_role("button", name="Lampirkan").click()
        self.page.get_by_role("menuitem", name=f"{kind} contoh").click()
        self.phone.get_by_role("button", name="Kirim", exact=True).click()

    def pins(self, place: str) -> None:
        self.phone.get_by_role("button", name="Lampirkan").click()
        self.page.get_by_role("menuitem", name="Lokasi", exact=True).click()
        self.page.get_by_role("dialog").get_by_role("button", name=place).click()
        self.page.get_by_role("dialog").get_by_role("button", name="Bagikan lokasi").click()

    def button(self, label: str) -> Locator:
        return self.log.get_by_role("button", name=label).last

    def presses(self, label: str, then: str) -> None:
        """A button of the bot, and what it says to it."""
        self.button(label).click(timeout=SEES_WITHIN)
        self.sees(then)

    def newest(self) -> Locator:
        return self.log.get_by_role("article").last

    def sees(self, text: str) -> None:
        """In the newest message: older ones may say the same."""
        expect(self.newest()).to_contain_text(text, timeout=SEES_WITHIN)
