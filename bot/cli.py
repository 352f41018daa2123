"""The command line. Exit codes: 0 done, 1 refused with a reason, 2 usage, 75 another process holds the lease,
78 configuration or database unusable."""

import asyncio
import gc
import signal
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any

import sqlalchemy as sa
import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from bot import audit as ledger
from bot import logs
from bot import places as place_desk
from bot.app import App, Unusable
from bot.clock import Clock
from bot.evidence.export import NotExported, export
from bot.leases import LeaseTaken
from bot.schema import revisions
from bot.settings import Settings
from bot.transport import Transport
from domain import area_map, invitations
from domain.areas import BadGeometry, read_geojson
from domain.places import HIGHEST_ID
from domain.roles import Role
from models import DeadLetter, sealing
from models.engine import Store, is_away
from models.sealing import Keyring, KeysUnusable

REFUSED, ANOTHER_RUNS, UNUSABLE = 1, 75, 78

cli = typer.Typer(help=__doc__, no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)
areas = typer.Typer(help="The areas that reports are routed by.", no_args_is_help=True)
places = typer.Typer(help="Places with a QR code of their own.", no_args_is_help=True)
keys = typer.Typer(help="The keys that seal the database.", no_args_is_help=True)
letters = typer.Typer(help="Updates that could not be handled.", no_args_is_help=True)
audit = typer.Typer(help="Who did and read what.", no_args_is_help=True)
cli.add_typer(areas, name="areas")
cli.add_typer(places, name="places")
cli.add_typer(keys, name="keys")
cli.add_typer(letters, name="dead-letters")
evidence = typer.Typer(help="The files that people sent.", no_args_is_help=True)
cli.add_typer(audit, name="audit")
cli.add_typer(evidence, name="evidence")
out, err = Console(), Console(stderr=True)


def settings() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        for fault in error.errors():
            name = ".".join(str(part) for part in fault["loc"]).upper()
            err.print(f"{name or 'Settings'}: {fault['msg']}", markup=False)
        raise typer.Exit(UNUSABLE) from None


def perform(work: Callable[[Settings], Coroutine[Any, Any, int]], *, quiet: bool = False) -> None:
    """Runs one command and ends with its exit code; what makes configuration or database unusable is one sentence."""
    chosen = settings()
    logs.set_up("ERROR" if quiet else chosen.log_level)
    try:
        code = asyncio.run(work(chosen))
    except LeaseTaken as error:
        err.print(f"Another process is running: {error}", markup=False)
        code = ANOTHER_RUNS
    except (Unusable, KeysUnusable) as error:
        err.print(str(error), markup=False)
        code = UNUSABLE
    except Exception as error:
        if not is_away(error):
            raise
        err.print(f"The database cannot be used: {type(getattr(error, 'orig', error)).__name__}", markup=False)
        code = UNUSABLE
    raise typer.Exit(code)


@cli.command()
def run() -> None:
    """Runs the bot until SIGTERM or Ctrl-C."""

    async def work(chosen: Settings) -> int:
        app = App(chosen)
        _settle_memory()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, app.stop)
        await app.run()
        return 0

    # Database work is done in a thread: a shorter turn lets it come back sooner while handlers are busy.
    sys.setswitchinterval(0.0005)
    perform(work)


def _settle_memory() -> None:
    """What was loaded stays for good, so the garbage collector need not walk over it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@cli.command()
def demo(port: Annotated[int, typer.Option(help="Where the chat page opens.")] = 8081) -> None:
    """Plays a small town on this machine: the bot, a stand-in for Telegram, and a chat page for every role."""
    from bot.demo import run_demo

    async def work(chosen: Settings) -> int:
        return await run_demo(chosen, out, port)

    sys.setswitchinterval(0.0005)
    perform(work, quiet=True)


@cli.command()
def migrate() -> None:
    """Brings the database to the newest schema."""
    from bot.migrations import migrate as migrate_store  # alembic, which `run` does without

    async def work(chosen: Settings) -> int:
        store = Store(chosen.database_url)
        await migrate_store(store)
        out.print(f"The database is at revision {(await revisions(store))[0]}.")
        await store.close()
        return 0

    perform(work)


@cli.command()
def check() -> None:
    """Looks at configuration, keys, database and schema, and says what is wrong."""

    async def work(chosen: Settings) -> int:
        Keyring.at(chosen.keys_file)
        store = Store(chosen.database_url)
        found, wanted = await revisions(store)
        if found == wanted:
            await store.prove()
        await store.close()
        if found != wanted:
            err.print(f"The database is at revision {found}, this program needs {wanted}: run `python -m bot migrate`.")
            return UNUSABLE
        if not chosen.bot_token.get_secret_value():
            err.print("BOT_TOKEN is not set.")
            return UNUSABLE
        out.print("Everything is in place.")
        return 0

    perform(work)


@cli.command()
def invite(role: Annotated[Role, typer.Argument(help="The role to give.")]) -> None:
    """Prints a one-time link to a role, good for 60 minutes."""

    async def work(chosen: Settings) -> int:
        sealing.install(Keyring.at(chosen.keys_file))
        store = Store(chosen.database_url)
        transport = Transport(chosen.bot_token.get_secret_value(), chosen.telegram_api_url)
        me = await transport.call("getMe", {})
        await transport.close()
        async with store.begin() as session:
            token = await invitations.invite(session, role, now=Clock().now())
        await store.close()
        out.print(f"Good once, for 60 minutes. Whoever opens it becomes {role.value}:")
        print(f"https://t.me/{me['username']}?start={token}")  # noqa: T201 - bare, so that scripts can take it
        return 0

    perform(work)


@areas.command("import")
def import_areas(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)]) -> None:
    """Reads a regency's areas from GeoJSON polygons; from then on pins are placed exactly."""

    async def work(chosen: Settings) -> int:
        try:
            shapes = read_geojson(file.read_bytes())
        except BadGeometry as error:
            err.print(f"Nothing was imported: {error}", markup=False)
            return REFUSED
        store = Store(chosen.database_url)
        async with store.begin() as session:
            await area_map.store(session, shapes, now=Clock().now())
        await store.close()
        out.print(f"{len(shapes)} areas are in place. A running bot takes them up within a minute.")
        return 0

    perform(work)


