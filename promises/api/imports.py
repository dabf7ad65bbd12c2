"""`/api/v1/imports`: files uploaded, described, checked, imported and undone, for keys with the
scope admin."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from interactions.authentication import Caller, CanAdminister
from interactions.bodies import UnknownMedia
from interactions.json_bodies import InvalidBody, read_json
from interactions.openapi import Example, Operation, Parameter, page_of
from interactions.paging import page_size, read_cursor
from promises.api.described import paging
from promises.api.encoding import ApiView, check_parameters, json_answer, page_answer, row_id
from promises.api.import_answers import (
    ImportAnswer,
    ImportConflict,
    ImportItem,
    ImportOptions,
    ImportPreviewAnswer,
    ImportUnusable,
    answer_of,
    item_of,
    preview_answer,
)
from promises.api.parameters import text
from promises.models import Upload, UploadPiece
from promises.projection.facts import installation_zone
from promises.selectors.uploads import NoSuchUpload, UploadRead, upload_read, uploads_read
from promises.services.imports.refusals import ImportRefused
from promises.services.uploads import changing
from promises.services.uploads.decoding import ENCODINGS
from promises.services.uploads.guessing import proposal, source_for
from promises.services.uploads.previewing import preview, sample_of
from promises.services.uploads.storing import pieces, store_upload

TAG = "Imports"
_BLOCK = 1 << 16
_MEDIA = ("text/csv", "application/gzip", "application/octet-stream")
IMPORT_ID = Parameter("id", "the import's `id`", where="path", required=True)
_NAME = Parameter("name", "the name of the file", {"type": "string", "maxLength": 255})
_CSV = (
    "order,words,ordered,promised,delivered,customer\n"
    "o-1,Arrives by Friday,2026-03-02 09:30,2026-03-06,2026-03-06 11:00,c-9\n"
    "o-2,Arrives by Monday,2026-03-03 10:00,2026-03-09,,c-10\n"
)
_MAPPING = {
    "source": "/import/orders",
    "zone": "Europe/Berlin",
    "reference": ["order"],
    "fields": {
        "kind": {"constant": "delivery"},
        "statement": {"column": "words"},
        "made_at": {"column": "ordered"},
        "due_at": {"column": "promised"},
        "fulfilled_at": {"column": "delivered"},
        "customer": {"id": {"column": "customer"}},
    },
}
_DRAFT, _DONE = {"id": "1"}, {"id": "2"}


class ImportView(ApiView):
    """What these views share."""

    permission_classes = (CanAdminister,)
    parser_classes = ()


class ImportsApi(ImportView):
    """All imports; a new one."""

    openapi: Mapping[str, Operation] = {
        "get": Operation(
            "listImports",
            "All imports, the latest first",
            TAG,
            "admin",
            parameters=paging(50, 200),
            answers={200: page_of(ImportItem)},
            examples=(Example("The latest", query={"limit": "20"}),),
        ),
        "post": Operation(
            "uploadImport",
            "Upload a file",
            TAG,
            "admin",
            description="CSV as it is, or packed with gzip. Nothing is recorded yet: the answer "
            "has a `proposal` of a mapping, made from the names and cells of the columns.",
            parameters=(_NAME,),
            takes=dict.fromkeys(_MEDIA, str),
            answers={201: ImportAnswer},
            problems=(422,),
            examples=(
                Example("Orders", query={"name": "orders.csv"}, body=_CSV, media="text/csv"),
            ),
        ),
    }

    def get(self, request: Request) -> HttpResponse:
        """A page of imports."""
        check_parameters(request, ("limit", "cursor"))
        limit = page_size(request.query_params, default=50, most=200)
        found = uploads_read(before=int(read_cursor(request) or 0), limit=limit + 1)
        position = str(found[limit - 1].id) if len(found) > limit else None
        return page_answer(request, [item_of(read) for read in found[:limit]], position)

    def post(self, request: Request) -> HttpResponse:
        """Keep the file.

        Raises: InvalidQuery, UnknownMedia, ImportUnusable.
        """
        check_parameters(request, ("name",))
        name = text(request.query_params, "name")
        body: HttpRequest = request._request
        if (body.content_type or "") not in _MEDIA or "Content-Encoding" in body.headers:
            raise UnknownMedia(f"Send the file as one of {', '.join(_MEDIA)}.")
        try:
            upload = store_upload(name, _blocks(body), made_by=_caller(request))
        except ImportRefused as refused:
            raise ImportUnusable(str(refused)) from None
        answer = json_answer(import_answer(upload.pk), status=201)
        answer["Location"] = reverse("api-import", args=[upload.pk])
        return answer


class ImportApi(ImportView):
    """One import; deleting one that recorded nothing."""

    openapi: Mapping[str, Operation] = {
        "get": Operation(
            "readImport",
            "How far an import is, and what was found",
            TAG,
            "admin",
            parameters=(IMPORT_ID,),
            answers={200: ImportAnswer},
            examples=(Example("One", path=_DONE),),
        ),
        "delete": Operation(
            "deleteImport",
            "Delete an upload that recorded nothing",
            TAG,
            "admin",
            parameters=(IMPORT_ID,),
            answers={204: None},
            problems=(409,),
            examples=(Example("A draft", path=_DRAFT),),
        ),
    }

    def get(self, request: Request, id: str) -> HttpResponse:
        """The import.

        Raises: NotFound.
        """
        check_parameters(request, ())
        return json_answer(import_answer(existing_import(id).id))

    def delete(self, request: Request, id: str) -> HttpResponse:
        """Forget it.

        Raises: NotFound, ImportConflict.
        """
        check_parameters(request, ())
        import_changed(id, changing.forget)
        return HttpResponse(status=204)


class ImportMappingApi(ImportView):
    """How the file is read."""

    openapi = Operation(
        "mapImport",
        "Store the mapping of an import, and see its first rows",
        TAG,
        "admin",
        description="The same mapping as that of the command `import_promises`, as JSON.",
        parameters=(IMPORT_ID,),
        takes=ImportOptions,
        answers={200: ImportPreviewAnswer},
        problems=(409, 422),
        examples=(Example("Orders", path=_DRAFT, body={"mapping": _MAPPING}),),
    )

    def put(self, request: Request, id: str) -> HttpResponse:
        """Store it.

        Raises: NotFound, InvalidBody, ImportUnusable, ImportConflict.
        """
        check_parameters(request, ())
        existing_import(id)
        body = read_json(request._request, ImportOptions)
        if body.encoding and body.encoding not in ENCODINGS:
            raise InvalidBody("/encoding", f"must be one of {', '.join(ENCODINGS)}")
        upload = import_changed(
            id, lambda pk: changing.describe(pk, body.mapping, encoding=body.encoding or None)
        )
        found = preview(upload, body.mapping, now=timezone.now())
        if found.problem:
            raise ImportUnusable(found.problem)
        return json_answer(preview_answer(found))


class ImportRejectsApi(ImportView):
    """The rejected rows."""

    openapi = Operation(
        "readImportRejects",
        "The rejected rows as CSV",
        TAG,
        "admin",
        description="Four columns that say what is wrong, then the row. Mended, it can be uploaded "
        "as it is, with the same mapping.",
        parameters=(IMPORT_ID,),
        answers={200: str},
        answer_media=("text/csv",),
        examples=(Example("One", path=_DONE),),
    )

    def get(self, request: Request, id: str) -> HttpResponse:
        """The file.

        Raises: NotFound.
        """
        check_parameters(request, ())
        read = existing_import(id)
        if not read.has_rejects:
            raise NotFound
        found = pieces(Upload(pk=read.id), UploadPiece.Kind.REJECTS)
        return HttpResponse(b"".join(found), content_type="text/csv; charset=utf-8")


def existing_import(id: str) -> UploadRead:
    """One import.

    Raises: NotFound.
    """
    try:
        return upload_read(row_id(id))
    except NoSuchUpload:
        raise NotFound from None


def import_changed(id: str, change: Callable[[int], Any]) -> Any:
    """What came of a change.

    Raises: NotFound, ImportConflict, ImportUnusable.
    """
    pk = existing_import(id).id
    try:
        return change(pk)
    except changing.UploadConflict as conflict:
        raise ImportConflict(str(conflict)) from None
    except ImportRefused as refused:
        raise ImportUnusable(str(refused)) from None


def import_answer(pk: int) -> ImportAnswer:
    """An import in full."""
    upload = Upload.objects.get(pk=pk)
    found = None
    if upload.state == Upload.State.DRAFT and upload.mapping is None:
        zone, source = str(installation_zone().key), source_for(upload.name)
        found = proposal(sample_of(upload).guess, source=source, zone=zone)
    return answer_of(upload_read(pk), upload, found)


def _blocks(body: HttpRequest) -> Iterator[bytes]:
    return iter(lambda: body.read(_BLOCK), b"")


def _caller(request: Request) -> str:
    caller = request.auth
    return f"key {caller.name}" if isinstance(caller, Caller) else ""
