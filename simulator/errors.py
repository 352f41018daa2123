"""Refusals: how Telegram says no to a bot, and how the people's side says no to a person."""

from typing import Any

PREFIXES = {400: "Bad Request: ", 403: "Forbidden: ", 409: "Conflict: "}


class Refusal(Exception):
    """An answer with ok: false. `description` is what the bot reads, prefix included."""

    def __init__(self, code: int, description: str, parameters: dict[str, Any] | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = PREFIXES.get(code, "") + description
        self.parameters = parameters


class NotPossible(Exception):
    """A person asked for something that cannot be done; the message is a sentence for the person."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.status = status


def bad_request(description: str, **parameters: Any) -> Refusal:
    return Refusal(400, description, parameters or None)


def forbidden(description: str) -> Refusal:
    return Refusal(403, description)


def conflict(description: str) -> Refusal:
    return Refusal(409, description)


def too_many(retry_after_seconds: int | None) -> Refusal:
    if retry_after_seconds is None:
        return Refusal(429, "Too Many Requests")
    return Refusal(429, f"Too Many Requests: retry after {retry_after_seconds}", {"retry_after": retry_after_seconds})
