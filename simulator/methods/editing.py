"""Edits of what a bot sent before."""

from simulator.errors import bad_request
from simulator.keyboards import check_markup, same_markup
from simulator.media import CAPTIONED, kind_of
from simulator.methods.method import CAPTION, EDIT_TARGET, MARKUP, Call, method, one
from simulator.methods.sending import POINT, location
from simulator.world import Json, Message

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)


def message_to_edit(call: Call) -> Message:
    if "inline_message_id" in call.params:
        raise bad_request("MESSAGE_ID_INVALID")
    if "chat_id" not in call.params:
        raise bad_request("chat_id is empty")
    if "message_id" not in call.params:
        raise bad_request("message identifier is not specified")
    message = call.message(call.chat_to_write(), "message to edit not found")
    if message.sender_id != call.bot.id:
        raise bad_request("message can't be edited")
    return message


def new_markup(call: Call) -> Json | None:
    """An edit without reply_markup takes the keyboard away."""
    given = call.get("reply_markup")
    if not given:
        return None
    markup = check_markup(given)
    if "inline_keyboard" not in markup:
        raise bad_request("inline keyboard expected")
    return markup if markup["inline_keyboard"] else None


def save(call: Call, message: Message, drop: tuple[str, ...], content: Json) -> Json:
    """Replace fields of a message. Raises Refusal when nothing would change."""
    old = message.body
    body = {k: v for k, v in old.items() if k not in drop and k != "reply_markup"}
    body |= content
    markup = new_markup(call)
    unchanged = all(old.get(name) == body.get(name) for name in {*drop, *content})
    if unchanged and same_markup(markup, old.get("reply_markup")):
        raise bad_request(NOT_MODIFIED)
    if markup:
        body["reply_markup"] = markup
    call.telegram.change(message, body)
    return body


@method(EDIT_TARGET, "text! String, parse_mode String, entities Array, link_preview_options Object", MARKUP, cost=one)
def edit_message_text(call: Call) -> Json:
    message = message_to_edit(call)
    content = {**call.text(), **call.picked("link_preview_options")}
    if "text" not in message.body:
        raise bad_request("there is no text in the message to edit")
    return save(call, message, ("text", "entities", "link_preview_options"), content)


@method(EDIT_TARGET, CAPTION, "show_caption_above_media Boolean", MARKUP, cost=one)
def edit_message_caption(call: Call) -> Json:
    message = message_to_edit(call)
    if kind_of(message.body) not in CAPTIONED:
        raise bad_request("there is no caption in the message to edit")
    return save(call, message, ("caption", "caption_entities"), call.caption())


@method(EDIT_TARGET, MARKUP, cost=one)
def edit_message_reply_markup(call: Call) -> Json:
    return save(call, message_to_edit(call), (), {})


@method(
    EDIT_TARGET,
    POINT,
    "live_period Integer, horizontal_accuracy Float, heading Integer, proximity_alert_radius Integer",
    MARKUP,
    cost=one,
)
def edit_message_live_location(call: Call) -> Json:
    message = live_location(call)
    old = message.body["location"]
    names = ["latitude", "longitude", "live_period", "horizontal_accuracy", "heading", "proximity_alert_radius"]
    moved = location({"live_period": old["live_period"], **call.picked(*names)})
    return save(call, message, (), {"location": moved})


@method(EDIT_TARGET, MARKUP, cost=one)
def stop_message_live_location(call: Call) -> Json:
    message = live_location(call)
    still = {name: message.body["location"][name] for name in ("latitude", "longitude")}
    return save(call, message, (), {"location": still})


def live_location(call: Call) -> Message:
    message = message_to_edit(call)
    point = message.body.get("location", {})
    ends = message.at + point.get("live_period", -1)
    if "live_period" not in point or call.telegram.clock.now() > ends:
        raise bad_request("message can't be edited")
    return message
