"""What the schema of an event type cannot say of its data."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, NamedTuple

from interactions.data_types import Data
from interactions.event_data import ExpectationStated, FeedbackGiven
from interactions.ids import has_control
from interactions.moments import moment_in_reach, moment_or_date, zone_exists
from interactions.promise_data import PromiseMade, PromiseRescheduled, TargetData
from interactions.rejection import EventRejected

STAKES: Final = (0.5, 1, 2, 4)


class Latest(NamedTuple):
    """The latest moments that may have come: when the event occurred, and now."""

    by_event: datetime
    by_now: datetime


def _check_rescheduled(moved: PromiseRescheduled, latest: Latest) -> None:
    """What was not yet may not be told as if it were (R19): nobody asks after what came of it, and
    who is told may be told a while after the date was moved."""
    moment_or_date(moved.due_at, "/data/due_at")
    if moved.told_at is not None:
        told_at = moment_in_reach(moved.told_at, "/data/told_at")
        if told_at > latest.by_now:
            raise EventRejected("/data/told_at", "lies more than 5 minutes in the future")
    if moved.customer_request is not None:
        asked_at = moment_in_reach(moved.customer_request.at, "/data/customer_request/at")
        if asked_at > latest.by_event:
            raise EventRejected(
                "/data/customer_request/at",
                "lies more than 5 minutes after the time of the event, or in the future",
            )
    _check_target(moved.target)


def _check_expectation(stated: ExpectationStated, _latest: Latest) -> None:
    if stated.due_at is not None:
        moment_or_date(stated.due_at, "/data/due_at")


def _check_feedback(given: FeedbackGiven, _latest: Latest) -> None:
    if given.score is not None and given.score > given.scale_max:
        raise EventRejected("/data/score", f"must be at most its scale_max, {given.scale_max:g}")


def _check_made(made: PromiseMade, _latest: Latest) -> None:
    moment_or_date(made.due_at, "/data/due_at")
    if not made.statement.strip():
        raise EventRejected("/data/statement", "must not be blank")
    if made.stake not in STAKES:
        raise EventRejected("/data/stake", "must be 0.5, 1, 2 or 4")
    if made.customer.zone and not zone_exists(made.customer.zone):
        raise EventRejected("/data/customer/zone", "is no time zone of the tz database")
    if made.kind == "quality" and made.quality is None:
        raise EventRejected(
            "/data/quality", "a quality promise needs target, comparator, unit and scale"
        )
    if made.kind != "quality" and made.quality is not None:
        raise EventRejected("/data/quality", "belongs to a quality promise only")
    _check_target(made.target)


def _check_target(target: TargetData | None) -> None:
    if target is None:
        return
    if target.unit in ("days", "business days") and target.amount != int(target.amount):
        raise EventRejected("/data/target/amount", "must be a whole number of days")
    if not target.calendar and target.unit in ("business minutes", "business days"):
        raise EventRejected("/data/target/calendar", "must name a calendar for business time")
    if bool(target.calendar) != (target.calendar_version is not None):
        raise EventRejected(
            "/data/target/calendar_version", "stands beside a calendar, and a calendar beside it"
        )
    if has_control(target.calendar):
        raise EventRejected("/data/target/calendar", "contains a control character")


CHECKS: Final[dict[type[Data], Callable[[Any, Latest], None]]] = {
    PromiseMade: _check_made,
    PromiseRescheduled: _check_rescheduled,
    ExpectationStated: _check_expectation,
    FeedbackGiven: _check_feedback,
}
