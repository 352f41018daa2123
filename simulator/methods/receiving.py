"""How a bot receives updates: polling or a webhook; and getMe."""

from typing import Any

from simulator.errors import bad_request
from simulator.methods.method import Call, method
from simulator.polling import BY_WEBHOOK, WEBHOOK_IS_ACTIVE
from simulator.webhook import check_url
from simulator.world import Json


class RawList:
    """Updates as JSON texts, so that polling does not build them twice."""

    __slots__ = ("texts",)

    def __init__(self, texts: list[str]) -> None:
        self.texts = texts


@method("offset Integer, limit Integer, timeout Integer, allowed_updates Array", waits=True)
async def get_updates(call: Call) -> Any:
    poller = call.telegram.pollers[call.bot.id]
    if call.bot.id in call.telegram.webhooks:
        raise await poller.conflict(WEBHOOK_IS_ACTIVE)
    call.telegram.queues[call.bot.id].allow(call.get("allowed_updates"))
    limit = call.get("limit", 100)
    limit = limit if 1 <= limit <= 100 else 100
    updates = await poller.get(call.get("offset", 0), limit, call.get("timeout", 0))
    return RawList([update.text for update in updates])


@method(
    "url! String, certificate File, ip_address String, max_connections Integer, allowed_updates Array, "
    "drop_pending_updates Boolean, secret_token String",
    waits=True,
)
async def set_webhook(call: Call) -> bool:
    telegram, bot = call.telegram, call.bot
    if call.get("url"):
        check_url(call.get("url"))
    if not 1 <= call.get("max_connections", 40) <= 100:
        raise bad_request("bad webhook: max_connections must be between 1 and 100")
    queue = telegram.queues[bot.id]
    queue.allow(call.get("allowed_updates"))
    if call.get("drop_pending_updates"):
        queue.forget()
    telegram.pollers[bot.id].interrupt(BY_WEBHOOK)
    await telegram.set_webhook(bot, call.params)
    return True


@method("drop_pending_updates Boolean", waits=True)
async def delete_webhook(call: Call) -> bool:
    if call.get("drop_pending_updates"):
        call.telegram.queues[call.bot.id].forget()
    await call.telegram.close_webhook(call.bot)
    return True


@method("")
def get_webhook_info(call: Call) -> Json:
    queue = call.telegram.queues[call.bot.id]
    queue.expire()
    webhook = call.telegram.webhooks.get(call.bot.id)
    info: Json = {
        "url": webhook.url if webhook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(queue.pending),
    }
    if webhook:
        info["max_connections"] = webhook.max_connections
        if webhook.last_error:
            info["last_error_date"] = int(webhook.last_error[0])
            info["last_error_message"] = webhook.last_error[1]
    if queue.allowed is not None:
        info["allowed_updates"] = sorted(queue.allowed)
    return info


@method("")
def get_me(call: Call) -> Json:
    return {
        **call.bot.shape(),
        "can_join_groups": True,
        "can_read_all_group_messages": not call.bot.privacy,
        "supports_inline_queries": True,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
        "can_manage_bots": False,
        "supports_guest_queries": False,
    }
