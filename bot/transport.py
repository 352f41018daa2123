"""Transport: Bot API calls over aiohttp, which knows "not sent" from "perhaps sent".

Telegram has no idempotency key, so the difference decides whether a call may be repeated.
Neither the token nor a URL (which holds it) ever reaches an exception or a log.
"""

import asyncio
import contextlib
import contextvars
import io
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, unquote

import aiohttp
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

from bot import forms
from bot.forms import Upload

JSON = {"Content-Type": "application/json"}
# Telegram closes idle connections after about a minute; closing first avoids writing into a dead one.
KEEP_ALIVE_SECONDS = 50
CONNECT_SECONDS = 5
UPLOAD_SECONDS = 60
DOWNLOAD_SECONDS = 120  # for one file; when nothing comes for SILENT_SECONDS it is given up before
SILENT_SECONDS = 15
inside_unit_of_work: contextvars.ContextVar[bool] = contextvars.ContextVar("inside_unit_of_work", default=False)


class NotSent(Exception):
    """The call did not reach Telegram: repeating it is safe."""


class PerhapsSent(Exception):
    """The call may have been carried out, but its answer was lost or makes no sense. `server_failed`: Telegram's
    server answered that it failed (5xx), so most likely it did nothing."""

    def __init__(self, reason: str, *, server_failed: bool = False) -> None:
        super().__init__(reason)
        self.server_failed = server_failed


class Unreadable(PerhapsSent):
    """Telegram said yes, in bytes that are no JSON which can be read. `body` is what it said."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(f"HTTP {status} without a Bot API answer")
        self.body = body


class Refused(Exception):
    """Telegram said no. `code` is its error code; `retry_after` seconds; `migrate_to` a chat id."""

    def __init__(self, code: int, description: str, parameters: dict[str, Any]) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.retry_after: int | None = parameters.get("retry_after")
        self.migrate_to: int | None = parameters.get("migrate_to_chat_id")


class TooLarge(Exception):
    """The file is longer than it may be, whatever was said about its size."""


class NetworkInsideUnitOfWork(RuntimeError):
    """A handler awaited the network. What it wants to say belongs in the outbox."""


@contextlib.contextmanager
def network_forbidden() -> Iterator[None]:
    token = inside_unit_of_work.set(True)
    try:
        yield
    finally:
        inside_unit_of_work.reset(token)


class _Checked(aiohttp.Payload):
    """A body that asks once more, right before its first byte leaves, whether it still may."""

    may_leave: Callable[[], bool]
    was_held_back = False

    async def write_with_length(self, writer: Any, content_length: int | None) -> None:
        if not self.may_leave():
            self.was_held_back = True
            raise NotSent("the right to send was lost")
        await super().write_with_length(writer, content_length)


class _CheckedBytes(_Checked, aiohttp.BytesPayload): ...


class _CheckedFile(_Checked, aiohttp.BytesIOPayload): ...


class Transport:
    """One bot's connection to one Bot API server."""

    def __init__(self, token: str, api_url: str, *, name: str = "siskamling", connections: int = 256) -> None:
        self._base = f"{api_url}/bot{token}/"
        self._files = f"{api_url}/file/bot{token}/"
        self._urls: dict[str, URL] = {}
        self._name = name
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=KEEP_ALIVE_SECONDS),
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=("Accept",),
            )
        return self._session

    def rename(self, name: str) -> None:
        """What calls say they come from: a process, and which of its turns as the leader."""
        self._name = name

    def _url(self, method: str) -> URL:
        url = self._urls.get(method)
        if url is None:
            self._urls[method] = url = URL(self._base + method, encoded=True)
        return url

    async def call(
        self,
        method: str,
        params: dict[str, Any],
        *,
        timeout: float = 20,
        may_leave: Callable[[], bool] = lambda: True,
        upload: Upload | None = None,
    ) -> Any:
        """The `result` of a call, waited for at most `timeout` seconds once connected; with a file in it, 60.

        Raises NotSent, PerhapsSent or Refused."""
        data: _Checked
        if upload is not None:
            content, kind = forms.encode(params, upload)
            data, headers = _CheckedFile(io.BytesIO(content)), {"Content-Type": kind}
            timeout = UPLOAD_SECONDS
        else:
            body = json.dumps(params, ensure_ascii=False, separators=(",", ":")).encode()
            data, headers = _CheckedBytes(body), JSON
        data.may_leave = may_leave
        status, answer = await self.exchange(self._url(method), data, headers, timeout)
        return _result(status, answer)

    async def download(self, path: str, *, at_most: int) -> bytes:
        """The file that getFile named. However long it says it is, reading ends at that many bytes.

        Raises NotSent, PerhapsSent, Refused or TooLarge."""
        if inside_unit_of_work.get():
            raise NetworkInsideUnitOfWork()
        if not _is_path(path):
            raise Refused(404, "a path that is none", {})
        limits = aiohttp.ClientTimeout(
            total=DOWNLOAD_SECONDS, connect=CONNECT_SECONDS, sock_connect=CONNECT_SECONDS, sock_read=SILENT_SECONDS
        )
        headers = {"User-Agent": self._name, "Accept-Encoding": "identity"}
        try:
            url = URL(self._files + quote(path, safe="/%"), encoded=True)
            async with self._open().get(url, headers=headers, timeout=limits, allow_redirects=False) as response:
                return await _read(response, at_most)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotSent(type(error).__name__) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise PerhapsSent(type(error).__name__) from None

    async def exchange(self, url: URL, data: Any, headers: dict[str, str], timeout: float) -> tuple[int, bytes]:
        """One HTTP POST. Raises NotSent or PerhapsSent."""
        if inside_unit_of_work.get():
            raise NetworkInsideUnitOfWork()
        limits = aiohttp.ClientTimeout(
            total=None, connect=CONNECT_SECONDS, sock_connect=CONNECT_SECONDS, sock_read=timeout
        )
        try:
            sender = {"User-Agent": self._name}
            async with self._open().post(url, data=data, headers=headers | sender, timeout=limits) as response:
                return response.status, await response.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotSent(type(error).__name__) from None
        except (aiohttp.ClientError, TimeoutError, OSError, NotSent) as error:
            if getattr(data, "was_held_back", False):
                raise NotSent("the right to send was lost") from None
            raise PerhapsSent(type(error).__name__) from None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None


