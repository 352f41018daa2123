"""Buttons: what comes back from a client is believed only if this bot made it for this chat."""

import dataclasses
import inspect
import uuid
from types import ModuleType
from typing import Any, cast

import pytest
from telegram import Update

from domain.errors import ButtonIsStale
from handlers import presses
from handlers.buttons import LIMIT_BYTES, ButtonData
from handlers.reports import buttons

CHAT = 7_234_567_890_123
LONGEST = "x" * 16


def _classes(module: ModuleType) -> list[type[ButtonData]]:
    found = [member for _, member in inspect.getmembers(module, inspect.isclass)]
    return [member for member in found if issubclass(member, ButtonData) and member is not ButtonData]


ALL = [*_classes(buttons), *_classes(presses)]


def _sample(kind: type[ButtonData]) -> ButtonData:
    values: dict[Any, Any] = {uuid.UUID: uuid.uuid4(), str: LONGEST, int: 1}
    fields = dataclasses.fields(kind)
    return kind(**{f.name: values.get(f.type) or max(cast(Any, f.type), key=lambda m: len(str(m))) for f in fields})


def _pressed(data: str, chat_id: int = CHAT) -> Update:
    person = {"id": 5, "is_bot": False, "first_name": "Siti"}
    chat = {"id": chat_id, "type": "private", "first_name": "Siti"}
    message = {"message_id": 1, "date": 1, "chat": chat, "text": "?"}
    query = {"id": "1", "from": person, "chat_instance": "1", "data": data, "message": message}
    update = Update.de_json({"update_id": 1, "callback_query": query}, None)
    assert update is not None
    return update


@pytest.mark.usefixtures("keyring")
@pytest.mark.parametrize("kind", ALL)
def test_the_fullest_button_fits_and_comes_back_as_it_was(kind: type[ButtonData]) -> None:
    button = _sample(kind)
    packed = button.pack(CHAT)
    assert len(packed.encode()) <= LIMIT_BYTES
    assert kind.read(_pressed(packed)) == button
    assert packed.startswith(f"{kind.code}.")


@pytest.mark.usefixtures("keyring")
@pytest.mark.parametrize("kind", ALL)
def test_a_changed_byte_is_refused(kind: type[ButtonData]) -> None:
    packed = _sample(kind).pack(CHAT)
    for position in range(len(packed)):
        other = "A" if packed[position] != "A" else "B"
        with pytest.raises(ButtonIsStale):
            kind.read(_pressed(packed[:position] + other + packed[position + 1 :]))


@pytest.mark.usefixtures("keyring")
@pytest.mark.parametrize("kind", ALL)
def test_another_chat_is_refused(kind: type[ButtonData]) -> None:
    with pytest.raises(ButtonIsStale):
        kind.read(_pressed(_sample(kind).pack(CHAT), chat_id=CHAT + 1))


@pytest.mark.usefixtures("keyring")
@pytest.mark.parametrize("data", ["", ".", "rc", "rc...", "rc.\ud800.x", "x" * 64, "🚨.🚨.🚨"])
def test_what_was_made_up_is_refused(data: str) -> None:
    with pytest.raises(ButtonIsStale):
        buttons.ChooseCategory.read(_pressed(data))


def test_every_kind_has_a_code_of_its_own() -> None:
    codes = [kind.code for kind in ALL]
    assert len(codes) == len(set(codes))
