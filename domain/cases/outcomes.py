"""Outcomes: how a case may end, and to whom it may be handed."""

import datetime as dt
import enum
from dataclasses import dataclass

from domain.policy import BAWASLU_DEADLINE


class Outcome(enum.StrEnum):
    """Of a resolved case."""

    SECURED = "secured"  # somebody or something was secured
    DISPERSED = "dispersed"
    MEDIATED = "mediated"
    NOTHING_FOUND = "nothing_found"
    POLICE_REPORT = "police_report"  # became a formal report; its number stays inside
    PATROL = "patrol"  # the place is patrolled from now on
    INFORMATION = "information"  # taken note of


class Reason(enum.StrEnum):
    """For which a report is rejected."""

    PRANK = "prank"
    TOO_LITTLE = "too_little"
    TOO_LATE = "too_late"
    FORBIDDEN = "forbidden"
    NOT_OURS = "not_ours"


@dataclass(frozen=True)
class Body:
    """Another body that takes cases over. `contact` is what the reporter may call or where they may go; `deadline` is
    how long after they learned of it they may still report there."""

    code: str
    name: str
    contact: str
    deadline: dt.timedelta | None = None


BODIES = (
    Body("bawaslu", "Bawaslu Jember / Panwascam", "kantor Bawaslu atau Panwascam kecamatan Anda", BAWASLU_DEADLINE),
    Body("damkar", "Damkar Jember", "113"),
    Body("bpbd", "BPBD Jember", "112"),
    Body("dishub", "Dishub Jember", "kantor Dishub Jember"),
    Body("bnn", "BNN", "184"),
    Body("ambulance", "Ambulans / PSC 119", "119"),
    Body("social", "Dinas Sosial Jember", "kantor Dinsos Jember"),
    Body("spkt", "SPKT Polres Jember", "SPKT di Polres atau Polsek terdekat"),
    Body("propam", "Propam Polri", "kantor Propam atau propam.polri.go.id"),
)
BODY_BY_CODE = {body.code: body for body in BODIES}


def referral(body: Body, now: dt.datetime) -> dict[str, str]:
    """What is kept of handing over to that body, and shown to the reporter."""
    kept = {"body": body.code, "name": body.name, "contact": body.contact}
    if body.deadline is not None:
        kept["until"] = (now + body.deadline).isoformat()
    return kept
