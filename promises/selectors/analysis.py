"""The page on what changed, and on what came after promises."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from interactions.selectors import Viewer
from promises.domain.loss import KindParameters
from promises.scores import CUSTOM, Question, read_judging
from promises.selectors.asked import DEFAULT_WINDOW, question_for
from promises.selectors.comparison import (
    BREAKDOWNS,
    COMPARED_WINDOWS,
    Comparison,
    comparison_read,
)
from promises.selectors.consequences import Consequences, consequences_read
from promises.selectors.drivers import AGAINST, Drivers, all_drivers_read
from promises.selectors.freshness import freshness_read, parameters_read
from promises.selectors.pages import Asked, Freshness
from promises.selectors.visibility import offered_teams, team_visible


@dataclass(frozen=True, slots=True)
class AnalysisParts:
    """The comparison with its breakdowns.

    Shape: as of `AnalysisPage`.
    """

    asked: Asked
    team: str
    against: str
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class AnalysisRest:
    """Which parts moved the score, and what came after promises.

    Shape: as of `AnalysisPage`.
    """

    asked: Asked
    team: str
    against: str
    drivers: tuple[Drivers, ...]
    consequences: Consequences


@dataclass(frozen=True, slots=True)
class AnalysisPage:
    """What changed, which parts moved it, and what came after promises.

    Shape: team is the id of the one team that is looked at, '' for all that the viewer may see;
    teams are the ids and names to choose from. `against` is since when the parts moved it. The
    rest is None where it comes later, as then do the breakdowns of the comparison.
    """

    asked: Asked
    freshness: Freshness
    parameters: tuple[KindParameters, ...]
    team: str
    teams: tuple[tuple[str, str], ...]
    against: str
    comparison: Comparison
    rest: AnalysisRest | None


def analysis_asked(asked: Asked) -> Asked:
    """The same, with a window that has an earlier one."""
    if asked.window in COMPARED_WINDOWS:
        return asked
    problem = (
        _("Days of your own choice are not compared with earlier ones; these are 90 days.")
        if asked.window == CUSTOM
        else _("Everything has no earlier period to be compared with; these are 90 days.")
    )
    problems = (*asked.problems, problem)
    return replace(asked, window=DEFAULT_WINDOW, since=None, until=None, problems=problems)


def analysis_read(
    viewer: Viewer, params: Mapping[str, str], asked: Asked, *, whole: bool = True
) -> AnalysisPage:
    """The page, for all teams of the viewer or one of them; the rest where `whole`.

    Raises: NotVisible for an unknown team or one that is not the viewer's.
    """
    asked = analysis_asked(asked)
    read_judging(asked.as_of)
    team, question = _question(viewer, params, asked)
    by = BREAKDOWNS if whole else ()
    teams = offered_teams(viewer, chosen=team).order_by("reference")
    return AnalysisPage(
        asked=asked,
        freshness=freshness_read(asked),
        parameters=parameters_read(asked),
        team=team,
        teams=tuple((one.reference, one.label) for one in teams),
        against=_against(params),
        comparison=comparison_read(question, of_team=bool(team), by=by),
        rest=analysis_rest(viewer, params, asked) if whole else None,
    )


def analysis_parts(viewer: Viewer, params: Mapping[str, str], asked: Asked) -> AnalysisParts:
    """The comparison of the whole and of its parts.

    Raises: as `analysis_read`.
    """
    asked = analysis_asked(asked)
    read_judging(asked.as_of)
    team, question = _question(viewer, params, asked)
    return AnalysisParts(
        asked=asked,
        team=team,
        against=_against(params),
        comparison=comparison_read(question, of_team=bool(team)),
    )


def analysis_rest(viewer: Viewer, params: Mapping[str, str], asked: Asked) -> AnalysisRest:
    """What stands below the comparison.

    Raises: as `analysis_read`.
    """
    asked = analysis_asked(asked)
    read_judging(asked.as_of)
    team, question = _question(viewer, params, asked)
    against = _against(params)
    return AnalysisRest(
        asked=asked,
        team=team,
        against=against,
        drivers=all_drivers_read(question, against=(against,)),
        consequences=consequences_read(asked.window, asked.kind, question.team_ids),
    )


def _question(viewer: Viewer, params: Mapping[str, str], asked: Asked) -> tuple[str, Question]:
    """The id of the one team that is asked for, or '', and the question."""
    reference = params.get("team", "").replace("\0", "")
    team_ids = viewer.team_ids
    if reference:
        team_ids = frozenset({team_visible(viewer, reference).pk})
    return reference, question_for(asked, team_ids=team_ids)


def _against(params: Mapping[str, str]) -> str:
    against = params.get("against", "")
    return against if against in AGAINST else AGAINST[0]
