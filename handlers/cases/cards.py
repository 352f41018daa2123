"""Cards: what a duty room sees of a case. Never who wrote it, and only for as long as it is open what it says."""

import datetime as dt

from domain import units
from domain.area_map import AreaMap
from domain.cases.rooms.cards import Facts
from domain.cases.steps import Progress
from domain.reports import drafts, taxonomy, words
from domain.reports.words import harmless
from handlers import times
from handlers.buttons import ButtonData
from handlers.cases import buttons
from handlers.cases.view import SIGNS
from handlers.reports import summary
from handlers.texts import DEFAULT, Raw, plain, say
from handlers.views import Press, View
from models import OPEN_STATES, Anonymity, Report, ReportState, Source

S = ReportState
LANGUAGE = DEFAULT  # duty rooms work in Indonesian
WORDS_SHOWN = 2300  # UTF-16 units; with place, headings and flags a card stays under Telegram's 4,096
PLACE_SHOWN = 500
# Elsewhere the unit is one that was at work once, or will be proposed.
UNIT_SHOWN = (S.ASSIGNED, S.HANDLING, S.NEEDS_INFO)


def card_view(report: Report, facts: Facts, areas: AreaMap, *, may_read: bool) -> View:
    """The card as it should be now. `may_read`: whether the room may know more than that there is such a case."""
    if report.state not in OPEN_STATES:
        return View(_closed(report, facts, may_read=may_read))
    if not may_read:
        unit = units.name_of(units.own_unit(report.category_code))
        return View(_lines(_head(report), _say("card.confidential", unit=unit), _received(report)), [[_open(report)]])
    told = _told(report, areas)
    standing = _standing(report, facts, areas)
    return View(_lines(_head(report), *standing, *told, *_flags(report, facts), _received(report)), rows(report, facts))


def brief(report: Report) -> Raw:
    """Sign, priority and number: all that may stand anywhere."""
    priority = report.priority or "P3"
    return _say("card.head", sign=SIGNS[priority], priority=priority, number=report.number)


def moment(report: Report, at: dt.datetime) -> Raw:
    """Of a fully anonymous report only the hour, lest the minute tell who was online."""
    is_full = report.anonymity is Anonymity.FULL and not drafts.is_called(report)
    return times.hour(LANGUAGE, at) if is_full else times.moment(LANGUAGE, at)


# ---- lines


def _lines(*lines: str) -> Raw:
    return Raw("\n".join(line for line in lines if line))


def _closed(report: Report, facts: Facts, *, may_read: bool) -> Raw:
    """One line, struck out: what it said is nobody's business any more. Who may not read it learns not even how it
    ended."""
    priority = report.priority or "P3"
    end = _say(f"staff.state.{report.state}")
    if may_read and facts.merged_into:
        end = _say("card.merged", number=facts.merged_into)
    elif may_read and report.outcome and report.state is not S.ARCHIVED:
        end = Raw(f"{end} · {_say(f'outcome.{report.outcome}')}")
    return _say("card.closed", sign=SIGNS[priority], priority=priority, number=report.number, end=end)


def _head(report: Report) -> Raw:
    return Raw(f"{brief(report)} · {_say(f'staff.state.{report.state}')}")


def _received(report: Report) -> Raw:
    return _say("card.received", at=moment(report, report.filed_at or report.touched_at))


def _standing(report: Report, facts: Facts, areas: AreaMap) -> list[Raw]:
    """Who has it, and which unit is at work."""
    lines = []
    if facts.holder and report.claimed_until is not None:
        lines.append(_say("case.held_by", staff=facts.holder, until=times.clock(report.claimed_until)))
    if report.unit and report.state in UNIT_SHOWN:
        area = areas.by_code.get(report.area_code or "")
        progress = _say(f"case.progress.{report.progress}") if report.progress else _say("case.not_accepted")
        name = units.name_of(report.unit, area.polsek if area else None)
        lines.append(_say("case.unit", unit=name, progress=progress))
    if facts.closing:
        lines.append(_say("case.closing", outcome=_say(f"outcome.{facts.closing}")))
    return lines


def _told(report: Report, areas: AreaMap) -> list[Raw | str]:
    content = drafts.content_of(report)
    category = taxonomy.category(report.category_code or drafts.UNSURE)
    told = words.shortened(harmless(drafts.words_of(report)), WORDS_SHOWN)
    return [
        _say("card.category", category=summary.label(LANGUAGE, category)),
        _area(report, areas),
        _say("card.when", when=harmless(summary.when(LANGUAGE, report))) if report.when_kind else "",
        _place(content),
        _say("card.words", words=told) if told else "",
        _say("card.files", count=content["attachments"]) if content.get("attachments") else "",
        _say(f"card.{report.anonymity}") if report.source is Source.BOT else _say("card.noted"),
    ]


def _area(report: Report, areas: AreaMap) -> Raw:
    area = areas.by_code.get(report.area_code or "")
    if area is not None:
        return _say("card.area", area=area.name, polsek=area.polsek or "–")
    outside = drafts.content_of(report).get("is_outside")
    return _say("card.area_outside" if outside else "card.area_unknown")


def _place(content: drafts.Content) -> Raw | str:
    place = words.shortened(harmless(summary.place(LANGUAGE, content)), PLACE_SHOWN)
    return _say("card.place", place=place) if place else ""


def _flags(report: Report, facts: Facts) -> list[Raw]:
    flags = [
        ("recalled", report.is_recalled),
        ("unanswered", report.is_unanswered),
        ("reopened", report.reopened > 0),
    ]
    lines = [_say(f"case.flag.{flag}") for flag, is_set in flags if is_set]
    if facts.witnesses:
        lines.append(_say("card.witnesses", count=facts.witnesses))
    if report.last_word == "reporter":
        lines.append(_say("card.reporter_wrote"))
    return lines


# ---- buttons


def rows(report: Report, facts: Facts) -> list[list[Press]]:
    """What can be done from the group; everything else is done in private, once the case is open there."""
    if facts.closing:
        return [[_open(report)]]
    if report.state is S.ASSIGNED:
        accept = _press("accept", buttons.AcceptCase(report.id), style="success")
        return [[accept, _press("decline", buttons.DeclineCase(report.id))], [_open(report)]]
    if report.state is S.HANDLING:
        arrive = _press("on_scene", buttons.TellProgress(report.id, Progress.ON_SCENE.value), style="success")
        end = _press("end", buttons.EndCase(report.id))
        return [[arrive, end] if report.progress == Progress.ON_THE_WAY else [end], [_open(report)]]
    return [[_open(report)]] if report.claimed_by is not None else [take_or_open(report)]


def take_or_open(report: Report) -> list[Press]:
    return [_press("take", buttons.TakeCase(report.id), style="success"), _open(report)]


def _open(report: Report) -> Press:
    return _press("show", buttons.OpenCase(report.id))


def _press(key: str, does: ButtonData, *, style: str | None = None) -> Press:
    return Press(plain(LANGUAGE, f"button.case.{key}"), does, style=style)


def _say(key: str, **params: object) -> Raw:
    return say(LANGUAGE, key, **params)
