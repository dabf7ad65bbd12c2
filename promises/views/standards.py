"""The pages of standards: the list in order, one with its versions, trying it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from interactions.selectors import Viewer
from interactions.views.admins import admins_only
from promises.domain.standard_checks import template_fields
from promises.domain.standards import Cycle, Terms
from promises.forms.standards import CONDITION_ROWS, StandardForm, initial_of
from promises.selectors.standards import (
    NoSuchStandard,
    StandardRead,
    standard_lines,
    standard_read,
)
from promises.services.standards import (
    AlreadyEdited,
    TermsRefused,
    Trial,
    checked,
    edit_standard,
    event_fields,
    make_standard,
    move_standard,
    new_reference,
    switch_standard,
    try_out,
)


@require_safe
@admins_only
def all_standards(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """All standards in their order."""
    context = {"viewer": viewer, "standards": standard_lines(timezone.now())}
    return render(request, "promises/standards.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def new_standard(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """A new standard: tried, or made."""
    form = StandardForm(
        request.POST if request.method == "POST" else None,
        initial={"cycle": Cycle.REPLY, "event_type": "contact.received", "kind": "response"},
    )
    if request.method != "POST":
        return _page(request, viewer, form)
    terms = form.terms()
    if terms is None:
        return _page(request, viewer, form)
    reference = new_reference(terms.name)
    try:
        if request.POST.get("action") == "try":
            trial = try_out(checked(terms), now=timezone.now())
            return _page(request, viewer, form, trial=trial)
        make_standard(
            reference,
            terms,
            now=timezone.now(),
            by=request.user.get_username(),
            reason=form.cleaned_data["reason"],
        )
    except TermsRefused as refused:
        form.refuse_all(terms, refused)
        return _page(request, viewer, form)
    messages.success(request, _("The standard is there. It makes promises from now on."))
    return redirect("standard", reference)


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def one_standard(request: HttpRequest, viewer: Viewer, reference: str) -> HttpResponse:
    """One standard: its form, what it made, its versions; sent, tried or edited.

    Raises: Http404.
    """
    read = _existing(reference)
    form = StandardForm(
        request.POST if request.method == "POST" else None,
        initial=initial_of(read.terms),
        is_on=read.terms.is_on,
    )
    if request.method != "POST":
        return _page(request, viewer, form, read)
    terms = form.terms()
    if terms is None:
        return _page(request, viewer, form, read)
    try:
        if request.POST.get("action") == "try":
            trial = try_out(checked(terms), reference=reference, now=timezone.now())
            return _page(request, viewer, form, read, trial)
        if len(read.terms.conditions) > CONDITION_ROWS:
            raise TermsRefused(
                "/conditions/0", _("It has more conditions than this page shows: edit it by API.")
            )
        return _edited(request, read, form, terms)
    except TermsRefused as refused:
        form.refuse_all(terms, refused)
        return _page(request, viewer, form, read)


@require_POST
@admins_only
def switch(request: HttpRequest, viewer: Viewer, reference: str) -> HttpResponse:
    """Switch a standard on or off.

    Raises: Http404.
    """
    read, on = _existing(reference), request.POST.get("on") == "1"
    try:
        switch_standard(read.reference, on=on, now=timezone.now(), by=request.user.get_username())
    except TermsRefused as refused:
        messages.error(request, refused.reason)
    else:
        messages.success(
            request,
            _("It is on.") if on else _("It is off. Promises that it made stay as they are."),
        )
    return redirect("standard", reference)


@require_POST
@admins_only
def move(request: HttpRequest, viewer: Viewer, reference: str) -> HttpResponse:
    """Move a standard up or down in the order.

    Raises: Http404.
    """
    read = _existing(reference)
    by_places = -1 if request.POST.get("to") == "up" else 1
    move_standard(
        read.reference,
        by_places=by_places,
        now=timezone.now(),
        by=request.user.get_username(),
    )
    return redirect("standards")


def _edited(
    request: HttpRequest, read: StandardRead, form: StandardForm, terms: Terms
) -> HttpResponse:
    """Raises: TermsRefused."""
    base = request.POST.get("base", "")
    try:
        version = edit_standard(
            read.reference,
            terms,
            base=int(base) if base.isascii() and base.isdigit() and len(base) < 9 else 0,
            now=timezone.now(),
            by=request.user.get_username(),
            reason=form.cleaned_data["reason"],
        )
    except AlreadyEdited:
        messages.error(
            request, _("Somebody else edited it meanwhile. Nothing was stored; this is theirs.")
        )
        return redirect("standard", read.reference)
    if version.version == read.latest:
        messages.info(request, _("Nothing was changed."))
    else:
        said = _("Version %(version)s holds from now on.")
        messages.success(request, said % {"version": version.version})
    return redirect("standard", read.reference)


def _page(
    request: HttpRequest,
    viewer: Viewer,
    form: StandardForm,
    read: StandardRead | None = None,
    trial: Trial | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {"viewer": viewer, "form": form, "read": read, "trial": trial}
    if read is not None:
        fields = event_fields().get(read.terms.event_type, ())
        context["names"] = template_fields(read.terms, fields)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "promises/standard.html", context, status=status)


def _existing(reference: str) -> StandardRead:
    try:
        return standard_read(reference, now=timezone.now())
    except NoSuchStandard:
        raise Http404 from None
