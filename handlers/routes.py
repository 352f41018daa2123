"""Routes: who hears what, on one page. The first line that fits an update is the only one that handles it."""

from typing import Any

from telegram import Update
from telegram.ext import (
    Application,
    BaseHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    MessageHandler,
    filters,
)

from domain.roles import Deed
from handlers import audit, groups, guards, inviting, members, membership, personnel, presses, private, staff
from handlers.buttons import ButtonData
from handlers.cases import buttons as case
from handlers.cases import calls, closing, files, merging, pranks, queue, search, talking, working
from handlers.cases import incident_buttons as incident
from handlers.context import Context
from handlers.reports import (
    answers,
    buttons,
    case_buttons,
    codes,
    conversation,
    heartbeat,
    held,
    here,
    ratings,
    status,
    talk,
    traces,
)

PRIVATE = filters.ChatType.PRIVATE
GROUP = filters.ChatType.GROUPS
NEW = filters.UpdateType.MESSAGE
FILE = (
    filters.PHOTO
    | filters.VIDEO
    | filters.VOICE
    | filters.AUDIO
    | filters.VIDEO_NOTE
    | filters.ANIMATION
    | filters.Document.ALL
)

Handler = BaseHandler[Any, Any, Any]

# Indonesian name, English alias, what it does in a private chat.
RESIDENT_COMMANDS = (
    ("start", "start", members.start),
    ("lapor", "report", conversation.report),
    ("laporan", "myreports", status.list_reports),
    ("cek", "check", codes.check_code),
    ("darurat", "emergency", members.emergency),
    ("wilayah", "area", members.area),
    ("bahasa", "language", members.language),
    ("privasi", "privacy", members.show_privacy),
    ("diam", "discreet", traces.toggle_discreet),
    ("hapus_jejak", "erasetraces", traces.erase_traces),
    ("data_saya", "mydata", members.my_data),
    ("hapus_data", "deletedata", members.delete_data),
    ("bantuan", "help", members.help_),
    ("batal", "cancel", conversation.put_aside),
)
# The same, and the deed that one must be allowed. In a group they are answered in private.
STAFF_COMMANDS: tuple[tuple[str, str, Deed, Any], ...] = (
    ("antrian", "queue", Deed.SEE_CASES, queue.show),
    ("cari", "search", Deed.SEE_CASES, search.ask_or_find),
    ("kasus", "case", Deed.OPEN_CASES, working.case_command),
    ("catat", "log", Deed.WORK_CASES, calls.log_call),
    ("iseng", "pranks", Deed.WORK_CASES, pranks.list_command),
    ("audit", "audit", Deed.READ_AUDIT, audit.read),
    ("undang", "invite", Deed.MANAGE_STAFF, inviting.invite),
    ("personel", "staff", Deed.MANAGE_STAFF, personnel.list_staff),
)
ROOM_COMMANDS: tuple[tuple[str, str, Deed, Any], ...] = (
    ("ikat", "bind", Deed.BIND_GROUP, staff.bind_group),
    ("lepas", "unbind", Deed.BIND_GROUP, staff.unbind_group),
)
PRESSES: tuple[tuple[type[ButtonData], Any], ...] = (
    (buttons.ChooseNearness, here.choose_nearness),
    (buttons.StartAtPlace, here.start_at_place),
    (buttons.ChooseCategory, answers.choose_category),
    (buttons.ChooseGroup, answers.choose_group),
    (buttons.ChooseArea, answers.choose_area),
    (buttons.AskLocation, answers.ask_location),
    (buttons.ChooseWhen, answers.choose_when),
    (buttons.ChooseAnonymity, answers.choose_anonymity),
    (buttons.GoBack, answers.go_back),
    (buttons.Skip, answers.skip),
    (buttons.EditPart, answers.edit_part),
    (buttons.ShowFiles, answers.show_files),
    (buttons.DropFiles, answers.drop_files),
    (buttons.Send, answers.send),
    (buttons.PutAside, answers.put_aside),
    (buttons.Discard, answers.discard),
    (buttons.Resume, answers.resume),
    (buttons.StartOver, answers.start_over),
    (buttons.ListReports, status.press_list),
    (buttons.ShowReport, status.show_report),
    (buttons.Withdraw, status.withdraw),
    (case_buttons.Answer, talk.answer),
    (case_buttons.ChooseCase, held.choose_case),
    (case_buttons.Rate, ratings.rate),
    (case_buttons.RateReason, ratings.rate_reason),
    (case_buttons.NotSolved, ratings.not_solved),
    (case_buttons.Contest, ratings.contest),
    (case_buttons.TellSight, heartbeat.tell_sight),
    (case_buttons.TellAsWitness, heartbeat.tell_as_witness),
    (case_buttons.SetDiscreet, status.set_discreet),
    (case_buttons.EraseTraces, traces.press_erase),
    (case_buttons.Hide, traces.hide),
    (presses.OpenMenu, members.open_menu),
    (presses.ChooseLanguage, members.choose_language),
    (presses.AcceptNotice, members.accept_notice),
    (presses.ReadNotice, members.read_notice),
    (presses.ChooseHome, members.choose_home),
    (presses.EraseMe, members.erase_me),
)
STAFF_PRESSES: tuple[tuple[type[ButtonData], Deed, Any], ...] = (
    (queue.ShowQueue, Deed.SEE_CASES, queue.turn),
    (search.MoreFound, Deed.SEE_CASES, search.show_more),
    (search.SearchAgain, Deed.SEE_CASES, search.show_first),
    (presses.BindRoom, Deed.BIND_GROUP, staff.choose_room_area),
    (presses.StartInvitation, Deed.MANAGE_STAFF, inviting.start_invitation),
    (presses.ChooseRole, Deed.MANAGE_STAFF, inviting.choose_role),
    (presses.ChooseUnit, Deed.MANAGE_STAFF, inviting.choose_unit),
    (presses.ConfirmInvitation, Deed.MANAGE_STAFF, inviting.confirm),
    (presses.RefuseInvitation, Deed.MANAGE_STAFF, inviting.refuse),
    (presses.ListStaff, Deed.MANAGE_STAFF, personnel.press_list),
    (presses.ShowStaff, Deed.MANAGE_STAFF, personnel.show_staff),
    (presses.TakeRole, Deed.MANAGE_STAFF, personnel.take_role),
    (audit.OlderEntries, Deed.READ_AUDIT, audit.read_older),
    (case.OpenCase, Deed.OPEN_CASES, working.open_case),
    (case.OpenCaseMenu, Deed.WORK_CASES, working.open_menu),
    (case.ShowThread, Deed.OPEN_CASES, talking.show_thread),
    (case.ShowEvidence, Deed.OPEN_CASES, files.show_evidence),
    (case.ShowOriginal, Deed.OPEN_ORIGINAL, files.show_original),
    (case.TakeCase, Deed.WORK_CASES, working.take),
    (case.TakeOver, Deed.OVERRULE, working.take_over),
    (case.LetGo, Deed.WORK_CASES, working.let_go),
    (case.VerifyCase, Deed.WORK_CASES, working.verify),
    (case.AssignTo, Deed.WORK_CASES, working.assign),
    (case.AcceptCase, Deed.ACT_FOR_UNIT, working.accept),
    (case.DeclineCase, Deed.ACT_FOR_UNIT, working.decline),
    (case.TellProgress, Deed.ACT_FOR_UNIT, working.tell_progress),
    (case.SetCategory, Deed.WORK_CASES, working.set_category),
    (case.SetPriority, Deed.WORK_CASES, working.set_priority),
    (case.SetArea, Deed.WORK_CASES, working.set_area),
    (case.SetPlace, Deed.WORK_CASES, talking.ask_for_place),
    (case.ReplyTo, Deed.WORK_CASES, talking.ask_for_reply),
    (case.AskReporter, Deed.WORK_CASES, talking.ask_for_question),
    (case.SendCanned, Deed.WORK_CASES, talking.send_canned),
    (case.SendNote, Deed.WORK_CASES, talking.send_note),
    (case.StopWriting, Deed.OPEN_CASES, talking.stop_writing),
    (case.EndCase, Deed.ACT_FOR_UNIT, closing.choose_outcome),
    (case.RejectCase, Deed.WORK_CASES, closing.choose_reason),
    (case.FinishAsShown, Deed.ACT_FOR_UNIT, closing.finish_as_shown),
    (case.JudgeClosing, Deed.WORK_CASES, closing.judge),
    (case.ReferCase, Deed.WORK_CASES, closing.refer),
    (case.ReopenCase, Deed.OVERRULE, working.reopen),
    (case.ReleaseLabel, Deed.OVERRULE, working.release_label),
    (case.HoldCase, Deed.OVERRULE, working.hold),
    (incident.BeginCall, Deed.WORK_CASES, calls.begin_call),
    (incident.ChooseSource, Deed.WORK_CASES, calls.choose_source),
    (incident.ListLikenesses, Deed.WORK_CASES, merging.list_likenesses),
    (incident.PreviewMerge, Deed.WORK_CASES, merging.preview_merge),
    (incident.MergeInto, Deed.WORK_CASES, merging.merge),
    (incident.Unmerge, Deed.WORK_CASES, merging.unmerge),
    (incident.ShowIncident, Deed.WORK_CASES, merging.show_incident),
    (incident.AskWitnesses, Deed.WORK_CASES, merging.ask_witnesses),
    (incident.CloseAsPrank, Deed.WORK_CASES, pranks.close_as_prank),
    (incident.ListPranks, Deed.WORK_CASES, pranks.press_list),
    (incident.TickPrank, Deed.WORK_CASES, pranks.tick),
    (incident.CloseTicked, Deed.WORK_CASES, pranks.close_ticked),
    (incident.UndoPranks, Deed.WORK_CASES, pranks.undo),
)
BY_CODE: dict[str, Any] = {
    **{button.code: deed for button, deed in PRESSES},
    **{button.code: guards.guarded(deed, handler) for button, deed, handler in STAFF_PRESSES},
}


