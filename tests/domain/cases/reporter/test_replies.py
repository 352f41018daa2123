"""Replies: what reporters say afterwards, whatever it comes as, is kept whole and tells no more than it says."""

import datetime as dt

import pytest
import sqlalchemy as sa

from domain.cases import links, steps, thread
from domain.cases.reporter import own, replies
from domain.policy import CASE_FILES_MAX, REOPEN_WITHIN
from domain.reports import drafts
from domain.reports.drafts import TooManyAttachments
from models import (
    Anonymity,
    Attachment,
    FileState,
    MessageLink,
    Report,
    ReportState,
    Side,
)
from models.engine import Store
from tests.cast import NOW, again, opened, person, report, staff

S = ReportState
PHOTO = {"file_id": "AgAC", "size": 10}


async def one(store: Store, **told: object) -> Report:
    async with store.begin() as session:
        return await report(session, **told)  # type: ignore[arg-type]


async def test_whatever_fits_into_one_message_is_one_and_can_be_corrected(store: Store) -> None:
    case = await one(store)
    async with opened(store, case) as (session, found):
        taken = await replies.take_words(session, found, "a" * 4096, now=NOW)
        assert await replies.correct(session, found, taken.message, "b" * 4096, now=NOW)
        await replies.correct(session, found, None, "c" * 4096, now=NOW)
        said = await thread.latest(session, found)
        assert [each.words.count(letter) for each, letter in zip(said, "bc", strict=True)] == [4096, 4096]
        with pytest.raises(thread.MessageTooLong):
            await thread.say(session, found, Side.STAFF, "a" * (thread.WORDS_MAX + 1), now=NOW)


async def test_words_longer_than_a_message_of_the_thread_are_parted_and_none_are_lost(store: Store) -> None:
    case = await one(store)
    async with opened(store, case) as (session, found):
        await replies.take_words(session, found, "a" * thread.REPORTER_WORDS_MAX + "b", now=NOW)
        said = await thread.latest(session, found)
    assert ["".join(sorted(set(each.words))) for each in said] == ["a", "b"]


async def test_the_parts_of_an_album_are_one_message(store: Store) -> None:
    case = await one(store)
    async with opened(store, case) as (session, found):
        first = await replies.take_file(session, found, "photo", PHOTO, "depan toko", now=NOW)
        await replies.take_file(session, found, "photo", PHOTO, joins=first.message.id, now=NOW)
        await replies.take_file(session, found, "voice", PHOTO, now=NOW)
    async with store.read() as session:
        found = await again(session, case)
        assert [said.words for said in await thread.latest(session, found)] == ["📷 depan toko", "🎤"]
        files = list(await session.scalars(sa.select(Attachment).order_by(Attachment.position)))
        assert [file.position for file in files] == [1, 2, 3]
        assert {file.state for file in files} == {FileState.WAITING}
        assert files[0].message_id == files[1].message_id != files[2].message_id
        assert drafts.content_of(found)["attachments"] == 3


async def test_a_case_takes_only_so_many_files(store: Store) -> None:
    case = await one(store)
    async with opened(store, case) as (session, found):
        drafts.attach(session, found, "photo", PHOTO, album=None, now=NOW)
        await session.flush()
        await session.execute(sa.update(Attachment).values(position=CASE_FILES_MAX))
        with pytest.raises(TooManyAttachments):
            await replies.take_file(session, found, "photo", PHOTO, now=NOW)


async def test_of_a_fully_anonymous_reporter_only_the_quarter_hour_is_kept(store: Store) -> None:
    case = await one(store, anonymity=Anonymity.FULL)
    moment = NOW + dt.timedelta(minutes=4, seconds=31)
    async with opened(store, case) as (session, found):
        await replies.take_file(session, found, "photo", PHOTO, "ini", now=moment)
    async with store.read() as session:
        (file,) = list(await session.scalars(sa.select(Attachment)))
        (said,) = await thread.latest(session, await again(session, case))
    assert file.added_at == said.row.at == NOW
    assert {file.id.version, said.row.id.version} == {4}


