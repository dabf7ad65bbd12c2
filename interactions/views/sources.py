"""Sources and their keys, for admins."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from interactions.authentication import forget_cached_keys
from interactions.forms import KeyForm, SourceForm
from interactions.keys import By, KeyRefused, add_key, revoke_key, rotate_key
from interactions.models import ApiKey, Source
from interactions.plain_reasons import sentence_of
from interactions.selectors import Viewer
from interactions.snippets import snippets
from interactions.sources import (
    SourceRefused,
    key_line,
    key_lines,
    make_source,
    source_lines,
)
from interactions.views.admins import admins_only

MOST_ID = 2**63 - 1


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def all_sources(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """All sources, and a form for a new one."""
    form = SourceForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            source = make_source(form.cleaned_data["name"], by=By(user_id=viewer.user_id))
        except SourceRefused as refused:
            form.add_error("name", sentence_of(refused.reason))
        else:
            messages.success(request, _("The source is there. Now make its first key."))
            return redirect("source", source.pk)
    now = timezone.now()
    context = {
        "viewer": viewer,
        "sources": source_lines(now),
        "keys": key_lines(now, source_id=None),
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "interactions/sources.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def one_source(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """One source, its keys, and a form for a new key, which is shown in the answer and never again.

    Raises: Http404.
    """
    source = existing(Source, id)
    form = KeyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = add_key(
                source,
                name=form.cleaned_data["key_name"],
                scopes=form.cleaned_data["scopes"],
                expires_at=form.expires_at(),
                now=timezone.now(),
                by=By(user_id=viewer.user_id),
            )
        except KeyRefused as refused:
            form.refuse(refused.pointer, refused.reason)
        else:
            return _new_key(request, viewer, made)
    return _source_page(request, viewer, source, form)


@require_POST
@admins_only
def rotate(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Make the successor of a key, and show it once.

    Raises: Http404.
    """
    old = existing(ApiKey, id)
    try:
        made = rotate_key(old.pk, now=timezone.now(), by=By(user_id=viewer.user_id))
    except KeyRefused as refused:
        messages.error(request, sentence_of(refused.reason))
        return _back_to(old)
    return _new_key(request, viewer, made)


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def revoke(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Ask, then revoke.

    Raises: Http404.
    """
    row = existing(ApiKey, id)
    now = timezone.now()
    if request.method != "POST":
        context = {"viewer": viewer, "key": key_line(row, now), "source": row.source}
        return render(request, "interactions/revoke.html", context)
    revoke_key(row.pk, now=now, by=By(user_id=viewer.user_id))
    forget_cached_keys()
    messages.success(request, _("The key is revoked. It stops working within a second."))
    return _back_to(row)


def existing(model: type[Any], id: int) -> Any:
    """A row, or Http404 also for a number that no row can have.

    Raises: Http404.
    """
    if id > MOST_ID:
        raise Http404
    return get_object_or_404(model, pk=id)


def _back_to(row: ApiKey) -> HttpResponse:
    return redirect("source", row.source_id) if row.source_id else redirect("sources")


def _source_page(
    request: HttpRequest, viewer: Viewer, source: Source, form: KeyForm
) -> HttpResponse:
    now = timezone.now()
    context = {
        "viewer": viewer,
        "source": source_lines(now, source_id=source.pk)[0],
        "keys": key_lines(now, source_id=source.pk),
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "interactions/source.html", context, status=status)


def _new_key(request: HttpRequest, viewer: Viewer, made: tuple[ApiKey, str]) -> HttpResponse:
    row, key = made
    writes = any(scope.startswith("events:write") for scope in row.scopes)
    context = {
        "viewer": viewer,
        "key": key,
        "line": key_line(row, timezone.now()),
        "source": row.source,
        "snippets": snippets(request, row.source.name, key) if writes and row.source else None,
        "scores_url": request.build_absolute_uri("/api/v1/scores"),
    }
    return render(request, "interactions/new_key.html", context)
