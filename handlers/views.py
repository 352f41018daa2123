"""A view: a text and its buttons, ready for one chat."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from handlers.buttons import ButtonData
from handlers.texts import Raw


@dataclass(frozen=True)
class Press:
    """An inline button. `does` is typed data, or for the others: a link, or a text that a tap copies.
    `style` is Telegram's: "danger", "success" or "primary"."""

    label: str
    does: ButtonData | None = None
    url: str | None = None
    copies: str | None = None
    style: str | None = None

    def shaped(self, chat_id: int) -> dict[str, Any]:
        shape: dict[str, Any] = {"text": self.label}
        if self.does is not None:
            shape["callback_data"] = self.does.pack(chat_id)
        elif self.url is not None:
            shape["url"] = self.url
        else:
            shape["copy_text"] = {"text": self.copies}
        if self.style:
            shape["style"] = self.style
        return shape


@dataclass(frozen=True)
class View:
    """`text` is Telegram HTML, made by texts.say. `rows` are inline buttons. `asks_location` offers the one button
    that only a reply keyboard can have; `clears_keyboard` takes it away again."""

    text: Raw
    rows: Sequence[Sequence[Press]] = ()
    asks_location: str | None = None
    clears_keyboard: bool = False

    def payload(self, chat_id: int, *, edits: bool = False) -> dict[str, Any]:
        """The parameters of sendMessage, or of editMessageText."""
        payload: dict[str, Any] = {
            "text": self.text,
            "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": True},
        }
        if self.rows:
            payload["reply_markup"] = {
                "inline_keyboard": [[press.shaped(chat_id) for press in row] for row in self.rows]
            }
        elif self.asks_location and not edits:
            payload["reply_markup"] = {
                "keyboard": [[{"text": self.asks_location, "request_location": True}]],
                "resize_keyboard": True,
                "one_time_keyboard": True,
            }
        elif self.clears_keyboard and not edits:
            payload["reply_markup"] = {"remove_keyboard": True}
        return payload


def in_rows(presses: Sequence[Press], width: int) -> list[Sequence[Press]]:
    """Buttons side by side, so many in a row."""
    return [presses[start : start + width] for start in range(0, len(presses), width)]