async def test_what_was_held_moves_into_the_case_with_its_links(store: Store) -> None:
    async with store.begin() as session:
        siti = person(session)
        case = await report(session, by=siti)
        draft = drafts.begin_draft(siti, now=NOW)
        session.add(draft)
        drafts.say_words(draft, "satu", 71, now=NOW)
        drafts.say_words(draft, "dua", 72, now=NOW)
        drafts.attach(session, draft, "photo", PHOTO, album=None, now=NOW)
    async with store.begin() as session:
        found, held = await again(session, case), await again(session, draft)
        assert not await replies.take_draft(session, found, held, siti, now=NOW)
    async with store.read() as session:
        assert await session.get(Report, draft.id) is None
        said = await thread.latest(session, await again(session, case))
        assert [each.words for each in said] == ["satu", "dua"]
        (file,) = list(await session.scalars(sa.select(Attachment)))
        assert (file.report_id, file.message_id, file.state) == (case.id, said[1].row.id, FileState.WAITING)
        assert file.file == PHOTO
        rows = await session.scalars(sa.select(MessageLink).order_by(MessageLink.message_id))
        assert [(row.message_id, row.words_id) for row in rows] == [(71, said[0].row.id), (72, said[1].row.id)]


async def test_words_answer_a_question_and_the_clock_goes_on(store: Store) -> None:
    case = await one(store)
    async with store.begin() as session:
        budi = staff(session)
    async with opened(store, case, budi) as (session, found, me):
        await steps.ask(session, found, me, now=NOW)
        assert own.waits_for_reporter(found)
        taken = await replies.take_pin(session, found, -8.1, 113.7, "Warung", now=NOW + dt.timedelta(hours=1))
        assert taken.was_asked
        assert (found.state, found.paused_seconds) == (S.RECEIVED, 3600)
        assert not (await replies.take_words(session, found, "lagi", now=NOW)).was_asked


async def test_a_correction_keeps_what_was_said_before(store: Store) -> None:
    case = await one(store)
    async with opened(store, case) as (session, found):
        taken = await replies.take_file(session, found, "photo", PHOTO, "salah", now=NOW)
        assert await replies.correct(session, found, taken.message, "betul", now=NOW)
        assert await replies.correct(session, found, taken.message, "betul", now=NOW) is None
        assert thread.versions_of(found, taken.message) == ["📷 salah", "📷 betul"]
        told = await replies.correct(session, found, None, "di Ambulu", now=NOW)
        assert await replies.correct(session, found, told, "di Silo", now=NOW)
        assert thread.versions_of(found, told) == ["Perbaikan: di Ambulu", "Perbaikan: di Silo"]


async def test_a_message_leads_only_its_own_reporter_to_the_case(store: Store) -> None:
    async with store.begin() as session:
        siti, rahmat = person(session), person(session)
        case = await report(session, by=siti)
        for who in (siti, rahmat):
            chat = links.chat_index(who.telegram_id or 0)
            await links.note(session, chat, 5, case.id, "relay", now=NOW)
    async with store.read() as session:
        found = await own.of_message(session, siti, siti.telegram_id or 0, 5)
        assert found is not None
        assert found[0].id == case.id
        assert await own.of_message(session, rahmat, rahmat.telegram_id or 0, 5) is None
        assert await own.of_message(session, siti, siti.telegram_id or 0, 6) is None


async def test_only_one_case_that_waits_is_a_sure_address(store: Store) -> None:
    async with store.begin() as session:
        siti = person(session)
        cases = [await report(session, by=siti) for _ in range(3)]
        cases[0].last_word = cases[1].last_word = Side.STAFF.value
    async with store.begin() as session:
        found = await own.that_go_on(session, siti)
        assert len(found) == 3
        assert own.only_one_waiting(found) is None
        (await again(session, cases[0])).last_word = Side.REPORTER.value
        assert own.only_one_waiting(found) is not None


async def test_an_ended_case_may_be_reopened_for_two_weeks_and_contested_once(store: Store) -> None:
    case = await one(store)
    case.state, case.closed_at, case.reopened, case.was_contested = S.REJECTED, NOW, 0, False
    assert own.may_contest(case)
    assert own.may_reopen(case, NOW + REOPEN_WITHIN)
    assert not own.may_reopen(case, NOW + REOPEN_WITHIN + dt.timedelta(seconds=1))
    case.was_contested, case.reopened = True, 2
    assert not own.may_contest(case)
    assert not own.may_reopen(case, NOW)
