"""Asking for a restatement, and taking it back before it is done."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from interactions.changes import Area, record_change
from promises.models import KindParameters, Restatement
from promises.services.restating.previews import kept_figures
from promises.services.restating.versions import (
    ParametersRefused,
    checked_reason,
    lock_judging,
)

_UNFINISHED = (Restatement.State.RUNNING, Restatement.State.CANCELLING)


class AlreadyRestating(RuntimeError):
    """One restatement of a kind at a time."""


class NotRunning(RuntimeError):
    """Only what runs can be taken back."""


def restate(kind: str, version: int, *, now: datetime, by: str, reason: str) -> Restatement:
    """Judge all promises of a kind that were made before now by a version of its parameters.

    Shape: the figures that stand are kept first; from the commit on whatever is projected is
    judged by the version, and the job does so with all the others.
    Raises: ParametersRefused, AlreadyRestating.
    """
    reason = checked_reason(reason)
    if version != 1 and not KindParameters.objects.filter(kind=kind, version=version).exists():
        raise ParametersRefused("/version", _("There is no such version."))
    with transaction.atomic():
        lock_judging()
        if Restatement.objects.filter(kind=kind, state__in=_UNFINISHED).exists():
            raise AlreadyRestating(kind)
        after = {"judged_by_version": version, "reason": reason}
        record_change(Area.KIND, kind, "restated", by=by, after=after)
        return Restatement.objects.create(
            kind=kind,
            version=version,
            made_until=now,
            reason=reason,
            asked_by=by,
            asked_at=now,
            before=kept_figures(kind, now, is_now=True),
        )


def cancel(pk: int) -> Restatement:
    """Judge again as before what a running restatement has judged anew; of a calendar's, what was
    moved by then stays moved, for it is told in the ledger.

    Raises: NotRunning.
    """
    with transaction.atomic():
        # Its row first: the job has it while it has the promises of a step.
        row = Restatement.objects.select_for_update().get(pk=pk)
        if row.state != Restatement.State.RUNNING:
            raise NotRunning(str(pk))
        lock_judging()
        row.state = Restatement.State.CANCELLING
        if row.kind:
            row.cursor, row.done, row.total, row.skipped = 0, 0, None, 0
        row.save()
    return row
