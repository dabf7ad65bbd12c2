"""What the jobs leave behind: batches under way, imports, checks, watermarks."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models


class DrainBatch(models.Model):
    """The events that a drain has taken up. A row that outlives its drain names a batch that died
    (R5)."""

    events = ArrayField(models.BigIntegerField())
    # The arrivals among them that are gone once it is counted.
    arrivals = ArrayField(models.BigIntegerField(), default=list)
    # Which of the drains that may work at once has it in hand.
    place = models.SmallIntegerField(default=1)
    # How often it was taken up again as a whole after its drain had died.
    tries = models.SmallIntegerField(default=0)
    started_at = models.DateTimeField(auto_now_add=True)


class ImportRun(models.Model):
    """One run of an import: what was read, what became of it."""

    mapping = models.TextField()
    files = ArrayField(models.TextField())
    source = models.TextField()
    rows = models.BigIntegerField(default=0)
    accepted = models.BigIntegerField(default=0)
    duplicate = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    remarks = models.JSONField(default=dict)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)


class LedgerCheck(models.Model):
    """The result of one `ledger_check`."""

    ok = models.BooleanField()
    report = models.JSONField()
    checked_at = models.DateTimeField(auto_now_add=True)


class Watermark(models.Model):
    """How far a job has looked: the tick, the hourly refresh."""

    name = models.TextField(primary_key=True)
    moment = models.DateTimeField(null=True)
