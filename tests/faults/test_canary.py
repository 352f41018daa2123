"""The canary run: reporters whose names, words and places cannot be mistaken, and a search for them everywhere."""

import asyncio
import base64
import json
import re
import secrets
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import sqlalchemy as sa

from models import (
    Anonymity,
    Attachment,
    Base,
    CaseMessage,
    Desk,
    Dialogue,
    MessageLink,
    OutboxMessage,
    Report,
    ReportState,
    sealing,
)
from models.engine import Store
from models.sealing import Keyring
from simulator.person import Group, Person
from simulator.testing import Simulator
from tests.faults.command import command
from tests.faults.process import BotProcess, prepare
from tests.town import TOKEN, USERNAME

SENSITIVE = "suami memukul istri dan anaknya di rumah"  # violence at home
NUMBER = re.compile(r"JBR-\w{3}-\w{4}")
CODE = re.compile(r"\d{4} \d{4} \d{4} \d{4}")
PLAIN = "Sepeda motor dicuri dari halaman kos tadi malam"


@dataclass
class Canary:
    """A reporter, and what must not be found of them. `hidden` is nobody's business; `told` is for the duty room."""

    person: Person
    hidden: set[str]
    told: set[str]
    friend: str

    @property
    def id(self) -> int:
        return self.person.id


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    async with await Simulator.start(token=TOKEN, username=USERNAME, limits=False) as running:
        yield running


def word(kind: str) -> str:
    return f"Kenari{kind}{secrets.token_hex(5)}"


async def hatch(simulator: Simulator) -> Canary:
    first, last, username, friend = word("depan"), word("belakang"), word("akun"), word("teman")
    person = await simulator.person(
        first, last_name=last, username=username, language_code="id", id=7_000_000_000 + secrets.randbelow(10**9)
    )
    return Canary(person, {first, last, username, friend, str(person.id)}, set(), friend)


async def everything_that_can_be_sent(simulator: Simulator, canary: Canary) -> None:
    """Twelve kinds of message, each with a canary in whatever field may hold one."""
    person, hidden = canary.person, canary.hidden
    friend = await simulator.person(canary.friend, id=7_000_000_000 + secrets.randbelow(10**9))
    hidden.add(str(friend.id))
    names = [word("berkas") + ".pdf" for _ in range(2)]
    hidden.update(names)
    caption, phone, venue = word("takarir"), f"+62812{secrets.randbelow(10**8):08d}", word("warung")
    hidden.add(phone)
    canary.told.update({caption, venue})
    await person.sends_photo(caption=caption)
    await person.sends_voice()
    await person.sends_document(b"%PDF-1.4", names[0])
    await person.sends_files("video", [b"video"], names=[names[1]])
    await person.sends_contact(phone)
    origin = {"type": "user", "date": 1, "sender_user": {**friend.card, "first_name": canary.friend, "is_bot": False}}
    origin["sender_user"] = {k: v for k, v in origin["sender_user"].items() if k in ("id", "first_name", "is_bot")}
    forwarded = word("terusan")
    canary.told.add(forwarded)
    await raw(person, text=forwarded, forward_origin=origin)
    mention = {"type": "text_mention", "offset": 0, "length": 4, "user": origin["sender_user"]}
    mentioned = f"dia {word('sebut')}"
    canary.told.add(mentioned)
    await raw(person, text=mentioned, entities=[mention])
    quoted = word("kutip")
    hidden.add(quoted)
    await raw(person, text="kata dia begitu", quote={"text": quoted, "position": 0}, external_reply={"origin": origin})
    via = word("bot")
    hidden.add(via)
    await raw(person, text="dari bot lain", via_bot={"id": 99, "is_bot": True, "first_name": via})
    await person.sends_files("sticker", [b"sticker"])
    poll = word("jajak")
    hidden.add(poll)
    await person._sends(None, poll={"question": poll, "options": ["a", "b"]})
    before, after = word("salah"), word("betul")
    canary.told.update({before, after})
    await person.edits(await person.types(f"namanya {before}"), f"namanya {after}")
    place = {"latitude": -8.1721, "longitude": 113.7003, "title": venue, "address": "Jalan Jawa"}
    await person._sends(None, venue=place)
    for said in await person.messages():
        hidden.update(re.findall(r'"file_unique_id": "([^"]+)"', json.dumps(said)))


