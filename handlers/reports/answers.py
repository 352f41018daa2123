"""Answers: what a pressed button does to the draft. Each may be pressed again, also on an old question."""

from telegram import Update

from domain import outbox
from domain.cases import opening
from domain.cases.rooms import cards
from domain.errors import ButtonIsStale
from domain.outbox import About
from domain.reports import drafts, filing, taxonomy
from domain.reports.drafts import Step
from domain.reports.taxonomy import Flag, Kind
from handlers.cases import calls
from handlers.context import Context
from handlers.presses import OpenMenu
from handlers.reports import buttons, flow, summary
from handlers.reports.questions import CATEGORY_CODES, GROUP_CODES
from handlers.texts import Raw
from handlers.views import Press, View
from models import Anonymity, Report


def plain_view(context: Context, key: str, **params: object) -> View:
    return View(context.say(key, **params))


async def choose_group(update: Update, context: Context) -> None:
    button = buttons.ChooseGroup.read(update)
    draft = await flow.draft_of(context, button.report_id)
    flow.ask(context, draft, step=Step.CATEGORY, detail=button.group)


async def choose_category(update: Update, context: Context) -> None:
    button = buttons.ChooseCategory.read(update)
    if button.category not in CATEGORY_CODES:
        raise ButtonIsStale()
    take_option(context, await flow.draft_of(context, button.report_id), button.category)


def take_option(context: Context, draft: Report, code: str) -> None:
    """A group opens; a category is taken; one that is no report says where to go instead."""
    if code in GROUP_CODES:
        flow.ask(context, draft, step=Step.CATEGORY, detail=code)
        return
    category = taxonomy.category(code)
    if category.kind is Kind.LINK:
        _show_link(context, draft, category.code)
        return
    drafts.choose_category(draft, code, now=context.now)
    note = context.say("emergency.first") if Flag.EMERGENCY in category.flags else None
    flow.ask(context, draft, note=note or context.say("report.category_taken", category=_label(context, code)))


def _label(context: Context, code: str) -> str:
    return summary.label(context.language, taxonomy.category(code))


def _show_link(context: Context, draft: Report, code: str) -> None:
    context.await_(Step.CATEGORY, draft.id, buttons.ALL)
    other = Press(context.label("button.all_groups"), buttons.ChooseGroup(draft.id, buttons.ALL))
    end = Press(context.label("button.discard"), buttons.Discard(draft.id))
    context.show(View(context.say(f"link.{code}"), [[other], [end]]))


async def choose_area(update: Update, context: Context) -> None:
    button = buttons.ChooseArea.read(update)
    draft = await flow.draft_of(context, button.report_id)
    if button.area == buttons.ALL:
        flow.ask(context, draft, step=Step.AREA, detail=buttons.ALL)
    elif button.area in (buttons.UNKNOWN, buttons.OUTSIDE):
        _leave_area_open(context, draft)
    else:
        code = buttons.area_code(button.area)
        if code not in context.areas.by_code:
            raise ButtonIsStale()
        take_area(context, draft, code)


def _leave_area_open(context: Context, draft: Report) -> None:
    """Without an area a report needs a place in words or a pin."""
    content = drafts.content_of(draft)
    if not (content.get("place") or content.get("pin")):
        flow.ask(context, draft, step=Step.PLACE, note=context.say("error.step_is_needed"))
        return
    draft.area_code = None
    drafts.skip(draft, Step.AREA, now=context.now)
    flow.ask(context, draft)


def take_area(context: Context, draft: Report, code: str) -> None:
    drafts.choose_area(draft, code, now=context.now)
    flow.ask(context, draft, note=context.say("report.area_taken", area=context.areas.name(code)))


async def ask_location(update: Update, context: Context) -> None:
    """The one button that only the keyboard under the input field can have."""
    button = buttons.AskLocation.read(update)
    draft = await flow.draft_of(context, button.report_id)
    drafts.change(draft, context.now, keyboard=True)
    context.await_(Step.PLACE, draft.id)
    context.reply(View(context.say("report.ask_location"), asks_location=context.label("button.here")))


async def choose_when(update: Update, context: Context) -> None:
    button = buttons.ChooseWhen.read(update)
    draft = await flow.draft_of(context, button.report_id)
    drafts.choose_when(draft, button.when, now=context.now)
    flow.ask(context, draft)


async def choose_anonymity(update: Update, context: Context) -> None:
    button = buttons.ChooseAnonymity.read(update)
    draft = await flow.draft_of(context, button.report_id)
    drafts.choose_anonymity(draft, button.anonymity, now=context.now)
    flow.ask(context, draft)


