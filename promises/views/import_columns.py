"""Saying on a page which column of an upload is what, with the first rows as they would be read."""

from contextlib import suppress
from typing import Any

import msgspec
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from interactions.selectors import Viewer
from promises.forms.imports import MappingForm, is_expressible
from promises.models import Upload
from promises.projection.facts import installation_zone
from promises.selectors.uploads import NoSuchUpload, UploadRead, upload_read
from promises.services.imports.mapping import Mapping, mapping_parse
from promises.services.imports.refusals import ImportRefused
from promises.services.installing import known_zones
from promises.services.uploads import changing
from promises.services.uploads.decoding import ENCODINGS
from promises.services.uploads.guessing import proposal, source_for
from promises.services.uploads.previewing import Sample, preview, sample_of
from promises.services.uploads.toml import mapping_toml
from promises.views.alerts import managers_only
from promises.wakeup import upload_waker

_MOST_TOML = 60_000
DELIMITERS = {
    ",": gettext_lazy("comma"),
    ";": gettext_lazy("semicolon"),
    "\t": gettext_lazy("tab"),
    "|": gettext_lazy("bar"),
}


@require_POST
@managers_only
def show_preview(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """The first rows as the form would have them read; nothing is stored.

    Raises: Http404.
    """
    read = existing_upload(id)
    upload = _upload_as_asked(request, read.id)
    mapping, form, problem = _mapping_asked(request, upload)
    return render(
        request, "promises/imports/_preview.html", _preview(upload, mapping, form, problem)
    )


@require_POST
@managers_only
def describe(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Store the mapping, and check the whole file with it.

    Raises: Http404.
    """
    read = existing_upload(id)
    upload = _upload_as_asked(request, read.id)
    mapping, form, problem = _mapping_asked(request, upload)
    if mapping is not None:
        try:
            changing.describe(id, mapping, encoding=upload.encoding)
            changing.start(id, dry_run=True, now=timezone.now())
        except ImportRefused as refused:
            problem = str(refused)
        except changing.UploadConflict as conflict:
            messages.error(request, str(conflict))
            return redirect("import", id)
        else:
            transaction.on_commit(upload_waker.wake)
            return redirect("import", id)
    return describe_page(request, viewer, read, upload, form=form, problem=problem)


def existing_upload(id: int) -> UploadRead:
    """One upload.

    Raises: Http404.
    """
    try:
        return upload_read(id)
    except NoSuchUpload:
        raise Http404 from None


def _upload_as_asked(request: HttpRequest, id: int) -> Upload:
    upload = Upload.objects.get(pk=id)
    encoding = request.POST.get("encoding", "")
    if encoding in ENCODINGS:
        upload.encoding = encoding
    return upload


def _proposed(upload: Upload, sample: Sample) -> dict[str, Any]:
    """The stored mapping, else a first proposal."""
    if upload.mapping is not None:
        return dict(upload.mapping)
    return proposal(sample.guess, source=source_for(upload.name), zone=str(installation_zone().key))


def _form(upload: Upload, sample: Sample, data: Any = None) -> MappingForm:
    proposed = _proposed(upload, sample)
    return MappingForm(data, sample=sample, zones=known_zones(), proposed=proposed)


def _mapping_asked(
    request: HttpRequest, upload: Upload
) -> tuple[Mapping | None, MappingForm | None, str]:
    """The mapping of a post, or the form with its errors, or a sentence."""
    text = request.POST.get("toml")
    try:
        if text is not None:
            if len(text) > _MOST_TOML:
                raise ImportRefused(_("The mapping is too long."))
            return mapping_parse(text, name="mapping.toml"), None, ""
        sample = sample_of(upload, delimiter=_delimiter(request.POST.get("delimiter", "")))
    except ImportRefused as refused:
        return None, None, str(refused)
    form = _form(upload, sample, request.POST)
    return form.mapping(), form, ""


def describe_page(
    request: HttpRequest,
    viewer: Viewer,
    read: UploadRead,
    upload: Upload,
    *,
    form: MappingForm | None = None,
    problem: str = "",
) -> HttpResponse:
    """The page on which a file is described; by text where the form cannot say the mapping."""
    asked = request.GET if request.method != "POST" else request.POST
    delimiter = _delimiter(asked.get("delimiter", "")) or (upload.mapping or {}).get("delimiter")
    context: dict[str, Any] = {
        "viewer": viewer,
        "upload": read,
        "encodings": ENCODINGS.items(),
        "encoding": upload.encoding,
        "encoding_name": ENCODINGS.get(upload.encoding, upload.encoding),
        "delimiters": DELIMITERS.items(),
        "problem": problem or read.problem,
    }
    status = 422 if problem or (form is not None and form.errors) else 200
    try:
        sample = sample_of(upload, delimiter=delimiter)
    except ImportRefused as refused:
        context["problem"] = str(refused)
        return render(request, "promises/imports/describe.html", context, status=422)
    context |= {"sample": sample, "delimiter": sample.delimiter}
    mapping = None
    # Shown, or only asked whether a form can say all of the mapping.
    stored = _form(upload, sample)
    if form is None:
        form = stored
        proposed = _proposed(upload, sample)
        with suppress(msgspec.ValidationError):
            mapping = msgspec.convert(proposed, Mapping)
    text = request.POST.get("toml") or (mapping_toml(mapping) if mapping else "")
    as_text = "toml" in request.POST or (
        upload.mapping is not None and not is_expressible(upload.mapping, stored)
    )
    context |= {"form": form, "toml": text, "as_text": as_text or "text" in request.GET}
    context |= _preview(upload, mapping, form if form.is_bound else None, problem)
    return render(request, "promises/imports/describe.html", context, status=status)


def _preview(
    upload: Upload, mapping: Mapping | None, form: MappingForm | None, problem: str
) -> dict[str, Any]:
    context: dict[str, Any] = {"problem": problem, "mapping": mapping}
    if mapping is not None:
        context["preview"] = preview(upload, mapping, now=timezone.now())
        context["mapping_text"] = mapping_toml(mapping)
    elif form is not None:
        context["missing"] = [
            (form.fields[name].label if name in form.fields else "", reasons[0])
            for name, reasons in form.errors.items()
        ]
    return context


def _delimiter(text: str) -> str | None:
    return text if text in DELIMITERS else None
