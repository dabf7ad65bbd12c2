"""Teams and touchpoints, made, renamed and archived; what segments are called."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from interactions.changes import By
from interactions.models import Team, Touchpoint
from interactions.models.party import NOT_STATED, Kept
from interactions.selectors import Viewer
from interactions.views.sources import existing
from promises.forms.settings import NameForm, PartyForm
from promises.selectors.settings import MOST_COUNTED, members_of, party_lines, segment_lines
from promises.services.settings.parties import (
    archive_party,
    make_party,
    name_segment,
    rename_party,
)
from promises.services.settings.refusals import SettingRefused
from promises.views.alerts import managers_only
from promises.views.settings.members import member_form


@dataclass(frozen=True, slots=True)
class Sort:
    """Teams or touchpoints: the words and addresses in which their pages differ."""

    model: type[Kept]
    route: str
    one: str
    title: LazyText
    says: LazyText
    none: LazyText
    new: LazyText


TEAMS = Sort(
    Team,
    "settings-teams",
    "settings-team",
    gettext_lazy("Teams and members"),
    gettext_lazy("Teams make promises and answer for them. Events name a team by its id."),
    gettext_lazy("There is no team yet. Make the first one below, or let events name one."),
    gettext_lazy("New team"),
)
TOUCHPOINTS = Sort(
    Touchpoint,
    "settings-touchpoints",
    "settings-touchpoint",
    gettext_lazy("Touchpoints"),
    gettext_lazy("Where promises are made: a shop, a call, a counter. Events name one by its id."),
    gettext_lazy("There is no touchpoint yet. Make the first one below, or let events name one."),
    gettext_lazy("New touchpoint"),
)
SORTS = {"teams": TEAMS, "touchpoints": TOUCHPOINTS}


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def all_parties(request: HttpRequest, viewer: Viewer, sort: str) -> HttpResponse:
    """All teams, or all touchpoints, and a form for a new one."""
    words = SORTS[sort]
    form = PartyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            row = make_party(words.model, **form.cleaned_data, by=By(user_id=viewer.user_id))
        except SettingRefused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("It is there. Events that name its id belong to it."))
            return redirect(words.one, row.pk)
    lines = party_lines(words.model)
    context = {
        "viewer": viewer,
        "words": words,
        "lines": [line for line in lines if line.archived_at is None],
        "archived": [line for line in lines if line.archived_at is not None],
        "form": form,
        "is_team": words.model is Team,
    }
    status = 422 if form.errors else 200
    return render(request, "promises/settings/parties.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def one_party(request: HttpRequest, viewer: Viewer, sort: str, id: int) -> HttpResponse:
    """One team or touchpoint, and a form for another name.

    Raises: Http404.
    """
    words, row = SORTS[sort], _existing(sort, id)
    form = NameForm(request.POST if request.method == "POST" else None, initial={"name": row.name})
    if request.method == "POST" and form.is_valid():
        try:
            rename_party(
                words.model, row.pk, name=form.cleaned_data["name"], by=By(user_id=viewer.user_id)
            )
        except SettingRefused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("Saved. Its id stays, so that events still find it."))
            return redirect(words.one, row.pk)
    return party_page(request, viewer, sort, row, form)


@require_POST
@managers_only
def archive(request: HttpRequest, viewer: Viewer, sort: str, id: int) -> HttpResponse:
    """Archive a team or touchpoint, or bring it back.

    Raises: Http404.
    """
    words, row = SORTS[sort], _existing(sort, id)
    archived = request.POST.get("archived") == "1"
    by = By(user_id=viewer.user_id)
    archive_party(words.model, row.pk, archived=archived, now=timezone.now(), by=by)
    messages.success(
        request,
        _("It is archived. Its promises and figures stay; it is offered no more.")
        if archived
        else _("It is back."),
    )
    return redirect(words.one, row.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def segments(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The segments that occur, and what each is called."""
    refused = ("", "", "")
    if request.method == "POST":
        reference, label = request.POST.get("reference", ""), request.POST.get("label", "")
        known = {line.reference for line in segment_lines()}
        if reference not in known:
            raise Http404
        try:
            name_segment(reference, label, by=By(user_id=viewer.user_id))
        except SettingRefused as error:
            refused = (reference, label, error.reason)
        else:
            messages.success(request, _("Saved."))
            return redirect("settings-segments")
    context = {
        "viewer": viewer,
        "lines": segment_lines(),
        "most_counted": MOST_COUNTED,
        "refused": refused,
    }
    status = 422 if refused[2] else 200
    return render(request, "promises/settings/segments.html", context, status=status)


def party_page(
    request: HttpRequest,
    viewer: Viewer,
    sort: str,
    row: Kept,
    form: NameForm,
    member: Any = None,
) -> HttpResponse:
    """The page of a team or touchpoint, with forms that were sent and their faults."""
    words = SORTS[sort]
    context: dict[str, Any] = {"viewer": viewer, "words": words, "row": row, "form": form}
    if isinstance(row, Team):
        context["members"] = members_of(row)
        context["member_form"] = member or member_form(None, viewer, row)
    wrong = form.errors or (member is not None and member.errors)
    return render(request, "promises/settings/party.html", context, status=422 if wrong else 200)


def _existing(sort: str, id: int) -> Kept:
    row: Kept = existing(SORTS[sort].model, id)
    if row.reference == NOT_STATED:
        raise Http404
    return row
