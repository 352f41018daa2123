"""Drafts: a report while it is being written. What is asked next is whatever is missing."""

import datetime as dt
import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.area_map import AreaMap
from domain.areas import BadCoordinates
from domain.errors import DomainError
from domain.policy import ATTACHMENTS_MAX, WORDS_MAX
from domain.reports import classifier, places, taxonomy, words
from models import Anonymity, Attachment, Person, Report, ReportState, Source, When, new_id, sealing

NAME_MAX = 80
PLACE_MAX = 500
UNSURE = "INF-5"  # the category of those who do not know

Content = dict[str, Any]


class Step(enum.StrEnum):
    """One question of the conversation."""

    SOURCE = "source"  # asked only of a dispatcher who writes down what somebody else says
    HERE = "here"
    WORDS = "words"
    CATEGORY = "category"
    PLACE = "place"
    AREA = "area"
    WHEN = "when"
    ANONYMITY = "anonymity"
    NAME = "name"
    CALLER = "caller"  # the same
    REVIEW = "review"


class Nearness(enum.StrEnum):
    """How far it happened from the place whose code was opened."""

    HERE = "here"
    NEAR = "near"
    ELSEWHERE = "elsewhere"


class WordsTooLong(DomainError):
    text_key = "error.words_too_long"


class PlaceTooLong(DomainError):
    text_key = "error.place_too_long"


class NameTooLong(DomainError):
    text_key = "error.name_too_long"


class TooManyAttachments(DomainError):
    text_key = "error.too_many_attachments"


class NotOnEarth(DomainError):
    text_key = "error.not_on_earth"


class StepIsNeeded(DomainError):
    """Without this answer nobody could be sent anywhere."""

    text_key = "error.step_is_needed"


@dataclass(frozen=True)
class Rule:
    """`applies` leaves out questions that nobody needs; what may be skipped has an answer that serves as well."""

    step: Step
    is_answered: Callable[[Report, Content], bool]
    may_skip: Callable[[Content], bool] = lambda content: True
    applies: Callable[[Report], bool] = lambda report: True


def _has_place(report: Report, content: Content) -> bool:
    """Near a place whose code was opened, the area is known and the place is not."""
    if content.get("place") or content.get("pin"):
        return True
    return Step.PLACE in content.get("passed", ()) if content.get("near") else bool(report.area_code)


def is_called(report: Report) -> bool:
    """Whether a dispatcher writes down what a caller, a visitor or a patrol says: domain/cases/callers.py."""
    return report.source in (Source.CALL, Source.WALK_IN, Source.RADIO)


def _asked_of_dispatchers(step: Step) -> Rule:
    return Rule(
        step, lambda report, content: not is_called(report) or step in content.get("passed", ()), applies=is_called
    )


RULES: tuple[Rule, ...] = (
    _asked_of_dispatchers(Step.SOURCE),
    Rule(
        Step.HERE,
        lambda report, content: "scanned" not in content or "nearness" in content,
        applies=lambda report: "scanned" in content_of(report),
    ),
    Rule(Step.WORDS, lambda report, content: bool(content.get("said")) or "words" in content.get("passed", ())),
    Rule(Step.CATEGORY, lambda report, content: report.category_code is not None),
    Rule(Step.PLACE, _has_place, may_skip=lambda content: "near" in content),
    Rule(Step.AREA, lambda report, content: bool(report.area_code) or "area" in content.get("passed", ())),
    Rule(Step.WHEN, lambda report, content: report.when_kind is not None or "when" in content.get("passed", ())),
    Rule(
        Step.ANONYMITY,
        lambda report, content: is_called(report) or Step.ANONYMITY in content.get("passed", ()),
        applies=lambda report: not is_called(report),
    ),
    Rule(
        Step.NAME,
        lambda report, content: report.anonymity is not Anonymity.NAMED or bool(content.get("name")),
        applies=lambda report: report.anonymity is Anonymity.NAMED,
    ),
    _asked_of_dispatchers(Step.CALLER),
    Rule(Step.REVIEW, lambda report, content: False, may_skip=lambda content: False),
)
BY_STEP = {rule.step: rule for rule in RULES}


def content_of(report: Report) -> Content:
    return report.content or {}


