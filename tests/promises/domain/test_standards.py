"""What a standard may say, what its conditions and statements mean, and which waits follow."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promises.domain.conditions import Condition, Operator, holds
from promises.domain.periods import MOST_PERIODS, period_of, periods_between
from promises.domain.rulebook import Trigger
from promises.domain.standard_checks import check_endless, check_terms
from promises.domain.standards import (
    Cycle,
    Fault,
    StandardRefused,
    Terms,
    Turn,
)
from promises.domain.statements import filled
from promises.domain.waits import Planner, follow

FIELDS = {
    "contact.received": ("conversation", "channel", "team", "tags", "touchpoint", "automatic"),
    "contact.answered": ("conversation", "tags"),
    "promise.made": ("kind", "team", "statement", "source_of"),
    "feedback.given": ("score",),
}
START = datetime(2026, 3, 1, tzinfo=UTC)


def terms(**more: Any) -> Terms:
    usual: dict[str, Any] = {
        "name": "First answer",
        "cycle": Cycle.REPLY,
        "kind": "response",
        "statement": "We answer {customer} by {due}",
        "event_type": "contact.received",
        "amount": 4,
        "unit": "minutes",
    }
    return Terms(**usual | more)


QUALITY: dict[str, Any] = {
    "cycle": Cycle.PERIOD,
    "kind": "quality",
    "event_type": "",
    "amount": None,
    "unit": "",
    "period": "month",
    "value": 99.9,
    "comparator": ">=",
    "scale": 1.0,
    "statement": "{value} in {period}",
}


@pytest.mark.parametrize(
    ("more", "field", "fault"),
    [
        ({"name": " "}, "/name", Fault.EMPTY),
        ({"name": "x" * 81}, "/name", Fault.TOO_LONG),
        ({"team": "a\x00"}, "/team", Fault.CONTROL),
        ({"kind": "song"}, "/kind", Fault.UNKNOWN_WORD),
        ({"stake": 3}, "/stake", Fault.UNKNOWN_WORD),
        ({"confidence": 0}, "/confidence", Fault.NEEDS_NUMBER),
        ({"event_type": "contact.lost"}, "/event_type", Fault.UNKNOWN_TYPE),
        ({"event_type": "event.retracted"}, "/event_type", Fault.UNKNOWN_TYPE),
        ({"event_type": "contact.answered"}, "/event_type", Fault.ONLY_CUSTOMER),
        (
            {"cycle": Cycle.UPDATE, "event_type": "promise.made"},
            "/event_type",
            Fault.ONLY_CUSTOMER,
        ),
        ({"cycle": Cycle.EVENT, "turn": Turn.FIRST}, "/turn", Fault.UNKNOWN_WORD),
        ({"reference": "{conversation}"}, "/reference", Fault.ONLY_EVENT),
        ({"amount": None, "unit": ""}, "/amount", Fault.NEEDS_TARGET),
        ({"amount": -1}, "/amount", Fault.NEEDS_NUMBER),
        ({"amount": float("nan")}, "/amount", Fault.NEEDS_NUMBER),
        ({"unit": "weeks"}, "/unit", Fault.UNKNOWN_WORD),
        ({"amount": 1.5, "unit": "days"}, "/amount", Fault.WHOLE_DAYS),
        ({"unit": "business days"}, "/calendar", Fault.NEEDS_CALENDAR),
        ({"date_field": "attributes.day"}, "/amount", Fault.TWO_TARGETS),
        (
            {"date_field": "attributes.day", "amount": None, "unit": ""},
            "/date_field",
            Fault.ONLY_EVENT,
        ),
        (
            {"cycle": Cycle.EVENT, "date_field": "day", "amount": None, "unit": ""},
            "/date_field",
            Fault.UNKNOWN_FIELD,
        ),
        ({"value": 1.0}, "/value", Fault.NO_MEASURE),
        ({"cycle": Cycle.EVENT, "kind": "quality"}, "/value", Fault.NEEDS_MEASURE),
        ({"statement": "by {soon}"}, "/statement", Fault.UNKNOWN_FIELD),
        ({"statement": "by {due"}, "/statement", Fault.BAD_TEMPLATE),
        ({"statement": "by {due!r}"}, "/statement", Fault.BAD_TEMPLATE),
        ({"statement": "by {due:>9}"}, "/statement", Fault.BAD_TEMPLATE),
        ({"statement": "by {due.year}"}, "/statement", Fault.UNKNOWN_FIELD),
        ({"statement": "by {attributes.x[0]}"}, "/statement", Fault.UNKNOWN_FIELD),
        ({"statement": "by {}"}, "/statement", Fault.UNKNOWN_FIELD),
        (
            {"conditions": (Condition("colour", Operator.IS),)},
            "/conditions/0/field",
            Fault.UNKNOWN_FIELD,
        ),
        (
            {"conditions": (Condition("attributes.n", Operator.AT_LEAST, "many"),)},
            "/conditions/0/value",
            Fault.NOT_A_NUMBER,
        ),
        (
            {
                "cycle": Cycle.EVENT,
                "event_type": "feedback.given",
                "tags": ("a",),
            },
            "/tags",
            Fault.UNKNOWN_FIELD,
        ),
        (
            {"valid_from": date(2026, 3, 2), "valid_until": date(2026, 3, 1)},
            "/valid_until",
            Fault.ENDS_BEFORE,
        ),
        (QUALITY | {"kind": "delivery"}, "/value", Fault.NO_MEASURE),
        (QUALITY | {"period": "year"}, "/period", Fault.UNKNOWN_WORD),
        (QUALITY | {"event_type": "contact.received"}, "/event_type", Fault.NOT_PERIOD),
        (QUALITY | {"scale": 0}, "/scale", Fault.NEEDS_MEASURE),
        (QUALITY | {"statement": "{channel}"}, "/statement", Fault.UNKNOWN_FIELD),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_field(
    more: dict[str, Any], field: str, fault: Fault
) -> None:
    with pytest.raises(StandardRefused) as refused:
        check_terms(terms(**more), FIELDS)
    assert (refused.value.field, refused.value.fault) == (field, fault)


@pytest.mark.parametrize(
    "more",
    [
        {},
        QUALITY,
        {"statement": "{{by}} {due}, {attributes.any thing}"},
        {"cycle": Cycle.EVENT, "event_type": "promise.made"},
        {"unit": "business minutes", "calendar": "office"},
    ],
)
def test_what_makes_sense_is_taken(more: dict[str, Any]) -> None:
    check_terms(terms(**more), FIELDS)


@pytest.mark.parametrize(
    ("more", "endless"),
    [
        ({}, True),
        ({"conditions": (Condition("statement", Operator.CONTAINS, "order"),)}, True),
        ({"conditions": (Condition("kind", Operator.IS, "response"),)}, True),
        ({"conditions": (Condition("kind", Operator.IS, "delivery"),)}, False),
        ({"conditions": (Condition("source", Operator.IS_NOT, "/standards"),)}, False),
        ({"conditions": (Condition("source", Operator.IS, "/shop"),)}, False),
        ({"team": "sales", "promise_team": "support"}, False),
        ({"team": "sales"}, True),
    ],
)
def test_a_standard_that_would_promise_for_its_own_promises_is_refused(
    more: dict[str, Any], endless: bool
) -> None:
    looped = terms(cycle=Cycle.EVENT, event_type="promise.made", statement="x", **more)
    if not endless:
        check_endless(looped)
        return
    with pytest.raises(StandardRefused) as refused:
        check_endless(looped)
    assert (refused.value.field, refused.value.fault) == ("/event_type", Fault.ENDLESS)


@pytest.mark.parametrize(
    ("condition", "met"),
    [
        (("channel", "is", "PHONE"), True),
        (("channel", "is", "mail"), False),
        (("channel", "is not", "mail"), True),
        (("none", "is not", "mail"), True),
        (("none", "is", ""), False),
        (("channel", "contains", "hon"), True),
        (("channel", "starts with", "ph"), True),
        (("channel", "starts with", "one"), False),
        (("tags", "is", "a"), True),
        (("tags", "contains", "B"), True),
        (("tags", "contains", "c"), False),
        (("tags", "starts with", "b"), True),
        (("attributes.n", "at least", "10"), True),
        (("attributes.n", "at most", "9"), False),
        (("attributes.n", "is", "10.0"), True),
        (("attributes.text", "at least", "1"), False),
        (("attributes.none", "is missing", ""), True),
        (("attributes.n", "is there", ""), True),
        (("empty", "is there", ""), False),
        (("yes", "is", "true"), True),
    ],
)
def test_conditions(condition: tuple[str, str, str], met: bool) -> None:
    field, operator, value = condition
    data = {
        "channel": "phone",
        "tags": ["a", "b"],
        "empty": [],
        "yes": True,
        "attributes": {"n": 10, "text": "ten"},
    }
    assert holds(Condition(field, Operator(operator), value), data) is met


def test_a_statement_is_filled_and_cut() -> None:
    assert filled(" {a} {{b}} ", {"a": "x"}.__getitem__, 99) == "x {b}"
    assert filled("{a}", lambda _: "x" * 9, 5) == "xxxx…"


def test_periods() -> None:
    assert period_of(date(2026, 12, 31), "month").last == date(2026, 12, 31)
    assert period_of(date(2026, 12, 31), "week").name == "2026-W53"
    assert period_of(date(2027, 1, 1), "week").first == date(2026, 12, 28)
    zone = ZoneInfo("America/New_York")
    names = [period.name for period in periods_between(START, START + 40 * DAY, "month", zone)]
    # The first moment of March in UTC is still February in New York.
    assert names == ["2026-02", "2026-03", "2026-04"]
    assert len(periods_between(START - 9_999 * DAY, START, "week", zone)) == MOST_PERIODS


DAY = timedelta(days=1)
TYPES = ("contact.received", "contact.answered", "contact.made", "notice.given")
happenings = st.lists(
    st.tuples(
        st.integers(0, 20), st.sampled_from(TYPES), st.sampled_from(["", "a", "b"]), st.booleans()
    ),
    max_size=14,
)


def trigger(number: int, at: int, kind: str, matter: str, automatic: bool) -> Trigger:
    moment = START + at * DAY
    data = {"conversation": matter, "automatic": automatic}
    return Trigger(number, kind, "/s", f"e{number}", "c", moment, moment, data, "c")


def planner() -> Planner[str]:
    """Everything is promised: a reply for each wait, updates one after the other."""

    def first(event: Trigger, cycle: Cycle, _turn: Turn) -> str | None:
        if event.type != "contact.received" or cycle is Cycle.EVENT:
            return None
        return f"{cycle} {event.id}"

    return Planner(first, lambda _, event: f"{Cycle.UPDATE} {event.id}")


def plainly(events: list[Trigger]) -> tuple[list[str], list[tuple[str, str]]]:
    """The same, read slowly: lists of what is open, oldest first."""
    order = sorted(events, key=lambda e: (e.occurred_at, e.type != TYPES[0], e.id))
    made: list[str] = []
    kept: list[tuple[str, str]] = []
    waits: list[tuple[str, str]] = []
    chains: list[tuple[str, str]] = []
    for event in order:
        if event.automatic:
            continue
        for opened, ends in ((waits, event.type == TYPES[1]), (chains, event.type != TYPES[0])):
            fits = [one for one in opened if event.matter in ("", one[0])]
            if event.type == TYPES[0] or not ends or not fits:
                continue
            matter, promise = fits[0]
            kept.append((promise, event.id))
            place = opened.index(fits[0])
            if event.type == TYPES[1]:
                opened.pop(place)
            else:
                following = f"{Cycle.UPDATE} {event.id}"
                made.append(following)
                opened[place] = (matter, following)
        if event.type == TYPES[0]:
            for opened, cycle in ((waits, Cycle.REPLY), (chains, Cycle.UPDATE)):
                if event.matter not in [matter for matter, _ in opened]:
                    made.append(f"{cycle} {event.id}")
                    opened.append((event.matter, made[-1]))
    return made, kept


@given(happenings, st.randoms())
def test_what_follows_is_as_read_plainly_and_in_any_order(
    told: list[tuple[int, str, str, bool]], chance: Any
) -> None:
    events = [trigger(number, *one) for number, one in enumerate(told)]
    made, kept = plainly(events)
    chance.shuffle(events)
    found = follow(events, planner())
    assert sorted(found.made) == sorted(made)
    assert sorted((plan, event.id) for plan, event in found.kept) == sorted(kept)
    assert len(set(found.made)) == len(found.made)
