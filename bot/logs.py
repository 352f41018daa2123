"""Logs: one JSON object a line, without personal data, message texts or the token.

Our own events carry names and counts. Other libraries are kept to warnings, and whatever still comes through loses
anything that looks like a token, a Telegram id, a phone number or an identity number. Exceptions are reduced to
their type and place: their text may quote a message.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

SECRETS = [
    (re.compile(r"\b\d{5,12}:[A-Za-z0-9_-]{8,}"), "[token]"),
    (re.compile(r"/bot[^/\s]+/"), "/bot[token]/"),
    (re.compile(r"(?<![\w.])[+-]?\d{8,20}(?![\w.])"), "[number]"),
]
# These log URLs with the token in them, or whole updates, so they are heard only when they fail,
# and python-telegram-bot not even then: what it has to say, intake says without the content.
LOUDEST = {
    "aiohttp": logging.ERROR,
    "aiosqlite": logging.ERROR,
    "apscheduler": logging.ERROR,
    "asyncio": logging.WARNING,
    "httpcore": logging.ERROR,
    "httpx": logging.ERROR,
    "sqlalchemy": logging.ERROR,
    "telegram": logging.CRITICAL + 1,
    "uvicorn": logging.WARNING,
    "alembic": logging.WARNING,
}


def set_up(level: str) -> None:
    """Sends everything to standard error as JSON, our own events from `level` on."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            reduce_exception,
            redact,
            structlog.processors.JSONRenderer(ensure_ascii=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=True),
            ],
            foreign_pre_chain=[
                structlog.stdlib.add_logger_name,
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                reduce_exception,
                redact,
            ],
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name, loudest in LOUDEST.items():
        logging.getLogger(name).setLevel(loudest)


def reduce_exception(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An exception becomes its type and the places it passed, without its text and without locals."""
    found = event.pop("exc_info", None)
    error = sys.exc_info()[1] if found is True else found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        event["at"] = places(error)
    event.pop("stack_info", None)
    return event


def places(error: BaseException) -> list[str]:
    found, trace = [], error.__traceback__
    while trace is not None:
        found.append(f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}")
        trace = trace.tb_next
    return found[-6:]


def redact(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {name: _clean(value) if name not in ("timestamp", "level") else value for name, value in event.items()}


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        for pattern, instead in SECRETS:
            value = pattern.sub(instead, value)
    return value
