"""A new version of a kind's parameters: it judges what is made from now on."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.db import connection, transaction
from django.utils.translation import gettext as _

from interactions.changes import Area, record_change
from promises.domain.loss import DAY, DEFAULT_PARAMETERS
from promises.models import KindParameters, Promise
from promises.projection import project

MOST_REASON: Final = 1_000
# Nobody judges by more; what is longer was meant in another unit.
MOST_SECONDS: Final = 3_650 * DAY
LEAST_HALF_LIFE: Final = 60.0
# Since when the first versions hold; they also judge what was made before.
FIRST_VALID: Final = datetime(1990, 1, 1, tzinfo=UTC)


class ParametersRefused(ValueError):
    """What cannot be a version. Shape: pointer as in problem+json."""

    def __init__(self, pointer: str, reason: str) -> None:
        super().__init__(reason)
        self.pointer, self.reason = pointer, reason


class AlreadyChanged(RuntimeError):
    """Somebody made a version meanwhile."""

    def __init__(self, latest: int) -> None:
        super().__init__(f"version {latest} is the newest")
        self.latest = latest


@dataclass(frozen=True, slots=True)
class Draft:
    """b, h and tau as somebody proposes them. Units: seconds; base_loss is 0 to 1."""

    base_loss: float
    half_life_seconds: float
    tolerance_seconds: float


def checked(draft: Draft) -> Draft:
    """The draft.

    Raises: ParametersRefused.
    """
    if not (math.isfinite(draft.base_loss) and 0 <= draft.base_loss <= 1):
        raise ParametersRefused("/base_loss", _("It is a number from 0 to 1."))
    if not LEAST_HALF_LIFE <= draft.half_life_seconds <= MOST_SECONDS:
        raise ParametersRefused(
            "/half_life_seconds", _("It is at least a minute and at most ten years.")
        )
    if not 0 <= draft.tolerance_seconds <= MOST_SECONDS:
        raise ParametersRefused("/tolerance_seconds", _("It is from nothing to ten years."))
    return draft


def checked_reason(reason: str) -> str:
    """Why something is judged anew.

    Raises: ParametersRefused.
    """
    found = reason.strip()
    if not found:
        raise ParametersRefused("/reason", _("Say why: it stands beside the figures."))
    if len(found) > MOST_REASON or "\0" in found:
        raise ParametersRefused("/reason", _("It is too long, or no text."))
    return found


def add_version(
    kind: str, draft: Draft, *, base: int, now: datetime, by: str, reason: str = ""
) -> KindParameters:
    """Make the version after `base`, which judges what is made from now on.

    Raises: ParametersRefused, AlreadyChanged.
    """
    checked(draft)
    if reason:
        reason = checked_reason(reason)
    with transaction.atomic():
        lock_judging()
        row = newest(kind)
        if row.version != base:
            raise AlreadyChanged(row.version)
        before = _facts(row)
        row.pk = None
        row._state.adding = True
        row.version = base + 1
        row.base_loss = draft.base_loss
        row.half_life_seconds = draft.half_life_seconds
        row.tolerance_seconds = draft.tolerance_seconds
        row.valid_from, row.made_by, row.reason = now, by, reason
        row.save()
        record_change(Area.KIND, kind, "changed", by=by, before=before, after=_facts(row))
        # A sender's clock may be ahead: these were judged by the version before.
        ahead = Promise.objects.filter(kind=kind, made_at__gte=now)
        project(list(ahead.values_list("source_id", "reference")), now=now)
    return row


def _facts(row: KindParameters) -> dict[str, object]:
    """What the list of changes says of a version."""
    return {
        "version": row.version,
        "base_loss": row.base_loss,
        "half_life_seconds": row.half_life_seconds,
        "tolerance_seconds": row.tolerance_seconds,
        "reason": row.reason,
    }


def newest(kind: str) -> KindParameters:
    """The newest version of a kind. Shape: the first one, not stored, where there is none."""
    row = KindParameters.objects.filter(kind=kind).order_by("-version").first()
    if row is not None:
        return row
    first = DEFAULT_PARAMETERS[kind]
    return KindParameters(
        kind=kind,
        version=first.version,
        base_loss=first.base_loss,
        half_life_seconds=first.half_life_seconds,
        tolerance_seconds=first.tolerance_seconds,
        valid_from=FIRST_VALID,
    )


def lock_judging() -> None:
    """Wait until nobody projects, and let nobody begin until the transaction ends.

    Who projects asks by what after this lock (`projection/project.py`), so that no promise is
    stored by what held before.
    """
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE promises_promise IN SHARE ROW EXCLUSIVE MODE")
