"""Open promises by their chance to be kept, and how well such chances foretold what came."""

import math
from collections.abc import Iterator
from dataclasses import replace

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from interactions.selectors import viewer_for
from promises.domain.tables import Value, csv_lines
from promises.selectors.asked import asked_from_query
from promises.selectors.freshness import freshness_read
from promises.selectors.narrowing import unknown_team
from promises.selectors.risk import CalibrationRead, Place, at_risk_read, calibration_read
from promises.selectors.visibility import offered_teams, visible_teams
from promises.views.numbers import number_in

LINES = 50
CSV_COLUMNS = (
    "lowest_chance",
    "highest_chance",
    "predicted",
    "observed",
    "observed_low",
    "observed_high",
    "n",
)


@require_safe
@login_required
@cache_control(private=True)
def at_risk(request: HttpRequest) -> HttpResponse:
    """The open promises of the viewer's teams, the least likely to be kept first."""
    viewer, now = viewer_for(request.user), timezone.now()
    asked = asked_from_query({"kind": request.GET.get("kind", "")}, now=now)
    kind, team = asked.kind, request.GET.get("team", "").replace("\0", "")
    if request.GET.get("as_of"):
        asked = replace(asked, problems=(*asked.problems, _("Chances are told for now only.")))
    if team and not visible_teams(viewer).filter(reference=team).exists():
        asked = replace(asked, problems=(*asked.problems, unknown_team(team)))
        team = ""
    teams = offered_teams(viewer, chosen=team).order_by("name", "reference")
    context = {
        "viewer": viewer,
        "page": {"asked": asked, "freshness": freshness_read(asked)},
        "risk": at_risk_read(
            viewer,
            now=now,
            kind=kind,
            team=team,
            after=_place(request.GET.get("after", "")),
            limit=LINES,
        ),
        "teams": [(one.reference, one.label) for one in teams],
        "kind": kind,
        "team": team,
        "from_start": "after" not in request.GET,
    }
    return render(request, "promises/at_risk.html", context)


@require_safe
@login_required
@cache_control(private=True)
def calibration(request: HttpRequest) -> HttpResponse:
    """What was told against what came, for whoever acts on a chance."""
    asked = asked_from_query({}, now=timezone.now())
    context = {
        "viewer": viewer_for(request.user),
        "page": {"asked": asked, "freshness": freshness_read(asked)},
        "read": calibration_read(),
    }
    return render(request, "promises/risk_calibration.html", context)


@require_safe
@login_required
@cache_control(private=True)
def calibration_csv(request: HttpRequest) -> HttpResponse:
    """The same as CSV."""
    rows = _rows(calibration_read())
    answer = HttpResponse(
        b"".join(csv_lines(CSV_COLUMNS, rows, piece=100)), content_type="text/csv"
    )
    answer["Content-Disposition"] = 'attachment; filename="calibration.csv"'
    return answer


def _rows(read: CalibrationRead | None) -> Iterator[tuple[Value, ...]]:
    if read is None or read.calibration is None:
        return
    for group in read.calibration.groups:
        yield (
            group.lowest,
            group.highest,
            group.predicted,
            group.observed,
            group.low,
            group.high,
            group.n,
        )


def _place(text: str) -> Place | None:
    """Where the page before ended; the beginning for whatever is no place."""
    chance, _, id = text.partition(":")
    try:
        value = float(chance)
    except ValueError:
        return None
    return Place(value, number_in(id)) if math.isfinite(value) else None
