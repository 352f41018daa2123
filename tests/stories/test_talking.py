"""Stories: what reporters write after sending reaches the case they mean, and what they read is theirs alone."""

import datetime as dt
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from domain.cases import closings, steps, thread
from domain.cases.access import Staff
from domain.cases.incidents import merging, witnesses
from domain.cases.reporter import heartbeats
from domain.policy import CASE_FILES_MAX
from domain.roles import Role
from handlers.cases import effects
from handlers.reports import heartbeat, live
from models import (
    Anonymity,
    Attachment,
    Desk,
    Dialogue,
    FileState,
    MessageLink,
    OutboxMessage,
    Person,
    Report,
    ReportState,
    Side,
)
from models.sealing import number_index
from simulator.person import Person as Player
from tests import cast
from tests.cast import again
from tests.town import Town

S = ReportState
BLAND = ("Polres", "polisi", "lapor", "JBR")
CODE = re.compile(r"\d{4} \d{4} \d{4} \d{4}")


class Desk12:
    """The police, as seen from the reporter's side: what they do is done in the domain, and told as handlers do."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.person_id: Any = None

    async def sit_down(self) -> None:
        async with self.town.store.begin() as session:
            self.person_id = cast.person(session, staff_number=12).id

    @asynccontextmanager
    async def at(self, report: Report) -> AsyncIterator[tuple[Any, Report, Staff, dt.datetime]]:
        async with self.town.store.begin() as session:
            person = await session.get_one(Person, self.person_id)
            roles = frozenset({Role.DISPATCHER.value, Role.OFFICER.value, Role.COMMANDER.value})
            now = self.town.clock.now()
            found = await again(session, report)
            yield session, found, Staff(person, roles), now
            await effects.follow(session, found, now=now)
        self.town.app.sender.wake()

    async def says(self, report: Report, words: str, *, asks: bool = False) -> None:
        async with self.at(report) as (session, found, me, now):
            if asks:
                await steps.ask(session, found, me, now=now)
            said = await thread.say(session, found, Side.STAFF, words, by=me.person, now=now)
            await live.tell(session, found, said, now=now, by=me.person)

    async def ends(self, report: Report, to: ReportState = S.RESOLVED, outcome: str = "nothing_found") -> None:
        async with self.at(report) as (session, found, me, now):
            if to is S.RESOLVED:
                await steps.assign(session, found, "polsek", me, now=now)
                await steps.accept(session, found, me, now=now)
            await closings.close(session, found, to, outcome, None, me, now=now)


@pytest.fixture
async def desk(town: Town) -> Desk12:
    sitting = Desk12(town)
    await sitting.sit_down()
    return sitting


async def reports(town: Town, player: Player, *categories: str, **more: Any) -> list[Report]:
    """Cases of that person, filed a minute ago without the dialogue."""
    await player.types("/start")
    await player.sees("Pilih bahasa")
    async with town.store.begin() as session:
        person = await session.scalar(
            sa.select(Person).where(Person.telegram_index == number_index("person", player.id))
        )
        assert person is not None
        since = town.clock.now() - dt.timedelta(minutes=1)
        return [
            await cast.report(session, category=code, by=person, now=since + dt.timedelta(seconds=number), **more)
            for number, code in enumerate(categories)
        ]


async def heard(town: Town, report: Report, *sides: Side) -> list[str]:
    """What is in that case's thread from its reporter, oldest first."""
    async with town.store.read() as session:
        found = await thread.latest(session, await again(session, report), sides=sides or (Side.REPORTER,), limit=20)
        return [said.words for said in found]


async def look(town: Town, report: Report) -> Report:
    async with town.store.read() as session:
        return await again(session, report)


