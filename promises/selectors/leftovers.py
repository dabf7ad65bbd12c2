"""Teams and touchpoints that came with an import of which nothing is left."""

from typing import NamedTuple, TypeVar

from django.db.models import Exists, OuterRef, QuerySet

from interactions.models import Membership, Team, Touchpoint
from interactions.models.party import NOT_STATED, Kept
from interactions.todo import nothing_pending
from promises.models import Promise, Upload

K = TypeVar("K", bound=Kept)


class LeftOver(NamedTuple):
    """What an undone import leaves behind.

    Shape: `is_settling` while facts wait to be counted after which there may be more of them.
    """

    teams: list[Team]
    touchpoints: list[Touchpoint]
    is_settling: bool

    @property
    def labels(self) -> list[str]:
        """The names of all of them."""
        return [party.label for party in (*self.teams, *self.touchpoints)]


def left_over(upload: Upload) -> LeftOver | None:
    """The parties that an import brought, that nobody archived, and that have no promise and no
    member; None where it is not undone."""
    if upload.state != Upload.State.UNDONE or upload.begun_at is None:
        return None
    members = Membership.objects.filter(team=OuterRef("pk"))
    came = _came_with(upload, Team, "teams").filter(~Exists(members))
    # Those of a team are found in an index.
    promised = Promise.objects.filter(team=OuterRef("pk"))
    teams = list(came.filter(~Exists(promised)))
    places = list(_came_with(upload, Touchpoint, "touchpoints"))
    # Those of a touchpoint are not: looked up for all of them at once, and only here.
    used = Promise.objects.filter(touchpoint__in=places).values_list("touchpoint", flat=True)
    used_places = set(used.distinct()) if places else set()
    empty = [place for place in places if place.pk not in used_places]
    more = len(empty) < len(places) or len(teams) < came.count()
    return LeftOver(teams, empty, is_settling=more and not nothing_pending())


def _came_with(upload: Upload, model: type[K], name: str) -> QuerySet[K]:
    named = upload.report.get(name, ())
    found = model._default_manager.filter(reference__in=named, archived_at=None)
    found = found.filter(created_at__gte=upload.begun_at).exclude(reference=NOT_STATED)
    return found.order_by("name", "pk")
