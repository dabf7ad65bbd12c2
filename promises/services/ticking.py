"""The tick: what matured since the last look."""

from datetime import datetime

from django.db import transaction

from promises.models import OpenPromise, Watermark
from promises.projection.marking import mark_customers
from promises.projection.news import publish_overdue

TICK = "tick"


def tick(*, now: datetime) -> int:
    """Mark the customers of open promises that matured since the last tick.

    Scores need no tick, they age by themselves (R12); only the stored order of customers does. A
    tick that was missed is made up for by the next.
    """
    with transaction.atomic():
        mark, _ = Watermark.objects.select_for_update().get_or_create(name=TICK)
        matured = OpenPromise.objects.filter(matures_at__lt=now)
        if mark.moment is not None:
            if now <= mark.moment:
                return 0
            matured = matured.filter(matures_at__gte=mark.moment)
        customers = set(matured.values_list("customer_id", flat=True))
        mark_customers(customers)
        publish_overdue(mark.moment, now=now)
        mark.moment = now
        mark.save(update_fields=["moment"])
    return len(customers)