async def test_of_three_open_and_two_ended_cases_each_word_reaches_the_one_it_is_meant_for(
    town: Town, desk: Desk12
) -> None:
    siti = town.siti
    race, theft, noise, old, older = await reports(town, siti, "MAS-3", "CRI-4", "MAS-4", "CRI-4", "CRI-4")
    for case in (old, older):
        await desk.ends(case)
        ended = await siti.sees(str(case.number))
    await desk.says(race, "Berapa motor?")
    asked = await siti.sees("Berapa motor?")
    await siti.types("sekitar sepuluh motor")  # only this one waits
    await siti.sees(f"Ditambahkan ke {race.number}")

    await desk.says(theft, "Sapi warna apa?")
    await siti.sees("Sapi warna apa?")
    await siti.types("sekarang di jembatan", reply_to=asked["message_id"])  # a reply, though another case waits
    await siti.sees(f"Ditambahkan ke {race.number}")

    await desk.says(noise, "Masih ramai?")
    await siti.sees("Masih ramai?")
    await siti.types("warna putih belang")  # two wait: asked
    await siti.sees("Ini tentang yang mana?")
    await siti.presses(str(theft.number))
    await siti.sees(f"Ditambahkan ke {theft.number}")

    await siti.presses("Balas")  # the newest question's own button
    await siti.sees(f"({noise.number})")
    await siti.types("sudah sepi")
    await siti.sees(f"Ditambahkan ke {noise.number}")

    await siti.types("ada lagi yang mencurigakan")  # nobody waits: asked, and answered in words
    await siti.sees("Ini tentang yang mana?")
    await siti.types("baru")
    await siti.sees("Apakah ini jenisnya?")
    await siti.types("/batal")
    await siti.sees("Tidak ada yang dikirim")

    await siti.types("yang itu terjadi lagi", reply_to=ended["message_id"])
    await siti.sees("Yang ini sudah berakhir")
    await siti.presses(str(older.number))
    await siti.sees(f"Ditambahkan ke {older.number}")

    assert await heard(town, race) == ["sekitar sepuluh motor", "sekarang di jembatan"]
    assert await heard(town, theft) == ["warna putih belang"]
    assert await heard(town, noise) == ["sudah sepi"]
    assert await heard(town, older) == ["yang itu terjadi lagi"]
    assert await heard(town, old) == []


async def test_a_message_of_somebody_elses_case_leads_nowhere(town: Town, desk: Desk12) -> None:
    (mine,) = await reports(town, town.siti, "MAS-3")
    await desk.says(mine, "Berapa motor?")
    asked = await town.siti.sees("Berapa motor?")
    await town.rahmat.types("/start")
    await town.rahmat.sees("Pilih bahasa")
    for _ in range(asked["message_id"]):  # until he has a message with that very number
        shown = await town.rahmat.types("halo")
        if shown["message_id"] >= asked["message_id"]:
            break
    await town.rahmat.types("saya punya jawabannya", reply_to=asked["message_id"])
    await town.rahmat.sees("Belum ada yang dikirim")
    assert await heard(town, mine) == []


async def test_an_answer_after_four_hundred_days_still_arrives(town: Town, desk: Desk12) -> None:
    (case,) = await reports(town, town.siti, "CRI-4")
    await desk.says(case, "Kalau ada kabar, tulis di sini.")
    told = await town.siti.sees("Kalau ada kabar")
    await town.clock.forward(days=400)
    await town.siti.types("motornya ketemu di Ambulu", reply_to=told["message_id"])
    await town.siti.sees(f"Ditambahkan ke {case.number}")
    assert await heard(town, case) == ["motornya ketemu di Ambulu"]


async def test_a_question_is_answered_by_whatever_comes(town: Town, desk: Desk12) -> None:
    siti = town.siti
    (case,) = await reports(town, siti, "MAS-3")

    async def answered(what: str) -> None:
        await siti.sees("Jawaban Anda sudah sampai", within=10)
        found = await look(town, case)
        assert (found.state, found.asked_at) == (S.RECEIVED, None), what
        assert found.due_at is not None

    await desk.says(case, "Di mana?", asks=True)
    question = await siti.sees("Di mana?")
    await siti.types("di pasar", reply_to=question["message_id"])
    await answered("a reply")
    await desk.says(case, "Kapan?", asks=True)
    await siti.sees("Kapan?")
    await siti.types("barusan saja")
    await answered("words")
    await desk.says(case, "Ada fotonya?", asks=True)
    await siti.sees("Ada fotonya?")
    await siti.sends_album(3, caption="ini motornya")
    await answered("an album")
    await desk.says(case, "Ke mana?", asks=True)
    await siti.sees("Ke mana?")
    await siti.sends_location(-8.17769, 113.72835)
    await answered("a pin")
    said = await heard(town, case)
    assert said == ["di pasar", "barusan saja", "📷 ini motornya", "📍 -8.17769, 113.72835"]
    async with town.store.read() as session:
        files = list(await session.scalars(sa.select(Attachment).where(Attachment.report_id == case.id)))
    assert len(files) == 3
    assert len({file.message_id for file in files}) == 1
    assert {file.state for file in files} <= {FileState.WAITING, FileState.KEPT}


