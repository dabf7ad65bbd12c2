"""The honest date, as a fragment for the forms on which a promise is made."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from interactions.selectors import Viewer, viewer_for
from promises.domain.clock import due_moment, parse_local, wall_moment
from promises.models.kinds import Kind
from promises.selectors.advice import Advice, advice_for


@require_safe
@login_required
@never_cache
def advice(request: HttpRequest) -> HttpResponse:
    """What the past says about the promise in a form that is being filled in.

    Shape: while the form does not say a kind yet, nothing; a date that cannot be read is none.
    """
    context = _context(viewer_for(request.user), request.GET, timezone.now())
    return render(request, "promises/_advice.html", context)


def _context(viewer: Viewer, asked: Mapping[str, str], now: datetime) -> dict[str, Advice | bool]:
    kind = asked.get("kind", "")
    if kind not in Kind.values:
        return {}
    due_at = _moment(asked.get("due_at", "").strip())
    passed = due_at is not None and due_at <= now
    found = advice_for(
        viewer,
        kind=kind,
        made_at=now,
        team=_stored(asked.get("team", "")),
        standard=_stored(asked.get("standard", "")),
        due_at=None if passed else due_at,
    )
    return {"advice": found, "passed": passed}


def _moment(given: str) -> datetime | None:
    """A date, a moment, or a local time as a form sends it; None for anything else."""
    zone = timezone.get_current_timezone()
    assert isinstance(zone, ZoneInfo)  # noqa: S101 (Django has no other)
    try:
        if len(given) in (16, 19) and given[-1].isdigit():
            return wall_moment(parse_local(given), zone)  # a form's own notation
        return due_moment(given, zone)
    except (ValueError, OverflowError):
        return None


def _stored(text: str) -> str:
    """A text as it may be stored; '' for what no row can hold."""
    return "" if "\0" in text else text.strip()
