"""How many promises stand behind each pinned view."""

from dataclasses import replace
from datetime import datetime
from urllib.parse import parse_qsl

from interactions.selectors import Viewer
from promises.models import ReadingPage
from promises.selectors.listing import counted, listed, wanted_from_query
from promises.selectors.narrowing import asked_with_filters
from promises.selectors.pages import VIEW_COUNT, ViewLine, Views

# More than that have no badge: each is a statement of its own.
MOST_BADGES = 12


def with_counts(viewer: Viewer, page: str, views: Views, *, now: datetime) -> Views:
    """The views, the first pinned ones with how many promises they show, or how many overdue
    ones."""
    shown = {line.id for line in views.pinned[:MOST_BADGES]}
    lines = tuple(
        replace(line, count=_count(viewer, page, line, now)) if line.id in shown else line
        for line in views.lines
    )
    return replace(views, lines=lines)


def _count(viewer: Viewer, page: str, line: ViewLine, now: datetime) -> int:
    query = dict(parse_qsl(line.query, keep_blank_values=True))
    asked = asked_with_filters(viewer, query, now=now)
    if page == ReadingPage.OVERVIEW:
        return listed(viewer, asked, "overdue")[: VIEW_COUNT + 1].count()
    return counted(viewer, asked, wanted_from_query(query), most=VIEW_COUNT + 1)
