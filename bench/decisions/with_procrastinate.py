"""Procrastinate on PostgreSQL: python -m bench.decisions.with_procrastinate CONNINFO [unordered]; needs its package."""

import asyncio
import sys

import procrastinate
from procrastinate.jobs import JobDeferrer

from bench.decisions.work import Message, Tally, measure

AT_ONCE = 64


async def main(conninfo: str, unordered: str = "") -> None:
    connector = procrastinate.PsycopgConnector(conninfo=conninfo, min_size=4, max_size=12)
    app = procrastinate.App(connector=connector)
    tally = Tally()

    @app.task(name="send")
    async def send(chat: int, number: int) -> None:
        tally.arrived(chat, number)

    def job(message: Message) -> JobDeferrer:
        return send.configure(lock=None if unordered else str(message.chat))

    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        working: list[asyncio.Task[None]] = []

        async def put(messages: list[Message]) -> None:
            if len(messages) == 1:
                [message] = messages
                await job(message).defer_async(chat=message.chat, number=message.number)
                return
            jobs = [job(m).make_new_job(chat=m.chat, number=m.number) for m in messages]
            await app.job_manager.batch_defer_jobs_async(jobs)

        async def start() -> None:
            worker = app.run_worker_async(
                concurrency=AT_ONCE, install_signal_handlers=False, update_heartbeat_interval=10
            )
            working.append(asyncio.create_task(worker))

        await measure(f"procrastinate {unordered}".strip(), tally, put, start)
        working[0].cancel()
        await asyncio.gather(*working, return_exceptions=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
