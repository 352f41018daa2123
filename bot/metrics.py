"""Metrics: counters and gauges for /metrics. No label ever holds an id."""

from prometheus_client import Counter, Gauge, Histogram

UPDATES = Counter("bot_updates", "Updates by what the flood gate said", ["result"])
DEAD_LETTERS = Counter("bot_dlq", "Updates that failed twice and were kept sealed")
BATCH_SECONDS = Histogram("bot_batch_seconds", "From a batch's arrival to its commit")
LAST_POLL = Gauge("bot_last_poll_timestamp_seconds", "When getUpdates last answered")
OUTBOX_DEPTH = Gauge("bot_outbox_depth", "Messages waiting, by lane", ["lane"])
OUTBOX_OLDEST = Gauge("bot_outbox_oldest_seconds", "Age of the oldest waiting message that is due")
SENDS = Counter("bot_send", "Calls to Telegram by method and result", ["method", "result"])
AMBIGUOUS = Counter("bot_send_ambiguous", "Sends whose answer was lost", ["then"])
RETRY_AFTER = Counter("bot_retry_after_seconds", "Seconds that Telegram told us to wait")
SEND_RATE = Gauge("bot_send_rate", "Messages a second that we allow ourselves now")
IS_LEADER = Gauge("bot_is_leader", "Whether this process polls, sends and ticks")
TICK_AGE = Gauge("bot_last_tick_timestamp_seconds", "When the scheduler last ticked")
DUTY_SECONDS = Histogram("bot_duty_seconds", "How long a duty took", ["duty"])
DUTY_FAILURES = Counter("bot_duty_failures", "Duties that failed", ["duty"])
FILES = Counter("bot_files", "Files that people sent, by what became of them", ["result"])
