"""Policy: the numbers and names that people may argue about."""

import datetime as dt

REPORT_NUMBER_PREFIX = "JBR"
NOTICE_VERSION = "2026-11"

DRAFT_NUDGE_AFTER = dt.timedelta(minutes=30)
DRAFT_EXPIRES_AFTER = dt.timedelta(hours=24)
SEEN_UPDATES_KEPT = dt.timedelta(hours=48)  # Telegram redelivers for 24 hours
OUTBOX_KEPT = dt.timedelta(hours=48)
INVITATION_VALID = dt.timedelta(minutes=60)

WORDS_MAX = 8000  # Telegram parts what is longer than 4,096 into several messages
ATTACHMENTS_MAX = 10
OPEN_REPORTS_SHOWN = 10
CODE_GUESSES_PER_HOUR = 5

# A person may send this many updates at once, then this many a minute. Emergency commands always pass.
FLOOD_BURST = 40
FLOOD_PER_MINUTE = 20
EMERGENCY_COMMANDS = ("/darurat", "/emergency", "/sos")

REGENCY = "Jember"
POLICE = "Polres Jember"
EMERGENCY_NUMBER = "110"
