"""One person's flood: told once, then silence; emergencies pass; others notice nothing."""

from bot import updates
from bot.floods import FloodGate, Verdict
from domain.policy import FLOOD_BURST, FLOOD_STAFF_FACTOR

TEXT = {"message": {"text": "halo"}}


def test_a_flood_is_answered_once_and_then_silenced() -> None:
    gate = FloodGate(clock=lambda: 10.0)
    verdicts = [gate.judge(5, TEXT) for _ in range(1000)]
    assert verdicts[:FLOOD_BURST] == [Verdict.WELCOME] * FLOOD_BURST
    assert verdicts[FLOOD_BURST] is Verdict.WARNED
    assert set(verdicts[FLOOD_BURST + 1 :]) == {Verdict.SILENCED}
    assert gate.judge(6, TEXT) is Verdict.WELCOME


def test_an_emergency_command_passes_a_flood_but_cannot_become_one() -> None:
    now = 10.0
    gate = FloodGate(clock=lambda: now)
    for _ in range(100):
        gate.judge(5, TEXT)
    assert [gate.judge(5, {"message": {"text": "/darurat"}}) for _ in range(3)] == [
        Verdict.WELCOME,
        Verdict.SILENCED,
        Verdict.SILENCED,
    ]
    now = 20.0
    assert gate.judge(5, {"message": {"text": "/darurat@siskamling_bot"}}) is Verdict.WELCOME


def test_whoever_holds_a_role_may_press_more_but_not_for_ever() -> None:
    gate = FloodGate(clock=lambda: 10.0)
    gate.judge(5, TEXT)
    for _ in range(3):
        gate.trust(5)
    verdicts = [gate.judge(5, TEXT) for _ in range(1000)]
    assert verdicts.count(Verdict.WELCOME) == FLOOD_BURST * FLOOD_STAFF_FACTOR - 1


def test_whoever_waits_is_heard_again() -> None:
    now = 0.0
    gate = FloodGate(clock=lambda: now)
    for _ in range(100):
        gate.judge(5, TEXT)
    now = 60.0
    assert gate.judge(5, TEXT) is Verdict.WELCOME


def test_an_emergency_is_heard_through_a_flood_also_by_button_or_in_plain_words() -> None:
    now = 0.0
    gate = FloodGate(clock=lambda: now)
    for _ in range(100):
        gate.judge(5, TEXT)
    for heard in (
        {"message": {"text": "tolong ada begal bawa celurit"}},
        {"callback_query": {"data": "mm.emergency.xyz"}},
        {"message": {"text": "/darurat"}},
    ):
        now += 0.5
        assert gate.judge(5, TEXT) is Verdict.SILENCED
        now += 3
        gate.buckets[5].tokens = 0.0
        assert gate.judge(5, heard) is Verdict.WELCOME


def test_talk_in_a_group_and_what_telegram_reports_count_against_nobody() -> None:
    group = {"id": -5, "type": "group"}
    private = {"id": 5, "type": "private"}
    assert not updates.counts({"message": {"chat": group, "text": "selamat pagi"}})
    assert not updates.counts({"message": {"chat": group, "migrate_to_chat_id": -1005}})
    assert not updates.counts({"my_chat_member": {"chat": private}})
    assert updates.counts({"message": {"chat": group, "text": "/ikat"}})
    assert updates.counts({"message": {"chat": private, "text": "halo"}})
