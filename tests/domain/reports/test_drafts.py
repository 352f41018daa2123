"""Drafts: what is asked next, whatever was told in whatever order."""

import itertools
import json

import pytest

from domain.area_map import AreaMap
from domain.areas import Shape, read_geojson
from domain.reports import drafts
from domain.reports.drafts import Step
from models import Anonymity, Person, Report, When
from models.engine import Store
from tests.domain.reports.conftest import AREAS, NOW, told

ANSWERS = {
    Step.WORDS: lambda draft: drafts.say_words(draft, "Ada balap liar", 1, now=NOW),
    Step.CATEGORY: lambda draft: drafts.choose_category(draft, "MAS-3", now=NOW),
    Step.PLACE: lambda draft: drafts.tell_place(draft, "dekat lampu merah", AREAS, now=NOW),
    Step.AREA: lambda draft: drafts.choose_area(draft, "35.09.21", now=NOW),
    Step.WHEN: lambda draft: drafts.choose_when(draft, When.NOW, now=NOW),
    Step.ANONYMITY: lambda draft: drafts.choose_anonymity(draft, Anonymity.TWO_WAY, now=NOW),
}


def test_the_questions_come_in_order(draft: Report) -> None:
    asked = []
    while (step := drafts.next_step(draft)) is not Step.REVIEW:
        asked.append(step)
        ANSWERS[step](draft)
    assert asked == list(ANSWERS)


@pytest.mark.parametrize("order", list(itertools.permutations(ANSWERS))[::37])
def test_any_order_of_answers_ends_at_the_review(draft: Report, order: tuple[Step, ...]) -> None:
    for step in order:
        ANSWERS[step](draft)
    # A place that was told after the area was chosen may lie elsewhere, so the area is asked again.
    if order.index(Step.PLACE) > order.index(Step.AREA):
        assert drafts.next_step(draft) is Step.AREA
        ANSWERS[Step.AREA](draft)
    assert drafts.next_step(draft) is Step.REVIEW


def test_everything_but_the_place_may_be_skipped(draft: Report) -> None:
    for step in (Step.WORDS, Step.CATEGORY, Step.AREA, Step.WHEN, Step.ANONYMITY):
        drafts.skip(draft, step, now=NOW)
    assert drafts.next_step(draft) is Step.PLACE
    with pytest.raises(drafts.StepIsNeeded):
        drafts.skip(draft, Step.PLACE, now=NOW)


def test_a_skipped_answer_is_that_of_those_who_do_not_know(draft: Report) -> None:
    drafts.skip(draft, Step.CATEGORY, now=NOW)
    assert draft.category_code == drafts.UNSURE


def test_skipping_keeps_what_was_answered(draft: Report) -> None:
    drafts.choose_category(draft, "CRI-2", now=NOW)
    drafts.skip(draft, Step.CATEGORY, now=NOW)
    assert draft.category_code == "CRI-2"


def test_back_leads_up_and_from_an_edit_to_the_review(draft: Report, siti: Person) -> None:
    assert drafts.previous_step(draft, Step.WORDS) is None
    assert drafts.previous_step(draft, Step.PLACE) is Step.CATEGORY
    assert drafts.previous_step(told(siti), Step.PLACE) is Step.REVIEW


def test_a_name_is_asked_only_of_those_who_give_one(draft: Report, siti: Person) -> None:
    report = told(siti)
    drafts.choose_anonymity(report, Anonymity.NAMED, now=NOW)
    assert drafts.next_step(report) is Step.NAME
    drafts.skip(report, Step.NAME, now=NOW)
    assert (drafts.next_step(report), report.anonymity) == (Step.REVIEW, Anonymity.TWO_WAY)


def test_a_name_is_forgotten_with_the_wish_to_give_it(siti: Person) -> None:
    report = told(siti)
    drafts.choose_anonymity(report, Anonymity.NAMED, now=NOW)
    drafts.tell_name(report, "Bu Siti", now=NOW)
    drafts.choose_anonymity(report, Anonymity.FULL, now=NOW)
    assert "name" not in drafts.content_of(report)


@pytest.mark.parametrize(
    ("place", "area"),
    [
        ("Depan SMAN 1, Kecamatan Sumbersari", "35.09.21"),
        ("kec. ambulu, dekat pasar", "35.09.12"),
        ("Jalan Mayang nomor 3", None),
        ("Kabupaten Jombang", None),
        ("depan alun-alun", None),
    ],
)
def test_the_area_named_in_a_place_is_taken_when_it_is_sure(draft: Report, place: str, area: str | None) -> None:
    drafts.tell_place(draft, place, AREAS, now=NOW)
    assert draft.area_code == area


