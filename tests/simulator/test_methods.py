"""The table of methods against the Bot API's own description, and against a library that parses every answer."""

import asyncio
import json
from typing import Any

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter

from simulator import Person, Simulator
from simulator.methods import METHODS
from simulator.pictures import tiny_png
from simulator.testing import TOKEN
from tests.simulator.conftest import DESCRIPTION

# Ours -> what the description may call it.
TYPES = {
    "Integer": {"Integer"},
    "Float": {"Float"},
    "String": {"String"},
    "Boolean": {"Boolean", "True"},
    "Chat": {"Integer", "String"},
    "File": {"InputFile", "String"},
}


@pytest.mark.skipif(not DESCRIPTION.exists(), reason="no Bot API description here")
def test_every_method_and_parameter_is_one_of_the_bot_api() -> None:
    described = json.loads(DESCRIPTION.read_text())["methods"]
    for method in METHODS.values():
        fields = {field["name"]: field for field in described[method.name].get("fields", [])}
        assert set(method.parameters) == set(fields), method.name
        for parameter in method.parameters.values():
            field = fields[parameter.name]
            assert parameter.required == field["required"], (method.name, parameter.name)
            kinds = set(field["types"])
            if parameter.type == "Array":
                assert all(kind.startswith("Array of ") for kind in kinds), (method.name, parameter.name)
            elif parameter.type != "Object":
                assert kinds <= TYPES[parameter.type], (method.name, parameter.name)


async def test_python_telegram_bot_understands_the_answers(sim: Simulator, siti: Person) -> None:
    async with Bot(TOKEN, base_url=f"{sim.url}/bot", base_file_url=f"{sim.url}/file/bot") as bot:
        assert (await bot.get_me()).username == "siskamling_bot"
        keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Kirim", callback_data="k")]])
        sent = await bot.send_message(siti.id, "<b>Siap?</b>", parse_mode="HTML", reply_markup=keyboard)
        assert sent.text_html == "<b>Siap?</b>"
        pressing = asyncio.create_task(siti.presses("Kirim"))
        (update,) = await bot.get_updates(timeout=5)
        assert update.callback_query
        await update.callback_query.edit_message_text("Terkirim")
        await update.callback_query.answer("Beres")
        assert await pressing == "Beres"
        await siti.sees("Terkirim")
        photos = await bot.send_media_group(siti.id, [InputMediaPhoto(tiny_png()), InputMediaPhoto(tiny_png())])
        file = await bot.get_file(photos[0].photo[-1].file_id)
        assert bytes(await file.download_as_bytearray()) == tiny_png()
        assert (await bot.get_chat(siti.id)).first_name == "Siti"
        assert (await bot.get_webhook_info()).url == ""


async def test_python_telegram_bot_understands_the_refusals(sim: Simulator, siti: Person) -> None:
    group = await sim.group("Ruang Piket", admins=[siti])
    old = group.id
    await group.migrates()
    async with Bot(TOKEN, base_url=f"{sim.url}/bot") as bot:
        with pytest.raises(ChatMigrated) as moved:
            await bot.send_message(old, "x")
        assert moved.value.new_chat_id == group.id
        with pytest.raises(BadRequest, match="Message to edit not found"):
            await bot.edit_message_text("x", siti.id, 99)
        await sim.fault("too_many", method="sendMessage", retry_after=9)
        with pytest.raises(RetryAfter):
            await bot.send_message(siti.id, "x")
        await siti.blocks()
        with pytest.raises(Forbidden):
            await bot.send_message(siti.id, "x")


async def test_python_telegram_bot_reads_members_and_topics(sim: Simulator, siti: Person) -> None:
    forum = await sim.group("Polsek", admins=[siti], forum=True)
    await forum.changes(promote=[sim.bot["id"]])
    async with Bot(TOKEN, base_url=f"{sim.url}/bot") as bot:
        assert [admin.status for admin in await bot.get_chat_administrators(forum.id)] == ["creator", "administrator"]
        topic = await bot.create_forum_topic(forum.id, "Laporan")
        message = await bot.send_message(forum.id, "Isi", message_thread_id=topic.message_thread_id)
        assert message.is_topic_message
        updates: Any = await bot.get_updates()
        assert updates


@pytest.mark.skipif(not DESCRIPTION.exists(), reason="no Bot API description here")
async def test_nested_objects_are_checked_when_a_description_is_given(api: Any, siti: Person) -> None:
    options = {"is_disabled": True, "colour": "red"}
    refusal = await api.refusal("sendMessage", chat_id=siti.id, text="x", link_preview_options=options)
    assert "colour" in refusal.words
    commands = [{"command": "a", "description": 5}]
    assert (await api.refusal("setMyCommands", commands=commands)).status == 400
