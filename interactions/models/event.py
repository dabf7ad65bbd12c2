"""The ledger: sources, events, and what of them still waits to be counted."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex, HashIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from interactions.models.columns import ForeignKeyToFew


class Source(models.Model):
    """Who speaks: a CloudEvents `source`, with what it means for honesty (R19)."""

    class Door(models.TextChoices):
        PERSON = "person", _("people, on the pages")
        MACHINE = "machine", _("a machine, over the API")
        IMPORT = "import", _("an import")

    name = models.TextField(_("source"), db_collation="C")
    door = models.TextField(choices=Door.choices, default=Door.MACHINE)
    is_sample = models.BooleanField(_("sample"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name"], name="source_name_unique")
        ]

    def __str__(self) -> str:
        return self.name


class Event(models.Model):
    """One immutable fact. A trigger refuses UPDATE and DELETE (R1).

    Its keys are not checked by the database row by row, which would cost as much as storing the
    row; the ledger resolves them itself, nothing deletes a source, and `ledger_check` looks.
    """

    source = ForeignKeyToFew(
        Source, on_delete=models.PROTECT, db_index=False, db_constraint=False, related_name="events"
    )
    event_id = models.TextField(db_collation="C")
    type = models.TextField(db_collation="C")
    subject = models.TextField(db_collation="C")
    # In whose names the subject is: the source that made the promise, the source of the event taken
    # back; null for customers, whose ids are global.
    subject_source = ForeignKeyToFew(
        Source,
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        db_constraint=False,
        related_name="+",
    )
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        db_constraint=False,
    )
    data = models.JSONField()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "event_id"], name="event_source_id_unique")
        ]
        indexes: ClassVar = [
            # All events of one promise, or the retractions of one event. References come in no
            # order: by their hash an index takes a third of the room, and finds its place at once.
            HashIndex(
                fields=["subject"],
                name="event_subject",
                condition=models.Q(subject_source__isnull=False),
            ),
            # All events of one customer, who may have very many: a hash would put them in one row.
            models.Index(
                fields=["subject"],
                name="event_customer",
                condition=models.Q(subject_source__isnull=True),
            ),
            # The few retractions, looked up for every event that is folded.
            models.Index(
                fields=["subject", "subject_source"],
                name="event_retraction",
                condition=models.Q(type="event.retracted"),
            ),
            # What was heard since a moment, of before it: the ledger grows in this order, so that
            # a few words for each of its parts are enough.
            BrinIndex(
                fields=["recorded_at", "occurred_at"], name="event_recorded", autosummarize=True
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.subject}"


class Arrival(models.Model):
    """New events that came with one request and that nobody has counted yet: they are on the to-do
    list by their numbers alone (R3)."""

    first_event = models.BigIntegerField()
    size = models.IntegerField()
    events = ArrayField(models.BigIntegerField())

    def __str__(self) -> str:
        return f"{self.size} from {self.first_event}"


class PendingEvent(models.Model):
    """An event on the to-do list with a state of its own (R3): it waits, failed, or was set
    aside."""

    class State(models.TextChoices):
        PENDING = "pending", _("to be counted")
        WAITING = "waiting", _("its promise is not known yet")
        SET_ASIDE = "set aside", _("set aside after repeated failure")

    event = models.OneToOneField(
        Event, on_delete=models.CASCADE, primary_key=True, db_constraint=False
    )
    state = models.TextField(choices=State.choices, default=State.PENDING)
    attempts = models.SmallIntegerField(default=0)
    reason = models.TextField(default="")

    class Meta:
        indexes: ClassVar = [
            # The drain and the pages' "events being counted" read the pending ones only.
            models.Index(
                fields=["event"], name="pending_event_todo", condition=models.Q(state="pending")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id}: {self.state}"


class Tombstone(models.Model):
    """A counted trace of events deleted by one of the two audited commands (R1)."""

    reason = models.TextField()
    events = models.BigIntegerField()
    promises = models.BigIntegerField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    deleted_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.reason}: {self.events}"


class ApiKey(models.Model):
    """A key of a REST client; only its hash is stored."""

    class Scope(models.TextChoices):
        READ = "read", _("read")
        EVENTS_WRITE = "events:write", _("record events of its source")
        EVENTS_WRITE_ANY = "events:write:any", _("speak of other sources' promises")
        ADMIN = "admin", _("administer")

    prefix = models.TextField()
    hash = models.TextField()
    name = models.TextField()
    scopes = ArrayField(models.TextField(choices=Scope.choices))
    source = models.ForeignKey(Source, on_delete=models.PROTECT, null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    # Who made and who revoked it: somebody on the pages, or another key over the API.
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_with = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    revoked_with = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["hash"], name="api_key_hash_unique")
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class KeyRefusal(models.Model):
    """The last request of a key that was refused, for whoever connects a source."""

    key = models.OneToOneField(
        ApiKey, on_delete=models.CASCADE, primary_key=True, related_name="refusal"
    )
    at = models.DateTimeField()
    status = models.SmallIntegerField()
    pointer = models.TextField()
    reason = models.TextField()

    def __str__(self) -> str:
        return f"{self.status} {self.pointer} {self.reason}"
