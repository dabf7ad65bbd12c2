"""Retractions of what is no promise: of customers' events, and of retractions themselves (R1)."""

from itertools import permutations

import pytest

from interactions.models import Customer
from promises.models import Promise
from tests.events import NOW, START, event, fulfilled, made, retracted, store, uncounted
from tests.promises.asking import count

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_a_retraction_cannot_be_taken_back_in_any_order(order: tuple[int, ...]) -> None:
    outcome = fulfilled("order-1", START)
    first = retracted(outcome, START)
    events = [made("order-1"), outcome, first, retracted(first, NOW)]
    for place in order:
        store(events[place])
        count()
    assert Promise.objects.get().state == "open"
    assert not uncounted()
    assert list(Customer.objects.values_list("reference", flat=True)) == ["c-1"]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_description_that_was_taken_back_no_longer_speaks(order: tuple[int, ...]) -> None:
    wrong = event("customer.described", "c-1", NOW, {"segment": "silver", "zone": "UTC"})
    right = event("customer.described", "c-1", START, {"segment": "gold"})
    events = [right, wrong, retracted(wrong, NOW)]
    for place in order:
        store(events[place])
        count()
    customer = Customer.objects.get()
    assert (customer.reference, customer.segment, customer.zone) == ("c-1", "gold", "")
    assert not uncounted()


@pytest.mark.parametrize("blank", ["", " ", "\N{NO-BREAK SPACE}", "\N{IDEOGRAPHIC SPACE} "])
def test_a_blank_id_is_the_same_customer_for_promises_and_descriptions(blank: str) -> None:
    store(made("order-1", customer=blank), event("customer.left", blank, START))
    store(made("order-2", customer=f"{blank}c-1{blank}"))
    store(event("customer.left", f"{blank}c-1", START))
    count()
    references = Customer.objects.order_by("reference").values_list("reference", flat=True)
    assert list(references) == ["c-1", "not-stated"]
