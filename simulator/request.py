"""What a bot's HTTP request says: parameters and uploads, from a query, a form or JSON."""

import json
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, web

from simulator.errors import bad_request
from simulator.files import Upload
from simulator.world import Json


async def read_request(request: web.Request) -> Json:
    """All parameters by name; files are Uploads. Raises Refusal 400 for a body that cannot be read."""
    given: Json = dict(parse_qsl(request.query_string, keep_blank_values=True)) if request.query_string else {}
    if request.method != "POST" or not request.can_read_body:
        return given
    kind = request.content_type
    if kind == "multipart/form-data":
        given.update(await read_multipart(request))
    elif body := await request.read():
        given.update(read_json(body) if kind == "application/json" else read_form(body))
    return given


def read_form(body: bytes) -> Json:
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True))
    except UnicodeDecodeError:
        raise bad_request("strings must be encoded in UTF-8") from None


def read_json(body: bytes) -> Json:
    try:
        value = json.loads(body)
    except ValueError:
        raise bad_request("can't parse request: invalid JSON") from None
    if not isinstance(value, dict):
        raise bad_request("can't parse request: expected an object")
    return value


async def read_multipart(request: web.Request, many: str | None = None) -> Json:
    """Fields by name. Files under the name `many` are gathered in a list."""
    given: Json = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            continue
        content = bytes(await part.read(decode=True))
        if part.filename is None:
            given[part.name] = content.decode("utf-8")
            continue
        upload = Upload(part.filename, content, part.headers.get("Content-Type"))
        if part.name == many:
            given.setdefault(many, []).append(upload)
        else:
            given[part.name] = upload
    return given
