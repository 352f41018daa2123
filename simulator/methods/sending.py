"""Messages without files: text, places, contacts, dice."""

import random

from simulator.errors import bad_request
from simulator.methods.method import DELIVERY, MARKUP, SUGGESTED, TARGET, Call, method, one
from simulator.world import Json

TEXT = "text! String, parse_mode String, entities Array, link_preview_options Object"
POINT = "latitude! Float, longitude! Float"
# emoji -> the highest value that the dice can show
DICE = {"🎲": 6, "🎯": 6, "🎳": 6, "🏀": 5, "⚽": 5, "🎰": 64}
ACTIONS = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ]
)
FOREVER = 0x7FFFFFFF


@method(TARGET, TEXT, DELIVERY, SUGGESTED, MARKUP, cost=one)
def send_message(call: Call) -> Json:
    chat = call.chat_to_write()
    return call.send(chat, {**call.text(), **call.picked("link_preview_options")})


@method(
    TARGET,
    POINT,
    "horizontal_accuracy Float, live_period Integer, heading Integer, proximity_alert_radius Integer",
    DELIVERY,
    SUGGESTED,
    MARKUP,
    cost=one,
)
def send_location(call: Call) -> Json:
    chat = call.chat_to_write()
    return call.send(chat, {"location": location(call.params)})


def location(given: Json) -> Json:
    """A Location, or Refusal 400 for what is nowhere on Earth."""
    if not (-90 <= given["latitude"] <= 90 and -180 <= given["longitude"] <= 180):
        raise bad_request("wrong latitude or longitude specified")
    period = given.get("live_period")
    if period is not None and not (60 <= period <= 86_400 or period == FOREVER):
        raise bad_request("wrong live location period specified")
    names = ("latitude", "longitude", "horizontal_accuracy", "live_period", "heading", "proximity_alert_radius")
    return {name: given[name] for name in names if given.get(name) is not None}


VENUE = (
    "title! String, address! String, foursquare_id String, foursquare_type String, google_place_id String, "
    "google_place_type String"
)


@method(TARGET, POINT, VENUE, DELIVERY, SUGGESTED, MARKUP, cost=one)
def send_venue(call: Call) -> Json:
    chat = call.chat_to_write()
    point = location(call.params)
    names = ["title", "address", "foursquare_id", "foursquare_type", "google_place_id", "google_place_type"]
    return call.send(chat, {"location": point, "venue": {"location": point, **call.picked(*names)}})


@method(
    TARGET,
    "phone_number! String, first_name! String, last_name String, vcard String",
    DELIVERY,
    SUGGESTED,
    MARKUP,
    cost=one,
)
def send_contact(call: Call) -> Json:
    chat = call.chat_to_write()
    return call.send(chat, {"contact": call.picked("phone_number", "first_name", "last_name", "vcard")})


@method(TARGET, "emoji String", DELIVERY, SUGGESTED, MARKUP, cost=one)
def send_dice(call: Call) -> Json:
    return call.send(call.chat_to_write(), {"dice": roll(call.get("emoji", "🎲"))})


def roll(emoji: str) -> Json:
    if emoji not in DICE:
        raise bad_request("the emoji is not a dice")
    return {"emoji": emoji, "value": random.randint(1, DICE[emoji])}


@method("business_connection_id String, chat_id! Chat, message_thread_id Integer, action! String")
def send_chat_action(call: Call) -> bool:
    chat = call.chat_to_write()
    if call.get("action") not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    call.telegram.events.tell("typing", chat.id_for_people(), chat.watchers(), action=call.get("action"))
    return True
