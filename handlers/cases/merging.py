"""Merging: cases that may be the same are shown, merged and taken apart; an incident and its witnesses."""

from collections.abc import Sequence

from telegram import Update

from domain import audit, units
from domain.cases import access, thread
from domain.cases.incidents import duplicates, incidents, merging, witnesses
from domain.cases.incidents.duplicates import Likeness
from domain.cases.reporter.heartbeats import SIGHTS
from domain.reports import drafts, taxonomy, words
from handlers import times
from handlers.cases import desk, effects, view
from handlers.cases.buttons import OpenCase
from handlers.cases.incident_buttons import (
    AskWitnesses,
    ListLikenesses,
    MergeInto,
    PreviewMerge,
    ShowIncident,
    Unmerge,
)
from handlers.context import Context
from handlers.reports import heartbeat, live, summary
from handlers.texts import DEFAULT, Raw, plain
from handlers.views import Press, View, in_rows
from models import OPEN_STATES, Anonymity, Report, Side

EXCERPT_SHOWN = 90
SHARED_SHOWN = 4
JOINED_SHOWN = 12


async def list_likenesses(update: Update, context: Context) -> None:
    report = await desk.case_of(context, ListLikenesses.read(update).report_id)
    found = await duplicates.near(context.session, report, context.staff, now=context.now)
    lines = [_likeness(context, number, likeness) for number, likeness in enumerate(found, 1)]
    text = context.say("incident.like", lines=Raw("\n".join(lines))) if found else context.say("incident.none_like")
    presses = [
        Press(f"{number} · {each.report.number}", PreviewMerge(report.id, each.report.id))
        for number, each in enumerate(found, 1)
    ]
    desk.put(context, report, view.choice_view(await desk.seen(context, report), text, presses))


def _likeness(context: Context, number: int, likeness: Likeness) -> Raw:
    """One line: what it is, how far away, how long apart, and which telling words both have."""
    other = likeness.report
    where = context.say("incident.metres", metres=likeness.metres) if likeness.metres is not None else ""
    apart = context.say("incident.minutes", minutes=likeness.minutes)
    shared = ", ".join(likeness.shared[:SHARED_SHOWN])
    facts = [_category(context, other), where, apart, shared, context.say(f"staff.state.{other.state}")]
    sign = "≈ " if likeness.is_close else ""
    return context.say(
        "incident.like_line",
        n=number,
        sign=view.SIGNS[other.priority or "P3"],
        number=other.number,
        facts=f"{sign}{' · '.join(fact for fact in facts if fact)}",
    )


def _category(context: Context, report: Report) -> str:
    return summary.label(context.language, taxonomy.category(report.category_code or drafts.UNSURE))


async def preview_merge(update: Update, context: Context) -> None:
    """The other case as it is, and the question."""
    button = PreviewMerge.read(update)
    report, into = await desk.case_of(context, button.report_id), await desk.case_of(context, button.into_id)
    desk.note_reading(context, into)
    seen = await desk.seen(context, into)
    ask = context.say("incident.ask_merge", number=report.number, into=into.number)
    rows = [
        [Press(context.label("button.incident.merge"), MergeInto(report.id, into.id), style="success")],
        [Press(context.label("button.back"), ListLikenesses(report.id))],
    ]
    desk.put(context, report, View(Raw(f"{view.head(seen)}\n\n{view.told(seen)}\n\n{ask}"), rows))


async def merge(update: Update, context: Context) -> None:
    button = MergeInto.read(update)
    report, into = await desk.case_of(context, button.report_id), await desk.case_of(context, button.into_id)
    took = [each for each in await incidents.joined(context.session, report) if each.outcome is None]
    into = await merging.merge(context.session, report, into, context.staff, now=context.now)
    await _note(context, report, "incident.note.merged_into", into)
    await _note(context, into, "incident.note.joined_by", report)
    for each in (report, into):
        await effects.follow(context.session, each, now=context.now)
    for each in took:
        await live.tell_end(context.session, each, now=context.now)
    context.open_desk(into.id)
    number = await incidents.count(context.session, into)
    text = context.say("incident.merged", number=report.number, into=into.number, count=number)
    rows = [
        [Press(context.label("button.incident.open_case", number=into.number), OpenCase(into.id))],
        [Press(context.label("button.incident.show"), ShowIncident(into.id))],
        [Press(context.label("button.incident.unmerge", number=report.number), Unmerge(report.id))],
    ]
    context.toast(context.label("incident.merged_toast", into=into.number))
    desk.put(context, into, View(text, rows))


