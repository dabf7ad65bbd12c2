"""Connecting a first source: name it, get a key, send an event, see it arrive."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from interactions.forms import ConnectForm
from interactions.keys import By, KeyRefused, add_key
from interactions.models import ApiKey, Source
from interactions.plain_reasons import sentence_of
from interactions.receipts import receipt_of
from interactions.selectors import Viewer
from interactions.snippets import snippets
from interactions.sources import SourceRefused, make_source, source_lines
from interactions.views.admins import admins_only
from interactions.views.sources import existing


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def connect(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Pick or name a source; the answer shows its new key, filled into programs."""
    now = timezone.now()
    known = [
        (str(line.id), line.name)
        for line in source_lines(now)
        if not line.is_sample and line.door != Source.Door.PERSON
    ]
    form = ConnectForm(
        request.POST if request.method == "POST" else None,
        sources=known,
        initial={"source": request.GET.get("source", "")},
    )
    if request.method == "POST" and form.is_valid():
        made = _key_for(form, viewer)
        if made is not None:
            return _programs(request, viewer, *made)
    context = {"viewer": viewer, "form": form}
    status = 422 if form.errors else 200
    return render(request, "interactions/connect.html", context, status=status)


@require_safe
@admins_only
def state(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """The live line; 204 where it says what the page shows already.

    Raises: Http404.
    """
    receipt = receipt_of(existing(ApiKey, id))
    if request.GET.get("seen") == receipt.mark:
        return HttpResponse(status=204)
    context = {"receipt": receipt, "key_id": id}
    return render(request, "interactions/_receipt.html", context)


def _key_for(form: ConnectForm, viewer: Viewer) -> tuple[ApiKey, str] | None:
    """The source that was chosen or named, and a new key of it; None with the form's errors."""
    now = timezone.now()
    chosen = form.cleaned_data["source"]
    try:
        source = (
            get_object_or_404(Source, pk=int(chosen))
            if chosen
            else make_source(form.cleaned_data["name"], by=By(user_id=viewer.user_id))
        )
        return add_key(
            source,
            name=_("connected {moment}").format(moment=f"{now:%Y-%m-%d %H:%M:%S}"),
            scopes=[ApiKey.Scope.EVENTS_WRITE.value],
            expires_at=None,
            now=now,
            by=By(user_id=viewer.user_id),
        )
    except SourceRefused as refused:
        form.add_error("name", sentence_of(refused.reason))
    except KeyRefused as refused:
        form.add_error("source", sentence_of(refused.reason))
    return None


def _programs(request: HttpRequest, viewer: Viewer, row: ApiKey, key: str) -> HttpResponse:
    assert row.source is not None  # noqa: S101 (made for one just now)
    context = {
        "viewer": viewer,
        "key": key,
        "key_id": row.pk,
        "source": row.source,
        "snippets": snippets(request, row.source.name, key),
        "receipt": receipt_of(row),
    }
    return render(request, "interactions/connected.html", context)