async def raw(person: Person, **fields: Any) -> None:
    await person._sends(None, raw=fields)


ANSWERS = (
    ("Apa yang terjadi", "words"),
    ("Apakah ini jenisnya", "1"),
    ("Yang mana", "1"),
    ("Jenis kejadiannya", "1"),
    ("Di mana kejadiannya", "place"),
    ("kecamatan", "1"),
    ("Kapan?", "sekarang"),
    ("dengan nama atau anonim", "mode"),
    ("Nama yang boleh", "name"),
    ("Periksa", "kirim"),
)


async def newest(person: Person, quiet: float = 1.3) -> dict[str, Any]:
    """The bot's newest answer, once nothing more follows: in one chat it says no more than one thing a second."""
    seen: Any = None
    async with asyncio.timeout(40):
        while True:
            told = await person.messages()
            if told and not told[-1]["outgoing"] and told[-1]["message_id"] == seen:
                return told[-1]
            seen = told and told[-1]["message_id"]
            await asyncio.sleep(quiet)


async def report(simulator: Simulator, canary: Canary, mode: str, words: str) -> str:
    """From the first word to the receipt, whatever is asked on the way, and what comes after. Returns the number."""
    story, place = f"{words}, {word('kata')}", f"Depan {word('tempat')}, Kecamatan Sumbersari"
    pin = (-8.1 - secrets.randbelow(90_000) / 10**6, 113.7 + secrets.randbelow(9_000) / 10**6)
    canary.told |= {story, place, f"{pin[0]:.6f}", f"{pin[1]:.6f}"}
    said = {"words": story, "place": place, "mode": mode, "name": word("samaran")}
    canary.told.add(said["name"])
    await canary.person.types("/lapor")
    await newest(canary.person)
    await canary.person.types(story)
    await newest(canary.person)
    await everything_that_can_be_sent(simulator, canary)
    await canary.person.sends_location(*pin)
    for _ in range(14):
        told = await newest(canary.person)
        if "Laporan diterima" in told["text"]:
            assert ("anonim penuh" in told["text"]) == (mode == "anonim penuh"), await canary.person.transcript()
            await (follow_up_by_code if mode == "anonim penuh" else follow_up)(simulator, canary, told)
            return NUMBER.search(told["text"])[0]  # type: ignore[index]
        answer = next(answer for question, answer in ANSWERS if question in told["text"])
        await canary.person.types(said.get(answer, answer))
    raise AssertionError(await canary.person.transcript())


async def follow_up(simulator: Simulator, canary: Canary, receipt: dict[str, Any]) -> None:
    """Everything again, for the case that exists now: by reply, and held until the case is named."""
    person, replied, corrected = canary.person, word("balasan"), word("ralat")
    canary.told.update({replied, corrected})
    said = await person.types(f"juga {replied}", reply_to=receipt["message_id"])
    assert "Ditambahkan" in (await newest(person))["text"]
    await person.edits(said, f"juga {corrected}")
    assert "Perbaikan" in (await newest(person))["text"]
    await everything_that_can_be_sent(simulator, canary)
    await newest(person)
    await person.types("1")
    assert "Ditambahkan" in (await newest(person))["text"], await person.transcript()


async def follow_up_by_code(simulator: Simulator, canary: Canary, receipt: dict[str, Any]) -> None:
    """The same for whom nothing may tie to their case: with the code it is added, without it it is a draft."""
    person, added, caption = canary.person, word("susulan"), word("keterangan")
    canary.told.update({added, caption})
    code = CODE.search(receipt["text"])
    assert code is not None
    for sending in (
        person.types(f"/cek {code[0]} {added}"),
        person.sends_photo(caption=f"/cek {code[0]} {caption}"),
    ):
        await sending
        assert "Pesan Anda sudah sampai" in (await newest(person))["text"], await person.transcript()
    await everything_that_can_be_sent(simulator, canary)
    await newest(person)
    await person.types("/batal")
    await newest(person)
    await person.presses("Hapus draf")
    assert "Draf dihapus" in (await newest(person))["text"]


