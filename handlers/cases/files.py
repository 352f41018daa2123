"""Files: the buttons that show a case's evidence to whoever may open the case."""

from telegram import Update

from domain import evidence
from handlers.cases import buttons, desk
from handlers.cases import evidence as shown
from handlers.context import Context


async def show_evidence(update: Update, context: Context) -> None:
    report = await desk.case_of(context, buttons.ShowEvidence.read(update).report_id)
    await shown.show(context, report)


async def show_original(update: Update, context: Context) -> None:
    """The untouched file, for investigators. Raises NoSuchFile."""
    button = buttons.ShowOriginal.read(update)
    report = await desk.case_of(context, button.report_id)
    files = await evidence.attachments_of(context.session, report)
    found = [file for file in files if file.position == button.position]
    if not found:
        raise evidence.NoSuchFile()
    await shown.show_original(context, report, found[0])
