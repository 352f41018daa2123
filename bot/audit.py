"""The audit on the command line: walked from end to end, and read."""

import re

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.app import Unusable
from bot.clock import Clock
from bot.settings import Settings
from domain import audit
from domain.audit import CONSOLE
from models import keyproof, sealing
from models.engine import Store
from models.sealing import Keyring

SHOWN = 50
A_MAC = re.compile(r"[0-9a-f]{16,64}")


class NotWhole(Exception):
    """The chain was tampered with; the text names the first entry that is bad."""


async def verify(chosen: Settings, out: Console, told: tuple[int, str] | None) -> None:
    """Walks the whole chain. `told` is what an auditor was told once: a number of entries, and how the last one's MAC
    begins. Raises NotWhole, Unusable."""
    sealing.install(Keyring.at(chosen.keys_file))
    store = Store(chosen.database_url)
    async with store.read() as session:
        fits = await keyproof.fits(session)
        found = await audit.verify(session, told=told) if fits else None
    await store.close()
    if found is None:
        raise Unusable(f"KEYS_FILE={chosen.keys_file} does not belong to this database: put its own back")
    if found.fault is not None:
        raise NotWhole(f"The audit is not whole. The first bad entry is {found.first_bad}: {found.fault}.")
    out.print(f"{found.walked} entries, each as it was written. The last MAC begins with {found.mac.hex()[:16]}.")
    if told is not None:
        out.print(f"Entry {told[0]} is the one that was told.")


async def show(chosen: Settings, out: Console, about: str | None) -> None:
    """The newest entries, the oldest of them first. Reading is written down."""
    sealing.install(Keyring.at(chosen.keys_file))
    store = Store(chosen.database_url)
    async with store.begin() as session:
        entries = await audit.newest(session, about=about, limit=SHOWN)
        audit.note(session, CONSOLE, "read audit", about, now=Clock().now())
    await store.close()
    table = Table("entry", "at", "by", "deed", "about", "detail")
    for entry in reversed(entries):
        moment = f"{entry.at.astimezone(chosen.zone):%Y-%m-%d %H:%M:%S}"
        words = (entry.actor, entry.deed, entry.about or "-", entry.detail or "-")
        table.add_row(str(entry.sequence), moment, *map(escape, words))
    out.print(table)
