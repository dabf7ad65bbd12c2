"""Moving open promises to a version of a calendar, with the figures from before kept (R18)."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from promises.selectors.calendars import calendar_at
from promises.services.calendars.drafts import DraftRefused, check_reason
from promises.services.calendars.figures import keep_figures
from promises.services.calendars.moving import move_all, moves
from promises.services.restating import kept_figures


@dataclass(frozen=True, slots=True)
class Application:
    """What was done. Shape: following as in Moves."""

    moved: int
    following: int | None


def apply_to_open(
    reference: str,
    version: int,
    *,
    reason: str,
    now: datetime,
    actor_id: int | None,
    by: str = "",
    after: int = 0,
) -> Application:
    """Reschedule the open promises that a version of a calendar makes due at another time.

    Shape: looks at no more than MOST_AT_ONCE of them; ask again from `following`. Again from the
    start it changes nothing. The figures from before are kept beside those after.
    Raises: DraftRefused without a reason; NoCalendar.
    """
    check_reason(reason)
    if not reason.strip():
        raise DraftRefused("/reason", _("Say why: it stands on every promise that is moved."))
    calendar = calendar_at(reference, version)
    found = moves(reference, calendar, now=now, after=after)
    if found.moves:
        before, reason = kept_figures("", now, is_now=True), reason.strip()
        move_all(found, version, reason=reason, now=now, actor_id=actor_id)
        keep_figures(
            reference, version, len(found.moves), reason=reason, by=by, now=now, before=before
        )
    return Application(len(found.moves), found.following)
