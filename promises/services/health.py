"""What people do on the data health page: look at new parties, replay, ask for a check."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Model

from interactions.models import Customer, PendingEvent, Team, Touchpoint
from promises.models import Watermark
from promises.projection import replay
from promises.selectors.health import CHECK_ASKED
from promises.services.checking import check_and_keep

_CHECK_STARTED = "ledger check started"

PARTIES: dict[str, type[Customer | Team | Touchpoint]] = {
    "customers": Customer,
    "teams": Team,
    "touchpoints": Touchpoint,
}


def accept_new(what: str, *, newest: int) -> int:
    """Say that the new parties up to a number are fine; answer how many it was.

    Raises: KeyError for anything but customers, teams or touchpoints.
    """
    model: type[Model] = PARTIES[what]
    return model._default_manager.filter(is_new=True, pk__lte=newest).update(is_new=False)


def replay_all() -> int:
    """Put all events that were set aside back on the to-do list."""
    return PendingEvent.objects.filter(state=PendingEvent.State.SET_ASIDE).update(
        state=PendingEvent.State.PENDING, attempts=0, reason=""
    )


def replay_some(numbers: Sequence[int]) -> int:
    """Put these events back on the to-do list, those of them that were set aside."""
    return replay(numbers)


def ask_for_check(*, now: datetime) -> None:
    """Write down that somebody wants a `ledger_check`; the edge tells Celery after the commit."""
    Watermark.objects.update_or_create(name=CHECK_ASKED, defaults={"moment": now})


def check_is_due() -> bool:
    """Whether somebody asked for a check that nobody has begun."""
    moments = dict(
        Watermark.objects.filter(name__in=[CHECK_ASKED, _CHECK_STARTED]).values_list(
            "name", "moment"
        )
    )
    asked, started = moments.get(CHECK_ASKED), moments.get(_CHECK_STARTED)
    return asked is not None and (started is None or started < asked)


def check_if_asked(*, now: datetime) -> bool:
    """Check and keep the result, once for each time that it was asked for."""
    with transaction.atomic():
        list(Watermark.objects.select_for_update().filter(name=CHECK_ASKED))
        if not check_is_due():
            return False
        Watermark.objects.update_or_create(name=_CHECK_STARTED, defaults={"moment": now})
    check_and_keep()
    return True
