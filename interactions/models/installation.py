"""What an installation knows of itself: one row, made when somebody first says something."""

from django.db import models


class Installation(models.Model):
    """The company, its zone, and how far the first run is."""

    ONLY = 1

    company = models.TextField(default="")
    # Empty: the zone of the setting TIME_ZONE.
    zone = models.TextField(default="")
    # Of the one-time link that lets the first admin in; empty where there is none.
    setup_hash = models.TextField(default="")
    sample_asked_at = models.DateTimeField(null=True)
    checklist_dismissed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.company