async def test_an_edited_message_is_its_next_version(town: Town, desk: Desk12) -> None:
    siti = town.siti
    (case,) = await reports(town, siti, "MAS-3")
    await desk.says(case, "Berapa orang?")
    await siti.sees("Berapa orang?")
    typed = await siti.types("lima orang")
    await siti.sees("Ditambahkan")
    await siti.edits(typed, "lima belas orang")
    await siti.sees("Perbaikan Anda dicatat")
    async with town.store.read() as session:
        (said,) = await thread.latest(session, await again(session, case), sides=(Side.REPORTER,))
        assert (said.words, said.version) == ("lima belas orang", 2)
        assert thread.versions_of(await again(session, case), said.row) == ["lima orang", "lima belas orang"]


async def test_a_correction_of_what_told_the_report_is_added_to_it_once(town: Town) -> None:
    siti = town.siti
    typed = await siti.types("ada balap liar di jalan raya")
    await siti.sees("Belum ada yang dikirim")
    for answer, question in (
        ("1", "Di mana"),
        ("depan pasar, kecamatan Ambulu", "Kapan?"),
        ("tadi", "dengan nama"),
        ("anonim", "Periksa dulu"),
        ("kirim", "Laporan diterima"),
    ):
        await siti.types(answer)
        await siti.sees(question)
    for words in ("ada balap liar di jalan desa", "ada balap liar di jalan kampung"):
        await siti.edits(typed, words)
        await siti.sees("Perbaikan Anda dicatat")
        await siti.types("/laporan")
        await siti.sees("Laporan Anda")
    async with town.store.read() as session:
        (case,) = list(await session.scalars(sa.select(Report).where(Report.state == S.RECEIVED)))
        (said,) = await thread.latest(session, case, sides=(Side.REPORTER,))
    assert (said.words, said.version) == ("Perbaikan: ada balap liar di jalan kampung", 2)


async def test_a_contact_is_refused_and_a_venue_becomes_words(town: Town, desk: Desk12) -> None:
    siti = town.siti
    (case,) = await reports(town, siti, "MAS-3")
    await desk.says(case, "Siapa dan di mana?")
    await siti.sees("Siapa dan di mana?")
    await siti.sends_contact("+628123456789")
    await siti.sees("tidak bisa saya terima")
    place = {"latitude": -8.1721, "longitude": 113.7003, "title": "Warung Bu Tin", "address": "Jalan Jawa"}
    await siti._sends(None, venue=place)
    await siti.sees("Ditambahkan")
    assert await heard(town, case) == ["📍 -8.17210, 113.70030 · Warung Bu Tin, Jalan Jawa"]


async def test_whoever_is_fully_anonymous_reads_and_answers_by_code_alone(town: Town, desk: Desk12) -> None:
    siti = town.siti
    await siti.types("ada balap liar di jalan raya")
    await siti.sees("Belum ada yang dikirim")
    for answer, question in (
        ("1", "Di mana"),
        ("depan pasar, kecamatan Ambulu", "Kapan?"),
        ("tadi", "dengan nama"),
        ("anonim penuh", "Periksa dulu"),
        ("kirim", "Simpan kode ini"),
    ):
        await siti.types(answer)
        receipt = await siti.sees(question)
    found = CODE.search(receipt["text"])
    assert found is not None
    code = found[0]
    async with town.store.read() as session:
        (case,) = list(await session.scalars(sa.select(Report).where(Report.anonymity == Anonymity.FULL)))
    await desk.says(case, "Berapa motor?")
    await siti.sees_not("Berapa motor?", anywhere=True)
    await siti.types(f"/cek {code}")
    await siti.sees("Berapa motor?")
    await siti.types(f"/cek {code.replace(' ', '')} ada sepuluh, 3 di antaranya 250 cc")
    await siti.sees("Pesan Anda sudah sampai")
    await siti.sends_photo(caption=f"/cek {code} ini fotonya")
    await siti.sees("Pesan Anda sudah sampai")
    await siti.types("/cek")
    await siti.sees("Ketik kode")
    await siti.types("0000 0000 0000 0000")
    await siti.sees("tidak cocok")
    await siti.types(f"{code} sudah bubar begal itu")
    await siti.sees("Pesan Anda sudah sampai")
    said = await heard(town, case)
    assert said == ["ada sepuluh, 3 di antaranya 250 cc", "📷 ini fotonya", "sudah bubar begal itu"]
    assert (await look(town, case)).state is S.RECEIVED
    await siti.sees_not("nothing", within=0.6)  # what was sent is written down
    async with town.store.read() as session:
        for table in (Desk, Dialogue, MessageLink):
            assert await session.scalar(sa.select(sa.func.count()).select_from(table)) == 0
        theirs = sa.select(OutboxMessage.kind).where(OutboxMessage.chat_index == number_index("chat", siti.id))
        assert list(await session.scalars(theirs)) == [], "not even of what was asked before the code was right"


