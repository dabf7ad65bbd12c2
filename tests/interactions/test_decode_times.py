"""Times at the gate: only moments of the calendar, with their offset, that the fold can reckon
with."""

from typing import Any

import pytest

from tests.interactions.items import accepted, item, refused

NO_MOMENTS = {
    "naive": "2026-03-02T09:30:00",
    "date only": "2026-03-02",
    "without seconds": "2026-03-02T09:30Z",
    "offset of 75 minutes": "2026-03-02T09:30:00+05:75",
    "offset without colon": "2026-03-02T09:30:00+0100",
    "in words": "yesterday",
    "epoch": "1772443800",
    "empty": "",
    "other digits": "２０２６-03-02T09:30:00Z",
    "a space at the end": "2026-03-02T09:30:00Z ",
}
NOT_OF_THE_CALENDAR = {
    "offset of 25 hours": "2026-03-02T09:30:00+25:00",
    "leap second": "2016-12-31T23:59:60Z",
    "30 February": "2026-02-30T09:30:00Z",
    "24 o'clock": "2026-03-02T24:00:00Z",
    "year 0": "0000-03-02T09:30:00Z",
    "before year 1": "0001-01-01T00:00:00+01:00",
    "after year 9999": "9999-12-31T23:59:59-01:00",
}


@pytest.mark.parametrize("text", NO_MOMENTS.values(), ids=NO_MOMENTS)
def test_a_time_needs_a_date_a_time_and_an_offset(text: str) -> None:
    error = refused(item(time=text))
    assert error.pointer == "/time"
    assert "needs a date, a time with seconds and an offset" in error.reason


@pytest.mark.parametrize("text", NOT_OF_THE_CALENDAR.values(), ids=NOT_OF_THE_CALENDAR)
def test_a_time_must_be_of_the_calendar(text: str) -> None:
    error = refused(item(time=text))
    assert error.pointer == "/time"
    assert "is no time of the calendar" in error.reason


@pytest.mark.parametrize("text", ["2026-03-31T12:05:00.000001Z", "9999-01-01T00:00:00Z"])
def test_the_future_is_refused(text: str) -> None:
    error = refused(item(time=text))
    assert (error.pointer, error.reason) == ("/time", "lies more than 5 minutes in the future")


@pytest.mark.parametrize("text", ["0001-01-02T00:00:00Z", "1989-12-31T23:59:59Z"])
def test_what_is_older_than_any_ledger_is_refused(text: str) -> None:
    error = refused(item(time=text))
    assert (error.pointer, error.reason) == ("/time", "lies before 1990")


@pytest.mark.parametrize("text", ["2026-03-06", "2026-03-06T17:00:00+01:00", "2199-12-31"])
def test_a_due_date_is_a_day_or_a_moment(text: str) -> None:
    assert accepted(item(data={"due_at": text})).data


@pytest.mark.parametrize("kind", ["promise.made", "promise.rescheduled", "expectation.stated"])
@pytest.mark.parametrize(
    "text", ["2026-02-30", "0001-01-01", "9999-12-31", "9999-12-31T23:59:59Z", "06.03.2026", ""]
)
def test_a_due_date_must_be_one_to_reckon_with(kind: str, text: str) -> None:
    error = refused(item(kind, {"due_at": text}))
    assert error.pointer == "/data/due_at"
    assert error.reason


@pytest.mark.parametrize(
    "text", ["2026-03-02", "0001-01-02T00:00:00Z", "9999-12-30T00:00:00Z", "soon"]
)
@pytest.mark.parametrize("field", ["told_at", "customer_request"])
def test_the_moments_of_a_reschedule_must_be_ones_to_reckon_with(field: str, text: str) -> None:
    value: Any = text if field == "told_at" else {"who": "Ada", "at": text}
    error = refused(item("promise.rescheduled", {field: value}))
    assert error.pointer == ("/data/told_at" if field == "told_at" else "/data/customer_request/at")
    assert error.reason


def test_nobody_asks_after_a_reschedule_and_nobody_is_told_in_the_future() -> None:
    def asked(at: str, time: str) -> Any:
        return item(
            "promise.rescheduled", {"customer_request": {"who": "Ada", "at": at}}, time=time
        )

    def told(at: str, time: str) -> Any:
        return item("promise.rescheduled", {"told_at": at}, time=time)

    for sent in (asked, told):
        assert accepted(sent("2026-03-02T09:35:00Z", "2026-03-02T09:30:00Z")).data
        assert accepted(sent("2026-03-31T12:05:00Z", "2026-03-31T12:04:00Z")).data
    # The date was moved on Monday, and the customer was told on Tuesday.
    assert accepted(told("2026-03-03T11:00:00Z", "2026-03-02T09:30:00Z")).data
    for at, time in (
        ("2026-03-02T09:35:00.000001Z", "2026-03-02T09:30:00Z"),
        ("2026-03-31T12:05:00.000001Z", "2026-03-31T12:04:00Z"),
        ("2026-04-01T08:00:00Z", "2026-03-31T12:00:00Z"),
    ):
        error = refused(asked(at, time))
        assert error.pointer == "/data/customer_request/at"
        assert "more than 5 minutes after" in error.reason
    for at in ("2026-03-31T12:05:00.000001Z", "2026-04-01T08:00:00Z"):
        error = refused(told(at, "2026-03-31T12:00:00Z"))
        assert error.pointer == "/data/told_at"
        assert "more than 5 minutes in the future" in error.reason
