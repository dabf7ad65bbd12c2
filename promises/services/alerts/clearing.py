"""What is kept of telling, and for how long."""

from datetime import datetime, timedelta

from django.db import transaction

from promises.models import Delivery, Digest, Message
from promises.services import watching

DELIVERIES_KEPT = timedelta(days=30)


def clear_old(*, now: datetime) -> int:
    """Delete crossings, messages and digests of 90 days ago, deliveries of 30; answer how many."""
    old, kept = now - DELIVERIES_KEPT, now - watching.KEPT
    with transaction.atomic():
        done = Delivery.objects.filter(created_at__lt=old).exclude(state=Delivery.State.WAITING)
        found = done.delete()[0]
        # A message and what still carries it go together.
        found += Delivery.objects.filter(created_at__lt=kept).delete()[0]
        found += Message.objects.filter(created_at__lt=kept).delete()[0]
        found += Digest.objects.filter(created_at__lt=kept).delete()[0]
        found += watching.clear_old(now=now)
    return found