def next_step(report: Report) -> Step:
    """The first question without an answer; the review when there is none."""
    content = content_of(report)
    return next(rule.step for rule in RULES if not rule.is_answered(report, content))


def is_answered(report: Report, step: Step) -> bool:
    return BY_STEP[step].is_answered(report, content_of(report))


def may_skip(report: Report, step: Step) -> bool:
    return BY_STEP[step].may_skip(content_of(report))


def previous_step(report: Report, step: Step) -> Step | None:
    """Where *back* leads: to the review for somebody who came from there, else one question up."""
    if step is Step.REVIEW or next_step(report) is Step.REVIEW:
        return None if step is Step.REVIEW else Step.REVIEW
    before = [rule.step for rule in RULES if rule.applies(report)]
    position = before.index(step) if step in before else 0
    return before[position - 1] if position else None


def begin_draft(person: Person, *, now: dt.datetime) -> Report:
    """An empty draft. It names its writer, sealed, until it is filed in full anonymity or deleted."""
    report = Report(
        id=new_id(),
        state=ReportState.DRAFT,
        anonymity=Anonymity.TWO_WAY,
        source=Source.BOT,
        version=1,
        touched_at=now,
        reporter_index=reporter_index(person),
    )
    report.reporter_id = person.id.hex
    return report


def reporter_index(person: Person) -> bytes:
    return sealing.keyring().index("reporter", person.id.bytes)


def say_words(report: Report, text: str, message_id: int | None, *, now: dt.datetime, replaces: bool = False) -> None:
    """Adds what was said, or puts it in place of all that was. Raises WordsTooLong."""
    said = [] if replaces else list(content_of(report).get("said", ()))
    said.append([message_id, text])
    _set_said(report, said, now)


def correct_words(report: Report, text: str, message_id: int, *, now: dt.datetime) -> bool:
    """An edited message takes the place of what it said before. False when it said nothing here."""
    said = content_of(report).get("said", ())
    if all(told_in != message_id for told_in, _ in said):
        return False
    _set_said(report, [[told_in, text if told_in == message_id else old] for told_in, old in said], now)
    return True


def _set_said(report: Report, said: list[list[Any]], now: dt.datetime) -> None:
    everything = "\n".join(text for _, text in said)
    if len(everything) > WORDS_MAX:
        raise WordsTooLong(limit=WORDS_MAX)
    changes: Content = {"said": said}
    if report.category_code is None:
        changes["proposed"] = [category.code for category in classifier.propose(everything)]
    change(report, now, **changes)


def choose_category(report: Report, code: str, *, now: dt.datetime) -> None:
    """Raises UnknownCategory for a code that is none."""
    report.category_code = taxonomy.category(code).code
    report.touched_at = now


def tell_place(report: Report, text: str, area_map: AreaMap, *, now: dt.datetime) -> None:
    """A typed place; the area named in it is taken when it is sure. Raises PlaceTooLong, NotOnEarth."""
    if len(text) > PLACE_MAX:
        raise PlaceTooLong(limit=PLACE_MAX)
    if coordinates := words.read_coordinates(text):
        pin_place(report, *coordinates, area_map, now=now, place=text, replaces=True)
        return
    guess = places.guess_area(text, area_map)
    leave_here(report, now=now)
    if guess.area is not None or "near" not in content_of(report):
        report.area_code = guess.area.code if guess.area else None
    maybe = [area.code for area in guess.candidates]
    change(report, now, place=text, pin=None, is_outside=None, maybe_areas=maybe, passed=_not_passed(report, Step.AREA))


def pin_place(
    report: Report,
    latitude: float,
    longitude: float,
    area_map: AreaMap,
    *,
    now: dt.datetime,
    place: str | None = None,
    replaces: bool = False,
) -> None:
    """A pin on the map. An area that was chosen stays if the pin may lie in it. Raises NotOnEarth."""
    try:
        located = area_map.locate(latitude, longitude)
    except BadCoordinates:
        raise NotOnEarth() from None
    leave_here(report, now=now)
    codes = [area.code for area in located.candidates]
    if report.area_code not in codes:
        report.area_code = codes[0] if codes and not located.must_ask else None
    changes: Content = {"pin": [latitude, longitude], "is_outside": located.is_outside or None, "maybe_areas": codes}
    if replaces or place:
        changes["place"] = place
    change(report, now, **changes, passed=_not_passed(report, Step.AREA))


