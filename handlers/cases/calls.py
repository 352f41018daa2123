"""Calls: /catat, a dispatcher writes down what somebody says on the telephone, at the desk or by radio."""

from telegram import Update

from domain.cases import callers
from domain.errors import ButtonIsStale
from domain.roles import Deed
from handlers import guards
from handlers.cases import desk
from handlers.cases.incident_buttons import BeginCall, ChooseSource
from handlers.context import Context
from handlers.reports import buttons, flow
from handlers.views import Press, View
from models import Report, Source


async def log_call(update: Update, context: Context) -> None:
    """/catat. In a group it only leads to the private chat: the dialogue is there."""
    if not desk.is_private(context):
        context.whisper(View(context.say("call.here"), [[Press(context.label("button.call.begin"), BeginCall())]]))
    elif context.draft is not None:
        _offer_draft(context, context.draft)
    else:
        _begin(context)


def _offer_draft(context: Context, draft: Report) -> None:
    """What they were writing themselves is theirs: it is put aside, not thrown away."""
    rows = [
        [Press(context.label("button.call.begin"), BeginCall(), style="success")],
        [Press(context.label("button.resume"), buttons.Resume(draft.id))],
    ]
    context.reply(View(context.say("call.has_draft"), rows))


async def begin_call(update: Update, context: Context) -> None:
    BeginCall.read(update)
    if context.draft is not None:
        resume = Press(context.label("button.resume"), buttons.Resume(context.draft.id))
        context.reply(View(context.say("call.put_aside"), [[resume]]))
        context.end_dialogue()
    _begin(context)


def _begin(context: Context) -> None:
    """From now on what they type is the caller's, not a note in the case that lay open."""
    context.clear_desk()
    draft = callers.begin(context.person, now=context.now)
    context.begin_draft(draft)
    flow.ask(context, draft)


async def choose_source(update: Update, context: Context) -> None:
    button = ChooseSource.read(update)
    if button.source not in callers.SOURCES:
        raise ButtonIsStale()
    draft = await flow.draft_of(context, button.report_id)
    callers.choose_source(draft, Source(button.source), now=context.now)
    flow.ask(context, draft)


async def send(context: Context, draft: Report) -> None:
    """Filed, and before them as their case. Whoever is no dispatcher any more files nothing."""
    guards.require(context, Deed.WORK_CASES)
    filed = await callers.file_call(context.session, draft, context.staff, now=context.now)
    context.end_dialogue()
    note = context.say("call.logged", number=filed.report.number, code=filed.code)
    if filed.report.claimed_by == context.person.id:
        await desk.present(context, filed.report, note)
    else:
        context.show(View(context.say("call.logged_for_unit", number=filed.report.number, code=filed.code)))
