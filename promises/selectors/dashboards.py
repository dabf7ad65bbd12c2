"""The overview and the team page."""

from dataclasses import replace
from datetime import timedelta

from interactions.models import Team
from interactions.selectors import Viewer
from promises.domain.difference import Estimate, Verdict, difference, verdict
from promises.domain.score import Sums, gap_score, wilson
from promises.projection import kind_parameters
from promises.scores import (
    CUSTOM,
    Parent,
    Question,
    Scope,
    ScoreRow,
    Tally,
    company_matured,
    company_row,
    empty_row,
    kind_rows,
    one_reading,
    read_judging,
    read_kinds_together,
    read_means_together,
    read_together,
    score_row,
    strength_held,
    tallies,
    team_rows,
    touchpoint_rows,
)
from promises.scores.span_sums import span_sums
from promises.scores.spans import BEFORE, spans_of
from promises.selectors.asked import question_for
from promises.selectors.comparison import COMPARED_WINDOWS
from promises.selectors.dashboard_pages import Overview, OverviewRest, TeamPage, TeamRest
from promises.selectors.drivers import Drivers, drivers_read
from promises.selectors.freshness import freshness_read, parameters_read
from promises.selectors.gaming import panel_read
from promises.selectors.lines import read_lines
from promises.selectors.narrowing import choices_read
from promises.selectors.pages import Asked
from promises.selectors.ranking import is_stored, worst_customers
from promises.selectors.reading import notes_read, views_read
from promises.selectors.remainders import rests_of_team
from promises.selectors.risk import AtRisk, at_risk_read
from promises.selectors.standing import Costliest, Standing
from promises.selectors.teams import owed_customers, team_people, upcoming_promises
from promises.selectors.trend import trend_read
from promises.selectors.visibility import team_visible, visible_promises
from promises.selectors.worklists import matured_promises, open_counts, overdue_promises

LIST_LENGTH = 10
SHORT_LENGTH = 5
MATURED_LENGTH = 15


def overview_read(viewer: Viewer, asked: Asked, *, whole: bool = True) -> Overview:
    """How it stands for all that the viewer may see and asked for; the rest where `whole`."""
    with one_reading():
        return _overview(viewer, asked, whole=whole)


def overview_rest(viewer: Viewer, asked: Asked) -> OverviewRest:
    """What stands on the overview below the teams."""
    with one_reading():
        question = overview_question(viewer, asked)
        read_judging(question.as_of)
        if not asked.is_now:
            # The past is gone through once for all of them.
            read_together(question, touchpoints=True)
        return _overview_rest(viewer, asked, question)


def overview_question(viewer: Viewer, asked: Asked) -> Question:
    """The question to the scores behind the overview."""
    team = asked.filters.team_id
    return question_for(asked, team_ids=viewer.team_ids if team is None else frozenset({team}))


def _overview(viewer: Viewer, asked: Asked, *, whole: bool) -> Overview:
    question = overview_question(viewer, asked)
    read_judging(question.as_of)
    choices = choices_read(viewer, asked.filters)
    read_together(question, touchpoints=whole)
    read_means_together(question)
    company = company_row(question)
    teams = team_rows(question, with_lateness=False)
    counts = open_counts(viewer, asked, question)
    change = change_read(question, company)
    return Overview(
        asked=asked,
        freshness=freshness_read(asked),
        parameters=parameters_read(asked),
        company=company,
        standing=Standing(company, change, _costliest(question, teams)),
        trend=trend_read(question),
        notes=notes_read(viewer, question),
        teams=tuple(teams),
        overdue_count=counts.overdue,
        due_today_count=counts.due_today,
        choices=choices,
        views=views_read(viewer, "overview", choices.teams),
        rest=_overview_rest(viewer, asked, question) if whole else None,
    )


def _overview_rest(viewer: Viewer, asked: Asked, question: Question) -> OverviewRest:
    return OverviewRest(
        asked=asked,
        kinds=tuple(plain_kind_rows(question)),
        touchpoints=tuple(touchpoint_rows(question)),
        worst_customers=_worst_customers(viewer, question),
        quick=asked.is_now and not is_stored(viewer, question),
        overdue_count=open_counts(viewer, asked, question, as_listed=True).overdue,
        overdue=read_lines(overdue_promises(viewer, asked)[:LIST_LENGTH], asked),
        drivers=_drivers(question),
        risk=_at_risk(viewer, asked),
    )


def _worst_customers(viewer: Viewer, question: Question) -> tuple[ScoreRow, ...] | None:
    """The customers that stand worst; None at a past moment, when every promise of the window is
    gone through for them (`hurt.py`)."""
    if not question.is_now:
        return None
    rows = worst_customers(viewer, question, limit=LIST_LENGTH, quick=True, with_lateness=False)
    return tuple(rows)


def _drivers(question: Question) -> Drivers | None:
    """What moved the score since the period before; None where there is no such period."""
    if question.window not in COMPARED_WINDOWS or not tallies(question, Scope.COMPANY):
        return None
    found = drivers_read(question, most=SHORT_LENGTH)
    return found if found.parts else None


def _at_risk(viewer: Viewer, asked: Asked) -> AtRisk | None:
    """The open promises that are most likely missed; they are told for now, by kind and team."""
    filters = asked.filters
    plain = (filters.touchpoint_id, filters.segment, filters.explicit) == (None, None, None)
    if not asked.is_now or not plain:
        return None
    return at_risk_read(
        viewer,
        now=asked.as_of,
        kind=asked.kind,
        team=filters.team,
        limit=SHORT_LENGTH,
        counted=False,
    )


