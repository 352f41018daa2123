"""Members: what everybody does for themselves. Start, language, privacy, area, help, one's own data."""

import json
from collections.abc import Awaitable, Callable

from telegram import Update

from domain import invitations, people, privacy, staff
from domain.areas import BadCoordinates
from domain.errors import ButtonIsStale
from domain.policy import NOTICE_VERSION
from domain.reports import places, words
from domain.reports.drafts import NotOnEarth
from handlers import inviting, menus
from handlers.context import Context
from handlers.presses import AcceptNotice, ChooseHome, ChooseLanguage, EraseMe, OpenMenu, ReadNotice
from handlers.reports import buttons, codes, conversation, flow, here, status
from handlers.texts import LANGUAGES, Raw
from handlers.views import Press, View, in_rows

AWAITS_HOME = "home"
NO_AREA = "none"
AREAS_IN_A_ROW = 2
MOST_WORDS_OF_A_NAME = 4
DATA_SHOWN = 3500  # characters of one's data that fit into a message


async def start(update: Update, context: Context) -> None:
    """/start, perhaps with what a link carried"""
    people.set_reachable(context.person, True)
    payload = (context.args or [""])[0]
    if invitations.is_token(payload) and await inviting.open_link(context, payload):
        return
    if here.is_code(payload):
        await here.open_code(context, payload)
    elif payload == "lapor":
        await conversation.begin_report(update, context)
    elif people.has_seen_notice(context.person):
        show_menu(context)
    else:
        context.reply(_language_view(context, "start.welcome"))


async def choose_language(update: Update, context: Context) -> None:
    button = ChooseLanguage.read(update)
    if button.language not in LANGUAGES:
        raise ButtonIsStale()
    people.choose_language(context.person, button.language)
    if context.roles:
        menus.publish(context, context.person, context.roles)
    if not people.has_seen_notice(context.person):
        context.show(_notice_view(context))
    elif context.draft is not None:
        flow.ask_again(context, context.draft)
    else:
        show_menu(context)


async def accept_notice(update: Update, context: Context) -> None:
    AcceptNotice.read(update)
    people.accept_notice(context.person, now=context.now)
    if context.draft is not None:
        flow.ask_again(context, context.draft)
    elif context.person.area_code is None:
        _ask_home(context)
    else:
        show_menu(context)


async def read_notice(update: Update, context: Context) -> None:
    """From the one line above a first report: the notice comes as a message of its own."""
    ReadNotice.read(update)
    context.reply(_notice_view(context))


def _notice_view(context: Context) -> View:
    rows = [
        [Press(context.label("button.accept_notice"), AcceptNotice(), style="primary")],
        [Press(context.label("button.whole_notice"), OpenMenu("privacy"))],
    ]
    return View(context.say("start.notice", version=NOTICE_VERSION), rows)


def _language_view(context: Context, key: str) -> View:
    return View(context.say(key), [[Press(name, ChooseLanguage(code)) for code, name in LANGUAGES.items()]])


async def language(update: Update, context: Context) -> None:
    """/bahasa"""
    context.show(_language_view(context, "start.choose_language"))


async def show_privacy(update: Update, context: Context) -> None:
    """/privasi"""
    if people.has_seen_notice(context.person):
        rows = [[_to_menu(context)]]
    else:
        rows = [[Press(context.label("button.accept_notice"), AcceptNotice(), style="primary")]]
    context.show(View(context.say("privacy.whole", version=NOTICE_VERSION), rows))


async def area(update: Update, context: Context) -> None:
    """/wilayah"""
    _ask_home(context)


def _ask_home(context: Context, note: Raw | None = None) -> None:
    context.await_(AWAITS_HOME)
    now = context.areas.name(context.person.area_code) or context.label("area.none")
    text = context.say("area.ask", now=now)
    rows = [
        [Press(context.label("button.area_list"), ChooseHome(buttons.ALL))],
        [Press(context.label("button.skip"), ChooseHome(NO_AREA))],
    ]
    context.show(View(Raw(f"{note}\n\n{text}") if note else text, rows))


async def choose_home(update: Update, context: Context) -> None:
    button = ChooseHome.read(update)
    if button.area == buttons.ALL:
        _list_homes(context, [area.code for area in context.areas.by_name])
        return
    if button.area == NO_AREA:
        _home_is_done(context, None)
        return
    code = buttons.area_code(button.area)
    if code not in context.areas.by_code:
        raise ButtonIsStale()
    take_home(context, code)


def hear_home(context: Context, text: str) -> bool:
    """The name of the area somebody lives in. False for more words than a name has."""
    if words.is_one_of(text, words.CANCEL_WORDS | words.SKIP_WORDS):
        _home_is_done(context, None)
        return True
    if len(text.split()) > MOST_WORDS_OF_A_NAME:
        return False
    _offer_homes(context, _named(context, text))
    return True


