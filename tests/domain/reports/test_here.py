"""Here: what a place's code fixes, and what it leaves to the reporter."""

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain import places
from domain.reports import drafts, filing, here
from domain.reports.drafts import Nearness, Step
from models import Anonymity, Person, Place, Report
from models.engine import Store
from tests.domain.reports.conftest import AREAS, NOW

POST = Place(id=7, name="Pos Kamling RW 3", kind="guard_post", area_code="35.09.20", latitude=-8.17, longitude=113.71)


@pytest.fixture
def scanned(draft: Report) -> Report:
    here.scan(draft, POST, now=NOW)
    return draft


def answer(report: Report, nearness: Nearness) -> Report:
    here.answer(report, nearness, AREAS, now=NOW)
    return report


def tell_the_rest(report: Report) -> None:
    drafts.say_words(report, "Ada yang merusak gardu.", 11, now=NOW)
    for step in (Step.CATEGORY, Step.WHEN, Step.ANONYMITY):
        drafts.skip(report, step, now=NOW)


def test_an_ordinary_draft_is_never_asked_how_near_it_was(draft: Report) -> None:
    assert drafts.next_step(draft) is Step.WORDS
    assert drafts.previous_step(draft, Step.WORDS) is None


def test_a_scanned_code_is_asked_about_first_and_fixes_nothing_yet(scanned: Report) -> None:
    assert drafts.next_step(scanned) is Step.HERE
    assert scanned.place_id is None
    assert scanned.area_code is None
    assert not drafts.is_answered(scanned, Step.PLACE)


def test_here_answers_place_and_area(scanned: Report) -> None:
    answer(scanned, Nearness.HERE)
    tell_the_rest(scanned)
    assert drafts.next_step(scanned) is Step.REVIEW
    content = drafts.content_of(scanned)
    assert (scanned.place_id, scanned.area_code) == (7, "35.09.20")
    assert (content["place"], content["pin"]) == ("Pos Kamling RW 3", [-8.17, 113.71])


def test_near_answers_the_area_and_asks_for_the_place(scanned: Report) -> None:
    answer(scanned, Nearness.NEAR)
    tell_the_rest(scanned)
    assert drafts.next_step(scanned) is Step.PLACE
    drafts.tell_place(scanned, "belakang warung soto", AREAS, now=NOW)
    assert drafts.next_step(scanned) is Step.REVIEW
    assert scanned.area_code == "35.09.20"
    assert drafts.content_of(scanned)["near"] == "Pos Kamling RW 3"


def test_near_is_enough_for_those_who_cannot_say_more(scanned: Report) -> None:
    answer(scanned, Nearness.NEAR)
    tell_the_rest(scanned)
    drafts.skip(scanned, Step.PLACE, now=NOW)
    assert drafts.next_step(scanned) is Step.REVIEW


def test_another_kecamatan_named_near_it_is_believed(scanned: Report) -> None:
    answer(scanned, Nearness.NEAR)
    drafts.tell_place(scanned, "Jembatan, Kecamatan Kalisat", AREAS, now=NOW)
    assert AREAS.name(scanned.area_code) == "Kalisat"


def test_elsewhere_keeps_nothing(scanned: Report) -> None:
    answer(scanned, Nearness.ELSEWHERE)
    tell_the_rest(scanned)
    assert drafts.next_step(scanned) is Step.PLACE
    assert (scanned.place_id, scanned.area_code) == (None, None)
    with pytest.raises(drafts.StepIsNeeded):
        drafts.skip(scanned, Step.PLACE, now=NOW)


@pytest.mark.parametrize("before", Nearness)
@pytest.mark.parametrize("after", Nearness)
def test_a_second_answer_leaves_what_it_alone_would_have_left(
    scanned: Report, siti: Person, before: Nearness, after: Nearness
) -> None:
    alone = drafts.begin_draft(siti, now=NOW)
    here.scan(alone, POST, now=NOW)
    answer(alone, after)
    answer(answer(scanned, before), after)
    assert (scanned.place_id, scanned.area_code) == (alone.place_id, alone.area_code)
    kept = {name: value for name, value in drafts.content_of(scanned).items() if value not in ([], None)}
    assert kept == {name: value for name, value in drafts.content_of(alone).items() if value not in ([], None)}


def test_going_back_leads_to_the_question_again(scanned: Report) -> None:
    answer(scanned, Nearness.ELSEWHERE)
    assert drafts.previous_step(scanned, Step.WORDS) is Step.HERE
    assert drafts.previous_step(scanned, Step.HERE) is None


def test_skipping_means_elsewhere(scanned: Report) -> None:
    drafts.skip(scanned, Step.HERE, now=NOW)
    assert drafts.next_step(scanned) is Step.WORDS
    assert scanned.place_id is None


@pytest.mark.parametrize("nearness", [Nearness.HERE, None])
def test_another_place_told_later_takes_the_place_of_the_code(scanned: Report, nearness: Nearness | None) -> None:
    if nearness:
        answer(scanned, nearness)
    drafts.pin_place(scanned, -8.4320, 113.5530, AREAS, now=NOW)
    content = drafts.content_of(scanned)
    assert scanned.place_id is None
    assert "at" not in content
    assert "place" not in content
    assert drafts.is_answered(scanned, Step.HERE)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Di sini", Nearness.HERE),
        ("2", Nearness.NEAR),
        ("tempat lain", Nearness.ELSEWHERE),
        ("di sini ada maling", None),
    ],
)
def test_only_a_whole_answer_is_one(said: str, meant: str | None) -> None:
    assert here.read_nearness(said) == meant


@pytest.mark.parametrize("anonymity", Anonymity)
async def test_a_filed_report_keeps_its_place_and_nothing_of_the_scan(
    store: Store, siti: Person, anonymity: Anonymity
) -> None:
    async with store.begin() as session:
        post = await _post(session)
        draft = drafts.begin_draft(siti, now=NOW)
        here.scan(draft, post, now=NOW)
        session.add(draft)
        answer(draft, Nearness.HERE)
        tell_the_rest(draft)
        drafts.choose_anonymity(draft, anonymity, now=NOW)
        drafts.tell_name(draft, "Siti", now=NOW)
        await filing.file_report(session, draft, now=NOW)
    async with store.read() as session:
        report = (await session.scalars(sa.select(Report))).one()
        assert (report.place_id, report.area_code) == (post.id, "35.09.20")
        assert not {"scanned", "nearness"} & drafts.content_of(report).keys()


async def test_of_elsewhere_a_filed_report_tells_nothing(store: Store, siti: Person) -> None:
    async with store.begin() as session:
        draft = drafts.begin_draft(siti, now=NOW)
        here.scan(draft, await _post(session), now=NOW)
        session.add(draft)
        answer(draft, Nearness.ELSEWHERE)
        tell_the_rest(draft)
        drafts.tell_place(draft, "Pasar Kecamatan Kalisat", AREAS, now=NOW)
        await filing.file_report(session, draft, now=NOW)
    async with store.read() as session:
        report = (await session.scalars(sa.select(Report))).one()
        assert report.place_id is None
        assert "Kamling" not in str(report.content)


async def _post(session: AsyncSession) -> Place:
    new = places.checked("Pos Kamling RW 3", "guard_post", -8.17, 113.71, "35.09.20", AREAS)
    [post] = await places.add_places(session, [new], now=NOW)
    return post