async def test_a_reporter_is_asked_whether_it_goes_on_and_says_where_to(town: Town, desk: Desk12) -> None:
    siti = town.siti
    (case,) = await reports(town, siti, "MAS-3")
    assert case.heartbeat_at is not None
    await town.clock.forward(minutes=11)
    await siti.sees("masih berlangsung?")
    await siti.presses("Pindah")
    await siti.sees("Pindah ke mana?")
    await siti.types("ke lapangan kecamatan")
    await siti.sees("Ditambahkan")
    assert await heard(town, case, Side.SYSTEM, Side.REPORTER) == [
        "Pelapor: sudah pindah.",
        "Pindah ke: ke lapangan kecamatan",
    ]
    await town.clock.forward(minutes=11)
    await siti.sees("masih berlangsung?")
    await siti.presses("Sudah bubar")
    await siti.sees("Terima kasih")
    await town.clock.forward(minutes=60)
    asked = [message for message in await siti.messages() if "masih berlangsung" in message.get("text", "")]
    assert asked == [], "twice at most, and each was answered in its place"
    assert (await look(town, case)).heartbeats == heartbeats.HEARTBEATS_MAX


async def test_all_witnesses_are_asked_and_none_learns_of_the_others(town: Town, desk: Desk12) -> None:
    (first,) = await reports(town, town.siti, "MAS-3")
    (second,) = await reports(town, town.rahmat, "MAS-3")
    async with desk.at(second) as (session, child, me, now):
        await merging.merge(session, child, await again(session, first), me, now=now)
    async with desk.at(first) as (session, parent, me, now):
        assert await heartbeat.ask_witnesses(session, parent, me.person, now=now) == 2
    for player, case, label in ((town.siti, first, "Masih"), (town.rahmat, second, "Sudah bubar")):
        shown = await player.sees("masih berlangsung?")
        assert str(case.number) in shown["text"]
        await player.presses(label)
        await player.sees("Terima kasih")
    async with town.store.read() as session:
        assert await witnesses.tally(session, await again(session, first)) == {"going_on": 1, "over": 1}
    assert str(first.number) not in await town.rahmat.transcript()


async def test_an_end_is_rated_in_two_taps_and_may_be_undone_with_a_sentence(town: Town, desk: Desk12) -> None:
    siti = town.siti
    (case,) = await reports(town, siti, "CRI-4")
    await desk.ends(case)
    await siti.sees("tidak menemukan apa-apa")
    await siti.presses("😐")
    await siti.sees("Apa sebabnya?")
    await siti.presses("Kurang kabar")
    await siti.sees("penilaian Anda dicatat")
    assert (await look(town, case)).rating == 22
    await siti.presses("Belum selesai")
    await siti.sees("Apa yang belum selesai")
    await siti.types("sapinya belum ketemu")
    await siti.sees("Ditambahkan")
    found = await look(town, case)
    assert (found.state, found.reopened, found.rating) == (S.RECEIVED, 1, None)
    assert await heard(town, case) == ["sapinya belum ketemu"]
    await siti.sees("Dibuka kembali", anywhere=True)


async def test_a_photo_too_many_opens_no_case_again(town: Town, desk: Desk12) -> None:
    siti = town.siti
    (case,) = await reports(town, siti, "CRI-4")
    async with town.store.begin() as session:
        last = Attachment(report_id=case.id, position=CASE_FILES_MAX, kind="photo", added_at=case.touched_at)
        last.state = FileState.KEPT
        session.add(last)
    await desk.ends(case)
    await siti.presses("Belum selesai")
    await siti.sees("Apa yang belum selesai")
    await siti.sends_photo()
    await siti.sees(str(CASE_FILES_MAX))
    found = await look(town, case)
    assert (found.state, found.reopened) == (S.RESOLVED, 0)


