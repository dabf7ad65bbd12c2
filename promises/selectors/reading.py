"""Saved views, what was asked last, and dated notes: as a viewer may see them."""

from django.db.models import Q, QuerySet

from interactions.models import Team
from interactions.models.party import label_of
from interactions.one_reading import once
from interactions.selectors import Viewer
from promises.models import DatedNote, LastAsked, SavedView
from promises.scores import Question
from promises.selectors.pages import NoteLine, ViewLine, Views
from promises.selectors.visibility import visible_teams

# A trend cannot show more of them.
MOST_NOTES = 50


def visible_views(viewer: Viewer, page: str) -> QuerySet[SavedView]:
    """The viewer's own views of a page, and those of their teams."""
    of_team = Q(team__isnull=False)
    if viewer.team_ids is not None:
        of_team = Q(team_id__in=viewer.team_ids)
    return SavedView.objects.filter(Q(owner_id=viewer.user_id) | of_team, page=page)


def may_change(viewer: Viewer, view: SavedView) -> bool:
    """Whether it is the viewer's to change: their own, or one of a team that they speak for."""
    if view.owner_id is not None:
        return view.owner_id == viewer.user_id
    return viewer.manages or view.made_by_id == viewer.user_id


def views_read(viewer: Viewer, page: str, teams: tuple[tuple[str, str], ...]) -> Views:
    """The views of a page. Shape: `teams` are those that the viewer sees, by id and name."""
    rows = visible_views(viewer, page).select_related("team").order_by("-pinned", "name", "pk")
    last = last_asked(viewer.user_id or 0, page)
    chosen = last.begin_with_id if last else None
    return Views(
        lines=tuple(
            ViewLine(
                id=view.pk,
                name=view.name,
                query=view.query,
                team=view.team.label if view.team else "",
                pinned=view.pinned,
                begins=view.pk == chosen,
                mine=may_change(viewer, view),
            )
            for view in rows
        ),
        teams=teams,
    )


def last_asked(user_id: int, page: str) -> LastAsked | None:
    """What a person asked a page last."""
    rows = LastAsked.objects.filter(user_id=user_id, page=page)
    return once(("last asked", user_id, page), rows.first)


def start_query(viewer: Viewer, page: str) -> str:
    """With what a person begins: the view that they chose, else what they asked last."""
    last = LastAsked.objects.filter(user_id=viewer.user_id or 0, page=page)
    found = last.select_related("begin_with").first()
    if found is None:
        return ""
    view = found.begin_with
    if view is not None and visible_views(viewer, page).filter(pk=view.pk).exists():
        return view.query
    return found.query


def notes_read(viewer: Viewer, question: Question) -> tuple[NoteLine, ...]:
    """The notes on the days of a question: of everything, and of the teams that it is about."""
    teams = viewer.team_ids if question.team_ids is None else question.team_ids
    about = Q(team__isnull=True)
    about |= Q(team__isnull=False) if teams is None else Q(team_id__in=teams)
    notes = DatedNote.objects.filter(about, day__lte=question.last_day or question.today)
    if question.first_day is not None:
        notes = notes.filter(day__gte=question.first_day)
    columns = ("id", "day", "text", "team__reference", "team__name", "made_by__username")
    rows = notes.order_by("-day", "-pk").values_list(*columns)[:MOST_NOTES]
    return tuple(
        NoteLine(
            id=id,
            day=day,
            text=text,
            team="" if reference is None else label_of(reference, name),
            by=username or "",
        )
        for id, day, text, reference, name, username in reversed(rows)
    )


def team_named(viewer: Viewer, reference: str) -> Team | None:
    """A team that the viewer sees, by its id."""
    return visible_teams(viewer).filter(reference=reference.replace("\0", "")).first()
