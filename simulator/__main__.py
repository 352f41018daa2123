"""python -m simulator: run the stand-in for Telegram in a terminal."""

import argparse
import asyncio
import contextlib

from simulator.server import Options, Server


def options_from(arguments: list[str] | None = None) -> Options:
    parser = argparse.ArgumentParser(prog="python -m simulator", description="A stand-in for api.telegram.org.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--bot", action="append", default=[], metavar="TOKEN=USERNAME", help="may be repeated")
    parser.add_argument("--latency", type=float, default=0.0, metavar="SECONDS", help="of every answer to a bot")
    parser.add_argument("--limits", action=argparse.BooleanOptionalAction, default=True, help="Telegram's rate limits")
    parser.add_argument("--web", action=argparse.BooleanOptionalAction, default=True, help="the chat page at /")
    parser.add_argument("--schema", metavar="FILE", help="a machine-readable Bot API to check every call against")
    parser.add_argument("--webhook-backoff", type=float, default=1.0, metavar="FACTOR", help="0.01 for quick tests")
    given = parser.parse_args(arguments)
    bots = {}
    for bot in given.bot:
        token, _, username = bot.rpartition("=")
        if not token or not username:
            parser.error(f"--bot takes TOKEN=USERNAME, not {bot}")
        bots[token] = username
    return Options(
        given.host, given.port, bots, given.latency, given.limits, given.web, given.schema, given.webhook_backoff
    )


async def serve(options: Options) -> None:
    server = Server(options)
    address = await server.start()
    print(f"The simulator listens on {address}", flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        await server.stop()


def main() -> None:
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(options_from()))


if __name__ == "__main__":
    main()
