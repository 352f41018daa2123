"""Uploads: what staff get to see is the copy, marked with who they are; what cannot be read fails alone."""

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.evidence.cleaning import Cleaning
from bot.evidence.files import EvidenceFiles
from bot.uploads import Uploads
from domain import outbox
from models import Report, ReportState, new_id, sealing
from simulator.person import Person
from simulator.testing import Simulator
from tests import samples
from tests.bot.conftest import Post

pytestmark = pytest.mark.parametrize("empty_database_url", ["sqlite"], indirect=True)


class Case:
    """A case with files in a folder, and the post that sends them."""

    def __init__(self, post: Post, folder: Path) -> None:
        self.post = post
        self.files = EvidenceFiles(folder)
        post.sender.uploads = Uploads(post.store, self.files, Cleaning())
        self.report = Report(id=new_id(), number="JBR-7KQ-M3XD", version=2, touched_at=post.clock.now())
        self.report.state = ReportState.RECEIVED
        self.report.begin_case()
        self.count = 0

    async def send(self, to: int, field: str, stored_as: str, filename: str, **upload: Any) -> None:
        self.count += 1
        named = {"field": field, "report_id": self.report.id.hex, "stored_as": stored_as, "filename": filename}
        payload = {"upload": {**named, **upload}, "protect_content": True, "caption": "1 < 2 · JBR-7KQ-M3XD"}
        async with self.post.store.begin() as session:
            outbox.post(
                session,
                "reply",
                to=to,
                method=f"send{field.capitalize()}",
                payload=payload,
                key=f"upload{self.count}",
                now=self.post.clock.now(),
            )
        self.post.sender.wake()

    def keep(self, content: bytes) -> str:
        return self.files.keep(content, self.report.case_sealer())


async def officer(simulator: Simulator, name: str) -> Person:
    """Somebody who has started the bot."""
    person = await simulator.person(name)
    await person.types("/start")
    return person


@pytest.fixture
async def case(post: Post, tmp_path: Path) -> Case:
    made = Case(post, tmp_path)
    async with post.store.begin() as session:
        session.add(made.report)
    post.start()
    return made


async def test_a_picture_reaches_the_officer_with_their_mark_in_it(case: Case, simulator: Simulator) -> None:
    budi = await officer(simulator, "Budi")
    copy = samples.picture((640, 480))
    file = io.BytesIO()
    copy.save(file, "JPEG")
    words = "Petugas 12 · JBR-7KQ-M3XD"
    await case.send(budi.id, "photo", case.keep(file.getvalue()), "foto-1.jpg", words=words)
    await case.post.until("sent")
    (message,) = [one for one in await budi.messages() if "photo" in one]
    assert message["caption"] == "1 < 2 · JBR-7KQ-M3XD"
    assert message["has_protected_content"] is True
    seen = await simulator.file(message["photo"][-1]["file_id"])
    assert seen != file.getvalue()
    with Image.open(io.BytesIO(seen)) as picture:
        assert picture.size == (640, 480)
        assert picture.getpixel((600, 20)) != picture.getpixel((5, 470))


@pytest.mark.parametrize(
    ("content", "name"), [(b"%PDF-1.7 ...", "asli-1.pdf"), (b"PK\x03\x04...", "asli-1.zip"), (b"?", "asli-1.bin")]
)
async def test_an_original_is_named_by_what_it_is(case: Case, simulator: Simulator, content: bytes, name: str) -> None:
    budi = await officer(simulator, "Budi")
    await case.send(budi.id, "document", case.keep(content), "asli-1")
    await case.post.until("sent")
    message = await budi.last()
    assert message is not None
    assert message["document"]["file_name"] == name
    assert await simulator.file(message["document"]["file_id"]) == content


async def test_twenty_megabytes_go_out_again(case: Case, simulator: Simulator) -> None:
    budi = await officer(simulator, "Budi")
    content = bytes(20 * 1024 * 1024)
    await case.send(budi.id, "document", case.keep(content), "asli-1")
    await case.post.until("sent")
    message = await budi.last()
    assert message is not None
    assert message["document"]["file_size"] == len(content)


async def test_what_cannot_be_read_fails_alone(case: Case, simulator: Simulator) -> None:
    budi, dewi = await officer(simulator, "Budi"), await officer(simulator, "Dewi")
    damaged, no_picture = case.keep(b"something"), case.keep(b"something else")
    case.files._path(damaged).write_bytes(b"\x00" * 100)
    foreign = case.files.keep(b"of another key", sealing.CaseSealer(b"k" * 32))
    for name in ("0" * 32, damaged, foreign, "../../../../etc/passwd", ""):
        await case.send(budi.id, "document", name, "asli-1")
    await case.send(budi.id, "photo", no_picture, "foto-1.jpg", words="Petugas 12")
    await case.send(budi.id, "document", no_picture, "asli-2")
    await case.post.post("reply", dewi.id, "Siap.")
    await case.post.until(*["failed"] * 6, "sent", "sent")
    assert len([one for one in await budi.messages() if "document" in one]) == 1
    await dewi.sees("Siap.")


async def test_nothing_of_an_erased_case_leaves(case: Case, simulator: Simulator) -> None:
    budi = await officer(simulator, "Budi")
    kept = case.keep(b"something")
    async with case.post.store.begin() as session:
        await session.delete(await session.get_one(Report, case.report.id))
    await case.send(budi.id, "document", kept, "asli-1")
    await case.post.until("failed")
    assert [one for one in await budi.messages() if "document" in one] == []


async def test_a_lost_answer_is_followed_by_another_copy(case: Case, simulator: Simulator) -> None:
    budi = await officer(simulator, "Budi")
    await simulator.fault("drop_before", method="sendDocument")
    await case.send(budi.id, "document", case.keep(b"something"), "asli-1")
    await case.post.until("sent")
    assert len([one for one in await budi.messages() if "document" in one]) == 1
