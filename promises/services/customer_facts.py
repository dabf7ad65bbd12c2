"""What a person records on the page of a customer: one event, once (R1, R19)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from interactions.decode import event_from_mapping
from interactions.event_types import EventType
from interactions.ledger import record
from interactions.models import Customer, Event, Source
from promises.selectors.acts import PEOPLE
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
    (is_new,) = record([event], recorded_at=now, actor_id=actor_id, door=Source.Door.PERSON)
    if not is_new:
        stored = Event.objects.get(source__name=PEOPLE, event_id=event.id)
        said = (type.value, customer.reference, msgspec.json.decode(event.data))
        if (stored.type, stored.subject, stored.data) != said:
            raise AnotherFact(event.id)
    return is_new