def _is_path(path: str) -> bool:
    """Whether it leads to a file below ours. One with `..`, however written, may be the address of something else."""
    told = unquote(unquote(path))
    return (
        0 < len(path) < 500
        and path[0] != "/"
        and ".." not in told
        and told.isprintable()
        and not set(told) & set("?#\\")
    )


async def _read(response: aiohttp.ClientResponse, at_most: int) -> bytes:
    if response.status != 200:
        if response.status < 500 and response.status != 429:
            raise Refused(response.status, "no file", {})
        raise PerhapsSent(f"HTTP {response.status}", server_failed=True)
    content = bytearray()
    async for part in response.content.iter_chunked(64 * 1024):
        content += part
        if len(content) > at_most:
            raise TooLarge()
    return bytes(content)


def _result(status: int, answer: bytes) -> Any:
    try:
        content = json.loads(answer)
        if content["ok"]:
            return content["result"]
        code, description = int(content["error_code"]), str(content.get("description", ""))
        parameters = content.get("parameters") or {}
    except (ValueError, KeyError, TypeError, RecursionError):
        if status == 429:
            raise Refused(status, "", {}) from None
        if 400 <= status < 500:  # a proxy or a provider's block page, not Telegram: it got no further
            raise NotSent(f"HTTP {status} from something in between") from None
        if status == 200 and answer.rstrip().endswith(b"}"):  # else it was cut off on its way
            raise Unreadable(status, answer) from None
        failed = status >= 500
        raise PerhapsSent(f"HTTP {status} without a Bot API answer", server_failed=failed) from None
    if code >= 500:
        raise PerhapsSent(f"HTTP {code}", server_failed=True)
    raise Refused(code, description, parameters)


class Request(BaseRequest):
    """The transport as python-telegram-bot wants it, for the few calls that its Bot makes itself."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport

    @property
    def read_timeout(self) -> float | None:
        return 20

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        timeout = read_timeout if isinstance(read_timeout, int | float) else 20
        data, headers = _form(request_data)
        try:
            return await self.transport.exchange(URL(url, encoded=True), data, headers, timeout)
        except NotSent as error:
            raise NetworkError(f"not sent: {error}") from None
        except PerhapsSent as error:
            raise TimedOut(f"perhaps sent: {error}") from None


def _form(request_data: RequestData | None) -> tuple[Any, dict[str, str]]:
    if request_data is None:
        return b"{}", JSON
    if not request_data.contains_files:
        return request_data.json_payload, JSON
    form = aiohttp.FormData(request_data.json_parameters)
    for name, (filename, content, kind) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form, {}


async def backoff(attempt: int, *, longest: float = 30) -> None:
    """Waits 0.5, 1, 2, 4 … seconds, at most `longest`."""
    await asyncio.sleep(min(longest, 0.5 * 2 ** min(attempt, 16)))
