"""What an undone import leaves behind, put away."""

from datetime import datetime

from django.db import transaction

from interactions.changes import By
from interactions.models import Team, Touchpoint
from promises.models import Upload
from promises.selectors.leftovers import left_over
from promises.services.settings.parties import archive_party


def archive_left_over(pk: int, *, now: datetime, by: By) -> int:
    """Archive the teams and touchpoints that came with an undone import and have nothing left; how
    many they were."""
    with transaction.atomic():
        found = left_over(Upload.objects.get(pk=pk))
        if found is None:
            return 0
        for team in found.teams:
            archive_party(Team, team.pk, archived=True, now=now, by=by)
        for place in found.touchpoints:
            archive_party(Touchpoint, place.pk, archived=True, now=now, by=by)
        return len(found.labels)
