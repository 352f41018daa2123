"""Evidence: the files of a case, as its staff may see them, each in their own private chat.

The buttons for it are ShowEvidence and ShowOriginal. Whoever calls these has looked at whether the person may open
that case.
"""

from collections.abc import Sequence
from typing import Any

from domain import audit, evidence
from domain.outbox import About
from domain.roles import Deed
from handlers import guards
from handlers.cases.buttons import ShowOriginal
from handlers.context import Context
from handlers.texts import Raw
from handlers.views import Press, View, in_rows
from models import Attachment, FileState, Report

# What a file is called: nothing of its own name, which may tell who made it or where.
WORDS = {
    "photo": "foto",
    "voice": "suara",
    "video": "video",
    "video_note": "video",
    "animation": "video",
    "audio": "audio",
    "document": "berkas",
}
# Kind of copy -> ending, method, parameter.
COPIES = {
    "photo": (".jpg", "sendPhoto", "photo"),
    "voice": (".ogg", "sendVoice", "voice"),
    "video": (".mp4", "sendVideo", "video"),
}
SPOILED = ("photo", "video")  # one decides oneself when to look
MARKED = ("photo",)


async def show(context: Context, report: Report) -> None:
    """Lists the files, and why some are not shown; then each copy."""
    files = await evidence.attachments_of(context.session, report)
    context.whisper(_list(context, report, files), about=About(report.id, "case"))
    for file in files:
        if file.copy_as is not None:
            _send_copy(context, report, file)
    if files:
        audit.note(context.session, context.person, "open files", report.number, now=context.now)


async def show_original(context: Context, report: Report, attachment: Attachment) -> None:
    """The untouched bytes, which may tell more than anybody meant to. Raises NotAllowed, NoSuchFile."""
    guards.require(context, Deed.OPEN_ORIGINAL)
    if attachment.stored_as is None:
        raise evidence.NoSuchFile()
    name = f"asli-{attachment.position}"  # its ending is told by its bytes
    caption = context.label(
        "evidence.original",
        number=report.number,
        sha256=(attachment.sha256 or b"").hex(),
    )
    _send(context, report, "sendDocument", caption, _upload(report, "document", attachment.stored_as, name))
    detail = f"file {attachment.position}"
    audit.note(context.session, context.person, "open original", report.number, detail, now=context.now)


def name_of(file: Attachment) -> str:
    """For example foto-1.jpg; without an ending where there is no copy."""
    ending = COPIES[file.copy_kind][0] if file.copy_kind in COPIES else ""
    return f"{WORDS.get(file.copy_kind or file.kind, WORDS['document'])}-{file.position}{ending}"


def _list(context: Context, report: Report, files: Sequence[Attachment]) -> View:
    if not files:
        return View(context.say("evidence.none", number=report.number))
    lines = Raw("\n".join(_line(context, file) for file in files))
    presses = []
    if context.staff.may(Deed.OPEN_ORIGINAL):
        presses = [
            Press(context.label("button.original", name=name_of(file).split(".")[0]), _original(report, file))
            for file in files
            if file.stored_as is not None
        ]
    return View(context.say("evidence.list", number=report.number, lines=lines), in_rows(presses, 2))


def _original(report: Report, file: Attachment) -> ShowOriginal:
    return ShowOriginal(report.id, file.position)


def _line(context: Context, file: Attachment) -> Raw:
    name = name_of(file)
    if file.copy_as is not None:
        return context.say("evidence.copy", name=name)
    if file.state is FileState.LOST:
        return context.say(f"evidence.lost.{file.reason}", name=name)
    if file.state is FileState.KEPT:
        return context.say(f"evidence.kept.{file.reason}", name=name)
    return context.say("evidence.waiting", name=name)


def _send_copy(context: Context, report: Report, file: Attachment) -> None:
    assert file.copy_as is not None
    assert file.copy_kind is not None
    name = name_of(file)
    _, method, field = COPIES[file.copy_kind]
    upload = _upload(report, field, file.copy_as, name)
    if file.copy_kind in MARKED:
        upload["words"] = f"{context.staff.name} · {report.number}"
    spoiler = {"has_spoiler": True} if file.copy_kind in SPOILED else {}
    _send(context, report, method, f"{name} · {report.number}", upload, **spoiler)


def _upload(report: Report, field: str, stored_as: str, filename: str) -> dict[str, str]:
    return {"field": field, "report_id": report.id.hex, "stored_as": stored_as, "filename": filename}


def _send(context: Context, report: Report, method: str, caption: str, upload: dict[str, str], **more: Any) -> None:
    chat_id = context.person.telegram_id
    assert chat_id is not None
    payload = {"caption": caption, "protect_content": True, "upload": upload, **more}
    context.post("reply", chat_id, method, payload, about=About(report.id, "case"))
