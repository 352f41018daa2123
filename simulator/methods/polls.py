"""Polls: sending, voting, stopping."""

import secrets

from simulator.errors import NotPossible, bad_request
from simulator.keyboards import check_markup
from simulator.methods.method import DELIVERY, MARKUP, Call, method, one
from simulator.telegram import Telegram
from simulator.world import Json, Message, User

MAX_QUESTION = 300
MAX_OPTION = 100
MAX_OPTIONS = 12

PLACE = "business_connection_id String, chat_id! Chat, message_thread_id Integer"
POLL = (
    "question! String, question_parse_mode String, question_entities Array, options! Array, is_anonymous Boolean, "
    "type String, allows_multiple_answers Boolean, allows_revoting Boolean, shuffle_options Boolean, "
    "allow_adding_options Boolean, hide_results_until_closes Boolean, members_only Boolean, country_codes Array, "
    "correct_option_ids Array, explanation String, explanation_parse_mode String, explanation_entities Array, "
    "explanation_media Object, open_period Integer, close_date Integer, is_closed Boolean, description String, "
    "description_parse_mode String, description_entities Array, media Object"
)


@method(PLACE, POLL, DELIVERY, MARKUP, cost=one)
def send_poll(call: Call) -> Json:
    chat = call.chat_to_write()
    return call.send(chat, {"poll": make_poll(call.params)})


def make_poll(given: Json) -> Json:
    """A Poll, or Refusal 400 in Telegram's words."""
    if not given["question"].strip():
        raise bad_request("poll question must be non-empty")
    if len(given["question"]) > MAX_QUESTION:
        raise bad_request(f"poll question length must not exceed {MAX_QUESTION}")
    if not 1 <= len(given["options"]) <= MAX_OPTIONS:
        raise bad_request("poll must have at least 1 answer option" if not given["options"] else "too many options")
    options = [make_option(number, option) for number, option in enumerate(given["options"])]
    poll: Json = {
        "id": str(secrets.randbits(62)),
        "question": given["question"],
        "options": options,
        "total_voter_count": 0,
        "is_closed": given.get("is_closed", False),
        "is_anonymous": given.get("is_anonymous", True),
        "type": given.get("type", "regular"),
        "allows_multiple_answers": given.get("allows_multiple_answers", False),
        "allows_revoting": given.get("allows_revoting", True),
        "members_only": given.get("members_only", False),
    }
    names = ("correct_option_ids", "explanation", "open_period", "close_date", "description")
    return poll | {name: given[name] for name in names if name in given}


def make_option(number: int, option: Json) -> Json:
    text = option.get("text", "") if isinstance(option, dict) else str(option)
    if not 1 <= len(text) <= MAX_OPTION:
        raise bad_request(f"poll options length must be between 1 and {MAX_OPTION}")
    return {"persistent_id": str(number), "text": text, "voter_count": 0}


def vote(telegram: Telegram, message: Message, person: User, options: list[int]) -> None:
    """An empty list takes the vote back."""
    poll = message.body.get("poll")
    if poll is None or poll["is_closed"]:
        raise NotPossible("There is no open poll in this message.")
    message.votes[person.id] = options
    body = {**message.body, "poll": counted(poll, message.votes)}
    telegram.change(message, body, edited=False)
    for bot in telegram.bots_in(message.chat):
        if bot.id != message.sender_id:
            continue
        queue = telegram.queues[bot.id]
        if not poll["is_anonymous"]:
            answer = {"poll_id": poll["id"], "user": person.shape(), "option_ids": options}
            answer["option_persistent_ids"] = [str(option) for option in options]
            queue.add("poll_answer", answer, person.id)
        queue.add("poll", body["poll"], message.chat.id)


def counted(poll: Json, votes: dict[int, list[int]]) -> Json:
    options = [
        {**option, "voter_count": sum(number in chosen for chosen in votes.values())}
        for number, option in enumerate(poll["options"])
    ]
    return {**poll, "options": options, "total_voter_count": sum(bool(chosen) for chosen in votes.values())}


@method("business_connection_id String, chat_id! Chat, message_id! Integer, reply_markup Object")
def stop_poll(call: Call) -> Json:
    message = call.message(call.chat_to_write(), "message with poll to stop not found")
    if message.sender_id != call.bot.id or "poll" not in message.body:
        raise bad_request("poll can't be stopped")
    if message.body["poll"]["is_closed"]:
        raise bad_request("poll has already been closed")
    poll: Json = {**message.body["poll"], "is_closed": True}
    body = {**message.body, "poll": poll}
    body.pop("reply_markup", None)
    if "reply_markup" in call.params:
        body["reply_markup"] = check_markup(call.params["reply_markup"])
    call.telegram.change(message, body, edited=False)
    return poll
