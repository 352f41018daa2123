"""Live: one status card, kept true in place, and new messages only when the reporter must act."""

import datetime as dt
from typing import Any

import sqlalchemy as sa

from bot.landings import note
from bot.verdicts import Then, Verdict
from bot.waiting import Call
from domain import outbox
from domain.cases import closings, corrections, links, steps, thread
from domain.cases.access import Staff
from domain.cases.incidents import merging
from domain.cases.outcomes import BODY_BY_CODE, referral
from domain.roles import Role
from handlers.cases import effects
from handlers.reports import endings, live
from models import Anonymity, OutboxMessage, OutboxState, Person, Report, ReportState, Side
from models.engine import Store
from models.sealing import number_index
from tests.cast import NOW, again, colleague, opened, person, report, staff

S = ReportState
MINUTE = dt.timedelta(minutes=1)
BLAND = ("Polres", "polisi", "lapor", "JBR", "Balap", "Petugas")


async def cast(store: Store, **told: Any) -> tuple[Report, Person, Staff, Staff]:
    """A report, its reporter, a dispatcher and an officer."""
    async with store.begin() as session:
        siti = person(session)
        case = await report(session, by=siti, **told)
        return case, siti, staff(session), staff(session, Role.OFFICER)


async def said(store: Store, kind: str = "", *, to: Person | None = None) -> list[dict[str, Any]]:
    """The calls that wait, oldest first."""
    async with store.read() as session:
        rows = await session.scalars(
            sa.select(OutboxMessage).where(OutboxMessage.state == OutboxState.PENDING).order_by(OutboxMessage.id)
        )
        return [
            {**outbox.opened(row.key, row.payload_sealed or b""), "method": row.method}
            for row in rows
            if kind in ("", row.kind) and (to is None or row.chat_index == number_index("chat", to.telegram_id or 0))
        ]


async def lands(store: Store, message_id: int | None, then: Then = Then.SENT) -> None:
    """All that waits about a case arrives; the first as that message, the others as those that follow."""
    async with store.begin() as session:
        rows = list(
            await session.scalars(
                sa.select(OutboxMessage).where(OutboxMessage.state == OutboxState.PENDING).order_by(OutboxMessage.id)
            )
        )
        for row in rows:
            payload = outbox.opened(row.key, row.payload_sealed or b"")
            call = Call(
                row.id, row.key, row.lane, row.kind, row.chat_index, row.method, row.payload_sealed, 0, None, payload
            )
            call.report_id, call.link, call.words_id = row.report_id, row.link, row.words_id
            number = message_id if row.method.startswith("send") else payload.get("message_id")
            row.state = OutboxState.SENT if then is Then.SENT else OutboxState.FAILED
            if row.link is not None:
                await note(session, [(call, Verdict(then, message_id=number if then is Then.SENT else None))], NOW)
            if message_id is not None and row.method.startswith("send"):
                message_id += 1


async def step(store: Store, case: Report, who: Staff, what: Any, now: dt.datetime, *more: Any) -> None:
    async with opened(store, case, who) as (session, found, me):
        await what(session, found, *more, me, now=now)
        await live.show(session, found, now=now)


async def test_the_card_is_posted_once_silently_and_edited_from_then_on(store: Store) -> None:
    case, _, budi, patrol = await cast(store)
    await step(store, case, budi, steps.verify, NOW + MINUTE)
    (first,) = await said(store, "status")
    assert (first["method"], first["disable_notification"]) == ("sendMessage", True)
    assert str(case.number) in first["text"]
    assert "21.31 · 🔎 Sudah diperiksa petugas" in first["text"]
    await lands(store, 501)
    await step(store, case, budi, steps.assign, NOW + 2 * MINUTE, "lantas")
    (second,) = await said(store, "status")
    assert (second["method"], second["message_id"]) == ("editMessageText", 501)
    assert "21.32 · 👮 Diteruskan ke petugas" in second["text"]
    await lands(store, None)
    await step(store, case, patrol, steps.accept, NOW + 3 * MINUTE)
    assert [call["method"] for call in await said(store, "status")] == ["editMessageText"]
    assert await said(store, "relay") == []


