"""Sessions of people who signed in."""

from datetime import datetime

from django.contrib.sessions.models import Session


def clear_expired(*, now: datetime) -> int:
    """Delete the sessions that have expired; nobody can come in by them any more."""
    return Session.objects.filter(expire_date__lt=now).delete()[0]
