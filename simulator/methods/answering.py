"""Answers to people's button presses and inline queries."""

from simulator.errors import bad_request
from simulator.methods.method import Call, method

MAX_ANSWER = 200
MAX_RESULTS = 50


@method("callback_query_id! String, text String, show_alert Boolean, url String, cache_time Integer")
def answer_callback_query(call: Call) -> bool:
    text = call.get("text") or ""
    if len(text) > MAX_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    query = call.telegram.open_query(call.bot, call.get("callback_query_id"))
    answer = {"text": text, "show_alert": call.get("show_alert", False), "url": call.get("url")}
    if not query.answer.done():
        query.answer.set_result(answer)
    if query.chat:
        place = query.chat.id_for_people()
        call.telegram.events.tell("callback_answer", place, [query.person.id], **answer)
    return True


@method(
    "inline_query_id! String, results! Array, cache_time Integer, is_personal Boolean, next_offset String",
    "button Object",
)
def answer_inline_query(call: Call) -> bool:
    results = call.get("results")
    if len(results) > MAX_RESULTS:
        raise bad_request("RESULTS_TOO_MUCH")
    ids = [result.get("id") for result in results]
    if len(set(ids)) != len(ids):
        raise bad_request("RESULT_ID_DUPLICATE")
    query = call.telegram.open_query(call.bot, call.get("inline_query_id"))
    if not query.answer.done():
        query.answer.set_result({"results": results, "next_offset": call.get("next_offset", "")})
    return True