def plain_kind_rows(question: Question) -> list[ScoreRow]:
    """A row for each kind without its lateness: of the company as the company's own, of teams
    shrunk towards the company's mean of the same kind."""
    means = company_matured(question, Scope.KIND)
    rows = []
    for kind, tally in sorted(tallies(question, Scope.KIND).items()):
        if tally.is_empty:
            continue
        parent = None
        if question.team_ids is not None:
            strength = strength_held(Scope.TEAM, kind, question.as_of)
            parent = Parent(means.get(kind, Tally()).sums.mean, strength)
        rows.append(score_row(kind, kind, tally, parent, lateness=None, as_of=question.as_of))
    return rows


def change_read(question: Question, row: ScoreRow) -> Verdict:
    """This period against the one of the same length before it, by the interval of the difference
    of their kept rates."""
    return _change(row, _sums_before(question) if row.n else None)


def _change(row: ScoreRow, sums: Sums | None) -> Verdict:
    gap = gap_score(sums, None) if sums is not None else None
    if gap is None or sums is None or not row.n:
        return Verdict.TOO_FEW
    found = difference(_kept(row.kept, row.n), _kept(sums.kept, sums.n))
    return verdict(found, n_eff=min(row.n_eff, gap.n_eff), higher_is_better=True)


def _kept(kept: int, n: int) -> Estimate:
    low, high = wilson(kept, n)
    return Estimate(kept / n, low, high)


def _sums_before(question: Question) -> Sums | None:
    """The sums of the period before; None where there is none before."""
    if question.window in COMPARED_WINDOWS and question.since is None:
        # The same statement as that of the drivers.
        spans = [span for span in spans_of(question) if span.name == BEFORE]
        return span_sums(question, spans, [()])[()][BEFORE].get((), Sums())
    before = period_before(question)
    return None if before is None else tallies(before, Scope.COMPANY).get("", Tally()).sums


def period_before(question: Question) -> Question | None:
    """The same question about the period before; None where there is none before."""
    first = question.first_day
    if first is None:
        return None
    last = question.last_day or question.today
    until = first - timedelta(days=1)
    since = first - ((last - first) + timedelta(days=1))
    return replace(question, window=CUSTOM, since=since, until=until)


def _costliest(question: Question, teams: list[ScoreRow]) -> Costliest | None:
    """The kind and team that lost most; None where there is but one of them, or no loss."""
    kinds = [kind for kind, tally in tallies(question, Scope.KIND).items() if tally.sums.n]
    lost: dict[tuple[str, str], float] = {}
    for kind in kinds:
        of_kind = replace(question, kind=kind)
        for team, tally in tallies(of_kind, Scope.TEAM).items():
            lost[kind, team] = tally.sums.loss
    total = sum(lost.values())
    if len(lost) < 2 or total <= 0:
        return None
    (kind, team), most = max(lost.items(), key=lambda item: (item[1], item[0]))
    named = {row.id: row.name for row in teams}
    return Costliest(kind, named.get(team, team), most / total)


def team_read(viewer: Viewer, reference: str, asked: Asked, *, whole: bool = True) -> TeamPage:
    """One team; its lists where `whole`.

    Raises: NotVisible for an unknown team or one that is not the viewer's.
    """
    team = team_visible(viewer, reference)
    question = question_for(asked, team_ids=frozenset({team.pk}))
    with one_reading():
        read_judging(question.as_of)
        choices = choices_read(viewer, asked.filters)
        read_together(question)
        read_means_together(question)
        read_kinds_together(question)
        rows = team_rows(question)
        row = rows[0] if rows else empty_row(team.reference, team.label, asked.as_of)
        panel = panel_read(question, team.pk, row)
        return TeamPage(
            asked=asked,
            freshness=freshness_read(asked),
            parameters=parameters_read(asked),
            row=row,
            standing=Standing(row, _change(row, panel.sums_before)),
            kinds=tuple(kind_rows(question)),
            trend=trend_read(question),
            notes=notes_read(viewer, question),
            overdue_count=open_counts(_of_team(viewer, team), asked, question).overdue,
            panel=panel,
            choices=choices,
            pk=team.pk,
            archived_at=team.archived_at,
            rest=_team_rest(viewer, team, asked, question) if whole else None,
        )


def team_rest(viewer: Viewer, reference: str, asked: Asked) -> TeamRest:
    """The lists of one team.

    Raises: as `team_read`.
    """
    team = team_visible(viewer, reference)
    question = question_for(asked, team_ids=frozenset({team.pk}))
    with one_reading():
        read_judging(question.as_of)
        return _team_rest(viewer, team, asked, question)


def _team_rest(viewer: Viewer, team: Team, asked: Asked, question: Question) -> TeamRest:
    of_team, parameters = _of_team(viewer, team), kind_parameters()
    matured = matured_promises(visible_promises(of_team), asked, question)[: MATURED_LENGTH + 1]
    upcoming = upcoming_promises(of_team, team, asked)[: LIST_LENGTH + 1]
    matured_lines = read_lines(matured, asked, parameters)
    upcoming_lines = read_lines(upcoming, asked, parameters)
    return TeamRest(
        asked=asked,
        overdue_count=open_counts(of_team, asked, question, as_listed=True).overdue,
        overdue=read_lines(overdue_promises(of_team, asked)[:LIST_LENGTH], asked, parameters),
        upcoming=upcoming_lines[:LIST_LENGTH],
        upcoming_more=len(upcoming_lines) > LIST_LENGTH,
        owed=owed_customers(team, asked, limit=LIST_LENGTH),
        rests_owed=rests_of_team(team, asked),
        matured=matured_lines[:MATURED_LENGTH],
        matured_more=len(matured_lines) > MATURED_LENGTH,
        people=team_people(team),
    )


def _of_team(viewer: Viewer, team: Team) -> Viewer:
    return Viewer(viewer.user_id, viewer.role, frozenset({team.pk}))