async def read_everything(simulator: Simulator, bot: BotProcess, numbers: Iterable[str]) -> Person:
    """A commander, who may open every case, looks at all that was said in each."""
    wati = await simulator.person("Wati", language_code="id")
    _, said = await command(bot, "invite", "commander")
    await wati.types(f"/start {said.rsplit('start=', 1)[1].strip()}")
    await newest(wati)
    for number in numbers:
        await wati.types(f"/kasus {number}")
        assert number in (await newest(wati))["text"]
        await wati.presses("Riwayat")
        while any("lebih lama" in label.lower() for label in await wati.buttons()):
            await newest(wati)
            await wati.presses("lebih lama")
    await newest(wati)
    return wati


def traces(found: Iterable[str]) -> dict[str, bytes]:
    """What to look for in bytes: as text, and numbers as databases write them."""
    needles = {}
    for text in found:
        needles[text] = text.encode()
        needles[f"{text} in base64"] = base64.b64encode(text.encode()).rstrip(b"=")[:-1]
        if text.isdigit() and len(text) > 8:
            number = int(text)
            needles[f"{text} as 8 bytes"] = number.to_bytes(8, "big")
            needles[f"{text} as 8 bytes, little end first"] = number.to_bytes(8, "little")
            needles[f"{text} as 6 bytes"] = number.to_bytes(6, "big")
            needles[f"{text} in hex"] = f"{number:x}".encode()
    return needles


def assert_nowhere(where: str, haystack: bytes, found: Iterable[str]) -> None:
    hits = [name for name, needle in traces(found).items() if needle in haystack]
    assert not hits, f"{where}: {hits}"


async def bind(simulator: Simulator, bot: BotProcess) -> tuple[Group, Person]:
    budi = await simulator.person("Budi", language_code="id")
    room = await simulator.group("Ruang Piket", admins=[budi])
    _, said = await command(bot, "invite", "admin")
    await budi.types(f"/start {said.rsplit('start=', 1)[1].strip()}")
    await budi.sees("admin", within=10)
    await budi.types("/ikat", in_=room)
    await budi.sees("menerima laporan", in_=room, within=10)
    await budi.presses("Seluruh Jember", in_=room)
    await budi.sees("✅", in_=room, within=10)
    return room, budi


async def database_bytes(store: Store, folder: Path) -> dict[str, bytes]:
    """Every file in which the database keeps anything."""
    if store.is_sqlite:
        return {path.name: path.read_bytes() for path in folder.glob("bot.db*")}
    async with store.writer.connect() as connection:
        await connection.exec_driver_sql("COMMIT")
        await connection.exec_driver_sql("CHECKPOINT")
        data = Path(str((await connection.exec_driver_sql("SHOW data_directory")).scalar()))
    return {str(path.relative_to(data)): path.read_bytes() for path in data.rglob("*") if path.is_file()}


async def rows_as_text(store: Store) -> str:
    """All rows of all tables, as a dump would show them."""
    lines = []
    async with store.reader.connect() as connection:
        for table in Base.metadata.sorted_tables:
            lines += [str(row) for row in await connection.execute(sa.select(table))]
    return "\n".join(lines)


def leads_to(row: Any, canaries: list[Canary]) -> bool:
    """Whether the row names the chat of one of them."""
    chats = {sealing.number_index("chat", canary.id) for canary in canaries}
    return getattr(row, "chat_index", None) in chats or isinstance(row, Desk)