async def test_several_changes_before_it_left_are_one_message(store: Store) -> None:
    case, _, budi, _ = await cast(store)
    await step(store, case, budi, steps.verify, NOW + MINUTE)
    await step(store, case, budi, steps.assign, NOW + 2 * MINUTE, "lantas")
    async with opened(store, case, budi) as (session, found, me):
        await steps.ask(session, found, me, now=NOW + 3 * MINUTE)
        await live.show(session, found, now=NOW + 3 * MINUTE)
        await live.show(session, found, now=NOW + 3 * MINUTE)
    (only,) = await said(store, "status")
    assert "❓ Menunggu jawaban Anda" in only["text"]


async def test_what_changes_nothing_for_the_reporter_edits_nothing(store: Store) -> None:
    case, _, budi, _ = await cast(store)
    await step(store, case, budi, steps.take, NOW + MINUTE)
    assert await said(store, "status") == []


async def test_a_card_that_is_gone_is_made_anew(store: Store) -> None:
    case, _, budi, _ = await cast(store)
    await step(store, case, budi, steps.verify, NOW + MINUTE)
    await lands(store, 501)
    await step(store, case, budi, steps.assign, NOW + 2 * MINUTE, "lantas")
    await lands(store, None, Then.FAILED)
    await step(store, case, budi, steps.ask, NOW + 3 * MINUTE)
    (anew,) = await said(store, "status")
    assert anew["method"] == "sendMessage"


async def test_a_first_card_that_could_not_be_called_off_is_taken_away(store: Store) -> None:
    case, _, budi, _ = await cast(store)
    await step(store, case, budi, steps.verify, NOW + MINUTE)
    await lands(store, 501)
    async with opened(store, case) as (session, found):
        session.add(found)
        outbox.post(
            session,
            "status",
            to=50_001,
            method="sendMessage",
            payload={"text": "."},
            key="status.late",
            now=NOW,
            about=outbox.About(case.id, "status"),
        )
    await lands(store, 502)
    assert [(call["method"], call["message_id"]) for call in await said(store)] == [("deleteMessage", 501)]


async def test_a_question_is_a_message_of_its_own(store: Store) -> None:
    case, siti, budi, _ = await cast(store)
    async with opened(store, case, budi) as (session, found, me):
        await steps.ask(session, found, me, now=NOW)
        asked = await thread.say(session, found, Side.STAFF, "Lihat http://contoh.com ya?", by=me.person, now=NOW)
        await live.tell(session, found, asked, now=NOW, by=me.person)
        await live.show(session, found, now=NOW)
    (question,) = await said(store, "relay", to=siti)
    assert f"Petugas {budi.person.staff_number}" in question["text"]
    assert "hxxp://contoh[.]com" in question["text"]
    assert question["reply_markup"]["inline_keyboard"][0][0]["text"] == "✏️ Jawab"


async def test_a_correction_edits_what_was_told_or_replaces_what_had_not_left(store: Store) -> None:
    case, siti, budi, _ = await cast(store)

    async def corrected(words: str) -> None:
        async with opened(store, case, budi) as (session, found, _me):
            (last,) = await thread.latest(session, found, limit=1)
            assert await thread.correct(session, found, last.row, words, now=NOW)
            await live.retell(session, found, last.row, now=NOW)

    async with opened(store, case, budi) as (session, found, me):
        told = await thread.say(session, found, Side.STAFF, "pukul 10", by=me.person, now=NOW)
        await live.tell(session, found, told, now=NOW, by=me.person)
    await corrected("pukul 11")
    (waiting,) = await said(store, "relay", to=siti)
    assert "pukul 11" in waiting["text"]
    await lands(store, 601)
    await corrected("pukul 12")
    (edit,) = await said(store, "relay", to=siti)
    assert (edit["method"], edit["message_id"]) == ("editMessageText", 601)
    assert "pukul 12" in edit["text"]
    assert "diperbaiki" in edit["text"]