def _named(context: Context, text: str) -> list[str]:
    guess = places.guess_area(text, context.areas)
    return [area.code for area in ((guess.area,) if guess.area else guess.candidates)]


def pin_home(context: Context, latitude: float, longitude: float) -> None:
    """Only the area is kept of the pin."""
    try:
        located = context.areas.locate(latitude, longitude)
    except BadCoordinates:
        raise NotOnEarth() from None
    _offer_homes(context, [area.code for area in located.candidates], is_sure=not located.must_ask)


def _offer_homes(context: Context, codes: list[str], *, is_sure: bool = True) -> None:
    if len(codes) == 1 and is_sure:
        take_home(context, codes[0])
    elif codes:
        _list_homes(context, codes)
    else:
        _ask_home(context, context.say("report.no_such_area"))


def _list_homes(context: Context, codes: list[str]) -> None:
    presses = [Press(context.areas.name(code) or code, ChooseHome(buttons.area_token(code))) for code in codes]
    rows = in_rows(presses, AREAS_IN_A_ROW)
    context.show(View(context.say("area.choose"), [*rows, [Press(context.label("button.skip"), ChooseHome(NO_AREA))]]))


def take_home(context: Context, code: str) -> None:
    people.choose_area(context.person, code)
    _home_is_done(context, context.say("area.taken", area=context.areas.name(code)))


def _home_is_done(context: Context, note: Raw | None) -> None:
    if context.draft is not None:
        flow.ask(context, context.draft, note=note)
        return
    context.end_dialogue()
    show_menu(context, note)


def show_menu(context: Context, note: Raw | None = None) -> None:
    """What one can do here. A draft at hand comes first."""
    rows = [
        [Press(context.label("button.report"), OpenMenu("report"), style="primary")],
        [Press(context.label("button.my_reports"), OpenMenu("reports")), _menu(context, "emergency")],
        [_menu(context, "area"), _menu(context, "language")],
        [_menu(context, "privacy"), _menu(context, "help")],
    ]
    if context.draft is not None:
        rows.insert(0, [Press(context.label("button.resume"), buttons.Resume(context.draft.id))])
    text = context.say("menu.text")
    context.show(View(Raw(f"{note}\n\n{text}") if note else text, rows))


def _menu(context: Context, item: str) -> Press:
    return Press(context.label(f"button.{item}"), OpenMenu(item))


def _to_menu(context: Context) -> Press:
    return Press(context.label("button.back"), OpenMenu("menu"))


async def open_menu(update: Update, context: Context) -> None:
    button = OpenMenu.read(update)
    if button.item not in MENU:
        raise ButtonIsStale()
    await MENU[button.item](update, context)


async def emergency(update: Update, context: Context) -> None:
    """/darurat"""
    rows = [[Press(context.label("button.report"), OpenMenu("report"))], [_to_menu(context)]]
    context.show(View(context.say("emergency.call"), rows))


async def help_(update: Update, context: Context) -> None:
    """/bantuan"""
    rows = [[Press(context.label("button.report"), OpenMenu("report"))], [_to_menu(context)]]
    text, duties = context.say("help.text"), menus.duties(context)
    context.show(View(Raw(f"{duties}\n\n{text}") if duties else text, rows))


async def my_data(update: Update, context: Context) -> None:
    """/data_saya"""
    kept = await privacy.kept_about(context.session, context.person)
    text = json.dumps(kept, ensure_ascii=False, indent=1)
    if len(text) > DATA_SHOWN:
        for report in kept["reports"]:
            report["words"] = words.shortened(report["words"], 40)
        text = words.shortened(json.dumps(kept, ensure_ascii=False, indent=1), DATA_SHOWN)
    context.reply(View(context.say("data.mine", data=text)))


async def delete_data(update: Update, context: Context) -> None:
    """/hapus_data"""
    sure = Press(context.label("button.erase"), EraseMe(), style="danger")
    context.reply(View(context.say("data.ask_erase"), [[sure], [_menu(context, "keep")]]))


async def erase_me(update: Update, context: Context) -> None:
    EraseMe.read(update)
    done = View(context.say("data.erased"))
    if context.roles:
        await staff.take_all_roles(context.session, context.person, by=context.person, now=context.now)
        menus.publish(context, context.person, ())
    await privacy.erase(context.session, context.person)
    context.visit.person = context.visit.dialogue = context.visit.draft = None
    context.visit.roles = context.visit.units = frozenset()
    context.visit.desk = None
    context.show(done)


async def _keep(update: Update, context: Context) -> None:
    show_menu(context)


MENU: dict[str, Callable[[Update, Context], Awaitable[None]]] = {
    "report": conversation.begin_report,
    "reports": status.list_reports,
    "check": codes.check_code,
    "emergency": emergency,
    "area": area,
    "language": language,
    "privacy": show_privacy,
    "help": help_,
    "keep": _keep,
    "menu": _keep,
}
