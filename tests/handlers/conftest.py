"""The counter, with one person for each role and a report that waits."""

import pytest

from models import Report
from models.engine import Store
from tests import cast
from tests.counter import Counter


@pytest.fixture
async def counter(store: Store) -> Counter:
    made = Counter(store)
    await made.settle_in()
    return made


@pytest.fixture
async def waiting(store: Store, counter: Counter) -> Report:
    async with store.begin() as session:
        return await cast.report(session)
