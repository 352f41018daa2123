"""Here: a place's code was opened, and the question how far from there it happened."""

from telegram import Update

from domain import places
from domain.places import NoSuchPlace
from domain.policy import POLICE
from domain.reports import drafts, here
from domain.reports.drafts import Nearness
from handlers.context import Context
from handlers.reports import buttons, flow
from handlers.texts import Raw
from models import Place, Report


def is_code(payload: str) -> bool:
    """Whether what a link carried wants to be a place's code, good or not."""
    return places.is_token(payload)


async def open_code(context: Context, code: str) -> None:
    """What a place's sheet carries after ?start=. A code that is not good begins an ordinary report."""
    place = await places.find_by_token(context.session, code)
    note = _welcome(context) if place is not None else context.say("place.bad_code")
    if context.draft is not None:
        anew = buttons.StartAtPlace(context.draft.id, place.id) if place is not None else None
        flow.offer_draft(context, context.draft, note=note, anew=anew)
    else:
        _begin(context, place, note)


def _welcome(context: Context) -> Raw:
    """Whoever stuck another code over ours leads to another bot: the name to compare, and what we never ask for."""
    return context.say("place.welcome", username=context.bot.username, police=POLICE)


def _begin(context: Context, place: Place | None, note: Raw) -> None:
    draft = flow.begin(context)
    if place is not None:
        here.scan(draft, place, now=context.now)
    flow.ask(context, draft, note=note)


async def start_at_place(update: Update, context: Context) -> None:
    """Instead of the draft that was open; the place may have been retired since it was offered."""
    button = buttons.StartAtPlace.read(update)
    draft = await flow.draft_of(context, button.report_id)
    place = await places.find(context.session, button.place_id)
    if place is None:
        raise NoSuchPlace()
    await drafts.discard(context.session, draft)
    _begin(context, place, _welcome(context))


async def choose_nearness(update: Update, context: Context) -> None:
    button = buttons.ChooseNearness.read(update)
    take_nearness(context, await flow.draft_of(context, button.report_id), button.nearness)


def take_nearness(context: Context, draft: Report, nearness: Nearness) -> None:
    here.answer(draft, nearness, context.areas, now=context.now)
    flow.ask(context, draft, note=context.say(f"report.nearness.{nearness}", place=here.name_of(draft)))
