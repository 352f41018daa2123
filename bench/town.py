"""The town: residents who speak to the bot, and what they heard back."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from bench.dialogue import MESSAGES, update_body
from bench.fake_api import FakeApi, Posted

PATIENCE_SECONDS = 5.0
_FIRST_CHAT_ID = 700_000_001


@dataclass(slots=True)
class Resident:
    """Someone in the middle of the dialogue; `awaited` is the message that has no reply yet."""

    chat_id: int
    step: int = 0
    awaited: Posted | None = None
    has_given_up: bool = False


class Town:
    """Who waits, who was answered and when. `after_reply` decides what the resident does next.

    A reply counts once for each message, and only after getUpdates has carried that message: a second message
    that the bot sends for the step before is not taken for an answer to a message that it has not seen.
    """

    def __init__(self, api: FakeApi) -> None:
        self.after_reply: Callable[[Resident], None] = lambda resident: None
        self.answered = 0
        self.finished = 0
        self.given_up = 0
        self.reply_seconds: list[float] = []
        self._api = api
        self._next_chat_id = _FIRST_CHAT_ID
        self._waiting: dict[int, Resident] = {}
        api.on_reply = self._hear

    def move_in(self) -> Resident:
        """A new Telegram user at the start of the dialogue."""
        self._next_chat_id += 1
        return Resident(self._next_chat_id)

    def speak(self, resident: Resident) -> None:
        """The resident's next message becomes available to the bot."""
        update_id = self._api.next_id()
        body = update_body(resident.step, update_id, resident.chat_id, int(time.time()))
        self._waiting[resident.chat_id] = resident
        resident.awaited = self._api.post(update_id, body)

    def _hear(self, chat_id: int, at: float) -> None:
        resident = self._waiting.get(chat_id)
        if resident is None or resident.awaited is None or not resident.awaited.handed_out:
            return
        self.answered += 1
        self.reply_seconds.append(at - resident.awaited.posted_at)
        del self._waiting[chat_id]
        if resident.has_given_up:
            return
        resident.awaited = None
        resident.step += 1
        if resident.step == len(MESSAGES):
            self.finished += 1
            resident = self.move_in()
        self.after_reply(resident)

    def waiting_seconds(self) -> list[float]:
        """How long each resident without a reply has waited so far."""
        now = time.perf_counter()
        return [now - resident.awaited.posted_at for resident in self._waiting.values() if resident.awaited]

    def replace_impatient(self) -> None:
        """Who heard nothing for PATIENCE_SECONDS gives up, and a new resident comes; a late reply still counts."""
        limit = time.perf_counter() - PATIENCE_SECONDS
        for resident in list(self._waiting.values()):
            if resident.awaited and not resident.has_given_up and resident.awaited.posted_at < limit:
                resident.has_given_up = True
                self.given_up += 1
                self.after_reply(self.move_in())

    def forget_counts(self) -> None:
        """Starts the measured part: what the warm-up counted is left out, dialogues go on."""
        self.answered = self.given_up = 0
        self.reply_seconds = []
