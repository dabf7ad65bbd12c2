"""All teams, as a page and as a table to take away."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from interactions.selectors import viewer_for
from promises.domain.tables import csv_lines
from promises.scores import ScoreRow
from promises.selectors.asked import asked_from_query
from promises.selectors.funnel import FunnelPoint, teams_read

PIECE = 500
COLUMNS = (
    *("id", "name", "n", "kept", "kept_rate", "low_998", "low_95", "high_95", "high_998"),
    *("verdict", "gap_score", "gap_low", "gap_high", "rank_from", "rank_to"),
)


@require_safe
@login_required
@cache_control(private=True)
def all_teams(request: HttpRequest) -> HttpResponse:
    """All teams with their intervals, and their funnel."""
    viewer = viewer_for(request.user)
    page = teams_read(viewer, asked_from_query(request.GET, now=timezone.now()))
    return render(request, "promises/teams.html", {"page": page, "viewer": viewer})


@require_safe
@login_required
@cache_control(private=True)
def teams_csv(request: HttpRequest) -> HttpResponse:
    """The same as CSV: the figures behind the funnel."""
    viewer = viewer_for(request.user)
    page = teams_read(viewer, asked_from_query(request.GET, now=timezone.now()))
    rows = {row.id: row for row in page.teams}
    lines = csv_lines(
        COLUMNS, (_line(point, rows[point.id]) for point in page.funnel.points), piece=PIECE
    )
    answer = HttpResponse(b"".join(lines), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="teams.csv"'
    return answer


def _line(point: FunnelPoint, row: ScoreRow) -> list[str | int | float | None]:
    within = point.limits
    return [
        *(point.id, point.name, point.n, point.kept, point.kept_rate),
        *(within.low_998, within.low_95, within.high_95, within.high_998, point.verdict),
        *(row.gap_score, row.gap_low, row.gap_high, row.rank_from, row.rank_to),
    ]
