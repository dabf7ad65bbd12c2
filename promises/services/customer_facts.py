"""What a person records on the page of a customer: one event, once, and taken back if it was a
mistake (R1, R19)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from django.db import transaction

from interactions.decode import event_from_mapping
from interactions.event_types import EventType
from interactions.ledger import record
from interactions.models import Customer, Event, Source
from promises.projection import describe_customers
from promises.selectors.acts import PEOPLE
from promises.services.acting import record_retraction
from promises.services.making import event_id
from promises.services.promises import AnotherFact


def say_of_customer(
    customer: Customer,
    type: EventType,
    data: Mapping[str, Any],
    *,
    key: str,
    now: datetime,
    actor_id: int | None,
) -> bool:
    """Record what is known of a customer, or what the customer was told.

    Shape: `key` was made with the form; the same form sent again records nothing and gives False.
    Raises: EventRejected; AnotherFact where the key recorded something else.
    """
    event = event_from_mapping(
        {
            "specversion": "1.0",
            "id": event_id(key, actor_id),
            "source": PEOPLE,
            "type": type.value,
            "subject": customer.reference,
            "time": now.isoformat(),
            "data": dict(data),
        },
        now=now,
    )
    with transaction.atomic():
        (is_new,) = record([event], recorded_at=now, actor_id=actor_id, door=Source.Door.PERSON)
        stored = Event.objects.get(source__name=PEOPLE, event_id=event.id)
        said = (type.value, customer.reference, msgspec.json.decode(event.data))
        if (stored.type, stored.subject, stored.data) != said:
            raise AnotherFact(event.id)
        _show(stored)
    return is_new


def take_back_of_customer(event: Event, *, now: datetime, actor_id: int | None) -> bool:
    """Take back what was recorded about a customer; False where somebody did already."""
    with transaction.atomic():
        is_new = record_retraction(event, now=now, actor_id=actor_id)
        _show(event)
    return is_new


def _show(event: Event) -> None:
    """What a person sees next is what they did; what follows from it, the worker counts."""
    if event.type == EventType.CUSTOMER_DESCRIBED:
        describe_customers([event.subject])
