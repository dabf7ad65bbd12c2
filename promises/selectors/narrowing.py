"""Which promises a page's figures are of: team, touchpoint, segment, stated or not."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from interactions.models import Touchpoint
from interactions.selectors import Viewer
from promises.selectors.asked import asked_from_query
from promises.selectors.pages import Asked, Choices, Filters
from promises.selectors.visibility import visible_teams

# How an address asks for promises to customers of no segment.
NO_SEGMENT = "-"
EXPLICIT = {"true": True, "false": False}
# So many are offered; an address may name any.
MOST_CHOICES = 300
_LONGEST = 255

# Walks from each segment to the next through their index, however many cells there are.
_SEGMENTS = """
WITH RECURSIVE known(segment) AS (
    (SELECT segment FROM promises_celldetail ORDER BY segment LIMIT 1)
    UNION ALL
    SELECT (SELECT d.segment FROM promises_celldetail d WHERE d.segment > known.segment
            ORDER BY d.segment LIMIT 1)
    FROM known WHERE known.segment IS NOT NULL
)
SELECT segment FROM known WHERE segment IS NOT NULL LIMIT %s
"""


def asked_with_filters(viewer: Viewer, params: Mapping[str, str], *, now: datetime) -> Asked:
    """Read all that a page with filters may be asked; what cannot be read is named in
    `problems`."""
    asked = asked_from_query(params, now=now)
    problems = list(asked.problems)
    filters = Filters()
    if given := _text(params, "team"):
        team = visible_teams(viewer).filter(reference=given).first()
        if team is None:
            problems.append(_("The team “%(given)s” is unknown.") % {"given": given[:40]})
        else:
            filters = replace(filters, team=team.reference, team_id=team.pk)
    if given := _text(params, "touchpoint"):
        place = Touchpoint.objects.filter(reference=given).first()
        if place is None:
            problems.append(_("The touchpoint “%(given)s” is unknown.") % {"given": given[:40]})
        else:
            filters = replace(filters, touchpoint=place.reference, touchpoint_id=place.pk)
    if given := _text(params, "explicit"):
        if given in EXPLICIT:
            filters = replace(filters, explicit=EXPLICIT[given])
        else:
            said = _("“%(given)s” is neither stated nor unstated.") % {"given": given[:40]}
            problems.append(said)
    if given := _text(params, "segment"):
        filters = replace(filters, segment="" if given == NO_SEGMENT else given)
    return replace(asked, filters=filters, problems=tuple(problems))


def _text(params: Mapping[str, str], name: str) -> str:
    """What an address says, as a database can hold it."""
    return params.get(name, "").replace("\0", "").strip()[:_LONGEST]


def choices_read(viewer: Viewer) -> Choices:
    """What the filters offer to a viewer."""
    teams = visible_teams(viewer).order_by("name", "pk")[:MOST_CHOICES]
    places = Touchpoint.objects.order_by("name", "pk")[:MOST_CHOICES]
    with connection.cursor() as cursor:
        cursor.execute(_SEGMENTS, [MOST_CHOICES])
        segments = [segment for (segment,) in cursor.fetchall()]
    return Choices(
        teams=tuple((team.reference, team.label) for team in teams),
        touchpoints=tuple((place.reference, place.label) for place in places),
        segments=tuple((segment or NO_SEGMENT, segment or _("no segment")) for segment in segments),
    )
