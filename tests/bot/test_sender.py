"""What becomes of a message on its way out, whatever Telegram answers."""

import asyncio
import time

import sqlalchemy as sa

from models import OutboxMessage, Pacing
from simulator.testing import Simulator
from tests.bot.conftest import Post


async def test_messages_of_one_chat_leave_in_the_order_they_were_posted(post: Post, simulator: Simulator) -> None:
    (siti,) = await simulator.crowd(1)
    await post.post("reply", siti, *(f"baris {number}" for number in range(8)))
    post.start()
    await post.until(*["sent"] * 8)
    assert await post.delivered(siti) == [f"baris {number}" for number in range(8)]


async def test_what_was_sent_keeps_its_message_id_but_not_its_words(post: Post, simulator: Simulator) -> None:
    (siti,) = await simulator.crowd(1)
    await post.post("receipt", siti, "nomor laporan Anda")
    post.start()
    await post.until("sent")
    async with post.store.read() as session:
        row = (await session.scalars(sa.select(OutboxMessage))).one()
    assert row.message_id
    assert row.payload_sealed is None


async def test_the_same_deed_posted_twice_is_sent_once(post: Post, simulator: Simulator) -> None:
    (siti,) = await simulator.crowd(1)
    await post.post("reply", siti, "satu")
    post.posted = 0
    await post.post("reply", siti, "satu lagi dengan kunci yang sama")
    post.start()
    await post.until("sent")
    assert await post.delivered(siti) == ["satu"]


async def test_a_reply_overtakes_a_queue_of_bulletins(post: Post, simulator: Simulator) -> None:
    crowd = await simulator.crowd(60)
    post.sender.pacer.wanted = post.sender.pacer.rate = 20
    for person in crowd[1:]:
        await post.post("bulletin", person, "imbauan")
    post.start()
    await asyncio.sleep(0.5)
    started = time.monotonic()
    await post.post("reply", crowd[0], "jawaban")
    while not await post.delivered(crowd[0]):
        await asyncio.sleep(0.005)
    assert time.monotonic() - started < 0.3
    assert "pending" in await post.states(), "the queue must still be there, or nothing was overtaken"


async def test_a_group_gets_no_more_than_twenty_in_a_minute(post: Post, simulator: Simulator) -> None:
    budi = await simulator.person("Budi")
    room = await simulator.group("Ruang Piket", admins=[budi])
    await post.post("card", room.id, *(f"kartu {number}" for number in range(25)))
    post.start()
    await asyncio.sleep(2.5)
    assert len(await post.delivered(room.id)) == 20
    assert not [entry for entry in await simulator.ledger(chat=room) if entry["status"] == 429]


async def test_after_a_429_the_message_waits_as_long_as_told_and_arrives_once(post: Post, simulator: Simulator) -> None:
    (siti,) = await simulator.crowd(1)
    await simulator.fault("too_many", retry_after=1, method="sendMessage")
    await post.post("reply", siti, "satu", "dua")
    started = time.monotonic()
    post.start()
    await asyncio.sleep(0.5)
    assert await post.delivered(siti) == []
    await post.until("sent", "sent")
    assert time.monotonic() - started >= 1
    assert await post.delivered(siti) == ["satu", "dua"]


async def test_a_429_cuts_the_rate_and_a_restart_remembers_it(post: Post, simulator: Simulator) -> None:
    (siti,) = await simulator.crowd(1)
    await simulator.fault("too_many", retry_after=30, method="sendMessage")
    await post.post("bulletin", siti, "imbauan")
    post.start()
    async with asyncio.timeout(5):
        while True:
            async with post.store.read() as session:
                if (pacing := await session.get(Pacing, "bot")) is not None:
                    break
            await asyncio.sleep(0.02)
    assert pacing.rate_per_second == 700
    await post.crash()
    post.start()
    await asyncio.sleep(0.3)
    assert post.sender.pacer.rate <= 701
    assert post.sender.pacer.wait_seconds(time.monotonic()) > 25


