"""The sender among broken rows, lying boxes, a store that takes no marks, and its own restarts."""

import asyncio
import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from bot import verdicts
from bot.transport import PerhapsSent
from bot.verdicts import Then
from domain import duty_rooms, outbox
from models import DutyRoom, OutboxMessage, Person, new_id
from models.sealing import number_index
from simulator.testing import Simulator
from tests.bot.conftest import Post

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


async def test_a_row_that_nobody_can_read_ends_and_holds_up_nobody(post: Post, simulator: Simulator) -> None:
    siti, rahmat = await simulator.crowd(2)
    await post.post("reply", siti, "satu", "dua")
    await post.post("reply", rahmat, "tiga")
    async with post.store.begin() as session:
        first = (await session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id))).first()
        assert first is not None
        assert first.payload_sealed is not None
        first.payload_sealed = first.payload_sealed[:-1] + b"x"
    post.start()
    await post.until("failed", "sent", "sent")


@pytest.mark.parametrize("kind", ["receipt", "card", "reply", "secret"])
def test_a_server_that_fails_for_an_hour_loses_no_message(kind: str) -> None:
    loss = PerhapsSent("HTTP 502", server_failed=True)
    waits = [verdicts.perhaps_sent(loss, kind, "sendMessage", attempts) for attempts in range(60)]
    assert {verdict.then for verdict in waits} == {Then.AGAIN}
    assert max(verdict.wait_seconds for verdict in waits) == 60


def test_an_answer_that_is_lost_again_and_again_is_not_repeated_for_ever() -> None:
    lost = PerhapsSent("SocketTimeoutError")
    assert verdicts.perhaps_sent(lost, "receipt", "sendMessage", 1).then is Then.AGAIN
    assert verdicts.perhaps_sent(lost, "receipt", "sendMessage", 5).then is Then.AMBIGUOUS
    assert verdicts.perhaps_sent(lost, "secret", "sendMessage", 5).then is Then.AGAIN, "the only copy of a code"
    assert verdicts.perhaps_sent(lost, "bulletin", "sendMessage", 0).then is Then.AMBIGUOUS


@pytest.mark.parametrize("code", [401, 403, 404])
async def test_a_block_page_is_not_telegrams_word(post: Post, simulator: Simulator, code: int) -> None:
    (siti,) = await simulator.crowd(1)
    async with post.store.begin() as session:
        person = Person(id=new_id(), telegram_index=number_index("person", siti), is_reachable=True)
        person.telegram_id = siti
        session.add(person)
    await simulator.fault("status", code=code, html=True, method="sendMessage", times=2)
    await post.post("receipt", siti, "nomor laporan Anda")
    post.start()
    await post.until("sent")
    assert await post.delivered(siti) == ["nomor laporan Anda"]
    async with post.store.read() as session:
        assert await session.scalar(sa.select(Person.is_reachable))


async def test_a_token_that_is_known_again_goes_on(post: Post, simulator: Simulator) -> None:
    (siti,) = await simulator.crowd(1)
    await simulator.fault("status", code=401, description="Unauthorized", method="sendMessage")
    await post.post("reply", siti, "satu")
    post.start()
    async with asyncio.timeout(5):
        while not post.sender.halted:
            await asyncio.sleep(0.02)
    post.sender.knock_at = 0.0
    await post.until("sent")


async def test_a_younger_message_does_not_overtake_after_a_restart(post: Post, simulator: Simulator) -> None:
    (siti,) = await simulator.crowd(1)
    await simulator.fault("too_many", retry_after=2, method="sendMessage")
    await post.post("reply", siti, "satu")
    post.start()
    async with asyncio.timeout(5):
        while not post.sender.resting:
            await asyncio.sleep(0.02)
    await asyncio.sleep(0.2)
    await post.post("reply", siti, "dua")
    await post.crash()
    post.start()
    await post.until("sent", "sent")
    assert await post.delivered(siti) == ["satu", "dua"]


async def test_a_group_bound_again_after_it_moved_breaks_nothing(post: Post, simulator: Simulator) -> None:
    budi = await simulator.person("Budi")
    room = await simulator.group("Ruang Piket", admins=[budi])
    old = room.id
    new = await room.migrates()
    async with post.store.begin() as session:
        await duty_rooms.bind(session, old, None, now=NOW)
        await duty_rooms.bind(session, new, None, now=NOW)
    await post.post("card", old, "kartu")
    post.start()
    await post.until()
    assert await post.delivered(new) == ["kartu"]
    async with post.store.read() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(DutyRoom)) == 1


async def test_an_edit_does_not_follow_its_group_where_its_number_is_another_messages(
    post: Post, simulator: Simulator
) -> None:
    budi = await simulator.person("Budi")
    room = await simulator.group("Ruang Piket", admins=[budi])
    old, new = room.id, await room.migrates()
    async with post.store.begin() as session:
        for number, method in enumerate(("editMessageText", "sendMessage", "editMessageText")):
            payload = {"text": f"kata {number}", **({"message_id": 1} if number != 1 else {})}
            outbox.post(session, "reply", to=old, method=method, payload=payload, key=f"m{number}", now=NOW)
    post.start()
    await post.until("failed", "sent", "cancelled")
    assert await post.delivered(new) == ["kata 1"]


async def test_what_cannot_be_written_down_is_not_sent_by_the_dozen(
    post: Post, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd = await simulator.crowd(300)
    for person in crowd:
        await post.post("reply", person, "jawaban")

    async def full(*_: object) -> None:
        raise OperationalError("UPDATE", None, Exception("database or disk is full"))

    with monkeypatch.context() as patch:
        patch.setattr("bot.waiting.mark", full)
        post.start()
        await asyncio.sleep(2)
        sent = len([entry for entry in await simulator.ledger(method="sendMessage") if entry["delivered"]])
        assert 0 < sent <= 128, "only what was on the wire when the first mark failed"
    await post.until(*["sent"] * 300, within=20)
    ledger = await simulator.ledger(method="sendMessage")
    assert sum(entry["delivered"] for entry in ledger) == 300, "nobody hears it twice"


async def test_a_stop_with_much_unwritten_writes_all_of_it(
    post: Post, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd = await simulator.crowd(200)
    for person in crowd:
        await post.post("reply", person, "jawaban")
    post.start()
    async with asyncio.timeout(15):
        while len(await simulator.ledger(method="sendMessage")) < 60:
            await asyncio.sleep(0.01)
    await post.stop()
    delivered = sum(entry["delivered"] for entry in await simulator.ledger(method="sendMessage"))
    assert (await post.states()).count("sent") == delivered


async def test_a_traceless_message_leaves_no_row(post: Post, simulator: Simulator) -> None:
    siti = await simulator.person("Siti")
    await siti.opens_link()
    await post.post("secret", siti.id, "kode rahasia")
    post.start()
    await post.until()
    assert await post.delivered(siti.id) == ["kode rahasia"]
    await siti.blocks()
    await post.post("secret", siti.id, "satu", "dua")
    await post.until()


async def test_who_leads_again_goes_on_where_writing_had_failed(
    post: Post, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store was away when the lease was lost: the process leads again later, and nothing may be stuck."""
    crowd = await simulator.crowd(40)
    for person in crowd[:20]:
        await post.post("reply", person, "jawaban")

    async def away(*_: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr("bot.waiting.mark", away)
        post.start()
        await asyncio.sleep(0.5)
        await post.stop()
    for person in crowd[20:]:
        await post.post("reply", person, "jawaban")
    post.start()
    await post.until(*["sent"] * 40)
    assert sum(entry["delivered"] for entry in await simulator.ledger(method="sendMessage")) == 40
