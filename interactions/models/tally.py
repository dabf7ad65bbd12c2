"""How many events each source has told: kept beside the ledger, so that no page counts it."""

from django.db import models

from interactions.models.event import Source


class SourceTally(models.Model):
    """The events of one source up to the number in `TallyMark`."""

    source = models.OneToOneField(
        Source, on_delete=models.CASCADE, primary_key=True, related_name="tally"
    )
    events = models.BigIntegerField()
    # The number of its newest event.
    last_event = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.source_id}: {self.events}"


class TallyMark(models.Model):
    """The one row that says up to which number events are counted in the tallies."""

    event = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.event)