def test_a_street_that_bears_the_name_of_an_area_is_only_a_proposal(draft: Report) -> None:
    drafts.tell_place(draft, "Jalan Mayang nomor 3", AREAS, now=NOW)
    assert drafts.content_of(draft)["maybe_areas"] == ["35.09.26"]


def test_coordinates_and_map_links_are_pins(draft: Report) -> None:
    drafts.tell_place(draft, "https://maps.google.com/?q=-8.17769,113.72835", AREAS, now=NOW)
    assert drafts.content_of(draft)["pin"] == [-8.17769, 113.72835]


def test_a_pin_within_a_border_needs_no_question(draft: Report) -> None:
    square = [[(113.6, -8.3), (113.8, -8.3), (113.8, -8.1), (113.6, -8.1), (113.6, -8.3)]]
    drafts.pin_place(draft, -8.2, 113.7, AreaMap([_shape("35.09.21", square)]), now=NOW)
    assert draft.area_code == "35.09.21"
    assert drafts.next_step(draft) is not Step.AREA


def test_a_pin_near_centres_only_asks(draft: Report) -> None:
    drafts.pin_place(draft, -8.17769, 113.72835, AREAS, now=NOW)
    assert draft.area_code is None
    assert drafts.content_of(draft)["maybe_areas"][0] == "35.09.21"


def test_a_pin_keeps_the_area_that_was_chosen_if_it_may_be_right(draft: Report) -> None:
    drafts.choose_area(draft, "35.09.20", now=NOW)
    drafts.pin_place(draft, -8.17769, 113.72835, AREAS, now=NOW)
    assert draft.area_code == "35.09.20"


def test_a_pin_far_away_is_outside(draft: Report) -> None:
    drafts.pin_place(draft, -7.2575, 112.7521, AREAS, now=NOW)
    assert drafts.content_of(draft)["is_outside"] is True


def test_a_pin_that_is_nowhere_is_refused_and_changes_nothing(draft: Report) -> None:
    before = draft.content
    with pytest.raises(drafts.NotOnEarth):
        drafts.pin_place(draft, 91.0, 0.0, AREAS, now=NOW)
    assert draft.content == before


def test_too_many_words_are_refused_and_nothing_is_lost(draft: Report) -> None:
    drafts.say_words(draft, "Ada balap liar", 1, now=NOW)
    with pytest.raises(drafts.WordsTooLong):
        drafts.say_words(draft, "x" * drafts.WORDS_MAX, 2, now=NOW)
    assert drafts.words_of(draft) == "Ada balap liar"


def test_an_edited_message_changes_what_it_said(draft: Report) -> None:
    drafts.say_words(draft, "Ada balap", 1, now=NOW)
    drafts.say_words(draft, "di jalan", 2, now=NOW)
    assert drafts.correct_words(draft, "Ada balap liar", 1, now=NOW)
    assert drafts.words_of(draft) == "Ada balap liar\ndi jalan"
    assert not drafts.correct_words(draft, "lain", 3, now=NOW)


async def test_ten_files_are_kept_and_the_eleventh_refused(store: Store, siti: Person) -> None:
    async with store.begin() as session:
        draft = told(siti)
        session.add_all([siti, draft])
        for _ in range(10):
            drafts.attach(session, draft, "photo", {"file_id": "f"}, album=None, now=NOW)
        with pytest.raises(drafts.TooManyAttachments):
            drafts.attach(session, draft, "photo", {"file_id": "f"}, album=None, now=NOW)
        await drafts.drop_attachments(session, draft, now=NOW)
    assert "attachments" not in drafts.content_of(draft)


@pytest.mark.parametrize("is_flushed", [True, False])
async def test_a_draft_is_discarded_with_its_files(store: Store, siti: Person, is_flushed: bool) -> None:
    async with store.begin() as session:
        draft = told(siti)
        session.add_all([siti, draft])
        drafts.attach(session, draft, "photo", {"file_id": "f"}, album=None, now=NOW)
        if is_flushed:
            await session.flush()
        await drafts.discard(session, draft)
    async with store.read() as session:
        assert await session.get(Report, draft.id) is None


def _shape(code: str, polygon: list[list[tuple[float, float]]]) -> Shape:
    feature = {
        "type": "Feature",
        "properties": {"code": code, "name": "Sumbersari"},
        "geometry": {"type": "Polygon", "coordinates": polygon},
    }
    return read_geojson(json.dumps({"type": "FeatureCollection", "features": [feature]}).encode())[0]
