"""Stories: what a resident sends as proof reaches the police, and what it tells of the resident does not."""

import asyncio
import re

import sqlalchemy as sa

from domain.roles import Role
from models import Attachment, FileState
from simulator.person import Person
from tests import samples
from tests.town import Town

OWN_NAMES = ("IMG-Siti-Canary.jpg", "../../etc/passwd", "SitiCanary.pdf")


async def test_proof_arrives_without_what_it_tells_of_the_sender(town: Town) -> None:
    number = await _report(town)
    await _fetched(town, 4)
    await _becomes(town, town.budi, Role.COMMANDER)
    await _opens_files(town, number)
    listed = await town.budi.sees(f"Lampiran {number}")
    assert "berkas-4: jenis ini tidak ditampilkan" in listed["text"]

    await town.budi.sees(f"suara-3.ogg · {number}")
    shown = [message for message in await town.budi.messages() if message.get("caption")]
    assert [message["caption"].split(" · ")[0] for message in shown] == ["foto-1.jpg", "foto-2.jpg", "suara-3.ogg"]
    originals = {samples.jpeg(), samples.png(), samples.voice()}
    for message in shown:
        assert message["has_protected_content"] is True
        seen = await _bytes_of(town, message)
        assert seen not in originals
        assert not [secret for secret in samples.SECRETS if secret in seen]
    assert all(message["has_media_spoiler"] for message in shown[:2])
    said = await town.budi.transcript(limit=50)
    assert not [name for name in OWN_NAMES if name in said]


async def test_only_an_investigator_opens_a_file_as_it_was_sent(town: Town) -> None:
    number = await _report(town)
    await _fetched(town, 4)
    await _becomes(town, town.rahmat, Role.DISPATCHER)
    await _opens_files(town, number, town.rahmat)
    await town.rahmat.sees(f"suara-3.ogg · {number}")
    assert not [label for label in await town.rahmat.buttons() if "Asli" in label]

    await _becomes(town, town.budi, Role.COMMANDER)
    await _opens_files(town, number)
    listed = await town.budi.sees(f"Lampiran {number}")
    await town.budi.presses("Asli: foto-1")
    original = await town.budi.sees("Berkas asli")
    assert original["document"]["file_name"] == "asli-1.jpg"
    assert original["has_protected_content"] is True
    assert await _bytes_of(town, original) == samples.jpeg()
    data = listed["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    refused = await town.rahmat.presses_data((await town.rahmat.last()) or {}, data)
    assert refused is not None
    assert [message for message in await town.rahmat.messages() if "document" in message] == []


async def _report(town: Town) -> str:
    siti = town.siti
    await siti.types("ada balap liar di jalan")
    await siti.sees("Belum ada yang dikirim")
    await siti.sends_document(samples.jpeg(), OWN_NAMES[0])
    await siti.sends_document(samples.png(), OWN_NAMES[1])
    await siti.sends_voice(samples.voice())
    await siti.sends_document(b"%PDF-1.7 /Author (SitiCanary)", OWN_NAMES[2])
    await siti.sees("Lampiran ditambahkan (4)")
    for answer, next_question in (
        ("1", "Di mana"),
        ("depan SMAN 1, kecamatan Sumbersari", "Kapan?"),
        ("sekarang", "dengan nama atau anonim"),
        ("anonim", "Periksa dulu"),
        ("kirim", "Laporan diterima"),
    ):
        await siti.types(answer)
        said = await siti.sees(next_question)
    number = re.search(r"JBR-\w{3}-\w{4}", said["text"])
    assert number is not None
    return number[0]


async def _becomes(town: Town, person: Person, role: Role) -> None:
    await person.opens_link(await town.invite(role))
    await person.sees("Peran Anda sekarang")


async def _fetched(town: Town, count: int) -> None:
    town.app.errands.wake()
    async with asyncio.timeout(15):
        while True:
            async with town.store.read() as session:
                kept = sa.select(sa.func.count()).where(Attachment.state == FileState.KEPT)
                if await session.scalar(kept) == count:
                    return
            await asyncio.sleep(0.05)


async def _opens_files(town: Town, number: str, person: Person | None = None) -> None:
    person = person or town.budi
    await person.types(f"/kasus {number}")
    await person.sees(number)
    await person.presses("Bukti")


async def _bytes_of(town: Town, message: dict[str, object]) -> bytes:
    media = next(message[kind] for kind in ("photo", "voice", "document") if kind in message)
    found = media[-1] if isinstance(media, list) else media
    assert isinstance(found, dict)
    return await town.simulator.file(found["file_id"])
