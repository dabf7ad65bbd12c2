"""Asking that open promises are moved to a version of a calendar (R18)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from promises.models import Calendar, Restatement
from promises.selectors.calendars import calendar_at
from promises.services.calendars.drafts import DraftRefused, check_reason
from promises.services.restating import kept_figures

_UNFINISHED = (Restatement.State.RUNNING, Restatement.State.CANCELLING)


class AlreadyMoving(RuntimeError):
    """Open promises of a calendar are moved once at a time."""


def apply_to_open(
    reference: str,
    version: int,
    *,
    reason: str,
    now: datetime,
    actor_id: int | None,
    by: str = "",
) -> Restatement:
    """Ask that the open promises that a version of a calendar makes due at another time are moved.

    Shape: the figures from before are kept; the job (`running.py`) moves them. Again it moves
    nothing.
    Raises: DraftRefused without a reason; NoCalendar; AlreadyMoving.
    """
    check_reason(reason)
    if not reason.strip():
        raise DraftRefused("/reason", _("Say why: it stands on every promise that is moved."))
    calendar_at(reference, version)
    with transaction.atomic():
        # Whoever asks at the same time waits for this one.
        Calendar.objects.select_for_update().get(reference=reference)
        if Restatement.objects.filter(calendar=reference, state__in=_UNFINISHED).exists():
            raise AlreadyMoving(reference)
        return Restatement.objects.create(
            calendar=reference,
            version=version,
            made_until=now,
            reason=reason.strip(),
            asked_by=by,
            actor_id=actor_id,
            asked_at=now,
            before=kept_figures("", now, is_now=True),
        )