def leave_here(report: Report, *, now: dt.datetime) -> None:
    """Whoever was "here", or did not say yet, and tells a place means that one: the code says nothing any more."""
    content = content_of(report)
    if content.get("nearness") == Nearness.HERE:
        report.place_id = report.area_code = None
        change(report, now, nearness=Nearness.ELSEWHERE, at=None, place=None, pin=None)
    elif "scanned" in content and "nearness" not in content:
        change(report, now, nearness=Nearness.ELSEWHERE)


def choose_area(report: Report, code: str, *, now: dt.datetime) -> None:
    report.area_code = code
    change(report, now, maybe_areas=None, is_outside=None)


def propose_areas(report: Report, codes: list[str], *, now: dt.datetime) -> None:
    change(report, now, maybe_areas=codes)


def choose_when(report: Report, when: When, *, now: dt.datetime, told: str | None = None) -> None:
    report.when_kind = when
    change(report, now, when_told=told)


def choose_anonymity(report: Report, anonymity: Anonymity, *, now: dt.datetime) -> None:
    report.anonymity = anonymity
    changes: Content = {"passed": passed_too(report, Step.ANONYMITY)}
    if anonymity is not Anonymity.NAMED:
        changes["name"] = None
    change(report, now, **changes)


def tell_name(report: Report, name: str, *, now: dt.datetime) -> None:
    """Raises NameTooLong."""
    if len(name) > NAME_MAX:
        raise NameTooLong(limit=NAME_MAX)
    change(report, now, name=name)


def skip(report: Report, step: Step, *, now: dt.datetime) -> None:
    """Goes on without a new answer: what was answered stays, the rest gets the answer of those who do not know.

    Raises StepIsNeeded."""
    if is_answered(report, step):
        return
    if not may_skip(report, step):
        raise StepIsNeeded()
    if step is Step.HERE:
        change(report, now, nearness=Nearness.ELSEWHERE)
    elif step is Step.CATEGORY:
        choose_category(report, UNSURE, now=now)
    elif step is Step.NAME:
        choose_anonymity(report, Anonymity.TWO_WAY, now=now)
    else:
        change(report, now, passed=passed_too(report, step))


def passed_too(report: Report, step: Step) -> list[str]:
    """The steps that were passed, with this one."""
    return [*_not_passed(report, step), step.value]


def attach(
    session: AsyncSession, report: Report, kind: str, file: dict[str, Any], *, album: str | None, now: dt.datetime
) -> int:
    """Keeps a file's id with the draft; returns how many there are now. Raises TooManyAttachments."""
    count: int = content_of(report).get("attachments", 0) + 1
    if count > ATTACHMENTS_MAX:
        raise TooManyAttachments(limit=ATTACHMENTS_MAX)
    attachment = Attachment(id=new_id(), report_id=report.id, position=count, kind=kind, added_at=now)
    attachment.file = file
    session.add(attachment)
    change(report, now, attachments=count, **({"album": album} if album else {}))
    return count


async def drop_attachments(session: AsyncSession, report: Report, *, now: dt.datetime) -> None:
    await session.execute(sa.delete(Attachment).where(Attachment.report_id == report.id))
    change(report, now, attachments=None, album=None)


async def discard(session: AsyncSession, draft: Report) -> None:
    """The draft is gone, with all that was attached to it."""
    if sa.inspect(draft).pending:
        await session.flush()  # it may have been begun a moment ago, in the same batch
    gone = sa.delete(Report).where(Report.id == draft.id)
    await session.execute(gone, execution_options={"synchronize_session": False})
    session.expunge(draft)


def words_of(report: Report) -> str:
    """All that was said: of a draft in parts, of a filed report in one."""
    content = content_of(report)
    return content.get("words") or "\n".join(text for _, text in content.get("said", ()))


def change(report: Report, now: dt.datetime, **changes: object) -> None:
    """Seals the content once with all changes; None forgets."""
    content = {**content_of(report), **changes}
    report.content = {name: value for name, value in content.items() if value is not None}
    report.touched_at = now


def _not_passed(report: Report, step: Step) -> list[str]:
    return [passed for passed in content_of(report).get("passed", ()) if passed != step]
