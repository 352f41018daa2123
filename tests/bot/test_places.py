"""The commands about places, from the list to the sheet that somebody scans."""

import re
from pathlib import Path

import pytest
from rich.console import Console

from bot import places as place_desk
from bot.app import Unusable
from bot.places import NotDone
from bot.settings import Settings
from models.engine import Store
from models.sealing import Keyring
from tests.town import Town

LIST = (
    "name,kind,latitude,longitude\nPos Kamling [RW 3],pos kamling,-8.17,113.71\nPasar Tanjung,pasar,-8.1735,113.7010\n"
)


@pytest.fixture
def out() -> Console:
    return Console(record=True, width=200)


@pytest.fixture
def settings(database_url: str, keyring: Keyring, tmp_path: Path) -> Settings:
    values = {"database_url": database_url, "keys_file": keyring.path, "data_dir": tmp_path, "bot_token": "1:abc"}
    return Settings(_env_file=None, telegram_api_url="http://127.0.0.1:9", **values)  # type: ignore[arg-type]


def listed(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "places.csv"
    file.write_text(text)
    return file


async def test_a_list_is_imported_shown_and_one_place_retired(settings: Settings, tmp_path: Path, out: Console) -> None:
    await place_desk.import_file(settings, listed(tmp_path, LIST), out)
    await place_desk.import_file(settings, listed(tmp_path, LIST), out)
    await place_desk.retire(settings, 2, out)
    await place_desk.show_list(settings, out)
    said = out.export_text()
    assert "2 places were added; 0 were there already." in said
    assert "0 places were added; 2 were there already." in said
    shown = said[said.index("polsek") :]
    assert "Pos Kamling [RW 3]" in shown
    assert "Pasar Tanjung" not in shown


async def test_of_a_list_with_a_wrong_row_nothing_is_imported(settings: Settings, tmp_path: Path, out: Console) -> None:
    with pytest.raises(NotDone, match=r"Nothing was imported\.\nrow 4: 'x' is no latitude"):
        await place_desk.import_file(settings, listed(tmp_path, LIST + "SMAN 1,sekolah,x,113.7\n"), out)
    await place_desk.show_list(settings, out)
    assert "Pasar" not in out.export_text()


async def test_what_cannot_be_done_is_said(settings: Settings, tmp_path: Path, out: Console) -> None:
    await place_desk.import_file(settings, listed(tmp_path, LIST), out)
    pdf = tmp_path / "sheets.pdf"
    with pytest.raises(NotDone, match="number 9"):
        await place_desk.retire(settings, 9, out)
    with pytest.raises(NotDone, match=r"in use: 8, 9\."):
        await place_desk.draw(settings, pdf, out, ids=[9, 1, 8], kinds=[])
    with pytest.raises(NotDone, match="no kind bengkel"):
        await place_desk.draw(settings, pdf, out, ids=[], kinds=["bengkel"])
    with pytest.raises(NotDone, match="No such place"):
        await place_desk.draw(settings, pdf, out, ids=[], kinds=["tps"])
    with pytest.raises(Unusable, match="what the bot is called"):
        await place_desk.draw(settings, pdf, out, ids=[], kinds=[])
    assert not pdf.exists()


async def test_codes_are_never_signed_with_the_keys_of_another_database(
    settings: Settings, store: Store, tmp_path: Path, out: Console
) -> None:
    await place_desk.import_file(settings, listed(tmp_path, LIST), out)
    with pytest.raises(Unusable, match="called"):  # the right keys are taken note of
        await place_desk.draw(settings, tmp_path / "sheets.pdf", out, ids=[], kinds=[])
    strange = settings.model_copy(update={"keys_file": tmp_path / "other-keys"})
    with pytest.raises(Unusable, match="not the keys of this database"):
        await place_desk.draw(strange, tmp_path / "sheets.pdf", out, ids=[], kinds=[])


async def test_a_sheet_is_drawn_beside_a_running_bot_and_its_code_opens_the_place(
    town: Town, tmp_path: Path, out: Console
) -> None:
    await place_desk.import_file(town.settings, listed(tmp_path, LIST), out)
    pdf = tmp_path / "sheets.pdf"
    await place_desk.draw(town.settings, pdf, out, ids=[], kinds=["Pos kamling"])
    assert len(re.findall(rb"/Type /Page\b(?!s)", pdf.read_bytes())) == 1
    async with town.store.read() as session:
        [post] = await place_desk.places.in_use(session, ids=[1])
    link = place_desk.link(post, await place_desk.username(town.settings))
    assert link.startswith("https://t.me/siskamling_bot?start=q_1")
    await town.siti.opens_link(link.partition("?start=")[2])
    await town.siti.sees("Pos Kamling [RW 3]")
