"""Questions: one view for each step of the conversation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from domain import people
from domain.area_map import AreaMap
from domain.cases.callers import SOURCES
from domain.reports import drafts, here, taxonomy, words
from domain.reports.drafts import Nearness, Step
from domain.reports.taxonomy import Group
from handlers.buttons import ButtonData
from handlers.cases.incident_buttons import ChooseSource
from handlers.presses import ReadNotice
from handlers.reports import buttons, summary
from handlers.reports.buttons import ALL, OUTSIDE, UNKNOWN
from handlers.texts import Raw, plain, say
from handlers.views import Press, View, in_rows
from models import Anonymity, Person, Report, When

Row = Sequence[Press]
AREAS_IN_A_ROW = 2  # three would be cut off on a small phone: Sumberbaru, Sumberjambe, Sumbersari
WORDS_SHOWN = 1000
# The order of the buttons is the order of the numbers that may be typed instead.
WHEN_ORDER = (When.NOW, When.EARLIER, When.OFTEN)
ANONYMITY_ORDER = (Anonymity.TWO_WAY, Anonymity.NAMED, Anonymity.FULL)
EDITABLE = (Step.WORDS, Step.CATEGORY, Step.PLACE, Step.WHEN, Step.ANONYMITY)
EDITABLE_OF_CALLS = (Step.WORDS, Step.CATEGORY, Step.PLACE, Step.WHEN, Step.SOURCE, Step.CALLER)


@dataclass(frozen=True)
class Asked:
    """Whom a question is put to, and about what. `detail` is a turn within one step: a group, or all areas."""

    person: Person
    report: Report
    areas: AreaMap
    detail: str | None = None

    @property
    def language(self) -> str:
        return self.person.language

    def say(self, key: str, **params: object) -> Raw:
        return say(self.language, key, **params)

    def press(self, key: str, does: ButtonData, *, style: str | None = None) -> Press:
        return Press(plain(self.language, key), does, style=style)


def question(asked: Asked, step: Step, note: Raw | None = None) -> View:
    """The question of that step, after a note about what was just done."""
    text, rows = QUESTIONS[step](asked)
    if note:
        text = Raw(f"{note}\n\n{text}")
    return View(text, rows)


def _source(asked: Asked) -> tuple[Raw, list[Row]]:
    rows: list[Row] = [
        [asked.press(f"button.call.source.{source}", ChooseSource(asked.report.id, source))] for source in SOURCES
    ]
    return asked.say("call.ask_source"), [*rows, _navigation(asked, Step.SOURCE, skip=None)]


def _caller(asked: Asked) -> tuple[Raw, list[Row]]:
    return asked.say("call.ask_caller"), [_navigation(asked, Step.CALLER)]


def _here(asked: Asked) -> tuple[Raw, list[Row]]:
    rows: list[Row] = [
        [asked.press(f"button.nearness.{nearness}", buttons.ChooseNearness(asked.report.id, nearness))]
        for nearness in Nearness
    ]
    return asked.say("report.ask_here", place=here.name_of(asked.report)), [
        *rows,
        _navigation(asked, Step.HERE, skip=_go_on(asked, Step.HERE)),
    ]


def _words(asked: Asked) -> tuple[Raw, list[Row]]:
    content = drafts.content_of(asked.report)
    has_more = bool(content.get("said") or content.get("attachments"))
    if content.get("said"):
        told = words.shortened(drafts.words_of(asked.report), WORDS_SHOWN)
        text = asked.say("report.ask_words_again", words=told)
    elif has_more:
        text = asked.say("report.ask_words_for_files")
    else:
        text = asked.say("call.ask_words" if drafts.is_called(asked.report) else "report.ask_words")
    rows: list[Row] = []
    if not drafts.is_called(asked.report) and not people.has_seen_notice(asked.person):
        text = Raw(f"{text}\n\n{asked.say('report.notice_line')}")
        rows.append([asked.press("button.read_notice", ReadNotice())])
    return text, [*rows, _navigation(asked, Step.WORDS, skip="button.go_on" if has_more else "button.skip")]


def category_options(report: Report, detail: str | None) -> list[str]:
    """What the numbers stand for: proposed categories, all groups, or the categories of one group."""
    proposed = drafts.content_of(report).get("proposed")
    if detail is None and proposed:
        return list(proposed)
    if detail and detail != ALL:
        return [category.code for category in taxonomy.in_group(detail)]
    return [group.code for group in taxonomy.GROUPS]


def _category(asked: Asked) -> tuple[Raw, list[Row]]:
    options = category_options(asked.report, asked.detail)
    if asked.detail and asked.detail != ALL:
        rows = [[_category_press(asked, code, number)] for number, code in enumerate(options, 1)]
        others = asked.press("button.all_groups", buttons.ChooseGroup(asked.report.id, ALL))
        skip = asked.press("button.skip", buttons.Skip(asked.report.id, Step.CATEGORY))
        cancel = asked.press("button.cancel", buttons.PutAside(asked.report.id))
        return asked.say("report.ask_category_in_group"), [*rows, [others], [skip, cancel]]
    if options and options[0] not in GROUP_CODES:
        rows = [[_category_press(asked, code, number)] for number, code in enumerate(options, 1)]
        rows.append([asked.press("button.other_category", buttons.ChooseGroup(asked.report.id, ALL))])
        return asked.say("report.ask_category_proposed"), [*rows, _navigation(asked, Step.CATEGORY)]
    rows = [[_group_press(asked, group, number)] for number, group in enumerate(taxonomy.GROUPS, 1)]
    return asked.say("report.ask_category"), [*rows, _navigation(asked, Step.CATEGORY)]


GROUP_CODES = frozenset(group.code for group in taxonomy.GROUPS)
CATEGORY_CODES = frozenset(category.code for category in taxonomy.CATEGORIES)


def _group_press(asked: Asked, group: Group, number: int) -> Press:
    """Alone in its row: Telegram cuts off a label that is too long, and this is the first thing to understand."""
    text = f"{number} {group.emoji} {summary.label(asked.language, group)}"
    return Press(text, buttons.ChooseGroup(asked.report.id, group.code))


def _category_press(asked: Asked, code: str, number: int) -> Press:
    text = f"{number} · {summary.label(asked.language, taxonomy.category(code))}"
    return Press(text, buttons.ChooseCategory(asked.report.id, code))


def _place(asked: Asked) -> tuple[Raw, list[Row]]:
    near = drafts.content_of(asked.report).get("near")
    if near:  # its area is known, and its name serves those who cannot say more
        return asked.say("report.ask_place_near", place=near), [
            [asked.press("button.send_location", buttons.AskLocation(asked.report.id))],
            _navigation(asked, Step.PLACE, skip=_go_on(asked, Step.PLACE) or "button.skip"),
        ]
    if drafts.is_called(asked.report):  # where the dispatcher sits is of no interest
        return asked.say("report.ask_place"), [
            [asked.press("button.choose_area", buttons.ChooseArea(asked.report.id, ALL))],
            _navigation(asked, Step.PLACE, skip=_go_on(asked, Step.PLACE)),
        ]
    return asked.say("report.ask_place"), [
        [asked.press("button.send_location", buttons.AskLocation(asked.report.id))],
        [asked.press("button.choose_area", buttons.ChooseArea(asked.report.id, ALL))],
        _navigation(asked, Step.PLACE, skip=_go_on(asked, Step.PLACE)),
    ]


def area_options(report: Report, detail: str | None) -> list[str]:
    return [] if detail == ALL else list(drafts.content_of(report).get("maybe_areas") or ())


def _area(asked: Asked) -> tuple[Raw, list[Row]]:
    content = drafts.content_of(asked.report)
    candidates = area_options(asked.report, asked.detail)
    unknown = asked.press("button.area_unknown", buttons.ChooseArea(asked.report.id, UNKNOWN))
    navigation = _navigation(asked, Step.AREA, skip=_go_on(asked, Step.AREA))
    if candidates:
        rows = [[_area_press(asked, code, f"{number} · ")] for number, code in enumerate(candidates, 1)]
        other = asked.press("button.other_area", buttons.ChooseArea(asked.report.id, ALL))
        return asked.say("report.ask_area_proposed"), [*rows, [other, unknown], navigation]
    if content.get("is_outside") and asked.detail != ALL:
        go_on = asked.press("button.outside_anyway", buttons.ChooseArea(asked.report.id, OUTSIDE))
        choose = asked.press("button.choose_area", buttons.ChooseArea(asked.report.id, ALL))
        return asked.say("report.ask_area_outside"), [[choose], [go_on], navigation]
    presses = [_area_press(asked, area.code) for area in asked.areas.by_name]
    return asked.say("report.ask_area"), [*in_rows(presses, AREAS_IN_A_ROW), [unknown], navigation]


def _area_press(asked: Asked, code: str, prefix: str = "") -> Press:
    name = asked.areas.name(code) or code
    return Press(prefix + name, buttons.ChooseArea(asked.report.id, buttons.area_token(code)))


def _when(asked: Asked) -> tuple[Raw, list[Row]]:
    rows: list[Row] = [
        [asked.press(f"button.when.{when}", buttons.ChooseWhen(asked.report.id, when))] for when in WHEN_ORDER
    ]
    return asked.say("report.ask_when"), [*rows, _navigation(asked, Step.WHEN)]


def _anonymity(asked: Asked) -> tuple[Raw, list[Row]]:
    rows: list[Row] = [
        [asked.press(f"button.anonymity.{mode}", buttons.ChooseAnonymity(asked.report.id, mode))]
        for mode in ANONYMITY_ORDER
    ]
    return asked.say("report.ask_anonymity"), [*rows, _navigation(asked, Step.ANONYMITY)]


def _name(asked: Asked) -> tuple[Raw, list[Row]]:
    stay = asked.press("button.stay_anonymous", buttons.Skip(asked.report.id, Step.NAME))
    return asked.say("report.ask_name"), [[stay], _navigation(asked, Step.NAME, skip=None)]


def _review(asked: Asked) -> tuple[Raw, list[Row]]:
    report = asked.report
    text = asked.say("report.review", lines=summary.lines(asked.language, report, asked.areas))
    edits = [asked.press(f"button.edit.{step}", buttons.EditPart(report.id, step)) for step in _editable(report)]
    files = asked.press("button.edit.files", buttons.ShowFiles(report.id))
    return text, [
        [asked.press("button.send", buttons.Send(report.id), style="success")],
        *in_rows([*edits, files], 2),
        [asked.press("button.cancel", buttons.PutAside(report.id))],
    ]


def _editable(report: Report) -> Sequence[Step]:
    return EDITABLE_OF_CALLS if drafts.is_called(report) else EDITABLE


def _navigation(asked: Asked, step: Step, *, skip: str | None = "button.skip") -> Row:
    report = asked.report
    row = []
    if drafts.previous_step(report, step) is not None:
        row.append(asked.press("button.back", buttons.GoBack(report.id, step)))
    if skip is not None:
        row.append(asked.press(skip, buttons.Skip(report.id, step)))
    row.append(asked.press("button.cancel", buttons.PutAside(report.id)))
    return row


def _go_on(asked: Asked, step: Step) -> str | None:
    """Whoever came back to look at an answer may keep it; from the review, *back* does the same."""
    if drafts.next_step(asked.report) is Step.REVIEW:
        return None
    return "button.go_on" if drafts.is_answered(asked.report, step) else None


QUESTIONS: dict[Step, Callable[[Asked], tuple[Raw, list[Row]]]] = {
    Step.SOURCE: _source,
    Step.HERE: _here,
    Step.WORDS: _words,
    Step.CATEGORY: _category,
    Step.PLACE: _place,
    Step.AREA: _area,
    Step.WHEN: _when,
    Step.ANONYMITY: _anonymity,
    Step.NAME: _name,
    Step.CALLER: _caller,
    Step.REVIEW: _review,
}
