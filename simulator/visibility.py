"""Which messages of a group a bot is shown: Telegram's privacy mode."""

from simulator.units import utf16_slice
from simulator.world import Bot, Chat, Json

SERVICE_FIELDS = frozenset(
    [
        "new_chat_members",
        "left_chat_member",
        "new_chat_title",
        "new_chat_photo",
        "delete_chat_photo",
        "group_chat_created",
        "supergroup_chat_created",
        "migrate_to_chat_id",
        "migrate_from_chat_id",
        "pinned_message",
        "forum_topic_created",
        "forum_topic_edited",
        "forum_topic_closed",
        "forum_topic_reopened",
    ]
)


def may_see(bot: Bot, chat: Chat, body: Json) -> bool:
    if not bot.privacy or chat.is_private() or chat.is_admin(bot.id):
        return True
    if SERVICE_FIELDS & body.keys():
        return True
    if body.get("reply_to_message", {}).get("from", {}).get("id") == bot.id:
        return True
    if body.get("via_bot", {}).get("id") == bot.id:
        return True
    return addresses(bot, body)


def addresses(bot: Bot, body: Json) -> bool:
    """A command for anyone or for this bot, or a mention of it."""
    text = body.get("text") or body.get("caption") or ""
    name = (bot.username or "").lower()
    for entity in body.get("entities") or body.get("caption_entities") or ():
        if entity["type"] not in ("bot_command", "mention"):
            continue
        _, _, target = utf16_slice(text, entity["offset"], entity["length"]).lower().partition("@")
        if target == name or (entity["type"] == "bot_command" and not target):
            return True
    return False
