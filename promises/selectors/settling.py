"""The curves of how long promises take, read from their histograms."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q, QuerySet, Sum

from promises.domain.risk import Fit
from promises.domain.settling import Curve
from promises.models import RiskFit, SettlingCell, Watermark

EVERY_TEAM = 0
_COUNTED = "settling"


class Scope(NamedTuple):
    """Whose promises a curve is of: a team's standard, a team's kind, or the company's kind."""

    kind: str
    team_id: int = EVERY_TEAM
    standard: str = ""


def scopes_of(kind: str, team_id: int | None, standard: str = "") -> tuple[Scope, ...]:
    """From the most like to the least: standard and team, team and kind, kind of the company."""
    company = Scope(kind)
    if team_id is None:
        return (company,)
    of_team = Scope(kind, team_id)
    return (Scope(kind, team_id, standard), of_team, company) if standard else (of_team, company)


def curves(scopes: Iterable[Scope], measure: str) -> Mapping[Scope, Curve]:
    """The curves of some scopes; those that have no promises are left out."""
    wanted = Q()
    for scope in scopes:
        wanted |= Q(**scope._asdict())
    return _curves(SettlingCell.objects.filter(wanted, measure=measure))


def all_curves(measure: str) -> Mapping[Scope, Curve]:
    """All curves, for jobs."""
    return _curves(SettlingCell.objects.filter(measure=measure))


def counted_at() -> datetime | None:
    """When the histograms were counted last; None before the first time."""
    return Watermark.objects.filter(name=_COUNTED).values_list("moment", flat=True).first()


def latest_fits() -> Mapping[str, Fit]:
    """What was learnt last about each kind."""
    fits = RiskFit.objects.order_by("-pk").values_list("fits", flat=True).first()
    return {kind: Fit(**values) for kind, values in (fits or {}).items()}


def _curves(cells: QuerySet[SettlingCell]) -> Mapping[Scope, Curve]:
    settled: dict[Scope, dict[int, int]] = defaultdict(dict)
    censored: dict[Scope, dict[int, int]] = defaultdict(dict)
    rows = cells.values_list("kind", "team_id", "standard", "bucket").annotate(
        Sum("settled"), Sum("censored")
    )
    for kind, team_id, standard, bucket, died, left in rows:
        scope = Scope(kind, team_id, standard)
        settled[scope][bucket] = died
        censored[scope][bucket] = left
    return {scope: Curve(settled[scope], censored[scope]) for scope in settled}