async def assert_no_way_back(store: Store, canaries: list[Canary]) -> None:
    """With the keys in hand: a report in full anonymity leads to nobody."""
    async with store.read() as session:
        reports = list(await session.scalars(sa.select(Report).where(Report.anonymity == Anonymity.FULL)))
        assert reports
        for found in reports:
            assert found.state is ReportState.RECEIVED
            assert found.reporter_index is None
            assert found.reporter_sealed is None
            assert set(found.content or {}) <= {"words", "place", "pin", "is_outside", "when_told", "attachments"}
            dialogues = sa.select(sa.func.count()).where(Dialogue.subject_id == found.id)
            assert await session.scalar(dialogues) == 0
            assert found.filed_at is not None
            assert (found.filed_at.minute % 15, found.filed_at.second) == (0, 0)
            for file in await session.scalars(sa.select(Attachment).where(Attachment.report_id == found.id)):
                assert set(file.file or {}) <= {"file_id", "mime", "size"}
                assert (file.added_at.minute % 15, file.added_at.second) == (0, 0)
            for said in await session.scalars(sa.select(CaseMessage).where(CaseMessage.report_id == found.id)):
                assert (said.at.minute % 15, said.at.second) == (0, 0)
                assert said.author_id is None
            for table in (Desk, MessageLink):
                theirs = sa.select(table).where(table.report_id == found.id)
                assert [row for row in await session.scalars(theirs) if leads_to(row, canaries)] == []
            for row in await session.scalars(sa.select(OutboxMessage).where(OutboxMessage.kind != "alarm")):
                assert found.id.hex[:12] not in row.key
                assert row.report_id != found.id or not leads_to(row, canaries)
                assert str(found.number) not in row.key
                assert row.payload_sealed is None, "what was sent keeps no words"
        orphans = sa.select(sa.func.count()).select_from(Report).where(Report.state == ReportState.DRAFT)
        assert await session.scalar(orphans) == 0, "no draft stays behind"


@pytest.mark.timeout(240)
async def test_nobody_is_found_where_they_must_not_be(tmp_path: Path, simulator: Simulator) -> None:
    await search(tmp_path, f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}", simulator)


@pytest.mark.faults
@pytest.mark.timeout(180)
async def test_nobody_is_found_in_postgresql(tmp_path: Path, empty_postgres_url: str, simulator: Simulator) -> None:
    await search(tmp_path, empty_postgres_url, simulator)


async def search(tmp_path: Path, url: str, simulator: Simulator) -> None:
    await prepare(url)
    bot = BotProcess(tmp_path, simulator.url, url)
    await bot.start()
    await bot.ready()
    room, _ = await bind(simulator, bot)
    canaries = [await hatch(simulator) for _ in range(4)]
    full, two_way, sensitive, named = canaries
    numbers = await asyncio.gather(
        report(simulator, full, "anonim penuh", PLAIN),
        report(simulator, two_way, "anonim", PLAIN),
        report(simulator, sensitive, "anonim penuh", SENSITIVE),
        report(simulator, named, "pakai nama", PLAIN),
    )
    async with asyncio.timeout(30):
        while sum("JBR-" in str(call["params"]) for call in await simulator.ledger("sendMessage", room)) < 4:
            await asyncio.sleep(0.1)
    wati = await read_everything(simulator, bot, numbers)
    async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{bot.port}/metrics") as answer:
        metrics = await answer.read()
    sealing.install(Keyring.at(tmp_path / "keys"))
    store = Store(url)
    while_running = await database_bytes(store, tmp_path)
    assert await bot.stop() == 0

    hidden = set().union(*(canary.hidden for canary in canaries))
    told = set().union(*(canary.told for canary in canaries))
    for when, files in (("running", while_running), ("stopped", await database_bytes(store, tmp_path))):
        for name, content in files.items():
            assert_nowhere(f"{name}, {when}", content, hidden | told)
    assert_nowhere("rows", (await rows_as_text(store)).encode(), hidden | told)
    assert_nowhere("log", bot.log.read_bytes(), hidden | told)
    assert_nowhere("metrics", metrics, hidden | told)
    to_staff = json.dumps([call["params"] for call in await simulator.ledger(chat=room)], ensure_ascii=False)
    assert_nowhere("duty room", to_staff.encode(), hidden)
    to_wati = json.dumps([call["params"] for call in await simulator.ledger(chat=wati)], ensure_ascii=False)
    assert_nowhere("the cases, before a commander", to_wati.encode(), hidden)
    for canary in canaries:
        assert sum(text in to_wati for text in canary.told) >= 3, "or else this looked at nothing"
    assert_nowhere("duty room, of a sensitive report", to_staff.encode(), sensitive.told)
    for canary in (full, two_way):
        assert any(text in to_staff for text in canary.told), "or else this looked at nothing"
    await assert_no_way_back(store, canaries)
    await store.close()