async def go_back(update: Update, context: Context) -> None:
    button = buttons.GoBack.read(update)
    go_back_from(context, await flow.draft_of(context, button.report_id), button.step)


def go_back_from(context: Context, draft: Report, step: Step) -> None:
    flow.ask(context, draft, step=drafts.previous_step(draft, step) or step)


async def skip(update: Update, context: Context) -> None:
    button = buttons.Skip.read(update)
    draft = await flow.draft_of(context, button.report_id)
    drafts.skip(draft, button.step, now=context.now)
    flow.ask(context, draft)


async def edit_part(update: Update, context: Context) -> None:
    button = buttons.EditPart.read(update)
    draft = await flow.draft_of(context, button.report_id)
    flow.ask(context, draft, step=button.step)


async def show_files(update: Update, context: Context) -> None:
    button = buttons.ShowFiles.read(update)
    draft = await flow.draft_of(context, button.report_id)
    count = drafts.content_of(draft).get("attachments", 0)
    rows = [[Press(context.label("button.back"), buttons.GoBack(draft.id, Step.WORDS))]]
    if count:
        rows.insert(0, [Press(context.label("button.drop_files"), buttons.DropFiles(draft.id))])
    context.await_(drafts.next_step(draft), draft.id)
    context.show(View(context.say("report.files", count=count), rows))


async def drop_files(update: Update, context: Context) -> None:
    button = buttons.DropFiles.read(update)
    draft = await flow.draft_of(context, button.report_id)
    await drafts.drop_attachments(context.session, draft, now=context.now)
    flow.ask(context, draft, note=context.say("report.files_dropped"))


async def send(update: Update, context: Context) -> None:
    button = buttons.Send.read(update)
    await send_draft(context, await flow.draft_of(context, button.report_id))


async def send_draft(context: Context, draft: Report) -> None:
    if drafts.is_called(draft):
        await calls.send(context, draft)
        return
    filed = await filing.file_report(context.session, draft, now=context.now)
    context.end_dialogue()
    is_full = filed.report.anonymity is Anonymity.FULL
    if is_full:
        assert context.person.telegram_id is not None
        await outbox.leave_no_trace(context.session, context.person.telegram_id)
    if context.incoming.callback_query is not None:
        sent = plain_view(context, "report.is_sent", number=filed.report.number)
        context.show(sent, kind="secret" if is_full else "edit")
    about = None if is_full else About(filed.report.id, "receipt")
    context.reply(_receipt(context, filed), kind="secret" if is_full else "receipt", about=about)
    await opening.open_case(
        context.session,
        filed.report,
        reporter=None if is_full else context.person,
        told_in=filed.told_in,
        now=context.now,
    )
    await cards.want(context.session, filed.report, now=context.now)


def _receipt(context: Context, filed: filing.Filed) -> View:
    report = filed.report
    category = taxonomy.category(report.category_code or drafts.UNSURE)
    text = context.say(f"receipt.{report.anonymity}", number=report.number, code=filed.code)
    if Flag.EMERGENCY in category.flags:
        text = Raw(f"{context.say('emergency.first')}\n\n{text}")
    rows = [[Press(context.label("button.copy_code"), copies=filed.code)]]
    if report.anonymity is not Anonymity.FULL:
        rows.append([Press(context.label("button.my_reports"), buttons.ListReports())])
    else:
        rows.append([Press(context.label("button.check"), OpenMenu("check"))])
    return View(text, rows)


async def put_aside(update: Update, context: Context) -> None:
    button = buttons.PutAside.read(update)
    flow.put_aside(context, await flow.draft_of(context, button.report_id))


async def discard(update: Update, context: Context) -> None:
    button = buttons.Discard.read(update)
    draft = await flow.draft_of(context, button.report_id)
    await drafts.discard(context.session, draft)
    context.end_dialogue()
    again = Press(context.label("button.report"), OpenMenu("report"))
    context.show(View(context.say("report.discarded"), [[again]]))


async def resume(update: Update, context: Context) -> None:
    button = buttons.Resume.read(update)
    draft = await flow.draft_of(context, button.report_id)
    draft.touched_at = context.now
    if flow.is_held(context):
        flow.ask(context, draft)  # about none of their cases: it is a report of its own
    else:
        flow.ask_again(context, draft)


async def start_over(update: Update, context: Context) -> None:
    button = buttons.StartOver.read(update)
    draft = await flow.draft_of(context, button.report_id)
    await drafts.discard(context.session, draft)
    flow.ask(context, flow.begin(context))


async def unknown_button(update: Update, context: Context) -> None:
    raise ButtonIsStale()
