"""Whether a call left or perhaps left, told by a server that misbehaves on purpose."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from bot.forms import Upload
from bot.transport import NetworkInsideUnitOfWork, NotSent, PerhapsSent, Refused, Transport, network_forbidden
from tests.town import free_port

TOKEN = "70001:a-secret-that-must-not-leak"
Reply = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def server(reply: Reply) -> AsyncIterator[Transport]:
    port = free_port()
    listening = await asyncio.start_server(reply, "127.0.0.1", port)
    transport = Transport(TOKEN, f"http://127.0.0.1:{port}")
    try:
        yield transport
    finally:
        await transport.close()
        listening.close()


def answers(status: str, body: bytes) -> Reply:
    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()
        writer.close()

    return reply


async def closes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.close()


async def says_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    await asyncio.sleep(1)
    writer.close()


async def test_a_closed_port_means_not_sent() -> None:
    transport = Transport(TOKEN, f"http://127.0.0.1:{free_port()}")
    with pytest.raises(NotSent) as caught:
        await transport.call("sendMessage", {})
    assert "secret" not in repr(caught.value)
    await transport.close()


@pytest.mark.parametrize(
    "reply",
    [
        closes,
        says_nothing,
        answers("500 Internal Server Error", b"<html>"),
        answers("502 Bad Gateway", b'{"ok":false,"error_code":502,"description":"x"}'),
        answers("200 OK", b'{"ok":true,"resu'),
        answers("200 OK", b"[]"),
    ],
)
async def test_a_lost_or_senseless_answer_means_perhaps_sent(reply: Reply) -> None:
    async with server(reply) as transport:
        with pytest.raises(PerhapsSent) as caught:
            await transport.call("sendMessage", {}, timeout=0.3)
        assert "secret" not in repr(caught.value)


@pytest.mark.parametrize(
    ("body", "code", "retry_after"),
    [
        (b'{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":7}}', 429, 7),
        (b"<html>slow down", 429, None),
    ],
)
async def test_a_429_is_a_refusal_with_or_without_its_number(body: bytes, code: int, retry_after: int | None) -> None:
    async with server(answers("429 Too Many Requests", body)) as transport:
        with pytest.raises(Refused) as caught:
            await transport.call("sendMessage", {})
    assert (caught.value.code, caught.value.retry_after) == (code, retry_after)


async def test_nothing_leaves_when_the_right_to_send_is_lost_at_the_last_moment() -> None:
    heard = bytearray()

    async def listens(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.extend(await reader.read(100))
        writer.close()

    async with server(listens) as transport:
        with pytest.raises(NotSent):
            await transport.call("sendMessage", {"text": "halo"}, may_leave=lambda: False)
        with pytest.raises(NotSent):
            photo = Upload("photo", "foto-1.jpg", b"what nobody should see")
            await transport.call("sendPhoto", {"chat_id": 1}, may_leave=lambda: False, upload=photo)
    await asyncio.sleep(0.05)
    assert not heard


async def test_a_handler_that_awaits_the_network_is_stopped() -> None:
    transport = Transport(TOKEN, "http://127.0.0.1:1")
    with network_forbidden(), pytest.raises(NetworkInsideUnitOfWork):
        await transport.call("sendMessage", {})
    await transport.close()
