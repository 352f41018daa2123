"""Reply markup: what keyboards a message may carry."""

import json
from collections.abc import Callable

from simulator.errors import bad_request
from simulator.world import Json

MAX_BUTTONS = 100
MAX_CALLBACK_BYTES = 64

INLINE_ACTIONS = frozenset(
    [
        "url",
        "callback_data",
        "web_app",
        "login_url",
        "switch_inline_query",
        "switch_inline_query_current_chat",
        "switch_inline_query_chosen_chat",
        "copy_text",
        "callback_game",
        "pay",
    ]
)
LOOKS = frozenset({"text", "style", "icon_custom_emoji_id"})
REPLY_BUTTON = LOOKS | frozenset(
    [
        "request_users",
        "request_chat",
        "request_managed_bot",
        "request_contact",
        "request_location",
        "request_poll",
        "web_app",
    ]
)
MARKUPS: dict[str, frozenset[str]] = {
    "inline_keyboard": frozenset({"inline_keyboard"}),
    "keyboard": frozenset(
        ["keyboard", "is_persistent", "resize_keyboard", "one_time_keyboard", "input_field_placeholder", "selective"]
    ),
    "remove_keyboard": frozenset({"remove_keyboard", "selective"}),
    "force_reply": frozenset({"force_reply", "input_field_placeholder", "selective"}),
}


def check_markup(markup: Json) -> Json:
    """The markup itself, or Refusal 400 in Telegram's words."""
    kind = next((name for name in MARKUPS if name in markup), None)
    if kind is None:
        raise bad_request("object expected as reply markup")
    if unknown := markup.keys() - MARKUPS[kind]:
        raise bad_request(f'unknown field "{min(unknown)}" in reply markup')
    if kind == "inline_keyboard":
        check_rows(markup[kind], check_inline_button)
        # An empty keyboard is the same as none.
        return {"inline_keyboard": [row for row in markup[kind] if row]}
    if kind == "keyboard":
        check_rows(markup[kind], check_reply_button)
    return markup


def check_rows(rows: object, check: Callable[[object], None]) -> None:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request("can't parse keyboard: field must be an Array of Arrays")
    if sum(len(row) for row in rows) > MAX_BUTTONS:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    for row in rows:
        for button in row:
            check(button)


def check_inline_button(button: object) -> None:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: expected an Object")
    if unknown := button.keys() - INLINE_ACTIONS - LOOKS:
        raise bad_request(f'unknown field "{min(unknown)}" in inline keyboard button')
    check_button_text(button)
    actions = INLINE_ACTIONS & button.keys()
    if not actions:
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad_request("can't parse inline keyboard button: exactly one action is expected")
    check_action(button)


def check_action(button: Json) -> None:
    if "callback_data" in button:
        data = button["callback_data"]
        if not isinstance(data, str) or not 1 <= len(data.encode()) <= MAX_CALLBACK_BYTES:
            raise bad_request("BUTTON_DATA_INVALID")
    if "url" in button:
        url = button["url"]
        if not isinstance(url, str) or not url.startswith(("http://", "https://", "tg://")):
            raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    if "copy_text" in button and not 1 <= len(button["copy_text"].get("text", "")) <= 256:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")


def check_reply_button(button: object) -> None:
    if isinstance(button, str) and button:
        return
    if not isinstance(button, dict):
        raise bad_request("can't parse keyboard button: expected an Object or String")
    if unknown := button.keys() - REPLY_BUTTON:
        raise bad_request(f'unknown field "{min(unknown)}" in keyboard button')
    check_button_text(button)


def check_button_text(button: Json) -> None:
    if not isinstance(button.get("text"), str):
        raise bad_request("can't parse keyboard button: Can't find field \"text\"")
    if not button["text"].strip():
        raise bad_request("keyboard button text must be non-empty")


def same_markup(one: Json | None, other: Json | None) -> bool:
    return json.dumps(one or None, sort_keys=True) == json.dumps(other or None, sort_keys=True)
