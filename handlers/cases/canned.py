"""Ready-made replies: sentences that are needed every night, in both languages, with the case's own words filled in."""

from sqlalchemy.ext.asyncio import AsyncSession

from domain import units
from domain.area_map import AreaMap
from domain.policy import EMERGENCY_NUMBER
from handlers.reports import live
from handlers.texts import DEFAULT, plain
from models import Report

CANNED = ("on_it", "coming", "stay_safe", "call_110", "more_photos", "thanks", "not_found", "spkt")


async def for_reporter(session: AsyncSession, report: Report, name: str, areas: AreaMap) -> str:
    """The reply in the reporter's language; in Indonesian for those who cannot be told from anybody."""
    reporter = await live.reporter_of(session, report)
    return filled(reporter.language if reporter is not None else DEFAULT, report, name, areas)


def filled(language: str, report: Report, name: str, areas: AreaMap) -> str:
    """The reply with the case's own words. Whoever previews it sees their own language: the reporter's is theirs."""
    area = areas.by_code.get(report.area_code or "")
    return plain(
        language,
        f"canned.{name}.words",
        number=report.number,
        unit=units.name_of(report.unit, area.polsek if area else None),
        area=area.name if area else "–",
        emergency=EMERGENCY_NUMBER,
    )
