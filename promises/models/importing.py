"""Imports that begin with an upload: the file, how it is read, how far it is, what can be undone.

All of it lies in the database, so that the site and the workers may be on different machines.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from promises.models.run import ImportRun


class Upload(models.Model):
    """One uploaded file on its way into the ledger.

    A row counts as worked on while `worked_at` is young; the sweep takes up what stopped. `line` is
    written in the transaction of the events before it: after a crash the import goes on there.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("to be described")
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("checked")
        RUNNING = "running", _("being imported")
        DONE = "done", _("imported")
        CANCELLED = "cancelled", _("cancelled")
        FAILED = "failed", _("stopped")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")

    name = models.TextField()
    # Units: bytes, as it came.
    size = models.BigIntegerField()
    # The first bytes, inflated: what is shown before anything is decided.
    head = models.BinaryField()
    is_cut = models.BooleanField()
    encoding = models.TextField()
    mapping = models.JSONField(null=True)
    state = models.TextField(choices=State.choices, default=State.DRAFT)
    cancel_asked = models.BooleanField(default=False)
    # How often a worker began since it last got on.
    tries = models.SmallIntegerField(default=0)
    problem = models.TextField(default="")
    # Lines of the file in all, and those done with.
    lines = models.BigIntegerField(default=0)
    line = models.BigIntegerField(default=0)
    # Events taken back, and the last of them by the ledger's own numbers.
    undone = models.BigIntegerField(default=0)
    undone_seq = models.BigIntegerField(default=0)
    report = models.JSONField(default=dict)
    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, null=True, related_name="uploads")
    # Who brought it: somebody on the pages, or a key.
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    made_by = models.TextField(default="")
    created_at = models.DateTimeField(auto_now_add=True)
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    worked_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            # What is to be worked on, looked for every few seconds.
            models.Index(
                fields=["id"],
                name="upload_todo",
                condition=models.Q(state__in=["checking", "running", "undoing"]),
            ),
        ]


class UploadPiece(models.Model):
    """A part of an uploaded file, of its reject file, or of what an import under way has told:
    whoever goes on with it must know which promises it has had."""

    class Kind(models.TextChoices):
        FILE = "file", _("the file")
        REJECTS = "rejects", _("its rejected rows")
        TOLD = "told", _("what its rows have told so far")

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, db_index=False)
    kind = models.TextField(choices=Kind.choices)
    number = models.IntegerField()
    content = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["upload", "kind", "number"], name="upload_piece_once")
        ]


class UploadSpan(models.Model):
    """The events of one chunk: those of the source that were recorded at that moment, within these
    numbers of the ledger. A row for each event would be as large as the ledger."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE)
    source_id = models.BigIntegerField()
    recorded_at = models.DateTimeField()
    first_seq = models.BigIntegerField()
    last_seq = models.BigIntegerField()
    events = models.BigIntegerField()