async def test_a_reason_that_comes_too_late_is_kept_and_stands_in_nobodys_way(town: Town, desk: Desk12) -> None:
    siti = town.siti
    (case,) = await reports(town, siti, "CRI-4")
    await desk.ends(case)
    await siti.sees("tidak menemukan apa-apa")
    async with desk.at(case) as (_session, found, _me, now):
        found.closed_at = now - dt.timedelta(days=14) + dt.timedelta(hours=1)
    await siti.presses("Belum selesai")
    await siti.sees("Apa yang belum selesai")
    await town.clock.forward(hours=2)
    await siti.types("sapinya belum ketemu")
    await siti.sees("Ditambahkan")
    assert (await look(town, case)).state is S.RESOLVED
    assert await heard(town, case) == ["sapinya belum ketemu"]
    await siti.types("ada orang mencurigakan di depan masjid")
    await siti.sees("Belum ada yang dikirim")


async def test_a_draft_that_was_worked_on_since_goes_before_a_case_that_lies_open(town: Town, desk: Desk12) -> None:
    siti = town.siti
    (case,) = await reports(town, siti, "CRI-4")
    await desk.says(case, "Ada kabar?")
    await siti.sees("Ada kabar?")
    await siti.presses("Balas")
    await siti.sees("Tulis pesan Anda")
    await town.clock.forward(seconds=5)
    await siti.types("/lapor")
    await siti.sees("Apa yang terjadi?")
    await siti.types("balap liar di depan pasar")
    await siti.sees("Apakah ini jenisnya?")
    assert await heard(town, case) == []
    await siti.types("/batal")
    await siti.sees("Tidak ada yang dikirim")


async def test_a_rejection_is_looked_at_again_once(town: Town, desk: Desk12) -> None:
    siti = town.siti
    (case,) = await reports(town, siti, "CRI-4")
    await desk.ends(case, S.REJECTED, "too_little")
    await siti.sees("Tidak dapat diproses")
    await siti.presses("Minta ditinjau")
    await siti.sees("Pimpinan akan meninjaunya")
    assert (await look(town, case)).was_contested


async def test_traces_are_erased_on_both_sides(town: Town, desk: Desk12) -> None:
    siti = town.siti
    (case,) = await reports(town, siti, "MAS-3")
    await desk.says(case, "Berapa motor?")
    await siti.sees("Berapa motor?")
    typed = await siti.types("sepuluh")
    await siti.sees("Ditambahkan")
    await siti.types("/hapus_jejak")
    await siti.sees("tidak bisa saya hapus")
    await siti.presses("Ya, hapus")
    await siti.sees("Selesai.")
    left = await siti.messages()
    assert [message["text"].split(".")[0] for message in left] == ["Selesai"]
    calls = await town.simulator.ledger("deleteMessages", siti)
    assert any(typed["message_id"] in call["params"]["message_ids"] for call in calls)
    assert all(len(call["params"]["message_ids"]) <= 100 for call in calls)


async def test_discreet_messages_say_nothing(town: Town, desk: Desk12) -> None:
    siti = town.siti
    case, other = await reports(town, siti, "MAS-3", "CRI-4")
    await siti.types("/diam")
    await siti.sees("tersamar")
    since = len(await siti.messages())
    await desk.says(case, "Kami menuju rumah Anda", asks=True)
    await siti.sees("Ada pembaruan")
    await siti.types("baik saya tunggu")
    await siti.sees("Terkirim")
    await siti.types("satu lagi kabar penting")
    await siti.sees("Ini tentang yang mana?")
    await siti.presses("1 ·")
    await siti.sees("Terkirim")
    await desk.ends(other)
    await siti.sees("Ada pembaruan")
    await town.clock.forward(minutes=11)
    texts = [message for message in (await siti.messages())[since:] if not message["outgoing"]]
    for part in BLAND:
        assert part not in str([message.get("text") for message in texts])
        assert part not in str([message.get("reply_markup", {}).get("inline_keyboard") for message in texts]), part
    await siti.presses("Buka")
    shown = await siti.sees(str(other.number))
    assert "tidak menemukan apa-apa" in shown["text"]
    await siti.presses("Tutup")
    await siti.sees("Tidak ada yang baru")
