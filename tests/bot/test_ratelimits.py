"""The arithmetic of our own limits, second by second."""

from hypothesis import given
from hypothesis import strategies as st

from bot.ratelimits import GROUP_COUNT, ChatLimits, Pacer


def drain(pacer: Pacer, seconds: float, step: float = 0.01) -> list[float]:
    sent, now = [], 100.0
    while now < 100 + seconds:
        for _ in range(pacer.slots(now)):
            pacer.took(now)
            sent.append(now)
        now += step
    return sent


def test_bulk_leaves_evenly_at_the_rate() -> None:
    sent = drain(Pacer(25), 10)
    assert 248 <= len(sent) <= 254
    for start in range(9):
        assert len([at for at in sent if 100 + start <= at < 101 + start]) <= 28


def test_a_late_loop_makes_up_for_it_but_not_with_a_flood() -> None:
    pacer = Pacer(25)
    drain(pacer, 1)
    assert pacer.slots(200.0) <= 4


def test_a_429_pauses_bulk_and_the_rate_recovers_slowly() -> None:
    pacer = Pacer(25)
    pacer.refused(100, 10)
    assert pacer.slots(109.9) == 0
    assert pacer.slots(110.1) >= 1
    assert 17 < pacer.rate < 18
    pacer.slots(170)
    assert 20 < pacer.rate < 21


def test_replies_take_their_share_of_the_rate_from_bulk() -> None:
    pacer = Pacer(25)
    now, bulk = 100.0, 0
    for _ in range(100):
        pacer.replied(now)
        for _ in range(pacer.slots(now)):
            pacer.took(now)
            bulk += 1
        now += 0.1
    assert bulk + 100 <= 25 * 10 + 5


@given(st.lists(st.floats(min_value=0, max_value=30), min_size=30, max_size=120))
def test_no_minute_holds_more_than_twenty_for_a_group(gaps: list[float]) -> None:
    limits, now, sent = ChatLimits(), 0.0, []
    for gap in gaps:
        now += gap
        now += limits.wait_seconds(b"room", True, now)
        limits.took(b"room", True, now)
        sent.append(now)
    for first, last in zip(sent, sent[GROUP_COUNT:], strict=False):
        assert last - first > 60


def test_a_person_gets_a_short_burst_and_then_one_a_second() -> None:
    limits, waits = ChatLimits(), []
    for _ in range(12):
        waits.append(limits.wait_seconds(b"siti", False, 50.0))
        if not waits[-1]:
            limits.took(b"siti", False, 50.0)
    assert waits[:10] == [0.0] * 10
    assert 0 < waits[10] <= 1


def test_three_chats_refused_within_ten_seconds_mean_the_whole_bot() -> None:
    limits = ChatLimits()
    assert not limits.refused(b"a", 1, 5)
    assert not limits.refused(b"b", 2, 5)
    assert limits.refused(b"c", 3, 5)
