"""Starting, cancelling and undoing imports over the API."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request

from interactions.json_bodies import read_json
from interactions.openapi import Example, Operation
from promises.api.encoding import check_parameters, json_answer
from promises.api.import_answers import ImportAnswer, StartBody
from promises.api.imports import (
    IMPORT_ID,
    TAG,
    ImportView,
    existing_import,
    import_answer,
    import_changed,
)
from promises.services.uploads import changing
from promises.wakeup import upload_waker


class _ActApi(ImportView):
    """Something that a worker does then."""

    def answered(self, id: str, change: Callable[[int], Any]) -> HttpResponse:
        """Change it, tell the worker, answer how it stands."""
        upload = import_changed(id, change)
        transaction.on_commit(upload_waker.wake)
        return json_answer(import_answer(upload.pk), status=202)


def _act(id: str, summary: str, example: Mapping[str, str], **more: Any) -> Operation:
    return Operation(
        id,
        summary,
        TAG,
        "admin",
        parameters=(IMPORT_ID,),
        answers={202: ImportAnswer},
        problems=(409,),
        examples=(Example(summary, path=example, body=more.pop("body", None)),),
        **more,
    )


class ImportStartApi(_ActApi):
    """Check or import it."""

    openapi = _act(
        "startImport",
        "Check the whole file, or import it",
        {"id": "4"},
        description="The same file twice changes nothing. One that was cancelled or stopped goes "
        "on where it was.",
        takes=StartBody,
        body_optional=True,
        body={"dry_run": True},
    )

    def post(self, request: Request, id: str) -> HttpResponse:
        """Start it.

        Raises: NotFound, InvalidBody, ImportConflict.
        """
        check_parameters(request, ())
        existing_import(id)
        body = read_json(request._request, StartBody, optional=True)
        return self.answered(
            id, lambda pk: changing.start(pk, dry_run=body.dry_run, now=timezone.now())
        )


class ImportCancelApi(_ActApi):
    """Cancel it."""

    openapi = _act("cancelImport", "Cancel what is under way", {"id": "3"})

    def post(self, request: Request, id: str) -> HttpResponse:
        """Cancel it.

        Raises: NotFound, ImportConflict.
        """
        check_parameters(request, ())
        return self.answered(id, lambda pk: changing.cancel(pk, now=timezone.now()))


class ImportUndoApi(_ActApi):
    """Undo it."""

    openapi = _act(
        "undoImport",
        "Take back every event of an import",
        {"id": "2"},
        description="By one `event.retracted` for each; nothing is deleted.",
    )

    def post(self, request: Request, id: str) -> HttpResponse:
        """Undo it.

        Raises: NotFound, ImportConflict.
        """
        check_parameters(request, ())
        return self.answered(id, changing.undo)
