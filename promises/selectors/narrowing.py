"""Which promises a page's figures are of: team, touchpoint, segment, stated or not."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from interactions.known_parties import Known, all_of, keep_all_of
from interactions.models import Team, Touchpoint
from interactions.selectors import Viewer
from promises.selectors.asked import asked_from_query
from promises.selectors.pages import Asked, Choices, Filters

# How an address asks for promises to customers of no segment.
NO_SEGMENT = "-"
EXPLICIT = {"true": True, "false": False}
# So many are offered; an address may name any.
MOST_CHOICES = 300
_LONGEST = 255

# Teams and touchpoints in the order of their names; it walks from each segment to the next through
# their index, however many cells there are.
_CHOICES = """
WITH RECURSIVE known(segment) AS (
    (SELECT segment FROM promises_celldetail ORDER BY segment LIMIT 1)
    UNION ALL
    SELECT (SELECT d.segment FROM promises_celldetail d WHERE d.segment > known.segment
            ORDER BY d.segment LIMIT 1)
    FROM known WHERE known.segment IS NOT NULL
)
(SELECT 'segment', 0, segment, '', true FROM known WHERE segment IS NOT NULL LIMIT %s)
UNION ALL (SELECT 'team', id, reference, name, archived_at IS NULL
                  OR EXISTS (SELECT FROM promises_promise p WHERE p.team_id = t.id)
           FROM interactions_team t ORDER BY name, id)
UNION ALL (SELECT 'touchpoint', id, reference, name, archived_at IS NULL
                  OR EXISTS (SELECT FROM promises_celltouchpoint c
                             WHERE c.touchpoint_id = t.id AND (c.n <> 0 OR c.open <> 0))
           FROM interactions_touchpoint t ORDER BY name, id)
"""


def asked_with_filters(viewer: Viewer, params: Mapping[str, str], *, now: datetime) -> Asked:
    """Read all that a page with filters may be asked; what cannot be read is named in
    `problems`."""
    asked = asked_from_query(params, now=now)
    problems = list(asked.problems)
    filters = Filters()
    if given := _text(params, "team"):
        team = next((team for team in _mine(viewer, all_of(Team)) if team.reference == given), None)
        if team is None:
            problems.append(unknown_team(given))
        else:
            filters = replace(filters, team=team.reference, team_id=team.pk)
    if given := _text(params, "touchpoint"):
        place = next((place for place in all_of(Touchpoint) if place.reference == given), None)
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


def unknown_team(given: str) -> str:
    """What is said of a team that is not there for the reader."""
    return _("The team “%(given)s” is unknown.") % {"given": given[:40]}


def _text(params: Mapping[str, str], name: str) -> str:
    """What an address says, as a database can hold it."""
    return params.get(name, "").replace("\0", "").strip()[:_LONGEST]


def _mine(viewer: Viewer, teams: list[Known]) -> list[Known]:
    """The viewer's teams among all of them."""
    mine = viewer.team_ids
    return [team for team in teams if mine is None or team.pk in mine]


def choices_read(viewer: Viewer, chosen: Filters) -> Choices:
    """What the filters offer to a viewer: nothing archived of which there is nothing, but
    what is chosen already."""
    segments: list[str] = []
    parties: dict[str, list[Known]] = {"team": [], "touchpoint": []}
    archived: set[tuple[str, int]] = set()
    with connection.cursor() as cursor:
        cursor.execute(_CHOICES, [MOST_CHOICES])
        for what, pk, reference, name, offered in cursor.fetchall():
            if what == "segment":
                segments.append(reference)
            else:
                parties[what].append(Known(pk, reference, name))
                if not offered and reference != getattr(chosen, what):
                    archived.add((what, pk))
    keep_all_of(Team, parties["team"])
    keep_all_of(Touchpoint, parties["touchpoint"])
    offered = {
        what: [party for party in found if (what, party.pk) not in archived]
        for what, found in parties.items()
    }
    teams, places = _mine(viewer, offered["team"]), offered["touchpoint"]
    return Choices(
        teams=tuple((team.reference, team.label) for team in teams[:MOST_CHOICES]),
        touchpoints=tuple((place.reference, place.label) for place in places[:MOST_CHOICES]),
        segments=tuple((segment or NO_SEGMENT, segment or _("no segment")) for segment in segments),
    )
