"""Errands: every file that can be had is had once, sealed and whole; no other holds it up."""

import asyncio
import datetime as dt
import hashlib
import stat

import pytest
import sqlalchemy as sa
from aiohttp import web

from bot.errands import DOWNLOAD_BYTES_MAX
from bot.evidence.kinds import NOT_SHOWN
from domain import evidence
from models import Attachment, Card, CaseKey, DutyRoom, FileState, ReportState, new_id, sealing
from models.sealing import Unsealable
from tests import samples
from tests.bot.evidence.conftest import Desk

ON_SQLITE = pytest.mark.parametrize("empty_database_url", ["sqlite"], indirect=True)


async def test_a_photo_is_kept_whole_and_sealed_beside_its_copy(desk: Desk) -> None:
    await desk.file()
    original = samples.jpeg()
    photo = await desk.attach("photo1", original)
    await desk.look()
    row = await desk.row(photo)
    assert (row.state, row.size_bytes, row.copy_kind, row.reason) == (FileState.KEPT, len(original), "photo", None)
    assert row.sha256 == hashlib.sha256(original).digest()
    assert row.file_sealed is None, "Telegram's id for it is forgotten"
    assert desk.opened(row.stored_as) == original
    copy = desk.opened(row.copy_as)
    assert copy.startswith(b"\xff\xd8\xff")
    for secret in samples.SECRETS:
        assert secret not in copy
        assert all(secret not in path.read_bytes() for path in desk.on_disk())


@ON_SQLITE
async def test_the_folder_says_nothing_to_anybody_else_on_the_machine(desk: Desk) -> None:
    await desk.file()
    await desk.attach("photo1", samples.jpeg())
    await desk.look()
    files = desk.on_disk()
    assert len(files) == 2, "the original and its copy; nothing half written"
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert {path.stat().st_mtime % 900 for path in files} == {0}, "its date leads to no message"
    assert {stat.S_IMODE(path.stat().st_mode) for path in [desk.folder, *(file.parent for file in files)]} == {0o700}


@ON_SQLITE
async def test_a_file_opens_with_the_key_of_its_own_case_alone(desk: Desk) -> None:
    await desk.file()
    photo = await desk.attach("photo1", samples.jpeg())
    await desk.look()
    row = await desk.row(photo)
    assert row.stored_as is not None
    with pytest.raises(Unsealable):
        desk.files.open(row.stored_as, sealing.keyring())
    assert row.copy_as is not None
    here, there = (desk.folder / name[:2] / name for name in (row.stored_as, row.copy_as))
    here.write_bytes(there.read_bytes())
    with pytest.raises(Unsealable):
        desk.opened(row.stored_as)


@ON_SQLITE
@pytest.mark.parametrize("name", ["../../../etc/passwd", "/etc/passwd", "", "ab/../../keys", "0" * 31 + "/"])
async def test_only_names_of_ours_are_opened(desk: Desk, name: str) -> None:
    with pytest.raises(FileNotFoundError):
        desk.opened(name)


@ON_SQLITE
async def test_what_is_not_shown_is_kept_all_the_same(desk: Desk) -> None:
    await desk.file()
    bomb = await desk.attach("bomb", samples.BILLION_LAUGHS)
    await desk.look()
    row = await desk.row(bomb)
    assert (row.state, row.copy_as, row.copy_kind, row.reason) == (FileState.KEPT, None, None, NOT_SHOWN)
    assert desk.opened(row.stored_as) == samples.BILLION_LAUGHS


@ON_SQLITE
async def test_what_belongs_to_a_draft_is_left_where_it_is(desk: Desk) -> None:
    await desk.file(ReportState.DRAFT)
    photo = await desk.attach("photo1", samples.jpeg())
    await desk.look()
    assert (await desk.row(photo)).state is FileState.WAITING
    assert desk.shelf.asked == []


