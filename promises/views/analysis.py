"""The page on what changed and what came after, and its tables as CSV."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from interactions.selectors import Viewer, viewer_for
from interactions.streaming import CSV, sent_whole
from promises.domain.tables import Value, csv_lines
from promises.selectors.analysis import analysis_parts, analysis_read, analysis_rest
from promises.selectors.asked import asked_from_query
from promises.selectors.narrowing import unknown_team
from promises.selectors.pages import Asked
from promises.selectors.visibility import NotVisible
from promises.views.in_parts import REST, Part, part_asked, part_of, place_asked

# The place of the tables by kind, touchpoint and more; it comes later, as the rest does.
_BREAKDOWNS = "breakdowns"
_PIECE = 1_000
_PERIOD = ("n", "kept", "kept_rate", "kept_low", "kept_high", "gap_score", "gap_low", "gap_high")
_CHANGE = ("value", "low", "high")
_DRIVER = (
    *("name", "mix", "rate", "total", "n_before", "n_now", "share_before", "share_now"),
    *("raw_before", "raw_now", "is_new", "is_gone"),
)
_OUTCOME = ("outcome", "n", "feedback_n", "feedback_mean", "feedback_low", "feedback_high")
_FOLLOWED = ("contacts", "left", "referrals")
_SHARE = ("count", "share", "low", "high")

Table = tuple[list[str], Iterable[list[Value]]]


@require_safe
@login_required
@cache_control(private=True)
def analysis(request: HttpRequest) -> HttpResponse:
    """What changed, what moved it, and what came after promises."""
    viewer, params = viewer_for(request.user), request.GET.dict()
    asked = asked_from_query(params, now=timezone.now())
    try:
        return _answer(request, viewer, params, asked)
    except NotVisible:
        problems = (*asked.problems, unknown_team(params.pop("team")))
        return _answer(request, viewer, params, replace(asked, problems=problems))


def _answer(
    request: HttpRequest, viewer: Viewer, params: Mapping[str, str], asked: Asked
) -> HttpResponse:
    part = part_asked(request, (_BREAKDOWNS, REST))
    if part is Part.REST and place_asked(request) == _BREAKDOWNS:
        parts = {"page": analysis_parts(viewer, params, asked), "viewer": viewer}
        return part_of(request, "promises/_breakdowns.html", parts)
    if part is Part.REST:
        rest = {"page": analysis_rest(viewer, params, asked), "viewer": viewer}
        return part_of(request, "promises/_analysis_rest.html", rest)
    page = analysis_read(viewer, params, asked, whole=part is Part.WHOLE)
    return part_of(request, "promises/analysis.html", {"page": page, "viewer": viewer})


@require_safe
@login_required
@cache_control(private=True)
def analysis_csv(request: HttpRequest, name: str) -> HttpResponse:
    """One of the tables of the page, for the same question.

    Raises: Http404 for another table, and where the team is not there for this viewer.
    """
    if name not in TABLES:
        raise Http404(name)
    viewer, asked = viewer_for(request.user), asked_from_query(request.GET, now=timezone.now())
    try:
        columns, rows = TABLES[name](viewer, request.GET.dict(), asked)
    except NotVisible as error:
        raise Http404 from error
    return sent_whole(csv_lines(columns, rows, piece=_PIECE), CSV, f"{name}.csv")


def _comparison(viewer: Viewer, params: Mapping[str, str], asked: Asked) -> Table:
    comparison = analysis_parts(viewer, params, asked).comparison
    periods = [period.name for period in comparison.periods]
    columns = ["by", "id", "name"]
    columns += [f"{name}_{field}" for name in periods for field in _PERIOD]
    for earlier in periods[1:]:
        columns += [f"{figure}_since_{earlier}{end}" for figure in ("gap", "kept")
                    for end in ("", "_low", "_high", "_says")]  # fmt: skip
    parts = [("", comparison.whole)]
    parts += [(one.by, row) for one in comparison.breakdowns for row in one.rows]
    rows = []
    for by, row in parts:
        values: list[Value] = [by, row.id, row.name]
        values += [getattr(period, field) for period in row.periods for field in _PERIOD]
        for change in row.changes:
            for found, says in ((change.gap, change.gap_says), (change.kept, change.kept_says)):
                values += [getattr(found, field, None) for field in _CHANGE]
                values.append(str(says))
        rows.append(values)
    return columns, rows


def _drivers(viewer: Viewer, params: Mapping[str, str], asked: Asked) -> Table:
    rows = [
        [found.by, found.against, *(getattr(part, field) for field in _DRIVER)]
        for found in analysis_rest(viewer, params, asked).drivers
        for part in found.parts
    ]
    return ["by", "against", *_DRIVER], rows


def _consequences(viewer: Viewer, params: Mapping[str, str], asked: Asked) -> Table:
    columns = [*_OUTCOME, *(f"{name}_{field}" for name in _FOLLOWED for field in _SHARE)]
    rows = [
        [
            *(getattr(row, field) for field in _OUTCOME),
            *(getattr(getattr(row, name), field) for name in _FOLLOWED for field in _SHARE),
        ]
        for row in analysis_rest(viewer, params, asked).consequences.rows
    ]
    return columns, rows


TABLES: dict[str, Callable[[Viewer, Mapping[str, str], Asked], Table]] = {
    "comparison": _comparison,
    "drivers": _drivers,
    "consequences": _consequences,
}