async def test_the_end_is_told_once_with_what_can_still_be_done(store: Store) -> None:
    case, siti, budi, patrol = await cast(store, category="CRI-4")
    await step(store, case, budi, steps.verify, NOW)
    await step(store, case, budi, steps.assign, NOW, "polsek")
    await step(store, case, patrol, steps.accept, NOW)
    async with opened(store, case, patrol) as (session, found, me):
        await closings.close(session, found, S.RESOLVED, "nothing_found", "Sudah kami cek.", me, now=NOW)
        await live.show(session, found, now=NOW)
        await live.show(session, found, now=NOW)
    (end,) = await said(store, "relay", to=siti)
    assert "Sudah kami cek." in end["text"]
    labels = [press["text"] for row in end["reply_markup"]["inline_keyboard"] for press in row]
    assert labels == ["👍", "😐", "👎", "🔁 Belum selesai"]


async def test_a_referral_says_where_what_to_do_and_until_when(store: Store) -> None:
    case, siti, budi, _ = await cast(store)
    kept = referral(BODY_BY_CODE["bawaslu"], NOW)
    await step(store, case, budi, steps.refer, NOW, kept)
    (end,) = await said(store, "relay", to=siti)
    for part in ("Bawaslu", "Panwascam", "1 Des"):
        assert part in end["text"]


async def test_of_some_categories_nobody_can_time_the_police(store: Store) -> None:
    case, siti, _, _ = await cast(store, category="MAS-2")
    async with store.begin() as session:
        boss = staff(session, Role.COMMANDER)
        unit = staff(session, Role.OFFICER, "intelkam")
    await step(store, case, boss, steps.verify, NOW + MINUTE)
    await step(store, case, boss, steps.assign, NOW + 2 * MINUTE, "intelkam")
    await step(store, case, unit, steps.accept, NOW + 3 * MINUTE)
    (card,) = await said(store, "status", to=siti)
    assert "Sudah diperiksa" in card["text"]
    for part in ("Diteruskan", "Sedang ditangani", "21.32", "21.33"):
        assert part not in card["text"]
    await step(store, case, boss, corrections.release_label, NOW + 4 * MINUTE)
    (card,) = await said(store, "status", to=siti)
    assert "🚓 Sedang ditangani" in card["text"]
    assert await said(store, "reaction", to=siti) == []


async def test_reactions_are_on_the_first_message_that_told_it(store: Store) -> None:
    case, siti, budi, patrol = await cast(store)
    async with store.begin() as session:
        chat = links.chat_index(siti.telegram_id or 0)
        for message_id in (31, 30):
            await links.note(session, chat, message_id, case.id, "told", now=NOW)
    async with opened(store, case, budi) as (session, found, me):
        await effects.acknowledge(session, found, now=NOW)
        await effects.acknowledge(session, found, now=NOW)
        await steps.take(session, found, me, now=NOW)
        await effects.acknowledge(session, found, now=NOW)
    await step(store, case, budi, steps.assign, NOW, "samapta")
    await step(store, case, patrol, steps.accept, NOW)
    calls = await said(store, "reaction", to=siti)
    assert {call["message_id"] for call in calls} == {30}
    assert [call["reaction"][0]["emoji"] for call in calls] == ["👀", "✍", "🫡"]


async def test_discretion_says_only_that_there_is_something(store: Store) -> None:
    case, siti, budi, patrol = await cast(store)
    async with opened(store, case) as (_session, found):
        found.is_discreet = True
    await step(store, case, budi, steps.assign, NOW, "samapta")
    await step(store, case, patrol, steps.accept, NOW)
    async with opened(store, case, budi) as (session, found, me):
        told = await thread.say(session, found, Side.STAFF, "Kami di depan rumah", by=me.person, now=NOW)
        await live.tell(session, found, told, now=NOW, by=me.person)
        await live.react(session, found, live.OPENED, now=NOW)
    calls = await said(store, to=siti)
    assert [call["method"] for call in calls] == ["sendMessage"]
    for part in BLAND:
        assert part not in str(calls)


async def test_a_fully_anonymous_reporter_is_sent_nothing(store: Store) -> None:
    case, siti, budi, patrol = await cast(store, anonymity=Anonymity.FULL)
    await step(store, case, budi, steps.assign, NOW, "samapta")
    await step(store, case, patrol, steps.accept, NOW)
    async with opened(store, case, budi) as (session, found, me):
        told = await thread.say(session, found, Side.STAFF, "Terima kasih", by=me.person, now=NOW)
        await live.tell(session, found, told, now=NOW, by=me.person)
        await live.retell(session, found, told, now=NOW)
        await live.react(session, found, live.OPENED, now=NOW)
    assert await said(store, to=siti) == []


