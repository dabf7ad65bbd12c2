"""The pages of kinds: how each is judged, other parameters side by side, and judging anew."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from interactions.selectors import Viewer
from interactions.views.admins import admins_only
from promises.forms.kinds import KindForm, initial_of
from promises.models.kinds import Kind
from promises.scores import WINDOWS
from promises.selectors.asked import DEFAULT_WINDOW
from promises.selectors.restatements import (
    KindRead,
    NoRestatement,
    kind_read,
    kinds_read,
    latest_restatements,
    restatement_read,
)
from promises.services.restating import (
    AlreadyChanged,
    AlreadyRestating,
    Draft,
    NotRunning,
    ParametersRefused,
    add_version,
    cancel,
    checked_reason,
    preview,
    restate,
)
from promises.views.numbers import number_in
from promises.wakeup import restatement_waker


@require_safe
@admins_only
def all_kinds(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """How all kinds are judged, and what was judged anew."""
    context = {"viewer": viewer, "kinds": kinds_read(), "restatements": latest_restatements()}
    return render(request, "promises/kinds.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def one_kind(request: HttpRequest, viewer: Viewer, kind: str) -> HttpResponse:
    """One kind as a form; sent, the figures side by side; confirmed, a version.

    Raises: Http404.
    """
    read = _existing(kind)
    action = request.POST.get("action", "")
    if action == "again":
        version = next((v for v in read.versions if v.version == _version(request)), None)
        if version is None:
            raise Http404
        draft = Draft(version.base_loss, version.half_life_seconds, version.tolerance_seconds)
        return _preview(request, viewer, read, draft, version=version.version)
    form = KindForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and (written := form.draft()) is not None:
        if action == "save":
            return _save(request, viewer, read, form, written)
        if action != "edit":
            return _preview(request, viewer, read, written, form)
    if request.method != "POST":
        form = KindForm(initial=initial_of(read.newest))
    status = 422 if form.is_bound and form.errors else 200
    context = {"viewer": viewer, "read": read, "form": form}
    return render(request, "promises/kind.html", context, status=status)


@require_http_methods(["POST"])
@admins_only
def restate_again(request: HttpRequest, viewer: Viewer, kind: str) -> HttpResponse:
    """Judge by a version that is there what was made before.

    Raises: Http404.
    """
    read = _existing(kind)
    return _begin(request, read, _version(request))


@require_safe
@admins_only
def one_restatement(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """One restatement: how far it is, why, and both figures.

    Raises: Http404.
    """
    window = request.GET.get("window", "")
    try:
        read = restatement_read(id, window if window in WINDOWS else DEFAULT_WINDOW)
    except NoRestatement:
        raise Http404 from None
    context = {
        "viewer": viewer,
        "read": read,
        "rows": read.rows,
        "window": read.window,
        "windows": tuple(WINDOWS),
    }
    fragment = request.headers.get("HX-Target") == "progress"
    name = "_restatement_progress" if fragment else "restatement"
    response = render(request, f"promises/{name}.html", context)
    if fragment and read.row.is_finished:
        # The figures judged anew are on the page, beside the progress.
        response["HX-Refresh"] = "true"
    return response


@require_POST
@admins_only
def cancel_restatement(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Take a running restatement back.

    Raises: Http404.
    """
    try:
        read = restatement_read(id, DEFAULT_WINDOW)
        cancel(id)
    except NoRestatement:
        raise Http404 from None
    except NotRunning:
        messages.info(request, _("It is not running any more."))
    else:
        transaction.on_commit(restatement_waker.wake)
        messages.success(
            request,
            _("It is being taken back: all is judged as before.")
            if read.row.kind
            else _("It is being stopped: what was moved stays moved."),
        )
    return redirect("restatement", id)


def _preview(
    request: HttpRequest,
    viewer: Viewer,
    read: KindRead,
    draft: Draft,
    form: KindForm | None = None,
    *,
    version: int = 0,
    problem: str = "",
) -> HttpResponse:
    window = request.POST.get("window", "")
    window = window if window in WINDOWS else DEFAULT_WINDOW
    found = preview(read.kind, draft, window=window, now=timezone.now())
    context: dict[str, Any] = {
        "viewer": viewer,
        "read": read,
        "form": form,
        "draft": draft,
        "version": version,
        "base": request.POST.get("base") or read.newest.version,
        "rows": found.rows,
        "all_folded": found.all_folded,
        "window": window,
        "windows": tuple(WINDOWS),
        "reason": request.POST.get("reason", ""),
        "apply": request.POST.get("apply", "new"),
        "problem": problem,
    }
    status = 422 if problem else 200
    return render(request, "promises/kind_preview.html", context, status=status)


def _save(
    request: HttpRequest, viewer: Viewer, read: KindRead, form: KindForm, draft: Draft
) -> HttpResponse:
    reason, before_too = request.POST.get("reason", ""), request.POST.get("apply") == "all"
    try:
        reason = checked_reason(reason) if before_too or reason.strip() else ""
    except ParametersRefused as refused:
        return _preview(request, viewer, read, draft, form, problem=refused.reason)
    if before_too and read.running is not None:
        messages.error(request, _("Another restatement of this kind is not finished yet."))
        return redirect("kind", read.kind)
    try:
        row = add_version(
            read.kind,
            draft,
            base=number_in(request.POST.get("base", "")),
            now=timezone.now(),
            by=request.user.get_username(),
            reason=reason,
        )
    except AlreadyChanged:
        messages.error(
            request, _("Somebody else changed it meanwhile. Nothing was stored; this is theirs.")
        )
        return redirect("kind", read.kind)
    said = _("Version %(version)s judges what is made from now on.")
    messages.success(request, said % {"version": row.version})
    if before_too:
        return _begin(request, read, row.version)
    return redirect("kind", read.kind)


def _begin(request: HttpRequest, read: KindRead, version: int) -> HttpResponse:
    try:
        row = restate(
            read.kind,
            version,
            now=timezone.now(),
            by=request.user.get_username(),
            reason=request.POST.get("reason", ""),
        )
    except ParametersRefused as refused:
        messages.error(request, refused.reason)
    except AlreadyRestating:
        messages.error(request, _("Another restatement of this kind is not finished yet."))
    else:
        transaction.on_commit(restatement_waker.wake)
        return redirect("restatement", row.pk)
    return redirect("kind", read.kind)


def _existing(kind: str) -> KindRead:
    if kind not in Kind.values:
        raise Http404
    return kind_read(kind)


def _version(request: HttpRequest) -> int:
    return number_in(request.POST.get("version", ""))