async def unmerge(update: Update, context: Context) -> None:
    report = await desk.case_of(context, Unmerge.read(update).report_id)
    parent = await merging.unmerge(context.session, report, context.staff, now=context.now)
    if parent is not None:
        await _note(context, report, "incident.note.taken_out_of", parent)
        await _note(context, parent, "incident.note.left_by", report)
    await desk.stepped(context, report, context.say("incident.unmerged"))


async def _note(context: Context, report: Report, key: str, other: Report) -> None:
    """In the case's own thread, for the staff: each thread names only the number of the other, and none that some who
    read this thread may not know."""
    is_hidden = units.own_unit(other.category_code) not in (None, units.own_unit(report.category_code))
    number = plain(DEFAULT, "incident.other_case") if is_hidden else other.number
    text = plain(DEFAULT, key, number=number, staff=access.staff_name(context.person))
    await thread.say(context.session, report, Side.SYSTEM, text, by=context.person, now=context.now)


async def show_incident(update: Update, context: Context) -> None:
    report = await desk.case_of(context, ShowIncident.read(update).report_id)
    await _show_incident(context, await _parent(context, report))


async def _parent(context: Context, report: Report) -> Report:
    """The case of the incident, if it is theirs to open. Raises NoSuchCase."""
    parent = await incidents.parent_of(context.session, report)
    return await desk.case_of(context, parent.id) if parent is not None else report


async def _show_incident(context: Context, parent: Report, note: Raw | None = None) -> None:
    family = [parent, *await incidents.joined(context.session, parent)]
    shown = [each for each in family if access.may_open(context.staff, each)][:JOINED_SHOWN]
    for each in shown[1:]:
        desk.note_reading(context, each)
    parts = [
        note or "",
        context.say("incident.head", number=parent.number, count=len(family)),
        Raw("\n".join(_witness_line(context, each) for each in shown)),
        await _tally(context, parent),
    ]
    desk.put(context, parent, View(Raw("\n\n".join(part for part in parts if part)), _rows(context, parent, shown)))


def _rows(context: Context, parent: Report, shown: Sequence[Report]) -> list[Sequence[Press]]:
    rows: list[Sequence[Press]] = []
    if len(shown) > 1 and parent.state in OPEN_STATES:
        rows.append([Press(context.label("button.incident.ask_all"), AskWitnesses(parent.id), style="success")])
    for each in shown[1:]:
        row = [Press(str(each.number), OpenCase(each.id))]
        if merging.may_unmerge(each, context.now):
            row.append(Press(context.label("button.incident.take_out"), Unmerge(each.id)))
        rows.append(row)
    return [*rows, *in_rows([Press(context.label("button.back"), OpenCase(parent.id))], 1)]


def _witness_line(context: Context, report: Report) -> Raw:
    at = report.filed_at or report.touched_at
    said = words.shortened(words.harmless(drafts.words_of(report)).replace("\n", " "), EXCERPT_SHOWN)
    is_full = report.anonymity is Anonymity.FULL
    when = times.hour(context.language, at) if is_full else times.clock(at)
    return context.say("incident.line", number=report.number, at=when, words=said or "–")


async def _tally(context: Context, parent: Report) -> Raw | None:
    """What the witnesses answered last, as counts."""
    counts = await witnesses.tally(context.session, parent)
    if not counts:
        return None
    told = [
        f"{context.label(f'button.sight.{sight}')}: {counts[sight.value]}" for sight in SIGHTS if sight.value in counts
    ]
    return context.say("incident.tally", lines="\n".join(told))


async def ask_witnesses(update: Update, context: Context) -> None:
    """One question to everybody who reported this, each in their own chat."""
    parent = await _parent(context, await desk.case_of(context, AskWitnesses.read(update).report_id))
    await incidents.require_time_to_ask(context.session, parent, now=context.now)
    asked = await heartbeat.ask_witnesses(context.session, parent, context.person, now=context.now)
    audit.note(context.session, context.person, "ask witnesses", parent.number, str(asked), now=context.now)
    text = plain(DEFAULT, "incident.note.asked", count=asked, staff=access.staff_name(context.person))
    await thread.say(context.session, parent, Side.SYSTEM, text, by=context.person, now=context.now)
    await _show_incident(context, parent, context.say("incident.asked", count=asked))
