from typing import Any

import pytest

from simulator import Group, Person, Simulator


@pytest.fixture
async def budi(sim: Simulator) -> Person:
    return await sim.person("Budi")


@pytest.fixture
async def post(sim: Simulator, api: Any, siti: Person, budi: Person) -> Group:
    """A basic group with the bot in it, its arrival already read."""
    group = await sim.group("Ruang Piket", admins=[budi], members=[siti])
    await api.updates()
    return group


def texts(messages: list[Any]) -> list[str]:
    return [message["text"] for message in messages if "text" in message]


async def test_a_bot_learns_that_it_was_added(sim: Simulator, api: Any, budi: Person) -> None:
    group = await sim.group("Ruang Piket", admins=[budi])
    member, message = await api.updates("my_chat_member", "message")
    assert (member["chat"]["id"], member["new_chat_member"]["status"]) == (group.id, "member")
    assert message["new_chat_members"][0]["id"] == sim.bot["id"]


async def test_privacy_mode_hides_what_does_not_concern_the_bot(
    sim: Simulator, api: Any, siti: Person, post: Group
) -> None:
    asked = await api("sendMessage", chat_id=post.id, text="Laporan?")
    await siti.types("obrolan", in_=post)
    await siti.types("/lapor", in_=post)
    await siti.types("/lapor@bot_lain", in_=post)
    await siti.types("/lapor@siskamling_bot", in_=post)
    await siti.types("halo @siskamling_bot", in_=post)
    await siti.types("jawaban", in_=post, reply_to=asked["message_id"])
    seen = texts(await api.updates("message"))
    assert seen == ["/lapor", "/lapor@siskamling_bot", "halo @siskamling_bot", "jawaban"]


async def test_an_admin_bot_sees_everything(sim: Simulator, api: Any, siti: Person, post: Group) -> None:
    await post.changes(promote=[sim.bot["id"]])
    await siti.types("obrolan", in_=post)
    assert texts(await api.updates("message")) == ["obrolan"]


async def test_a_bot_without_privacy_mode_sees_everything(sim: Simulator, api: Any, siti: Person, post: Group) -> None:
    sim.server.telegram.world.bots_by_id[sim.bot["id"]].privacy = False
    await siti.types("obrolan", in_=post)
    assert texts(await api.updates("message")) == ["obrolan"]


async def test_a_kicked_bot_cannot_write(sim: Simulator, api: Any, post: Group) -> None:
    await post.changes(remove=[sim.bot["id"]])
    refusal = await api.refusal("sendMessage", chat_id=post.id, text="x")
    assert (refusal.status, refusal.words) == (403, "Forbidden: bot was kicked from the group chat")
    (change,) = await api.updates("my_chat_member")
    assert change["new_chat_member"]["status"] == "kicked"


async def test_a_bot_that_left_is_no_member(sim: Simulator, api: Any, post: Group) -> None:
    assert await api("leaveChat", chat_id=post.id)
    refusal = await api.refusal("sendMessage", chat_id=post.id, text="x")
    assert refusal.words == "Forbidden: bot is not a member of the group chat"


async def test_an_upgraded_group_names_its_new_id(sim: Simulator, api: Any, siti: Person, post: Group) -> None:
    old = post.id
    new = await post.migrates()
    assert str(new).startswith("-100")
    refusal = await api.refusal("sendMessage", chat_id=old, text="x")
    assert refusal.words == "Bad Request: group chat was upgraded to a supergroup chat"
    assert refusal.parameters == {"migrate_to_chat_id": new}
    await api("sendMessage", chat_id=new, text="pindah")
    await siti.sees("pindah", in_=post)
    away, arrival = await api.updates("message")
    assert (away["chat"]["id"], away["migrate_to_chat_id"]) == (old, new)
    assert (arrival["chat"]["id"], arrival["migrate_from_chat_id"]) == (new, old)


async def test_members_can_be_asked_about(sim: Simulator, api: Any, siti: Person, budi: Person, post: Group) -> None:
    async def status(user_id: int) -> str:
        return str((await api("getChatMember", chat_id=post.id, user_id=user_id))["status"])

    assert [await status(p.id) for p in (budi, siti)] == ["creator", "member"]
    await post.changes(promote=[siti])
    assert await status(siti.id) == "administrator"
    admins = await api("getChatAdministrators", chat_id=post.id)
    assert [admin["user"]["id"] for admin in admins] == [budi.id, siti.id]
    assert await api("getChatMemberCount", chat_id=post.id) == 3
    await siti.leaves(post)
    assert await status(siti.id) == "left"
    assert (await api("getChat", chat_id=post.id))["title"] == "Ruang Piket"


async def test_an_admin_bot_that_asks_is_told_of_members(sim: Simulator, api: Any, siti: Person, post: Group) -> None:
    await post.changes(promote=[sim.bot["id"]])
    await api("getUpdates", offset=1, allowed_updates=["chat_member"])
    await siti.leaves(post)
    (update,) = [u for u in await api("getUpdates", offset=2) if "chat_member" in u]
    assert update["chat_member"]["new_chat_member"]["status"] == "left"


async def test_admins_write_anonymously_and_channels_write_too(
    api: Any, siti: Person, budi: Person, post: Group
) -> None:
    await budi.types("/atur", in_=post, as_="anonymous_admin")
    await siti.types("/kabar", in_=post, as_="channel")
    admin, channel = await api.updates("message")
    assert (admin["from"]["id"], admin["sender_chat"]["id"]) == (1087968824, post.id)
    assert channel["sender_chat"]["type"] == "channel"


async def test_only_admins_pin_and_delete_in_groups(sim: Simulator, api: Any, siti: Person, post: Group) -> None:
    theirs = await siti.types("obrolan", in_=post)
    place = {"chat_id": post.id, "message_id": theirs["message_id"]}
    assert (await api.refusal("deleteMessage", **place)).words == "Bad Request: message can't be deleted"
    assert "not enough rights" in (await api.refusal("pinChatMessage", **place)).words
    await post.changes(promote=[sim.bot["id"]])
    await api("pinChatMessage", **place)
    await api("deleteMessage", **place)


async def test_a_forum_has_topics(sim: Simulator, api: Any, siti: Person, budi: Person) -> None:
    forum = await sim.group("Polsek", admins=[budi], members=[siti], forum=True)
    refusal = await api.refusal("createForumTopic", chat_id=forum.id, name="Laporan 1")
    assert "not enough rights" in refusal.words
    await forum.changes(promote=[sim.bot["id"]])
    topic = await api("createForumTopic", chat_id=forum.id, name="Laporan 1")
    place = {"chat_id": forum.id, "message_thread_id": topic["message_thread_id"]}
    sent = await api("sendMessage", text="Isi", **place)
    assert sent["message_thread_id"] == topic["message_thread_id"]
    await api.updates()
    await siti.types("komentar", in_=forum, thread=topic["message_thread_id"])
    (message,) = await api.updates("message")
    assert message["message_thread_id"] == topic["message_thread_id"]
    await api("editForumTopic", name="Laporan satu", **place)
    await api("closeForumTopic", **place)
    assert (await api.refusal("closeForumTopic", **place)).words == "Bad Request: TOPIC_NOT_MODIFIED"
    await api("reopenForumTopic", **place)
    await api("deleteForumTopic", **place)
    assert (await api.refusal("sendMessage", text="x", **place)).words == "Bad Request: message thread not found"


async def test_a_group_without_topics_refuses_them(sim: Simulator, api: Any, post: Group) -> None:
    refusal = await api.refusal("createForumTopic", chat_id=post.id, name="x")
    assert refusal.words == "Bad Request: the chat is not a forum"
