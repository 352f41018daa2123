"""Policy: the numbers and names that people may argue about."""

import datetime as dt
from typing import NamedTuple

REPORT_NUMBER_PREFIX = "JBR"
NOTICE_VERSION = "2026-11"

DRAFT_NUDGE_AFTER = dt.timedelta(minutes=30)
DRAFT_EXPIRES_AFTER = dt.timedelta(hours=24)
SEEN_UPDATES_KEPT = dt.timedelta(hours=48)  # Telegram redelivers for 24 hours
UNKNOWN_GROUP_LEFT_AFTER = dt.timedelta(minutes=1)  # time for an admin to say /ikat, and for a group to finish moving
OUTBOX_KEPT = dt.timedelta(hours=48)
INVITATION_VALID = dt.timedelta(minutes=60)
INVITATION_CONFIRMED_WITHIN = dt.timedelta(minutes=10)  # after that, for whoever opened it in the last minute


class Kept(NamedTuple):
    """For how long after its end a case keeps its words, and its files."""

    words: dt.timedelta
    files: dt.timedelta


# By outcome, which is the reason of a rejection. What a case says goes at the end of its term; that it was, and how it
# ended, stays for the statistics.
KEPT = {"prank": Kept(words=dt.timedelta(days=30), files=dt.timedelta(days=30))}
KEPT_OTHERWISE = Kept(words=dt.timedelta(days=365), files=dt.timedelta(days=90))
HOLD_FOR = dt.timedelta(days=180)  # for an investigation, each time a commander says so
AUDIT_TOLD_AT = dt.time(6)  # local time, each day
AUDIT_CHECKED_DAILY = 10_000  # the newest entries, before it is told; `audit verify` checks them all

WORDS_MAX = 8000  # Telegram parts what is longer than 4,096 into several messages
ATTACHMENTS_MAX = 10
CASE_FILES_MAX = 50  # of one case, with all that came after it was sent
OPEN_REPORTS_SHOWN = 10
CODE_GUESSES_PER_HOUR = 5
PLACES_MAX = 5000  # with a code of their own

# A person may send this many updates at once, then this many a minute. Emergency commands always pass.
FLOOD_BURST = 40
FLOOD_PER_MINUTE = 20
FLOOD_STAFF_FACTOR = 6  # so many times as much for those who hold a role
EMERGENCY_COMMANDS = ("/darurat", "/emergency", "/sos")

REGENCY = "Jember"
POLICE = "Polres Jember"
EMERGENCY_NUMBER = "110"

# What is promised to a reporter, in minutes, by priority: to be claimed, assigned, accepted by a unit, arrived at, and
# ended once the unit is there. P3 is for the next shift.
PROMISES = {
    "P0": {"claim": 2, "assign": 5, "accept": 2, "arrive": 15, "close": 240},
    "P1": {"claim": 5, "assign": 10, "accept": 5, "arrive": 30, "close": 240},
    "P2": {"claim": 30, "assign": 60, "accept": 15, "arrive": 120, "close": 1440},
    "P3": {"claim": 480, "assign": 720, "accept": 60, "arrive": 1440, "close": 4320},
}
# A broken promise goes up a step after so many minutes; once everybody knows, all hear of it again after so many.
ALARM_STEP_MINUTES = {"P0": 1, "P1": 3, "P2": 15, "P3": 60}
ALARM_AGAIN_MINUTES = {"P0": 10, "P1": 10, "P2": 60, "P3": 480}

CLAIM_HOLDS = dt.timedelta(minutes=5)
ANSWER_WAITED_FOR = dt.timedelta(hours=24)  # in all, over every question of a case
REOPEN_WITHIN = dt.timedelta(days=14)
REOPENINGS_MAX = 2  # more need a commander
UNMERGE_WITHIN = dt.timedelta(hours=24)
BAWASLU_DEADLINE = dt.timedelta(days=7)  # after the reporter learned of it (Perbawaslu 7/2022)
TWO_PERSON_PRIORITIES = ("P0", "P1")
# Categories whose reporters must not be able to time the police: what they read stays behind until it is released.
LAGGING_CODES = ("MAS-2", "PEK-1", "PEK-3", "PEK-4", "ORG-4", "MAS-5")
HEARTBEAT_AFTER = dt.timedelta(minutes=10)
HEARTBEATS_MAX = 2
RATING_CHANGES_WITHIN = dt.timedelta(days=1)
ANSWER_AWAITED_FOR = dt.timedelta(hours=24)  # after *Balas* was pressed
ANSWER_GOES_ON_FOR = dt.timedelta(minutes=10)  # words that follow a file belong to it

# Reports count as near one another within so many metres and so much time: sure enough to be called the same, and
# worth showing to a dispatcher, who decides.
SAME_METRES, SAME_WITHIN = 250, dt.timedelta(minutes=30)
NEAR_METRES, NEAR_WITHIN = 1000, dt.timedelta(hours=2)
NEAR_AFTER_ITS_END = dt.timedelta(hours=6)
# Pranks: how long a reporter waits after the first, second and third within the time after which a strike expires.
STRIKE_EXPIRES_AFTER = dt.timedelta(days=180)
COOL_DOWNS = (dt.timedelta(hours=24), dt.timedelta(days=7), dt.timedelta(days=30))
EMERGENCIES_WHILE_COOLING = 1  # a day
PRANKS_AT_ONCE = 20
PRANK_TOLD_AFTER = dt.timedelta(seconds=60)
PRANK_UNDONE_WITHIN = dt.timedelta(minutes=10)
WITNESSES_ASKED_EVERY = dt.timedelta(minutes=5)
