"""When a message that was not delivered is tried again, by the Standard Webhooks specification."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

MINUTE = 60
HOUR = 60 * MINUTE
# Units: seconds from the attempt before; the first is at once.
SCHEDULE = (
    0,
    5,
    5 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    5 * HOUR,
    10 * HOUR,
    14 * HOUR,
    20 * HOUR,
    24 * HOUR,
)
MOST_ATTEMPTS = len(SCHEDULE)
JITTER = 0.1
LONGEST_WAIT = timedelta(hours=24)
GONE = 410
THROTTLING = frozenset({429, 502, 504})
THROTTLE = timedelta(seconds=60)
# An endpoint that nothing reached for so long is switched off.
PATIENCE = timedelta(days=5)
_MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows from an attempt.

    Shape: `next_at` is None where it was the last; `throttled_until` holds for all that the
    endpoint is still to be told; `is_gone`: it wants to be told nothing any more.
    """

    delivered: bool
    next_at: datetime | None = None
    throttled_until: datetime | None = None
    is_gone: bool = False


def verdict(
    *,
    attempts: int,
    status: int | None,
    retry_after: str,
    now: datetime,
    chance: Callable[[], float],
) -> Verdict:
    """Judge the answer to an attempt, the last of `attempts`.

    Shape: `status` is None where no answer came; `chance` gives numbers from 0 to 1.
    Source: Standard Webhooks 1.0, "Deliverability and reliability".
    """
    if status is not None and 200 <= status < 300:
        return Verdict(True)
    if status == GONE:
        return Verdict(False, is_gone=True)
    asked = asked_to_wait_until(retry_after, now)
    throttled = None
    if status in THROTTLING:
        throttled = asked or now + THROTTLE
    if attempts >= MOST_ATTEMPTS:
        return Verdict(False, throttled_until=throttled)
    seconds = SCHEDULE[attempts] * (1 + JITTER * (2 * chance() - 1))
    planned = now + timedelta(seconds=seconds)
    return Verdict(False, max(planned, asked or planned, throttled or planned), throttled)


def asked_to_wait_until(retry_after: str, now: datetime) -> datetime | None:
    """The moment that a `Retry-After` names, in seconds or as a date; at most a day away.

    Shape: None for what is neither, and for what has passed.
    """
    given = retry_after.strip()
    if given.isascii() and given.isdigit():
        # More digits than fit into a day anyway.
        wait = LONGEST_WAIT if len(given) > _MOST_DIGITS else timedelta(seconds=int(given))
    else:
        try:
            moment = parsedate_to_datetime(given)
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        wait = moment - now
    return now + min(wait, LONGEST_WAIT) if wait > timedelta(0) else None


def is_given_up(failing_since: datetime | None, now: datetime) -> bool:
    """Whether an endpoint has failed for so long that it is switched off."""
    return failing_since is not None and now - failing_since >= PATIENCE
