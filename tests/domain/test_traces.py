"""Traces: what stays in the outbox of a chat that nothing may be tied to, and of somebody who went."""

import datetime as dt

import sqlalchemy as sa

from bot.landings import note
from bot.verdicts import Then, Verdict
from bot.waiting import Call, mark
from domain import outbox, privacy
from domain.cases import retention, thread
from domain.cases.pranks import strikes
from domain.outbox import About
from models import MessageLink, OutboxMessage, OutboxState, Person, Report, ReportState, Side, Strike
from models.engine import Store
from tests.cast import NOW, again, opened, person, report, staff

CHAT = 77
MINUTE = dt.timedelta(minutes=1)


async def rows_of(store: Store) -> dict[str, tuple[str, OutboxState]]:
    async with store.read() as session:
        rows = await session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id))
        return {row.key: (row.kind, row.state) for row in rows}


async def posted(store: Store, key: str, to: int, *, kind: str = "relay", **more: object) -> None:
    async with store.begin() as session:
        payload = {"text": "."}
        told = {"method": "sendMessage", **more}
        outbox.post(session, kind, to=to, payload=payload, key=key, now=NOW, **told)  # type: ignore[arg-type]


async def on_the_wire(store: Store, key: str) -> Call:
    async with store.read() as session:
        row = (await session.scalars(sa.select(OutboxMessage).where(OutboxMessage.key == key))).one()
        sealed = row.payload_sealed
        payload = outbox.opened(row.key, sealed or b"")
        call = Call(row.id, row.key, row.lane, row.kind, row.chat_index, row.method, sealed, 0, None, payload)
        call.report_id, call.link, call.words_id = row.report_id, row.link, row.words_id
    return call


async def lands(store: Store, *calls: Call) -> None:
    ended = [(call, Verdict(Then.SENT, message_id=900 + number)) for number, call in enumerate(calls)]
    async with store.begin() as session:
        await mark(session, ended, NOW)


async def linked(store: Store) -> list[int]:
    async with store.read() as session:
        return list(await session.scalars(sa.select(MessageLink.message_id).order_by(MessageLink.message_id)))


async def test_a_chat_that_leaves_no_trace_keeps_no_row_that_is_over_and_none_once_it_has_left(store: Store) -> None:
    for state in OutboxState:
        await posted(store, state.value, CHAT)
        async with store.begin() as session:
            of_state = sa.update(OutboxMessage).where(OutboxMessage.key == state.value)
            await session.execute(of_state.values(state=state))
    await posted(store, "other", CHAT + 1)
    flying = await on_the_wire(store, "pending")
    async with store.begin() as session:
        payload = {"text": "."}
        outbox.post(session, "edit", to=CHAT, method="sendMessage", payload=payload, key="staged", now=NOW)
        await outbox.leave_no_trace(session, CHAT)
    assert await rows_of(store) == {
        "pending": ("secret", OutboxState.PENDING),
        "sending": ("secret", OutboxState.SENDING),
        "other": ("relay", OutboxState.PENDING),
        "staged": ("secret", OutboxState.PENDING),
    }
    await lands(store, flying)
    assert "pending" not in await rows_of(store), "though it was something else when it left"


async def test_whoever_goes_leaves_no_row_that_names_their_case(store: Store) -> None:
    async with store.begin() as session:
        siti = person(session)
        case = await report(session, by=siti)
    chat_id = siti.telegram_id or 0
    await posted(store, f"react.{case.id.hex}", chat_id, kind="reaction")
    await posted(store, f"tell.{case.id.hex}", chat_id, about=About(case.id, "relay"))
    await posted(store, "u1.1", chat_id, kind="edit", method=outbox.DELETES)
    await posted(store, "u2.1", chat_id + 1, kind="reply")
    async with store.begin() as session:
        await privacy.erase(session, await session.get_one(Person, siti.id))
        payload = {"text": "."}
        outbox.post(session, "reply", to=chat_id, method="sendMessage", payload=payload, key="u3.1", now=NOW)
    assert {key: kind for key, (kind, _) in (await rows_of(store)).items()} == {
        "u1.1": "secret",
        "u2.1": "reply",
        "u3.1": "reply",
    }


async def test_a_message_that_lands_after_its_reporter_went_is_tied_to_nothing(store: Store) -> None:
    async with store.begin() as session:
        siti = person(session)
        case = await report(session, by=siti)
    chat_id = siti.telegram_id or 0
    await posted(store, "tell", chat_id, about=About(case.id, "relay"))
    await posted(store, "status", chat_id, kind="status", about=About(case.id, "status"))
    flying = [await on_the_wire(store, "tell"), await on_the_wire(store, "status")]
    async with store.begin() as session:
        await privacy.erase(session, await session.get_one(Person, siti.id))
    await lands(store, *flying)
    assert await linked(store) == []
    async with store.read() as session:
        assert (await again(session, case)).status_message_id is None


async def test_a_message_that_lands_after_its_case_was_erased_spoils_no_other(store: Store) -> None:
    async with store.begin() as session:
        siti, budi = person(session), staff(session)
        case, other = await report(session, by=siti), await report(session, by=siti)
        said = await thread.say(session, case, Side.STAFF, "halo", by=budi.person, now=NOW)
    chat_id = siti.telegram_id or 0
    await posted(store, "tell", chat_id, about=About(case.id, "relay", said.id))
    await posted(store, "receipt", chat_id, kind="receipt", about=About(other.id, "receipt"))
    flying = [await on_the_wire(store, "tell"), await on_the_wire(store, "receipt")]
    async with opened(store, case) as (session, found):
        found.state, found.closed_at = ReportState.RESOLVED, NOW
        await session.flush()
        await retention.erase_case(session, found, NOW + MINUTE)
    await lands(store, *flying)
    assert await linked(store) == [901]


async def test_words_that_are_gone_are_linked_to_nothing(store: Store) -> None:
    async with store.begin() as session:
        siti, budi = person(session), staff(session)
        case = await report(session, by=siti)
        said = await thread.say(session, case, Side.STAFF, "halo", by=budi.person, now=NOW)
    await posted(store, "tell", siti.telegram_id or 0, about=About(case.id, "relay", said.id))
    flying = await on_the_wire(store, "tell")
    async with store.begin() as session:
        await session.delete(await session.get_one(type(said), said.id))
    async with store.begin() as session:
        await note(session, [(flying, Verdict(Then.SENT, message_id=900))], NOW)
    assert await linked(store) == []


async def test_a_strike_of_somebody_who_went_leads_to_nobody(store: Store) -> None:
    async with store.begin() as session:
        siti = person(session)
        cases = [await report(session, by=siti) for _ in range(2)]
        index = cases[0].reporter_index
        for case in cases:
            await strikes.give(session, case, now=NOW)
    async with store.begin() as session:
        await privacy.erase(session, await session.get_one(Person, siti.id))
    async with store.read() as session:
        kept = set(await session.scalars(sa.select(Strike.reporter_index)))
        assert len(kept) == 2
        assert index not in kept
        assert await session.scalar(sa.select(sa.func.count()).where(Report.reporter_index.is_not(None))) == 0
