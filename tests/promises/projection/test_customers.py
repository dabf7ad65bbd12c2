"""What is known of a customer is a function of the set of events, in any order (R1, R2): the latest
description of each field, else what the first making says that says something."""

import itertools
from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from interactions.decode import NewEvent
from interactions.models import Customer, Event
from tests.events import NOW, START, event, retracted, store, uncounted
from tests.promises.asking import count

pytestmark = pytest.mark.django_db(transaction=True)

FIELDS = ("name", "preferred_name", "zone", "segment")
HOUR = timedelta(hours=1)
_numbers = itertools.count()

Told = dict[str, str]


def said(customer: str, *, made_at: int, subject: str, id: str = "", **told: str) -> NewEvent:
    """A making that says something of its customer."""
    data = {
        "kind": "delivery",
        "customer": {"id": customer, **told},
        "team": "fulfilment",
        "due_at": (START + timedelta(days=3)).isoformat(),
        "statement": "It arrives in time",
    }
    return event("promise.made", subject, START + made_at * HOUR, data, id=id or None)


def row(customer: str) -> Told:
    """What is known of a customer."""
    found = Customer.objects.filter(reference=customer).values(*FIELDS).first()
    assert found is not None
    return dict(found)


def expected(
    customer: str,
    makings: Sequence[tuple[str, int, str, Told]],
    descriptions: Sequence[tuple[int, str, Told]],
) -> Told:
    """The plain rule. Shape: makings are (promise, hour, id, what); what was taken back is left
    out."""
    firsts: dict[str, tuple[int, str, Told]] = {}
    for promise, hour, id, told in makings:
        if promise not in firsts or (hour, id) < firsts[promise][:2]:
            firsts[promise] = (hour, id, told)
    known: Told = {"name": customer, "preferred_name": "", "zone": "", "segment": ""}
    for field in FIELDS:
        spoken = sorted((h, i, t[field]) for h, i, t in descriptions if t.get(field))
        first = sorted((h, i, t[field]) for h, i, t in firsts.values() if t.get(field))
        if spoken:
            known[field] = spoken[-1][2]
        elif first:
            known[field] = first[0][2]
    return known


texts = {
    "name": st.sampled_from(["Ada", "Bo", "Cy"]),
    "preferred_name": st.sampled_from(["A.", "B."]),
    "zone": st.sampled_from(["UTC", "Europe/Berlin"]),
    "segment": st.sampled_from(["gold", "silver"]),
}
what = st.fixed_dictionaries({}, optional=texts)
hours = st.integers(0, 5)


@settings(
    max_examples=15,
    deadline=None,
    # To shrink through the database takes minutes.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_any_order_gives_the_same_customer(data: st.DataObject) -> None:
    n = next(_numbers)
    customer = f"c-{n}"
    makings = data.draw(
        st.lists(st.tuples(st.sampled_from(["p", "q"]), hours, what), min_size=1, max_size=4)
    )
    descriptions = data.draw(st.lists(st.tuples(hours, what), max_size=3))
    events: list[NewEvent] = []
    kept_makings, kept_descriptions = [], []
    for place, (promise, hour, told) in enumerate(makings):
        id = f"{n}:m{place}"
        subject = f"{promise}-{n}"
        making = said(customer, made_at=hour, subject=subject, id=id, **told)
        events.append(making)
        if data.draw(st.booleans()):
            events.append(retracted(making, NOW))
        else:
            kept_makings.append((promise, hour, id, told))
    for place, (hour, told) in enumerate(descriptions):
        id = f"{n}:d{place}"
        spoken = event("customer.described", customer, START + hour * HOUR, dict(told), id=id)
        events.append(spoken)
        if data.draw(st.booleans()):
            events.append(retracted(spoken, NOW))
        else:
            kept_descriptions.append((hour, id, told))
    for one in data.draw(st.permutations(events)):
        store(one)
        if data.draw(st.booleans()):
            count(fold=False)
    count(fold=False)
    assert not uncounted()
    if kept_makings or descriptions:
        assert row(customer) == expected(customer, kept_makings, kept_descriptions)


def test_a_description_leaves_what_it_does_not_speak_of() -> None:
    store(said("c-1", made_at=0, subject="o-1", name="Ada", segment="gold", zone="UTC"))
    store(event("customer.described", "c-1", NOW, {"channel": "phone"}))
    count()
    assert row("c-1") == {"name": "Ada", "preferred_name": "", "zone": "UTC", "segment": "gold"}


def test_a_name_that_was_taken_back_is_gone() -> None:
    wrong = event("customer.described", "c-1", NOW, {"name": "Wrong Person"})
    store(wrong, retracted(wrong, NOW))
    count()
    assert row("c-1")["name"] == "c-1"
    store(event("customer.described", "c-1", START, {"name": "Ada"}))
    store(event("customer.described", "c-1", NOW, {"name": "c-1"}, id="by its id"))
    count()
    assert row("c-1")["name"] == "c-1"


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_first_making_introduces_its_customer(order: tuple[int, ...]) -> None:
    makings = [
        said("c-1", made_at=0, subject="o-1", segment="gold"),
        said("c-1", made_at=1, subject="o-2", name="Ada", segment="silver"),
        said("c-1", made_at=2, subject="o-3", name="Bo", preferred_name="B."),
    ]
    for place in order:
        store(makings[place])
        count()
    assert row("c-1") == {"name": "Ada", "preferred_name": "B.", "zone": "", "segment": "gold"}
    store(retracted(makings[1], NOW))
    count()
    assert row("c-1")["name"] == "Bo"


def test_blanks_around_an_id_are_no_part_of_it() -> None:
    full = {"name": "Ada", "segment": "gold", "zone": "UTC"}
    store(event("customer.described", "c-1", NOW, full))
    count()
    store(event("customer.described", " c-1\N{NO-BREAK SPACE}", START, {"name": "Zed"}))
    count()
    assert row("c-1") == full | {"preferred_name": ""}
    assert set(Event.objects.values_list("subject", flat=True)) == {"c-1"}
