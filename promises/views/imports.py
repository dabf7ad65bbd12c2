"""Importing on the pages: upload, describe, check, import, undo. For managers and admins."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from interactions.changes import By
from interactions.selectors import Viewer
from promises.models import Upload, UploadPiece
from promises.selectors.leftovers import LeftOver, left_over
from promises.selectors.uploads import ON_A_PAGE, UploadRead, uploads_read
from promises.services.imports.refusals import ImportRefused
from promises.services.uploads import changing
from promises.services.uploads.checks import report_checks, report_from
from promises.services.uploads.decoding import ENCODINGS
from promises.services.uploads.leaving import archive_left_over
from promises.services.uploads.storing import pieces, store_upload, too_large, upload_limit
from promises.services.uploads.toml import mapping_toml
from promises.views.alerts import managers_only
from promises.views.import_columns import describe_page, existing_upload
from promises.views.numbers import number_in
from promises.views.uploading import FORM_BYTES
from promises.wakeup import upload_waker


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def all_imports(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """All uploads, and the form for another one."""
    problem = ""
    if request.method == "POST":
        try:
            upload = _stored(request)
        except ImportRefused as refused:
            problem = str(refused)
        else:
            return redirect("import", upload.pk)
    uploads = uploads_read(before=number_in(request.GET.get("before", "")))
    context = {
        "viewer": viewer,
        "uploads": uploads,
        "earlier": uploads[-1].id if len(uploads) == ON_A_PAGE else 0,
        "problem": problem,
        "limit_mb": upload_limit() // 1_000_000,
    }
    return render(request, "promises/imports/all.html", context, status=422 if problem else 200)


@require_safe
@managers_only
def one_import(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """One upload: to be described, or how far it is.

    Raises: Http404.
    """
    read = existing_upload(id)
    if read.state != Upload.State.DRAFT and "change" not in request.GET:
        return render(request, "promises/imports/state.html", _state(viewer, read))
    upload = Upload.objects.get(pk=id)
    encoding = request.GET.get("encoding", "")
    if encoding in ENCODINGS:
        upload.encoding = encoding
    return describe_page(request, viewer, read, upload)


@require_safe
@managers_only
def state(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """The part of the page that changes by itself; 204 where it shows the same already.

    Raises: Http404.
    """
    read = existing_upload(id)
    context = _state(viewer, read)
    if request.GET.get("seen") == context["mark"]:
        return HttpResponse(status=204)
    return render(request, "promises/imports/_state.html", context)


@require_POST
@managers_only
def act(request: HttpRequest, viewer: Viewer, id: int, name: str) -> HttpResponse:
    """Check, import, cancel, undo or forget; archive what an undone import leaves behind.

    Raises: Http404.
    """
    existing_upload(id)
    now = timezone.now()
    if name == "archive":
        return _archived(request, viewer, id)
    acts: dict[str, Callable[[], object]] = {
        "check": partial(changing.start, id, dry_run=True, now=now),
        "run": partial(changing.start, id, dry_run=False, now=now),
        "cancel": partial(changing.cancel, id, now=now),
        "undo": partial(changing.undo, id),
        "delete": partial(changing.forget, id),
    }
    if name not in acts:
        raise Http404
    try:
        acts[name]()
    except changing.UploadConflict as conflict:
        messages.error(request, str(conflict))
        return redirect("import", id)
    if name == "delete":
        messages.success(request, _("The upload is deleted. Nothing of it was recorded."))
        return redirect("imports")
    transaction.on_commit(upload_waker.wake)
    return redirect("import", id)


@require_safe
@managers_only
def rejects(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """The rejected rows as CSV.

    Raises: Http404.
    """
    if not existing_upload(id).has_rejects:
        raise Http404
    found = pieces(Upload(pk=id), UploadPiece.Kind.REJECTS)
    answer = HttpResponse(b"".join(found), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="import-{id}-rejects.csv"'
    return answer


@require_safe
@managers_only
def mapping_file(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """The mapping as the file that the command takes.

    Raises: Http404.
    """
    existing_upload(id)
    mapping = changing.mapping_of(Upload.objects.get(pk=id))
    if mapping is None:
        raise Http404
    answer = HttpResponse(mapping_toml(mapping), content_type="application/toml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="import-{id}-mapping.toml"'
    return answer


def _stored(request: HttpRequest) -> Upload:
    """Raises: ImportRefused."""
    given = request.FILES.get("file")
    if not isinstance(given, UploadedFile):
        length = number_in(request.META.get("CONTENT_LENGTH") or "")
        if length > upload_limit() + FORM_BYTES:
            raise too_large()
        raise ImportRefused(_("Choose a file."))
    actor_id = request.user.pk
    return store_upload(given.name or "", given.chunks(), actor_id=actor_id)


def _archived(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    count = archive_left_over(id, now=timezone.now(), by=By(user_id=viewer.user_id))
    if count:
        text = ngettext(
            "%(n)d is archived. It can be brought back in the settings.",
            "%(n)d are archived. They can be brought back in the settings.",
            count,
        )
        messages.success(request, text % {"n": count})
    return redirect("import", id)


def _state(viewer: Viewer, read: UploadRead) -> dict[str, Any]:
    upload = Upload.objects.only("report", "state", "begun_at").get(pk=read.id)
    report = report_from(upload.report)
    left = left_over(upload)
    return {
        "viewer": viewer,
        "upload": read,
        "left": left,
        "mark": _mark(read, left),
        "checks": report_checks(report) if report.rows else [],
        "rejections": report.rejections,
    }


def _mark(read: UploadRead, left: LeftOver | None) -> str:
    mark = f"{read.state}-{read.done}-{read.undone}-{int(read.is_stopping)}-{bool(read.worked_at)}"
    return f"{mark}-{len(left.labels)}-{left.is_settling}" if left else mark
