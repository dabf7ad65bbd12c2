"""What people and keys may do with an upload: describe, check, import, cancel, undo, forget."""

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from interactions.sources import SourceRefused, check_source_name
from promises.models import Upload, UploadPiece, UploadSpan
from promises.services.imports.columns import Header, columns_used
from promises.services.imports.mapping import Mapping
from promises.services.imports.refusals import ImportRefused
from promises.services.uploads.storing import head_file, plan_of

State = Upload.State
READY = (State.DRAFT, State.CHECKED)
GOES_ON = (State.CANCELLED, State.FAILED)
ACTIVE = (State.CHECKING, State.RUNNING, State.UNDOING)
UNDOABLE = (State.DONE, State.CANCELLED, State.FAILED)
KEPT_FILE, KEPT_REJECTS = timedelta(days=7), timedelta(days=30)


class UploadConflict(Exception):
    """It cannot be done as the import stands; the message is one sentence for a person."""


def mapping_of(upload: Upload) -> Mapping | None:
    """The mapping of an upload; None where it has none yet."""
    return None if upload.mapping is None else msgspec.convert(upload.mapping, Mapping)


def describe(pk: int, mapping: Mapping, *, encoding: str | None = None) -> Upload:
    """Store how the file is to be read.

    Raises: ImportRefused where the mapping does not fit the file; UploadConflict.
    """
    try:
        check_source_name(mapping.source)
    except SourceRefused as refused:
        raise ImportRefused(
            _("The name of the source %(reason)s.") % {"reason": refused.reason}
        ) from None

    def change(upload: Upload) -> None:
        _need(upload, READY, _("It is not a draft any more; upload the file again."))
        upload.encoding = encoding or upload.encoding
        with head_file(upload, delimiter=mapping.delimiter) as file:
            plan_of(file, mapping)
            header = Header(upload.name, file.columns)
            for place, column in columns_used(mapping):
                header.index(place, column)
        upload.mapping = msgspec.to_builtins(mapping)
        upload.state, upload.report = State.DRAFT, {}

    return _changed(pk, change)


def start(pk: int, *, dry_run: bool, now: datetime) -> Upload:
    """Ask for a check, or for the import; one that stopped or was cancelled goes on.

    Raises: UploadConflict.
    """

    def change(upload: Upload) -> None:
        allowed = READY if dry_run else (*READY, *GOES_ON)
        _need(upload, allowed, _("It cannot be started as it stands."))
        if upload.mapping is None:
            raise UploadConflict(_("It has no mapping yet: say first which column is what."))
        if upload.undone:
            raise UploadConflict(_("A part of it is undone. Finish that, then upload it again."))
        if not _has_file(upload):
            raise UploadConflict(_("Its file is not kept any more; upload it again."))
        goes_on = upload.state in GOES_ON and not upload.report.get("dry_run", True)
        _begin(upload, State.CHECKING if dry_run else State.RUNNING)
        if not goes_on:
            upload.line, upload.report, upload.begun_at = 0, {"dry_run": dry_run}, now
            kinds = (UploadPiece.Kind.REJECTS, UploadPiece.Kind.TOLD)
            UploadPiece.objects.filter(upload=upload, kind__in=kinds).delete()

    return _changed(pk, change)


def cancel(pk: int, *, now: datetime) -> Upload:
    """Stop what is under way: at once where no worker has it, else at its next chunk.

    Raises: UploadConflict.
    """

    def change(upload: Upload) -> None:
        _need(upload, ACTIVE, _("Nothing is under way."))
        if upload.worked_at is None:
            stopped(upload, now=now)
        else:
            upload.cancel_asked = True

    return _changed(pk, change)


def undo(pk: int) -> Upload:
    """Take back every event that the import recorded; nothing is deleted.

    Raises: UploadConflict.
    """

    def change(upload: Upload) -> None:
        _need(upload, UNDOABLE, _("It cannot be undone as it stands."))
        if not UploadSpan.objects.filter(upload=upload).exists():
            raise UploadConflict(_("It recorded nothing; there is nothing to undo."))
        _begin(upload, State.UNDOING)

    return _changed(pk, change)


def forget(pk: int) -> None:
    """Delete an upload that recorded nothing, with its file.

    Raises: UploadConflict.
    """

    def change(upload: Upload) -> None:
        if upload.state in ACTIVE or UploadSpan.objects.filter(upload=upload).exists():
            raise UploadConflict(
                _("It recorded something, and stays in the list; undo it instead.")
            )
        upload.delete()

    _changed(pk, change, save=False)


def stopped(upload: Upload, *, now: datetime) -> None:
    """Set what a cancelled upload is now; the caller stores it."""
    previous = {State.CHECKING: State.DRAFT, State.RUNNING: State.CANCELLED}
    # An undo that is cancelled can be asked for again, and goes on where it was.
    upload.state = previous.get(State(upload.state), State.CANCELLED)
    if upload.state == State.DRAFT:
        upload.report, upload.line = {}, 0
    else:
        upload.ended_at = now
    upload.cancel_asked, upload.worked_at = False, None


def clear_old(*, now: datetime) -> int:
    """Delete files a week, and reject files a month after the last that was done with them."""
    count = 0
    for kind, kept in (
        (UploadPiece.Kind.FILE, KEPT_FILE),
        (UploadPiece.Kind.TOLD, KEPT_FILE),
        (UploadPiece.Kind.REJECTS, KEPT_REJECTS),
    ):
        before = now - kept
        old = UploadPiece.objects.filter(kind=kind, upload__created_at__lt=before)
        old = old.exclude(upload__state__in=ACTIVE).exclude(upload__ended_at__gte=before)
        count += old.delete()[0]
    return count


def _begin(upload: Upload, state: State) -> None:
    upload.state, upload.problem, upload.cancel_asked = state, "", False
    upload.worked_at, upload.ended_at, upload.tries = None, None, 0


def _need(upload: Upload, states: tuple[State, ...], sentence: str) -> None:
    if upload.state not in states:
        raise UploadConflict(sentence)


def _has_file(upload: Upload) -> bool:
    return UploadPiece.objects.filter(upload=upload, kind=UploadPiece.Kind.FILE).exists()


def _changed(pk: int, change: Callable[[Upload], None], *, save: bool = True) -> Upload:
    with transaction.atomic():
        upload = Upload.objects.select_for_update().get(pk=pk)
        change(upload)
        if save:
            upload.save()
    return upload