def perform_on_places(work: Callable[[Settings], Coroutine[Any, Any, None]]) -> None:
    async def done_or_refused(chosen: Settings) -> int:
        try:
            await work(chosen)
        except place_desk.NotDone as error:
            err.print(str(error), markup=False)
            return REFUSED
        return 0

    perform(done_or_refused)


@places.command("import")
def import_places(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)]) -> None:
    """Adds places from a CSV file (name,kind,latitude,longitude and perhaps area): all of them, or none."""
    perform_on_places(lambda chosen: place_desk.import_file(chosen, file, out))


@places.command("list")
def list_places() -> None:
    """Lists the places in use."""
    perform_on_places(lambda chosen: place_desk.show_list(chosen, out))


@places.command("retire")
def retire_place(
    number: Annotated[int, typer.Argument(min=1, max=HIGHEST_ID, help="As `places list` shows it.")],
) -> None:
    """Ends the code of a place. Reports from there keep it."""
    perform_on_places(lambda chosen: place_desk.retire(chosen, number, out))


@places.command("sheets")
def draw_sheets(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="The PDF to write.")],
    number: Annotated[list[int] | None, typer.Option("--id", min=1, max=HIGHEST_ID, help="Only these places.")] = None,
    kind: Annotated[list[str] | None, typer.Option(help="Only places of this kind.")] = None,
) -> None:
    """Draws a page to print for each place, with the QR code that opens the bot there."""
    perform_on_places(lambda chosen: place_desk.draw(chosen, file, out, number or [], kind or []))


@keys.command("rotate")
def rotate() -> None:
    """Adds a new key for what is sealed from now on. Old rows stay readable, so keep the whole file."""

    async def work(chosen: Settings) -> int:
        number = Keyring.at(chosen.keys_file).rotate()
        out.print(f"Key {number} seals from now on. Restart the bot, and back up {chosen.keys_file}.")
        return 0

    perform(work)


@letters.command("list")
def list_letters() -> None:
    """Lists the updates that could not be handled."""

    async def work(chosen: Settings) -> int:
        store = Store(chosen.database_url)
        async with store.read() as session:
            found = (await session.scalars(sa.select(DeadLetter).order_by(DeadLetter.received_at))).all()
        await store.close()
        table = Table("letter", "received", "reason", "replayed")
        for letter in found:
            replayed = f"{letter.replayed_at:%Y-%m-%d %H:%M}" if letter.replayed_at else "-"
            table.add_row(letter.id, f"{letter.received_at:%Y-%m-%d %H:%M}", letter.reason, replayed)
        out.print(table)
        return 0

    perform(work)


@letters.command("replay")
def replay_letters(letter: Annotated[list[str], typer.Argument(help="Letters to handle once more.")]) -> None:
    """Handles dead letters once more, each in its own transaction; a running bot sends the replies."""

    async def work(chosen: Settings) -> int:
        app = App(chosen)
        await app.conversation.initialize()
        failed = 0
        for name in letter:
            try:
                said = "handled" if await app.intake.replay(name) else "not waiting"
            except Exception as error:
                failed, said = failed + 1, f"failed again: {type(error).__name__}"
            out.print(f"{name}: {said}")
        await app.transport.close()
        await app.store.close()
        return REFUSED if failed else 0

    perform(work)


@audit.command("verify")
def verify_audit(
    head: Annotated[str | None, typer.Option(help="How the MAC began that an auditor was told.")] = None,
    at: Annotated[int | None, typer.Option(min=0, help="How many entries there were then.")] = None,
) -> None:
    """Walks over every entry and names the first that was changed, moved or taken away."""
    if (head is None) is not (at is None):
        raise typer.BadParameter("--head and --at belong together")
    if head is not None and not ledger.A_MAC.fullmatch(head):
        raise typer.BadParameter("--head is 16 or more hexadecimal digits, as the auditor was told")

    async def work(chosen: Settings) -> int:
        try:
            await ledger.verify(chosen, out, (at, head) if at is not None and head is not None else None)
        except ledger.NotWhole as error:
            err.print(str(error), markup=False)
            return REFUSED
        return 0

    perform(work)


@audit.command("list")
def list_audit(about: Annotated[str | None, typer.Option(help="Only this case, by its number.")] = None) -> None:
    """Lists the newest entries. Reading them is an entry, too."""

    async def work(chosen: Settings) -> int:
        await ledger.show(chosen, out, about)
        return 0

    perform(work)


@evidence.command("export")
def export_evidence(
    number: Annotated[str, typer.Argument(help="The case, for example JBR-7KQ-M3XD.")],
    folder: Annotated[Path, typer.Argument(file_okay=False, help="Where the files go; it is made if need be.")],
) -> None:
    """Write a case's files as they were sent, with their SHA-256 sums. They may give the reporter away."""

    async def work(chosen: Settings) -> int:
        try:
            names = await export(chosen, number.upper(), folder)
        except NotExported as reason:
            err.print(str(reason), markup=False)
            return REFUSED
        except FileExistsError as error:
            err.print(f"{error.filename} is there already: choose an empty folder", markup=False)
            return REFUSED
        out.print(f"{len(names)} files of {number.upper()} in {folder}.", markup=False)
        return 0

    perform(work)
