"""Nothing is accepted that later fails for its form: what passes the gate can be folded."""

import json
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import assume, given
from hypothesis import strategies as st

from interactions.decode import NewEvent, event_from_json
from interactions.rejection import EventRejected
from promises.domain.clock import day_end, day_of
from promises.domain.lifecycle import Fact, fold
from promises.domain.loss import contribution, loss_terms
from tests.interactions.items import NOW, item
from tests.promises.domain.strategies import parameters

ZONE = ZoneInfo("America/New_York")

# Years, zones and numbers at the ends of what can be written; most often such as are accepted.
KNOWN_YEARS, LATER_YEARS = [1990, 1991, 2025, 2026], [2026, 2027, 2100, 2199]
OTHER_YEARS = [1, 1582, 1899, 1900, 1989, 2200, 9000, 9999]


def moments_of(*years: int) -> st.SearchStrategy[str]:
    """Moments in these years, in zones and with digits of every sort."""
    return st.builds(
        "{:04}-{}T{}{}".format,
        st.sampled_from(years),
        st.sampled_from(["01-01", "03-02", "03-08", "03-31"]),
        st.sampled_from(["00:00:00", "02:30:00", "11:59:59.999999", "09:30:00.123456789"]),
        st.sampled_from(["Z", "+00:00", "-00:00", "+14:00", "-12:00", "+23:59"]),
    )


moments = moments_of(*KNOWN_YEARS)
any_moments = moments | moments_of(*LATER_YEARS, *OTHER_YEARS)
due_dates = st.one_of(
    moments,
    moments_of(*LATER_YEARS),
    st.builds(
        "{:04}-{}".format,
        st.sampled_from([*KNOWN_YEARS, *LATER_YEARS]),
        st.sampled_from(["01-01", "03-08", "11-01", "12-31"]),
    ),
    moments_of(*OTHER_YEARS),
)
zones = st.sampled_from(
    ["", "UTC", "Pacific/Apia", "Africa/Monrovia", "America/St_Johns", "Asia/Kathmandu"]
)
numbers = st.one_of(
    st.sampled_from([0, 1, -1, 1e308, -1e308, 5e-324, 2**63, 99.9]),
    st.floats(allow_nan=False, allow_infinity=False),
)
positive = st.sampled_from([1, 0.5, 5e-324, 1e308]) | st.floats(0, 10, exclude_min=True)
confidences = st.floats(0.01, 1)
shares = st.sampled_from([1, 0.5, 5e-324, 1e-9]) | st.floats(0, 1, exclude_min=True)
texts = st.text(max_size=5)


def some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Any of the fields."""
    return st.fixed_dictionaries({}, optional=fields)


qualities = st.fixed_dictionaries(
    {"target": numbers, "comparator": st.sampled_from([">=", "<="]), "scale": positive},
    optional={"unit": texts},
)
makings = st.builds(
    lambda kind, quality, due, zone, more: {
        "kind": kind,
        "due_at": due,
        "customer": {"id": "c", "zone": zone},
        "statement": "s",
        **({"quality": quality} if kind == "quality" else {}),
        **more,
    },
    st.sampled_from(["delivery", "response", "quality", "quality"]),
    qualities,
    due_dates,
    zones,
    some(
        stake=st.sampled_from([0.5, 4]), confidence=confidences, explicit=st.booleans(), team=texts
    ),
)
requests = st.fixed_dictionaries({"who": st.just("Ada"), "at": any_moments})
LATER: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "promise.rescheduled": st.builds(
        lambda due, more: {"due_at": due, **more},
        due_dates,
        some(told_at=any_moments, customer_request=requests, reason=texts),
    ),
    "promise.paused": st.builds(
        lambda more: {"cause": "agreed", **more}, some(pause=texts, reason=texts)
    ),
    "promise.resumed": some(pause=texts),
    "promise.fulfilled": some(fraction=shares, value=numbers),
    "promise.failed": some(reason=texts),
    "promise.withdrawn": st.sampled_from([{"by": "us"}, {"by": "customer"}]),
    "promise.reopened": some(by=texts),
    "promise.confirmed": some(words=texts),
    "promise.disputed": some(by=texts),
    "event.retracted": st.just({"source": "/shop", "id": "e-1"}),
}
KINDS = sorted(LATER)
afterwards = st.sampled_from(KINDS).flatmap(
    lambda kind: st.tuples(st.just(kind), LATER[kind], moments)
)


def fact(event: NewEvent) -> Fact:
    """The event as the projection reads it from the ledger."""
    data = json.loads(event.data)
    return Fact(event.type, event.source, event.id, event.occurred_at, NOW, data, by_person=True)


def accepted(kind: str, data: dict[str, Any], at: str, id_: str) -> NewEvent | None:
    try:
        return event_from_json(json.dumps(item(kind, data, time=at, id=id_)).encode(), now=NOW)
    except EventRejected:
        return None


@given(making=makings, made_at=moments, later=st.lists(afterwards, max_size=4))
def test_whatever_is_accepted_can_be_folded_and_scored(
    making: dict[str, Any], made_at: str, later: Sequence[tuple[str, dict[str, Any], str]]
) -> None:
    made = accepted("promise.made", making, made_at, "e-0")
    assume(made is not None)
    sent = [accepted(*event, f"e-{place}") for place, event in enumerate(later, 1)]
    facts = [fact(event) for event in (made, *sent) if event is not None]
    for as_of in (None, NOW):
        state = fold(facts, zone=ZONE, parameters=parameters, as_of=as_of)
        assert state is not None
        held = parameters(state.kind, state.made_at)
        assert 0 <= loss_terms(state, held, NOW).loss <= 1
        if state.matures_at is not None:
            filed = contribution(state, held, day_end(day_of(state.matures_at, ZONE), ZONE))
            assert filed is not None
            assert filed.weight >= 0
