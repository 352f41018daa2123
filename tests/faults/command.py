"""One command of the program, as an operator types it."""

import asyncio
import os
import sys

from tests.faults.process import ROOT, BotProcess


async def command(bot: BotProcess, *words: str, within: float = 20, **settings: str) -> tuple[int, str]:
    """Exit code, and whatever was said on either stream."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment = {**inherited, "COLUMNS": "200", **bot.settings, **settings}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *words),
        cwd=ROOT,
        env={name: value for name, value in environment.items() if value is not None},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        said, _ = await asyncio.wait_for(process.communicate(), within)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode is not None
    return process.returncode, said.decode()
