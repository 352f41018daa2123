"""The commands about places: import a list, show it, retire one, draw the sheets."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.app import Unusable
from bot.clock import Clock
from bot.settings import Settings
from bot.transport import NotSent, PerhapsSent, Refused, Transport
from domain import area_map, places
from domain.area_map import AreaMap
from domain.place_lists import BYTES_MAX, BadList, read_list
from domain.places import BadPlace, NoSuchPlace
from models import Place, keyproof, sealing
from models.engine import Store
from models.sealing import Keyring


class NotDone(Exception):
    """A command was refused; the text says why, a line for each reason."""


async def import_file(chosen: Settings, file: Path, out: Console) -> None:
    """Adds all places of a CSV file, or none. Raises NotDone."""
    data = await asyncio.to_thread(_read, file)
    async with _store(chosen) as store:
        async with store.begin() as session:
            areas = await area_map.load(session)
            try:
                wanted = read_list(data, areas)
                added = await places.add_places(session, wanted, now=Clock().now())
            except BadList as error:
                raise NotDone("\n".join(["Nothing was imported.", *error.faults])) from None
            except BadPlace as error:
                raise NotDone(f"Nothing was imported: {error}") from None
        out.print(f"{len(added)} places were added; {len(wanted) - len(added)} were there already.")
        guesses = {places.identity(new) for new in wanted if new.is_guess}
        guessed = sum(places.identity(place) in guesses for place in added)
        if guessed:
            out.print(
                f"The area of {guessed} was taken from the nearest centre or border: look at `places list`. A wrong "
                "one is mended by `places retire` and a line with the right name in a column `area`."
            )


async def show_list(chosen: Settings, out: Console) -> None:
    async with _store(chosen) as store:
        async with store.read() as session:
            areas = await area_map.load(session)
            found = await places.in_use(session)
        table = Table("no.", "kind", "name", "pin", "area", "polsek")
        for place in found:
            area = areas.name(place.area_code) or place.area_code or "-"
            pin = f"{place.latitude:.5f}, {place.longitude:.5f}"
            table.add_row(str(place.id), place.kind, escape(place.name), pin, area, polsek(areas, place) or "-")
        out.print(table)


async def retire(chosen: Settings, place_id: int, out: Console) -> None:
    """Raises NotDone."""
    async with _store(chosen) as store, store.begin() as session:
        try:
            place = await places.retire_place(session, place_id, now=Clock().now())
        except NoSuchPlace:
            raise NotDone(f"No place in use has the number {place_id}.") from None
        out.print(f"The code of {place.name} opens nothing any more. Take its sheet down.", markup=False)


async def draw(chosen: Settings, file: Path, out: Console, ids: Collection[int], kinds: Collection[str]) -> None:
    """Writes the sheets of these places, or of all. Raises NotDone, Unusable."""
    from bot.sheets import Sheet, draw_sheets  # reportlab, which `run` does without

    known = {kind: places.kind_named(kind) for kind in kinds}
    strange = [kind for kind, found in known.items() if found is None]
    if strange:
        raise NotDone(f"There is no kind {', '.join(strange)}. There are: {', '.join(places.BY_CODE)}.")
    sealing.install(Keyring.at(chosen.keys_file))
    async with _store(chosen) as store:
        async with store.begin() as session:
            if not await keyproof.fits(session):
                raise Unusable("These are not the keys of this database: codes signed with them would open nothing.")
            areas = await area_map.load(session)
            found = await places.in_use(session, ids=ids, kinds=[kind.code for kind in known.values() if kind])
        missing = set(ids) - {place.id for place in found}
        if missing or not found:
            raise NotDone(f"No such place is in use: {_numbers(missing)}." if missing else "No such place is in use.")
    name = await username(chosen)
    pages = [Sheet(place.id, place.name, polsek(areas, place), link(place, name)) for place in found]
    try:
        await asyncio.to_thread(file.write_bytes, draw_sheets(pages, name))
    except OSError as error:
        raise NotDone(f"{file} cannot be written: {error.strerror}") from None
    out.print(f"{len(found)} pages are in {file}. On a phone, try one before you put it up.", markup=False)


def link(place: Place, name: str) -> str:
    """What the place's QR code says."""
    return f"https://t.me/{name}?start={places.token(place.id)}"


def polsek(areas: AreaMap, place: Place) -> str:
    """The station that answers for the place; empty where the area map does not say."""
    area = areas.by_code.get(place.area_code or "")
    return area.polsek if area else ""


async def username(chosen: Settings) -> str:
    """The bot's own, from Telegram. Raises Unusable."""
    transport = Transport(chosen.bot_token.get_secret_value(), chosen.telegram_api_url)
    try:
        return str((await transport.call("getMe", {}))["username"])
    except (NotSent, PerhapsSent, Refused) as error:
        raise Unusable(f"Telegram did not say what the bot is called: {error}") from None
    finally:
        await transport.close()


@asynccontextmanager
async def _store(chosen: Settings) -> AsyncIterator[Store]:
    store = Store(chosen.database_url)
    try:
        yield store
    finally:
        await store.close()


def _read(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(BYTES_MAX + 1)


def _numbers(ids: Collection[int]) -> str:
    return ", ".join(str(number) for number in sorted(ids))
