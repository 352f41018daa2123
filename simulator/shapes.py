"""Shapes of the Bot API that several places need: members, full chats, snapshots of messages."""

from simulator.world import Bot, Chat, Json, Member, Message

RIGHTS = [
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_pin_messages",
    "can_manage_topics",
]
PERMISSIONS = [
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
    "can_edit_tag",
    "can_react_to_messages",
]


def member_shape(member: Member) -> Json:
    shape: Json = {"status": member.status, "user": member.user.shape()}
    if member.status == "administrator":
        shape.update({"can_be_edited": False, "is_anonymous": False}, **dict.fromkeys(RIGHTS, True))
    if member.status == "creator":
        shape["is_anonymous"] = False
    if member.status == "kicked":
        shape["until_date"] = 0
    return shape


def full_chat(chat: Chat, bot: Bot) -> Json:
    """ChatFullInfo."""
    shape: Json = {
        **chat.shape,
        "accent_color_id": abs(chat.id) % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(
            ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False
        ),
    }
    if chat.pinned and (pinned := chat.messages.get(chat.pinned[-1])):
        shape["pinned_message"] = pinned.body
    if not chat.is_private():
        shape["permissions"] = dict.fromkeys(PERMISSIONS, True)
    return shape


def quoted(message: Message) -> Json:
    """A message as it appears inside another one: without what it itself quotes."""
    return {k: v for k, v in message.body.items() if k not in ("reply_to_message", "pinned_message")}


def origin(message: Message) -> Json:
    """MessageOrigin of a forward."""
    body = message.body
    if "forward_origin" in body:
        return dict(body["forward_origin"])
    sender_chat = body.get("sender_chat")
    if sender_chat and sender_chat["type"] == "channel":
        return {"type": "channel", "date": body["date"], "chat": sender_chat, "message_id": message.id}
    if sender_chat:
        return {"type": "chat", "date": body["date"], "sender_chat": sender_chat}
    return {"type": "user", "date": body["date"], "sender_user": body["from"]}
