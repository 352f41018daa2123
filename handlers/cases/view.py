"""The case as the police see it in their private chat: what is known, what was said, what can be done next."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from domain import units
from domain.area_map import AreaMap
from domain.cases import access, closings, thread
from domain.cases.access import Staff
from domain.cases.incidents import incidents, merging
from domain.cases.steps import Progress
from domain.reports import drafts, taxonomy, words
from domain.reports.states import END_STATES
from domain.reports.words import harmless
from domain.roles import Deed
from handlers import times
from handlers.buttons import ButtonData
from handlers.cases import buttons, incident_buttons
from handlers.reports import summary
from handlers.texts import Raw, plain, say
from handlers.views import Press, View, in_rows
from models import OPEN_STATES, Anonymity, Closing, Person, Report, ReportState, Side

S = ReportState
OPEN = OPEN_STATES
SIGNS = {"P0": "🔴", "P1": "🟠", "P2": "🟡", "P3": "⚪"}
WORDS_SHOWN = 1500
MESSAGES_SHOWN = 4
MESSAGE_SHOWN = 300


@dataclass(frozen=True)
class Seen:
    """A case before one member of the staff, at one moment."""

    report: Report
    staff: Staff
    language: str
    areas: AreaMap
    now: dt.datetime
    holder: Person | None
    closing: Closing | None
    said: Sequence[thread.Said]
    authors: dict[UUID | None, Person]
    reports: int = 1  # of the same incident, this one among them
    parent: Report | None = None  # the case that this report was merged into

    @property
    def is_mine(self) -> bool:
        return self.holder is not None and self.holder.id == self.staff.person.id

    @property
    def is_free(self) -> bool:
        return self.holder is None

    def say(self, key: str, **params: object) -> Raw:
        return say(self.language, key, **params)

    def label(self, key: str, **params: object) -> str:
        return plain(self.language, key, **params)


async def see(
    session: AsyncSession, report: Report, staff: Staff, language: str, areas: AreaMap, *, now: dt.datetime
) -> Seen:
    """Loads what the view shows. Raises NoSuchCase for whoever may not open it."""
    access.require_may_open(staff, report)
    is_held = report.claimed_by is not None and report.claimed_until is not None and report.claimed_until > now
    holder = await session.get(Person, report.claimed_by) if is_held else None
    said = await thread.latest(session, report, limit=MESSAGES_SHOWN)
    people = {author: await session.get(Person, author) for message in said if (author := message.row.author_id)}
    found: dict[UUID | None, Person] = {author: person for author, person in people.items() if person is not None}
    closing = await closings.proposed(session, report)
    reports = await incidents.count(session, report)
    parent = incidents.visible_parent(staff, await incidents.parent_of(session, report))
    return Seen(report, staff, language, areas, now, holder, closing, said, found, reports, parent)


def case_view(seen: Seen, note: Raw | None = None) -> View:
    parts = [note or "", head(seen), told(seen), standing(seen), *conversation(seen)]
    return View(Raw("\n\n".join(part for part in parts if part)), rows(seen))


def head(seen: Seen) -> Raw:
    report = seen.report
    priority = report.priority or "P3"
    state = seen.say(f"staff.state.{report.state}")
    return seen.say("case.head", sign=SIGNS[priority], priority=priority, number=report.number, state=state)


def told(seen: Seen) -> Raw:
    """What was reported, a line for each part that is there."""
    report, language = seen.report, seen.language
    content = drafts.content_of(report)
    area = seen.areas.by_code.get(report.area_code or "")
    where = f"{area.name} · {area.polsek or '–'}" if area else summary.area(language, report, seen.areas)
    lines = [
        ("category", summary.label(language, taxonomy.category(report.category_code or drafts.UNSURE))),
        ("area", where),
        ("place", harmless(summary.place(language, content))),
        ("when", harmless(summary.when(language, report)) if report.when_kind else ""),
        ("words", words.shortened(harmless(drafts.words_of(report)), WORDS_SHOWN)),
        ("files", content.get("attachments", "")),
        ("reporter", reporter(seen, content)),
        ("filed", _moment(seen, report.filed_at or report.touched_at)),
    ]
    return Raw("\n".join(seen.say(f"case.{part}", value=value) for part, value in lines if value))


def reporter(seen: Seen, content: drafts.Content) -> Raw:
    """Never who they are: only what they chose, and the name or number that they themselves gave to the police."""
    report = seen.report
    if report.source != "bot":
        caller = " · ".join(str(content[part]) for part in ("name", "phone") if content.get(part))
        return seen.say(f"case.source.{report.source}", caller=harmless(caller) or "–")
    return seen.say(f"case.anonymity.{report.anonymity}", name=harmless(str(content.get("name", ""))))


def standing(seen: Seen) -> Raw:
    """Who has it, who is at work, what is due, and what somebody should know before acting."""
    report = seen.report
    lines = []
    if seen.holder is not None and report.claimed_until is not None:
        lines.append(
            seen.say(
                "case.held_by_you" if seen.is_mine else "case.held_by",
                staff=access.staff_name(seen.holder),
                until=times.clock(report.claimed_until),
            )
        )
    if report.unit:
        progress = seen.say(f"case.progress.{report.progress}") if report.progress else seen.say("case.not_accepted")
        lines.append(seen.say("case.unit", unit=unit_name(seen, report.unit), progress=progress))
    if report.due_at is not None and report.due_kind is not None and report.state is not S.NEEDS_INFO:
        lines.append(_due(seen, report.due_at))
    if seen.reports > 1:
        lines.append(seen.say("incident.counted", count=seen.reports))
    if seen.parent is not None:
        lines.append(seen.say("incident.part_of", number=seen.parent.number))
    if seen.closing is not None:
        lines.append(seen.say("case.closing", outcome=outcome_label(seen.language, seen.closing.outcome)))
    if report.state in END_STATES and report.outcome:
        lines.append(seen.say("case.outcome", outcome=outcome_label(seen.language, report.outcome)))
    lines += [seen.say(f"case.flag.{flag}") for flag, is_set in _flags(report) if is_set]
    return Raw("\n".join(lines))


def _flags(report: Report) -> list[tuple[str, bool]]:
    return [
        ("recalled", report.is_recalled),
        ("unanswered", report.is_unanswered),
        ("reopened", report.reopened > 0),
        ("contested", report.was_contested and report.state is S.REJECTED),
        ("lagging", report.shown_state is not None),
        ("discreet", report.is_discreet),
        ("held", report.held_until is not None),
    ]


def _due(seen: Seen, due_at: dt.datetime) -> Raw:
    minutes = int((seen.now - due_at).total_seconds() // 60)
    if seen.report.escalation or minutes >= 0:
        since = seen.report.waiting_since or due_at
        waited = max(0, int((seen.now - since).total_seconds() // 60))
        return seen.say("case.overdue", kind=seen.say(f"case.due.{seen.report.due_kind}"), minutes=waited)
    return seen.say("case.due", kind=seen.say(f"case.due.{seen.report.due_kind}"), at=times.clock(due_at))


def conversation(seen: Seen) -> list[Raw]:
    """The newest messages, oldest first."""
    return [message_line(seen, said) for said in seen.said]


def message_line(seen: Seen, said: thread.Said) -> Raw:
    """One message of the thread: who, when, which version, what. A name of the staff is a number."""
    author = seen.authors.get(said.row.author_id)
    text = words.shortened(harmless(said.words), MESSAGE_SHOWN)
    version = seen.say("case.version", version=said.version) if said.version > 1 else ""
    at = _moment(seen, said.row.at) if said.row.side is Side.REPORTER else times.clock(said.row.at)
    return seen.say(
        f"case.said.{said.row.side}", staff=access.staff_name(author), at=at, version=Raw(version), words=text
    )


def outcome_label(language: str, outcome: str) -> Raw:
    return say(language, f"outcome.{outcome}")


def unit_name(seen: Seen, unit: str) -> str:
    area = seen.areas.by_code.get(seen.report.area_code or "")
    return units.name_of(unit, area.polsek if area else None)


def _moment(seen: Seen, at: dt.datetime) -> Raw:
    """To the hour where the minute might tell who was online."""
    is_full = seen.report.anonymity is Anonymity.FULL and not drafts.is_called(seen.report)
    return times.hour(seen.language, at) if is_full else times.moment(seen.language, at)


# ---- what can be done


@dataclass(frozen=True)
class Action:
    """A button below the case: in which states, and for whom. `menu`: where it is found; "" at once."""

    key: str
    does: Callable[[Report], ButtonData]
    states: tuple[ReportState, ...]
    deed: Deed = Deed.WORK_CASES
    menu: str = ""
    when: Callable[[Seen], bool] = lambda seen: True
    style: str | None = None


def _not_full(seen: Seen) -> bool:
    return seen.report.anonymity is not Anonymity.FULL and seen.report.source == "bot"


def _may_see_the_whole(seen: Seen) -> bool:
    """Whether the case that this is part of, if any, is theirs to open."""
    return seen.report.merged_into is None or seen.parent is not None


def _is_low(seen: Seen) -> bool:
    return seen.report.priority in ("P2", "P3") and seen.report.source == "bot"


def _has_others(seen: Seen) -> bool:
    return seen.reports > 1 or seen.parent is not None


B = buttons
PRIMARY = "success"
CHANGE, CLOSE = "change", "close"
ACTIONS: tuple[Action, ...] = (
    Action("take", lambda r: B.TakeCase(r.id), OPEN, when=lambda seen: seen.is_free, style=PRIMARY),
    Action(
        "take_over", lambda r: B.TakeOver(r.id), OPEN, Deed.OVERRULE, when=lambda s: not s.is_free and not s.is_mine
    ),
    Action("confirm_end", lambda r: B.JudgeClosing(r.id, 1), OPEN, when=lambda seen: _judges(seen), style=PRIMARY),
    Action("refuse_end", lambda r: B.JudgeClosing(r.id, 0), OPEN, when=lambda seen: seen.closing is not None),
    Action("verify", lambda r: B.VerifyCase(r.id), (S.RECEIVED,), style=PRIMARY),
    Action("accept", lambda r: B.AcceptCase(r.id), (S.ASSIGNED,), Deed.ACT_FOR_UNIT, style=PRIMARY),
    Action("decline", lambda r: B.DeclineCase(r.id), (S.ASSIGNED,), Deed.ACT_FOR_UNIT),
    Action(
        "on_scene",
        lambda r: B.TellProgress(r.id, Progress.ON_SCENE.value),
        (S.HANDLING,),
        Deed.ACT_FOR_UNIT,
        when=lambda seen: seen.report.progress == Progress.ON_THE_WAY,
        style=PRIMARY,
    ),
    Action("assign", lambda r: B.AssignTo(r.id, B.LIST), (S.RECEIVED, S.VERIFIED), style=PRIMARY),
    Action("end", lambda r: B.EndCase(r.id), (S.HANDLING, S.VERIFIED), Deed.ACT_FOR_UNIT),
    Action("reply", lambda r: B.ReplyTo(r.id), (*OPEN, *END_STATES), when=lambda seen: seen.report.source == "bot"),
    Action("ask", lambda r: B.AskReporter(r.id), (S.RECEIVED, S.VERIFIED, S.ASSIGNED, S.HANDLING), when=_not_full),
    Action("prank", lambda r: incident_buttons.CloseAsPrank(r.id), (S.RECEIVED,), when=_is_low),
    Action("like", lambda r: incident_buttons.ListLikenesses(r.id), (S.RECEIVED, S.VERIFIED, S.NEEDS_INFO)),
    Action("incident", lambda r: incident_buttons.ShowIncident(r.id), (*OPEN, *END_STATES), when=_has_others),
    Action(
        "unmerge",
        lambda r: incident_buttons.Unmerge(r.id),
        (S.MERGED,),
        when=lambda seen: merging.may_unmerge(seen.report, seen.now) and _may_see_the_whole(seen),
    ),
    Action("menu_change", lambda r: B.OpenCaseMenu(r.id, CHANGE), OPEN),
    Action("menu_close", lambda r: B.OpenCaseMenu(r.id, CLOSE), OPEN),
    Action("reopen", lambda r: B.ReopenCase(r.id), END_STATES, Deed.OVERRULE),
    Action(
        "evidence", lambda r: B.ShowEvidence(r.id), (*OPEN, *END_STATES), Deed.OPEN_CASES, when=lambda s: has_files(s)
    ),
    Action("thread", lambda r: B.ShowThread(r.id), (*OPEN, *END_STATES), Deed.OPEN_CASES),
    Action("let_go", lambda r: B.LetGo(r.id), OPEN, when=lambda seen: seen.is_mine),
    Action("category", lambda r: B.SetCategory(r.id), OPEN, menu=CHANGE),
    Action("priority", lambda r: B.SetPriority(r.id), OPEN, menu=CHANGE),
    Action("area", lambda r: B.SetArea(r.id), OPEN, menu=CHANGE),
    Action("place", lambda r: B.SetPlace(r.id), OPEN, menu=CHANGE),
    Action("reassign", lambda r: B.AssignTo(r.id, B.LIST), (S.ASSIGNED, S.HANDLING), menu=CHANGE),
    Action(
        "release_label",
        lambda r: B.ReleaseLabel(r.id),
        OPEN,
        Deed.OVERRULE,
        CHANGE,
        when=lambda seen: seen.report.shown_state is not None,
    ),
    Action("hold", lambda r: B.HoldCase(r.id, 1), (*OPEN, *END_STATES), Deed.OVERRULE, CHANGE),
    Action("reject", lambda r: B.RejectCase(r.id), (S.RECEIVED, S.VERIFIED, S.NEEDS_INFO), menu=CLOSE),
    Action("refer", lambda r: B.ReferCase(r.id), (S.RECEIVED, S.VERIFIED), menu=CLOSE),
    Action("refer", lambda r: B.ReferCase(r.id), (S.ASSIGNED, S.HANDLING), Deed.OVERRULE, CLOSE),
)


def has_files(seen: Seen) -> bool:
    return bool(drafts.content_of(seen.report).get("attachments"))


def _judges(seen: Seen) -> bool:
    """Whether this person may agree to the proposed end: not who proposed it, and for a rejection a commander."""
    closing = seen.closing
    if closing is None or closing.proposed_by == seen.staff.person.id:
        return False
    return closing.to_state != S.REJECTED or seen.staff.may(Deed.OVERRULE)


def offered(seen: Seen, menu: str = "") -> list[Press]:
    return [
        Press(seen.label(f"button.case.{action.key}"), action.does(seen.report), style=action.style)
        for action in ACTIONS
        if action.menu == menu
        and seen.report.state in action.states
        and seen.staff.may(action.deed)
        and action.when(seen)
    ]


def rows(seen: Seen) -> list[Sequence[Press]]:
    """The next step alone in its row, since it is what most people press; the others in pairs."""
    presses = offered(seen)
    first = next((press for press in presses if press.style == PRIMARY), None)
    others = [replace(press, style=None) for press in presses if press is not first]
    return [[first], *in_rows(others, 2)] if first is not None else in_rows(others, 2)


def menu_view(seen: Seen, menu: str, extra: Sequence[Press] = ()) -> View:
    """The buttons of a menu below the case, and the way back."""
    back = Press(seen.label("button.back"), B.OpenCase(seen.report.id))
    return View(
        Raw(f"{head(seen)}\n\n{seen.say(f'case.menu.{menu}')}"), [*in_rows([*offered(seen, menu), *extra], 2), [back]]
    )


def choice_view(seen: Seen, question: Raw, presses: Sequence[Press], width: int = 1) -> View:
    """One question about the case, its answers as buttons, and the way back."""
    back = Press(seen.label("button.back"), B.OpenCase(seen.report.id))
    return View(Raw(f"{head(seen)}\n\n{question}"), [*in_rows(presses, width), [back]])