async def test_a_lost_answer_repeats_a_receipt_and_leaves_a_bulletin(post: Post, simulator: Simulator) -> None:
    siti, rahmat = await simulator.crowd(2)
    await simulator.fault("drop_after", chat=siti)
    await simulator.fault("drop_after", chat=rahmat)
    await post.post("receipt", siti, "tanda terima")
    await post.post("bulletin", rahmat, "imbauan")
    post.start()
    await post.until("sent", "ambiguous")
    assert await post.delivered(siti) == ["tanda terima", "tanda terima"]
    assert await post.delivered(rahmat) == ["imbauan"]


async def test_what_never_left_is_sent_again_even_if_it_must_not_be_doubled(post: Post, simulator: Simulator) -> None:
    (siti,) = await simulator.crowd(1)
    real = post.transport._base
    post.transport._base = "http://127.0.0.1:1/bot1:x/"
    await post.post("bulletin", siti, "imbauan")
    post.start()
    await asyncio.sleep(0.4)
    post.transport._base = real
    post.transport._urls.clear()
    async with asyncio.timeout(10):
        while not await post.delivered(siti):
            await asyncio.sleep(0.05)
    assert await post.delivered(siti) == ["imbauan"]


async def test_a_blocked_bot_stops_writing_to_that_person(post: Post, simulator: Simulator) -> None:
    siti = await simulator.person("Siti")
    await siti.opens_link()
    await siti.blocks()
    await post.post("reply", siti.id, "satu", "dua", "tiga")
    post.start()
    await post.until("failed", "cancelled", "cancelled")


async def test_a_group_that_became_a_supergroup_gets_everything_that_waited(post: Post, simulator: Simulator) -> None:
    budi = await simulator.person("Budi")
    room = await simulator.group("Ruang Piket", admins=[budi])
    old = room.id
    await room.migrates()
    await post.post("status", old, "kartu 1", "kartu 2")
    post.start()
    await post.until("sent", "sent")
    assert await post.delivered(room.id) == ["kartu 1", "kartu 2"]


async def test_markup_that_telegram_cannot_parse_arrives_as_plain_words(post: Post, simulator: Simulator) -> None:
    (siti,) = await simulator.crowd(1)
    await post.post("receipt", siti, "<b>Nomor <oops> JBR-1", parse_mode="HTML")
    post.start()
    await post.until("sent")
    assert await post.delivered(siti) == ["Nomor  JBR-1"]


async def test_a_refused_token_stops_the_sender_and_loses_nothing(post: Post, simulator: Simulator) -> None:
    (siti,) = await simulator.crowd(1)
    await simulator.fault("status", code=401, description="Unauthorized", times=0)
    await post.post("reply", siti, "satu")
    post.start()
    async with asyncio.timeout(5):
        while not post.sender.halted:
            await asyncio.sleep(0.02)
    assert await post.states() == ["pending"]


async def test_an_expired_message_is_not_sent(post: Post, simulator: Simulator) -> None:
    (siti,) = await simulator.crowd(1)
    await post.post("nudge", siti, "laporan Anda belum dikirim")
    post.clock.forward(hours=3)
    post.start()
    await post.until("expired")
    assert await post.delivered(siti) == []


async def test_a_crash_leaves_a_claimed_bulletin_ambiguous_and_sends_a_reply_again(
    post: Post, simulator: Simulator
) -> None:
    siti, rahmat = await simulator.crowd(2)
    await simulator.fault("hang", seconds=3, times=0)
    await post.post("bulletin", siti, "imbauan")
    await post.post("reply", rahmat, "jawaban")
    post.start()
    async with asyncio.timeout(5):
        while not (await post.delivered(siti) and await post.delivered(rahmat)):
            await asyncio.sleep(0.02)
    await post.crash()
    await simulator.clear_faults()
    post.start()
    await post.until("ambiguous", "sent")
    assert await post.delivered(siti) == ["imbauan"]
    assert await post.delivered(rahmat) == ["jawaban", "jawaban"]


async def test_nothing_leaves_once_the_lease_is_lost(post: Post, simulator: Simulator) -> None:
    (siti,) = await simulator.crowd(1)
    post.start()
    await asyncio.sleep(0.1)
    post.lease.held = False
    await post.post("reply", siti, "satu")
    await asyncio.sleep(0.5)
    assert await post.delivered(siti) == []
    assert await post.states() == ["pending"]
