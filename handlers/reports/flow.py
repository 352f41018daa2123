"""Flow: from one question to the next, and in and out of a draft."""

from uuid import UUID

from domain.errors import DomainError
from domain.reports import drafts, lookup
from domain.reports.drafts import Step
from handlers.buttons import ButtonData
from handlers.context import Context
from handlers.reports import buttons
from handlers.reports.questions import Asked, question
from handlers.texts import Raw
from handlers.views import Press, View
from models import Report

AWAITS_CASE = "which case"  # Dialogue.awaiting: the draft is held until its writer says what it is about (held.py)


class AnotherDraftIsOpen(DomainError):
    text_key = "error.another_draft"


def ask(
    context: Context, draft: Report, *, step: Step | None = None, note: Raw | None = None, detail: str | None = None
) -> None:
    """Puts the question of that step, or of the first that is missing, and waits for its answer."""
    step = step or drafts.next_step(draft)
    if step is not Step.PLACE and drafts.content_of(draft).get("keyboard"):
        drafts.change(draft, context.now, keyboard=None)
        context.reply(View(context.say("report.keyboard_away"), clears_keyboard=True))
    context.await_(step, draft.id, detail)
    context.show(question(Asked(context.person, draft, context.areas, detail), step, note))


def ask_again(context: Context, draft: Report, note: Raw | None = None) -> None:
    """The same question once more; nothing that was answered is lost."""
    if is_held(context):
        context.reply(View(note or context.say("talk.which")))
        return
    ask(context, draft, step=awaited(context), note=note, detail=detail(context))


def is_held(context: Context) -> bool:
    dialogue = context.dialogue
    return context.draft is not None and dialogue is not None and dialogue.awaiting == AWAITS_CASE


def awaited(context: Context) -> Step | None:
    """The step whose answer is awaited, when it is one of a report."""
    dialogue = context.dialogue
    return Step(dialogue.awaiting) if dialogue is not None and dialogue.awaiting in set(Step) else None


def detail(context: Context) -> str | None:
    return context.dialogue.detail if context.dialogue is not None else None


def begin(context: Context) -> Report:
    draft = drafts.begin_draft(context.person, now=context.now)
    context.begin_draft(draft)
    return draft


async def draft_of(context: Context, report_id: UUID) -> Report:
    """The draft that a button belongs to; one that was put aside is taken up again.

    Raises NoSuchDraft, AlreadySent, AnotherDraftIsOpen."""
    if context.draft is not None and context.draft.id == report_id:
        return context.draft
    draft = await lookup.own_draft(context.session, context.person, report_id)
    if context.draft is not None:
        raise AnotherDraftIsOpen()
    context.visit.draft = draft
    return draft


def put_aside(context: Context, draft: Report) -> None:
    """Nothing is sent; until it expires, one tap brings the draft back."""
    context.end_dialogue()
    resume = Press(context.label("button.resume"), buttons.Resume(draft.id))
    discard = Press(context.label("button.discard"), buttons.Discard(draft.id), style="danger")
    context.show(View(context.say("report.put_aside"), [[resume], [discard]]))


def offer_draft(context: Context, draft: Report, *, note: Raw | None = None, anew: ButtonData | None = None) -> None:
    """Somebody who begins anew while a draft is open decides about it first. `anew` begins in its place."""
    context.await_(awaited(context) or drafts.next_step(draft), draft.id, detail(context))
    go_on = Press(context.label("button.resume"), buttons.Resume(draft.id))
    start_over = Press(context.label("button.start_over"), anew or buttons.StartOver(draft.id))
    text = context.say("report.has_draft")
    context.show(View(Raw(f"{note}\n\n{text}") if note else text, [[go_on], [start_over]]))
