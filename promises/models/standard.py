"""Standards as data: versions that are never changed, and what each has caused (R18)."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Standard(models.Model):
    """A reusable promise under the name by which promises speak of it; what it says is in its
    versions."""

    reference = models.TextField(_("id"), db_collation="C")
    name = models.TextField(_("name"))
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("standard")
        verbose_name_plural = _("standards")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["reference"], name="standard_reference_unique")
        ]

    def __str__(self) -> str:
        return self.name


class StandardVersion(models.Model):
    """One version; a trigger refuses UPDATE and DELETE."""

    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="versions")
    version = models.IntegerField(_("version"))
    # `promises.domain.standards.Terms` as JSON
    terms = models.JSONField(_("terms"))
    reason = models.TextField(_("reason"), default="")
    made_at = models.DateTimeField(_("made"))
    # A little later than it was made, when every process knows of it: from then on what is heard
    # is judged by it.
    holds_from = models.DateTimeField(_("holds from"))
    # A name, not an account: what was written stands when the account is gone.
    made_by = models.TextField(_("made by"), default="")

    class Meta:
        verbose_name = _("version of a standard")
        verbose_name_plural = _("versions of standards")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["standard", "version"], name="standard_version_unique")
        ]

    def __str__(self) -> str:
        return f"{self.standard} v{self.version}"


class StandardOrder(models.Model):
    """The order of all standards from a moment on; a trigger refuses UPDATE and DELETE."""

    # ["gold-first-answer", ...]
    references = models.JSONField(_("order"))
    holds_from = models.DateTimeField(_("holds from"))
    made_by = models.TextField(_("made by"), default="")

    class Meta:
        verbose_name = _("order of the standards")
        verbose_name_plural = _("orders of the standards")

    def __str__(self) -> str:
        return ", ".join(self.references)


class CausedEvent(models.Model):
    """An event that a standard has caused, by the customer or promise whose events caused it.

    It is written with the event itself, and says what stands: an event that no longer follows has
    been taken back.
    """

    version = models.ForeignKey(
        StandardVersion, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    # Of the events that caused it: a customer's id (source null), or a promise's reference.
    subject = models.TextField(db_collation="C")
    subject_source_id = models.BigIntegerField(null=True)
    # What it follows from: the same thing that follows again has the same key.
    key = models.TextField(db_collation="C")
    # What it says, as a digest: a fact heard later may change it.
    digest = models.TextField()
    # The key, or where that was taken back the key and a number.
    event_id = models.TextField(db_collation="C")
    stands = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("event caused by a standard")
        verbose_name_plural = _("events caused by standards")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event_id"], name="caused_event_unique")
        ]
        indexes: ClassVar = [
            # All that the events of one customer or promise have caused.
            models.Index(fields=["subject", "subject_source_id"], name="caused_event_subject")
        ]

    def __str__(self) -> str:
        return self.event_id
