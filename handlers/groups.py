"""Groups: one sentence that leads to the private chat, and nothing about anybody's report."""

from telegram import Update

from handlers.context import Context
from handlers.views import Press, View


async def lead_to_private_chat(update: Update, context: Context) -> None:
    """A resident's command in a group. The group learns only where to write."""
    payload = "lapor" if _is_report(update) else "menu"
    open_chat = Press(context.label("button.open_chat"), url=context.deep_link(payload))
    context.reply(View(context.say("group.private_only"), [[open_chat]]))


async def leave_alone(update: Update, context: Context) -> None:
    """People talk in groups; the bot does not."""


def _is_report(update: Update) -> bool:
    message = update.effective_message
    return message is not None and (message.text or "").casefold().startswith(("/lapor", "/report"))
