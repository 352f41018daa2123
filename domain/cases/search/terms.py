"""Terms: the keyed index through which the words of sealed cases are found again.

A term is hashed together with whose eyes it is for: the words of a sensitive case lie apart, under its own unit, and
nobody else's search so much as counts them.
"""

import datetime as dt
import uuid
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain import units
from domain.cases.search import vocabulary
from domain.reports import drafts, filing
from models import Report, ReportState, SearchTerm, sealing
from models.outbox import insert_or_ignore

TERMS_MAX = 120  # a case
TERM_BYTES = 8
OPEN_TO_ALL = ""
QUARTER_SECONDS = 900


async def index_case(session: AsyncSession, report: Report, said: Iterable[str] = ()) -> None:
    """Writes the rows of a case, in place of those that it had. `said`: what was added in its thread."""
    await forget(session, report.id)
    keys = dict.fromkeys([*keys_of(report), *(key for words in said for key in vocabulary.terms_in(words))])
    await _write(session, report, list(keys)[:TERMS_MAX])


async def add_words(session: AsyncSession, report: Report, words: str) -> None:
    """Adds what was said later, as long as there is room."""
    count = sa.select(sa.func.count()).where(SearchTerm.report_id == report.id)
    room = TERMS_MAX - (await session.scalar(count) or 0)
    await _write(session, report, vocabulary.terms_in(words)[: max(room, 0)])


async def forget(session: AsyncSession, report_id: uuid.UUID) -> None:
    """The case is found by no word any more."""
    gone = sa.delete(SearchTerm).where(SearchTerm.report_id == report_id)
    await session.execute(gone, execution_options={"synchronize_session": False})


def keys_of(report: Report) -> list[str]:
    """What a case is found by, the surest first. Never the name that its reporter typed."""
    content = drafts.content_of(report)
    facets = (("c", report.category_code), ("a", report.area_code))
    keys = [*vocabulary.number_terms(report.number), *(f"{kind}:{code}" for kind, code in facets if code)]
    if pin := content.get("pin"):
        keys += vocabulary.cells_at(*pin)
    for part in ("place", "near"):
        keys += vocabulary.terms_in(content.get(part) or "")
    return list(dict.fromkeys([*keys, *vocabulary.terms_in(drafts.words_of(report))]))


def realm_of(category_code: str | None) -> str:
    """Whose eyes a case is for: the special unit that alone reads it, or everybody at work."""
    return units.own_unit(category_code) or OPEN_TO_ALL


def hashed(realm: str, key: str) -> bytes:
    return sealing.keyring().index("search", f"{realm}/{key}".encode())[:TERM_BYTES]


def quarter_of(moment: dt.datetime) -> int:
    """The quarter of an hour in which it lies, counted since 1970."""
    return int(moment.timestamp()) // QUARTER_SECONDS


def moment_of(quarter: int) -> dt.datetime:
    """When it began."""
    return dt.datetime.fromtimestamp(quarter * QUARTER_SECONDS, dt.UTC)


async def _write(session: AsyncSession, report: Report, keys: list[str]) -> None:
    if not keys or report.filed_at is None or report.state is ReportState.ARCHIVED:
        return
    realm, quarter = realm_of(report.category_code), quarter_of(filing.coarse(report.filed_at))
    rows = [{"term": hashed(realm, key), "quarter": quarter, "report_id": report.id} for key in keys]
    await session.flush()
    connection = await session.connection()
    await connection.execute(insert_or_ignore(connection.dialect.name, SearchTerm), rows)