async def press(update: Update, context: Context) -> None:
    """A button: its code names the handler. One that no version of the bot made, or that somebody made up, is stale."""
    query = update.callback_query
    data = query.data if query is not None else None
    code = data.partition(".")[0] if isinstance(data, str) else ""  # a client may send anything
    await BY_CODE.get(code, answers.unknown_button)(update, context)


def _names(indonesian: str, english: str) -> list[str]:
    return list(dict.fromkeys((indonesian, english)))


RESIDENT_NAMES = sorted({name for *names, _ in RESIDENT_COMMANDS for name in names})

ROUTES: tuple[Handler, ...] = (
    # Most of what arrives is an answer in words: it is looked for first. Commands are words too, so they are left out.
    MessageHandler(PRIVATE & NEW & filters.TEXT & ~filters.COMMAND, private.hear_text),
    CallbackQueryHandler(press),
    *(CommandHandler(_names(*names), deed, filters=PRIVATE & NEW) for *names, deed in RESIDENT_COMMANDS),
    *(
        CommandHandler(_names(*names), guards.guarded(deed, handler), filters=(PRIVATE | GROUP) & NEW)
        for *names, deed, handler in STAFF_COMMANDS
    ),
    *(
        CommandHandler(_names(*names), guards.guarded(deed, handler), filters=GROUP & NEW)
        for *names, deed, handler in ROOM_COMMANDS
    ),
    *(CommandHandler(_names(*names), staff.only_in_groups, filters=PRIVATE & NEW) for *names, _, _ in ROOM_COMMANDS),
    # Before files and other messages: an edit of any of them is no new one.
    MessageHandler(PRIVATE & filters.UpdateType.EDITED_MESSAGE, private.hear_correction),
    # A venue carries a location as well: both are pins.
    MessageHandler(PRIVATE & (filters.LOCATION | filters.VENUE), private.hear_pin),
    MessageHandler(PRIVATE & FILE, private.hear_file),
    MessageHandler(PRIVATE & filters.COMMAND, private.unknown_command),
    # "Pinned a message" and the like are nobody's words.
    MessageHandler(PRIVATE & filters.StatusUpdate.ALL, groups.leave_alone),
    MessageHandler(PRIVATE, private.refuse),
    # A group is told where to write; of anybody's report it hears nothing here.
    *(
        CommandHandler(_names(*names), groups.lead_to_private_chat, filters=GROUP & NEW)
        for *names, _ in RESIDENT_COMMANDS
    ),
    MessageHandler(GROUP & filters.StatusUpdate.MIGRATE, staff.group_migrated),
    MessageHandler(GROUP & filters.StatusUpdate.NEW_CHAT_MEMBERS, membership.members_added),
    ChatMemberHandler(membership.bot_moved, ChatMemberHandler.MY_CHAT_MEMBER),
    ChatMemberHandler(membership.member_moved, ChatMemberHandler.CHAT_MEMBER),
    MessageHandler(GROUP & NEW & filters.REPLY & filters.TEXT & ~filters.COMMAND, talking.hear_group_reply),
    # Whatever else is said in groups and channels is heard by nobody.
)


def register(application: "Application[Any, Any, Any, Any, Any, Any]") -> None:
    """Puts the table into one group of the application: the first that fits is the last."""
    for handler in ROUTES:
        application.add_handler(handler)


def _menu(language: str) -> list[tuple[str, str]]:
    shown = [names for *names, _ in RESIDENT_COMMANDS]
    return [(english if language == "en" else indonesian, f"command.{indonesian}") for indonesian, english in shown]


def _room_menu(language: str) -> list[tuple[str, str]]:
    shown = [names for *names, _, _ in ROOM_COMMANDS]
    return [(english if language == "en" else indonesian, f"command.{indonesian}") for indonesian, english in shown]


# What setMyCommands is told: scope, language ("" for everybody else), commands with the keys of their descriptions.
COMMANDS: list[tuple[dict[str, str], str, list[tuple[str, str]]]] = [
    ({"type": "all_private_chats"}, "", _menu("id")),
    ({"type": "all_private_chats"}, "en", _menu("en")),
    ({"type": "all_chat_administrators"}, "", _room_menu("id")),
    ({"type": "all_chat_administrators"}, "en", _room_menu("en")),
]
