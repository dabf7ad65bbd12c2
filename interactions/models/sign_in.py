"""Attempts to sign in that came to nothing."""

from django.db import models


class FailedSignIns(models.Model):
    """How often it was tried in vain for one name, or from one address; nobody's name is kept."""

    # The hash of whose attempts they are.
    key = models.TextField(primary_key=True)
    failures = models.IntegerField(default=0)
    last_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.key[:8]}: {self.failures}"
