"""What reaches a log holds no token, no id and no words of a person."""

import io
import json
import logging
from contextlib import redirect_stderr

import structlog

from bot import logs

TOKEN = "7000000001:AAHsecret-secret-secret-secret-secret"


def written(level: str = "DEBUG") -> list[str]:
    caught = io.StringIO()
    with redirect_stderr(caught):
        logs.set_up(level)
        structlog.get_logger().info("thing.happened", reason=f"POST /bot{TOKEN}/getMe", chat="6281234567890")
        logging.getLogger("httpx").info("HTTP Request: POST https://x/bot%s/getMe", TOKEN)
        logging.getLogger("telegram.ext").critical("Error while parsing update %s", {"text": "KENARI", "id": 912345678})
        logging.getLogger("uvicorn.error").error("it broke for 912345678 \x1b[31m\nnew line")
        try:
            raise ValueError("KENARI said by 912345678")
        except ValueError:
            structlog.get_logger().exception("thing.broke")
            logging.getLogger("asyncio").exception("task failed")
    structlog.reset_defaults()
    logging.basicConfig(force=True)
    return caught.getvalue().splitlines()


def test_every_line_is_json_and_none_tells_secrets() -> None:
    lines = written()
    assert len(lines) >= 4
    for line in lines:
        json.loads(line)
        assert "secret" not in line
        assert "912345678" not in line
        assert "6281234567890" not in line
        assert "KENARI" not in line


def test_an_exception_is_told_by_type_and_place() -> None:
    broke = next(json.loads(line) for line in written() if "thing.broke" in line)
    assert broke["error"] == "ValueError"
    assert broke["at"][0].startswith("test_logs.py:")
