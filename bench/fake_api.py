"""The fake Bot API: hands out updates, takes messages, and costs a fraction of any bot.

It keeps what matters of Telegram's behaviour: an update stays until a getUpdates with a higher offset confirms it,
long polls wait, and sendMessage answers with a whole Message. It reads only what it needs of each request.
"""

import asyncio
import re
import time
from collections import deque
from collections.abc import Callable

_METHOD = re.compile(rb"[A-Z]+ /bot[^/]+/(\w+)")
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
# One pattern a field for JSON, urlencoded and multipart bodies alike.
_FIELD = rb'(?<!\w)%b(?:"?\s*[:=]\s*"?|"\r\n(?:[^\r\n]+\r\n)*\r\n)(-?\d+)'
_CHAT_ID, _OFFSET, _LIMIT, _TIMEOUT = (
    re.compile(_FIELD % name) for name in (b"chat_id", b"offset", b"limit", b"timeout")
)

_BOT = b'{"id":4242,"is_bot":true,"first_name":"Siskamling","username":"siskamling_bot"}'
_ME = _BOT[:-1] + (
    b',"can_join_groups":true,"can_read_all_group_messages":false,"supports_inline_queries":false,'
    b'"can_connect_to_business":false,"has_main_web_app":false}'
)
_MESSAGE = (
    b'{"message_id":%d,"from":' + _BOT + b',"chat":{"id":%d,"first_name":"Siti","last_name":"Aminah","type":"private"},'
    b'"date":%d,"text":"Di mana kejadiannya? Tulis tempat dan kecamatannya, atau kirim lokasi."}'
)
_OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
_CONFLICT = b'{"ok":false,"error_code":409,"description":"Conflict: terminated by other getUpdates request"}'
_REPLIES = {b"sendMessage", b"editMessageText"}


class Posted:
    """An update in the queue, and whether a getUpdates has carried it yet."""

    __slots__ = ("body", "handed_out", "posted_at", "update_id")

    def __init__(self, update_id: int, body: bytes, posted_at: float) -> None:
        self.update_id = update_id
        self.body = body
        self.posted_at = posted_at
        self.handed_out = False


class FakeApi:
    """The queue of updates and the answers to every method. `on_reply(chat_id, at)` hears what the bot says."""

    def __init__(self, latency_seconds: float = 0.0) -> None:
        self.latency_seconds = latency_seconds
        self.on_reply: Callable[[int, float], None] = lambda chat_id, at: None
        self.polled = asyncio.Event()
        self.first_poll_at = 0.0
        self._loop = asyncio.get_running_loop()
        self._queue: deque[Posted] = deque()
        self._last_id = 0
        self._poll: tuple[Connection, int, asyncio.TimerHandle] | None = None
        self._wake_due = False
        self._server: asyncio.Server | None = None
        self._connections: set[Connection] = set()

    async def start(self) -> int:
        """Listens on a free port of the loopback and returns it."""
        self._server = await self._loop.create_server(lambda: Connection(self), "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def stop(self) -> None:
        if self._server:
            self._server.close()
        for connection in list(self._connections):
            connection.close()

    def next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def post(self, update_id: int, body: bytes) -> Posted:
        """Puts an update in the queue; a poll that waits is answered in the next turn of the loop."""
        posted = Posted(update_id, body, time.perf_counter())
        self._queue.append(posted)
        if self._poll and not self._wake_due:
            self._wake_due = True
            self._loop.call_soon(self._wake)
        return posted

    def serve(self, connection: "Connection", method: bytes, body: bytes) -> None:
        if method == b"getUpdates":
            self._serve_poll(connection, body)
            return
        if method in _REPLIES and (chat := _CHAT_ID.search(body)):
            now = time.perf_counter()
            chat_id = int(chat[1])
            self._answer(connection, _MESSAGE % (self.next_id(), chat_id, int(time.time())))
            self.on_reply(chat_id, now)
            return
        self._answer(connection, self._other(method))

    def _other(self, method: bytes) -> bytes:
        if method == b"getMe":
            return _ME
        if method == b"getWebhookInfo":
            return b'{"url":"","has_custom_certificate":false,"pending_update_count":%d}' % len(self._queue)
        if method.startswith(b"getMyCommands"):
            return b"[]"
        return b"true"

    def _answer(self, connection: "Connection", result: bytes) -> None:
        if self.latency_seconds:
            self._loop.call_later(self.latency_seconds, connection.answer, result)
        else:
            connection.answer(result)

    def _serve_poll(self, connection: "Connection", body: bytes) -> None:
        if not self.polled.is_set():
            self.first_poll_at = time.perf_counter()
            self.polled.set()
        self._confirm(_number(_OFFSET, body, 0))
        limit = _number(_LIMIT, body, 100)
        timeout = _number(_TIMEOUT, body, 0)
        if self._poll:
            other, _, timer = self._poll
            timer.cancel()
            self._poll = None
            other.write(b"HTTP/1.1 409 Conflict\r\nContent-Length: %d\r\n\r\n%b" % (len(_CONFLICT), _CONFLICT))
        if self._queue or not timeout:
            connection.answer(self._take(limit))
            return
        timer = self._loop.call_later(timeout, self._wake)
        self._poll = (connection, limit, timer)

    def _confirm(self, offset: int) -> None:
        queue = self._queue
        while queue and queue[0].update_id < offset:
            queue.popleft()

    def _take(self, limit: int) -> bytes:
        bodies: list[bytes] = []
        for posted in self._queue:
            if len(bodies) == limit:
                break
            posted.handed_out = True
            bodies.append(posted.body)
        return b"[" + b",".join(bodies) + b"]"

    def _wake(self) -> None:
        self._wake_due = False
        if not self._poll:
            return
        connection, limit, timer = self._poll
        timer.cancel()
        self._poll = None
        connection.answer(self._take(limit))

    def opened(self, connection: "Connection") -> None:
        self._connections.add(connection)

    def closed(self, connection: "Connection") -> None:
        self._connections.discard(connection)
        if self._poll and self._poll[0] is connection:
            self._poll[2].cancel()
            self._poll = None


class Connection(asyncio.Protocol):
    """One keep-alive connection of HTTP/1.1."""

    def __init__(self, api: FakeApi) -> None:
        self._api = api
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._api.opened(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._api.closed(self)

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer + data if self._buffer else data
        while (head_end := buffer.find(b"\r\n\r\n")) >= 0:
            head = buffer[:head_end]
            end = head_end + 4 + _number(_LENGTH, head, 0)
            if len(buffer) < end:
                break
            self._serve(head, buffer[head_end + 4 : end])
            buffer = buffer[end:]
        self._buffer = buffer

    def _serve(self, head: bytes, body: bytes) -> None:
        method = _METHOD.match(head)
        if method is None or _CHUNKED.search(head):
            self.write(b"HTTP/1.1 411 Length Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            self.close()
            return
        self._api.serve(self, method[1], body or head.partition(b"\r\n")[0])

    def answer(self, result: bytes) -> None:
        body = b'{"ok":true,"result":' + result + b"}"
        self.write(_OK % (len(body), body))

    def write(self, data: bytes) -> None:
        if self._transport:
            self._transport.write(data)

    def close(self) -> None:
        if self._transport:
            self._transport.close()


def _number(pattern: re.Pattern[bytes], text: bytes, default: int) -> int:
    found = pattern.search(text)
    return int(found[1]) if found else default