async def test_filing_makes_the_files_wait(desk: Desk) -> None:
    await desk.file()
    photo = await desk.attach("photo1", samples.jpeg())
    async with desk.store.begin() as session:
        await session.execute(sa.update(Attachment).values(state=FileState.HELD))
        await evidence.begin_fetching(session, desk.report)
    assert (await desk.row(photo)).state is FileState.WAITING


@ON_SQLITE
@pytest.mark.parametrize(
    "path",
    ["../../etc/passwd", "/etc/passwd", "documents/../../bot1/logOut", "a?b", "a/%2e%2E/b", "a/%252e./b", "a\\b", ""],
)
async def test_a_path_that_leads_elsewhere_is_not_followed(desk: Desk, path: str) -> None:
    await desk.file()
    desk.shelf.paths["file1"] = path
    file = await desk.attach("file1", samples.jpeg())
    await desk.look()
    row = await desk.row(file)
    assert (row.state, row.tries) == (FileState.WAITING, 1)
    assert desk.shelf.asked == []
    assert desk.on_disk() == []


@ON_SQLITE
@pytest.mark.parametrize("says", ["nothing", "a terabyte"])
async def test_reading_ends_at_twenty_megabytes_whatever_was_said(desk: Desk, says: str) -> None:
    sent = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        if says == "nothing":
            response.enable_chunked_encoding()
        else:
            response.content_length = 10**12
        await response.prepare(request)
        while True:
            await response.write(bytes(64 * 1024))
            sent += 64 * 1024

    await desk.file()
    desk.shelf.gives["file1"] = endless
    file = await desk.attach("file1", size=1000)
    await desk.look()
    row = await desk.row(file)
    assert (row.state, row.reason) == (FileState.LOST, evidence.TOO_BIG)
    assert sent < 3 * DOWNLOAD_BYTES_MAX, "what was on the way in between counts too"
    assert desk.on_disk() == []


@ON_SQLITE
async def test_twenty_megabytes_are_kept_and_one_byte_more_is_not(desk: Desk) -> None:
    await desk.file()
    largest = await desk.attach("largest", bytes(DOWNLOAD_BYTES_MAX))
    too_large = await desk.attach("too_large", bytes(DOWNLOAD_BYTES_MAX + 1))
    await desk.look()
    assert (await desk.row(largest)).size_bytes == DOWNLOAD_BYTES_MAX
    row = await desk.row(too_large)
    assert (row.state, row.reason, row.file_sealed) == (FileState.LOST, evidence.TOO_BIG, None)


@ON_SQLITE
async def test_what_telegram_calls_too_big_is_asked_for_once(desk: Desk) -> None:
    await desk.file()
    desk.shelf.refusals["film"] = (400, "Bad Request: file is too big")
    told = await desk.attach("film")
    known = await desk.attach("known", size=DOWNLOAD_BYTES_MAX + 1)
    await desk.look()
    for file in (told, known):
        assert (await desk.row(file)).reason == evidence.TOO_BIG


@ON_SQLITE
async def test_one_that_telegram_does_not_give_is_tried_eight_times_over_a_day(desk: Desk) -> None:
    await desk.file()
    begun = desk.clock.now()
    file = await desk.attach("gone")
    for tries in range(1, evidence.TRIES_MAX):
        await desk.look()
        row = await desk.row(file)
        assert (row.state, row.tries) == (FileState.WAITING, tries)
        assert row.next_try_at is not None
        await desk.look()
        assert len(desk.shelf.asked) == tries, "not before its time"
        await desk.look(seconds=(row.next_try_at - desk.clock.now()).total_seconds() - 1)
        assert len(desk.shelf.asked) == tries
        desk.clock.forward(seconds=2)
    await desk.look()
    row = await desk.row(file)
    assert (row.state, row.tries, row.reason) == (FileState.LOST, 8, evidence.GONE)
    assert dt.timedelta(hours=20) < desk.since(begun) < dt.timedelta(hours=28)


