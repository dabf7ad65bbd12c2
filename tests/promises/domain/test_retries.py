"""When a message is tried again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promises.domain.retries import (
    LONGEST_WAIT,
    MOST_ATTEMPTS,
    PATIENCE,
    SCHEDULE,
    Verdict,
    asked_to_wait_until,
    is_given_up,
    verdict,
)

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
HOUR = 3600
NAMED = [0, 5, 300, 1800, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR]


def judge(attempts: int, status: int | None, retry_after: str = "", chance: float = 0.5) -> Verdict:
    return verdict(
        attempts=attempts, status=status, retry_after=retry_after, now=NOW, chance=lambda: chance
    )


def test_the_schedule_is_that_of_the_specification() -> None:
    assert list(SCHEDULE) == NAMED


@given(st.integers(1, MOST_ATTEMPTS - 1), st.floats(0, 1))
def test_the_wait_is_the_schedules_within_a_tenth(attempts: int, chance: float) -> None:
    found = judge(attempts, 500, chance=chance)
    assert found.next_at is not None
    wait = (found.next_at - NOW).total_seconds()
    assert 0.9 * NAMED[attempts] - 1e-3 <= wait <= 1.1 * NAMED[attempts] + 1e-3


@given(st.integers(100, 599))
def test_only_2xx_is_success(status: int) -> None:
    found = judge(1, status)
    assert found.delivered == (200 <= status <= 299)
    assert found.is_gone == (status == 410)
    assert (found.throttled_until is not None) == (status in (429, 502, 504))


def test_the_tenth_attempt_is_the_last() -> None:
    assert judge(MOST_ATTEMPTS, 500).next_at is None
    assert judge(MOST_ATTEMPTS, None).next_at is None
    assert not judge(MOST_ATTEMPTS, None).delivered


def test_a_wait_that_is_asked_for_is_kept_if_it_is_longer() -> None:
    assert judge(1, 503, "600").next_at == NOW + timedelta(seconds=600)
    assert judge(3, 503, "1").next_at == NOW + timedelta(minutes=30)
    throttled = judge(1, 429, "600")
    assert throttled.next_at == throttled.throttled_until == NOW + timedelta(seconds=600)
    assert judge(1, 429).next_at == NOW + timedelta(seconds=60)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", None),
        ("120", 120),
        (" 120 ", 120),
        ("9" * 500, LONGEST_WAIT.total_seconds()),
        ("99999999", LONGEST_WAIT.total_seconds()),
        ("Mon, 02 Mar 2026 09:31:00 GMT", 60),
        ("Mon, 02 Mar 2026 09:31:00", 60),
        ("Mon, 02 Mar 2026 09:29:00 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_WAIT.total_seconds()),
        ("Mon, 99 Mar 2026 09:31:00 GMT", None),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("٣", None),
        ("", None),
    ],
)
def test_retry_after_is_read(text: str, seconds: float | None) -> None:
    expected = None if seconds is None else NOW + timedelta(seconds=seconds)
    assert asked_to_wait_until(text, NOW) == expected


@given(st.text(max_size=60))
def test_no_retry_after_is_an_error(text: str) -> None:
    found = asked_to_wait_until(text, NOW)
    assert found is None or NOW < found <= NOW + LONGEST_WAIT


def test_patience_ends_after_days() -> None:
    assert not is_given_up(None, NOW)
    assert not is_given_up(NOW - PATIENCE + timedelta(seconds=1), NOW)
    assert is_given_up(NOW - PATIENCE, NOW)