async def test_who_came_along_into_a_case_that_is_over_is_told_so(store: Store) -> None:
    case, _, budi, _ = await cast(store, category="MAS-4")
    async with store.begin() as session:
        rahmat = person(session)
        witness, child = await report(session, category="MAS-4", by=rahmat), await report(session, category="MAS-4")
    async with opened(store, child, budi) as (session, found, me):
        await merging.merge(session, await again(session, witness), found, me, now=NOW)
    await step(store, case, budi, steps.verify, NOW)
    async with opened(store, case, budi) as (session, found, me):
        await closings.close(session, found, S.RESOLVED, "dispersed", None, me, now=NOW)
    async with opened(store, child, budi) as (session, found, me):
        await merging.merge(session, found, await again(session, case), me, now=NOW + MINUTE)
        await live.tell_end(session, await again(session, witness), now=NOW + MINUTE)
    (end,) = await said(store, "relay", to=rahmat)
    assert str(witness.number) in end["text"]
    assert "Selesai" in end["text"]
    (card,) = await said(store, "status", to=rahmat)
    assert str(witness.number) in card["text"]


async def test_witnesses_follow_the_case_and_read_the_usual_sentence(store: Store) -> None:
    case, siti, budi, patrol = await cast(store, category="CRI-4")
    async with store.begin() as session:
        rahmat = person(session)
        other = await report(session, category="CRI-4", by=rahmat)
    async with store.begin() as session:
        child, parent = await again(session, other), await again(session, case)
        await merging.merge(session, child, parent, await colleague(session, budi), now=NOW)
        await live.show(session, child, now=NOW)
    await step(store, case, budi, steps.verify, NOW + MINUTE)
    await step(store, case, budi, steps.assign, NOW + MINUTE, "polsek")
    await step(store, case, patrol, steps.accept, NOW + MINUTE)
    (card,) = await said(store, "status", to=rahmat)
    assert str(other.number) in card["text"]
    assert "🚓 Sedang ditangani" in card["text"]
    async with opened(store, case, patrol) as (session, found, me):
        await closings.close(session, found, S.RESOLVED, "secured", "Bu Siti, motor Anda ada.", me, now=NOW + MINUTE)
        await live.show(session, found, now=NOW + MINUTE)
    (end,) = await said(store, "relay", to=rahmat)
    assert str(other.number) in end["text"]
    assert "Bu Siti" not in end["text"]
    assert "Bu Siti" in (await said(store, "relay", to=siti))[0]["text"]


async def test_nobody_is_told_whose_id_cannot_be_opened(store: Store) -> None:
    case, _, budi, _ = await cast(store)
    case_2, _, _, _ = await cast(store)
    async with store.begin() as session:
        (await again(session, case)).reporter_sealed = b"lost"
        other = await again(session, case_2)
        reporter = await live.reporter_of(session, other)
        assert reporter is not None
        reporter.telegram_sealed = b"lost"
    for each in (case, case_2):
        async with opened(store, each, budi) as (session, found, me):
            told = await thread.say(session, found, Side.STAFF, "halo", by=me.person, now=NOW)
            await live.tell(session, found, told, now=NOW, by=me.person)
    assert await said(store) == []


async def test_what_the_police_write_at_the_end_cannot_be_tapped(store: Store) -> None:
    case, _, _, _ = await cast(store)
    case.content = {**(case.content or {}), "closing": "Lihat https://contoh.com atau @budi_polisi"}
    assert endings.words_of("id", case) == "Lihat hxxps://contoh[.]com atau @\u2060budi_polisi"


async def test_a_witness_of_what_was_handed_on_and_then_reopened_still_reads_so(store: Store) -> None:
    case, _, _, _ = await cast(store)
    case.state, case.outcome = S.MERGED, "referred"
    assert "instansi lain" in endings.words_of("id", case)
    assert "another body" in endings.words_of("en", case)