@ON_SQLITE
async def test_a_line_that_is_down_costs_no_try(desk: Desk) -> None:
    await desk.file()
    file = await desk.attach("photo1", samples.jpeg())
    away = desk.transport
    desk.errands.transport = type(away)("70001:test", "http://127.0.0.1:9")
    for _ in range(20):
        await desk.look(minutes=1)
    row = await desk.row(file)
    assert (row.state, row.tries) == (FileState.WAITING, 0)
    await desk.errands.transport.close()
    desk.errands.transport = away
    await desk.look(minutes=1)
    assert (await desk.row(file)).state is FileState.KEPT


@ON_SQLITE
async def test_telegrams_request_to_wait_is_heard(desk: Desk) -> None:
    await desk.file()
    desk.shelf.refusals["photo1"] = (429, "Too Many Requests: retry after 5")
    file = await desk.attach("photo1", samples.jpeg())
    await desk.look()
    row = await desk.row(file)
    assert (row.state, row.tries) == (FileState.WAITING, 0)
    desk.shelf.refusals.clear()
    await desk.look(seconds=6)
    assert (await desk.row(file)).state is FileState.KEPT


@ON_SQLITE
async def test_a_download_that_hangs_holds_up_no_other(desk: Desk) -> None:
    async def hang(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(60)
        raise AssertionError

    await desk.file()
    desk.shelf.gives["slow"] = hang
    slow = await desk.attach("slow", kind="video")
    others = [await desk.attach(f"photo{number}", samples.jpeg()) for number in range(6)]
    running = asyncio.create_task(desk.errands.run())
    async with asyncio.timeout(15):
        while not all([(await desk.row(other)).state is FileState.KEPT for other in others]):
            await asyncio.sleep(0.05)
    assert (await desk.row(slow)).state is FileState.WAITING
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert desk.errands.running == {}


@ON_SQLITE
async def test_a_file_whose_id_nobody_can_read_is_given_up(desk: Desk) -> None:
    await desk.file()
    file = await desk.attach("photo1", samples.jpeg())
    async with desk.store.begin() as session:
        await session.execute(sa.update(Attachment).values(file_sealed=b"\x01" + bytes(40)))
    await desk.look()
    row = await desk.row(file)
    assert (row.state, row.reason) == (FileState.LOST, evidence.UNREADABLE)


async def test_what_was_erased_meanwhile_leaves_nothing_behind(desk: Desk) -> None:
    async def erased_meanwhile(request: web.Request) -> web.StreamResponse:
        async with desk.store.begin() as session:
            await session.execute(sa.delete(Attachment))
        return web.Response(body=samples.jpeg())

    await desk.file()
    desk.shelf.gives["photo1"] = erased_meanwhile
    await desk.attach("photo1")
    await desk.look()
    assert desk.on_disk() == []


@ON_SQLITE
async def test_nothing_is_kept_under_a_key_that_was_destroyed(desk: Desk) -> None:
    async def destroyed_meanwhile(request: web.Request) -> web.StreamResponse:
        async with desk.store.begin() as session:
            await session.execute(sa.delete(CaseKey))
        return web.Response(body=samples.jpeg())

    await desk.file()
    desk.shelf.gives["photo1"] = destroyed_meanwhile
    file = await desk.attach("photo1")
    await desk.look()
    assert (await desk.row(file)).state is FileState.WAITING
    assert desk.on_disk() == []


@ON_SQLITE
async def test_who_no_longer_leads_writes_nothing(desk: Desk) -> None:
    await desk.file()
    file = await desk.attach("photo1", samples.jpeg())
    desk.lease.is_lost = True
    await desk.look()
    assert (await desk.row(file)).state is FileState.WAITING


@ON_SQLITE
async def test_the_card_is_made_anew_when_a_file_has_come(desk: Desk) -> None:
    await desk.file()
    room = DutyRoom(
        id=new_id(), chat_index=sealing.number_index("chat", -5), bound_at=desk.clock.now(), is_reachable=True
    )
    room.chat_id = -5
    async with desk.store.begin() as session:
        session.add(room)
    await desk.attach("photo1", samples.jpeg())
    await desk.look()
    async with desk.store.read() as session:
        assert await session.scalar(sa.select(Card.is_stale)) is True
