"""Saving, pinning and deleting views; adding and deleting notes."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from interactions.models import Team
from interactions.selectors import Viewer, viewer_for
from promises.forms.reading import NoteForm, ViewForm
from promises.models import DatedNote, ReadingPage, SavedView
from promises.selectors.reading import may_change, team_named, views_read, visible_views
from promises.selectors.refused_views import RefusedView, keep_refused
from promises.selectors.view_counts import with_counts
from promises.services.reading import NameTaken, add_note, begin_with, save_view
from promises.views.fragments import place_to_go

_LONGEST_TYPED = 200


@require_POST
@login_required
def save(request: HttpRequest) -> HttpResponse:
    """Save what the address asks for under a name.

    Raises: Http404 for a team that the viewer does not see.
    """
    viewer, form = viewer_for(request.user), ViewForm(request.POST)
    if not form.is_valid():
        return _refused(request, form)
    given = form.cleaned_data
    team = _team(viewer, given["team"])
    try:
        save_view(
            user_id=_user_id(viewer),
            team=team,
            page=given["page"],
            name=given["name"],
            query=given["query"].lstrip("?"),
            pinned=given["pinned"],
        )
    except NameTaken:
        form.add_error("name", _("There is a view of this name already. Choose another."))
        return _refused(request, form)
    messages.success(request, _("Saved as “%(name)s”.") % {"name": given["name"]})
    return redirect(_address(given["page"], given["query"]))


@require_safe
@login_required
def counts(request: HttpRequest) -> HttpResponse:
    """The pinned views of a page with their counts; asked for when the page is there.

    Raises: Http404 for a page that has no views.
    """
    page = request.GET.get("page", "")
    if page not in ReadingPage.values:
        raise Http404
    viewer = viewer_for(request.user)
    views = with_counts(viewer, page, views_read(viewer, page, ()), now=timezone.now())
    context = {"views": views, "path": reverse(page), "current": request.GET.get("current", "")}
    return render(request, "promises/_views_pinned.html", context | {"page_name": page})


@require_POST
@login_required
def change(request: HttpRequest, id: int) -> HttpResponse:
    """Pin a view or not, begin with it or not, or delete it: as the button pressed says.

    Raises: Http404 for a view that the viewer does not see, or may not change.
    """
    viewer = viewer_for(request.user)
    view = _view(viewer, id)
    match request.POST.get("do"):
        case "begin":
            begin_with(_user_id(viewer), view.page, view)
        case "begin-anyhow":
            begin_with(_user_id(viewer), view.page, None)
        case "pin" | "unpin" if may_change(viewer, view):
            view.pinned = request.POST["do"] == "pin"
            view.save(update_fields=["pinned"])
        case "delete" if may_change(viewer, view):
            view.delete()
            messages.success(request, _("Deleted “%(name)s”.") % {"name": view.name})
        case _:
            raise Http404
    return _back(request)


@require_POST
@login_required
def note(request: HttpRequest) -> HttpResponse:
    """Note what happened on a day, for managers and admins.

    Raises: Http404 for others, and for a team that is not there.
    """
    viewer, form = viewer_for(request.user), NoteForm(request.POST)
    if not viewer.manages:
        raise Http404
    if form.is_valid():
        add_note(
            user_id=_user_id(viewer),
            day=form.cleaned_data["day"],
            text=form.cleaned_data["text"],
            team=_team(viewer, form.cleaned_data["team"]),
            now=timezone.now(),
        )
        messages.success(request, _("Noted; it stands in the trend now."))
    else:
        _say_faults(request, form)
    return _back(request)


@require_POST
@login_required
def forget_note(request: HttpRequest, id: int) -> HttpResponse:
    """Delete a note, for managers and admins.

    Raises: Http404 for others.
    """
    if not viewer_for(request.user).manages:
        raise Http404
    deleted, _each = DatedNote.objects.filter(pk=id).delete()
    if deleted:
        messages.success(request, _("The note is deleted."))
    else:
        messages.error(request, _("There is no such note any more."))
    return _back(request)


def _view(viewer: Viewer, id: int) -> SavedView:
    for page in ReadingPage.values:
        if view := visible_views(viewer, page).filter(pk=id).first():
            return view
    raise Http404


def _team(viewer: Viewer, reference: str) -> Team | None:
    if not reference:
        return None
    team = team_named(viewer, reference)
    if team is None:
        raise Http404
    return team


def _user_id(viewer: Viewer) -> int:
    if viewer.user_id is None:
        raise Http404
    return viewer.user_id


def _refused(request: HttpRequest, form: ViewForm) -> HttpResponse:
    """To the page again: what is wrong with the name stands there beside it, with what was typed;
    the rest is nothing that anybody typed."""
    if form.errors.keys() == {"name"}:
        keep_refused(
            request.session,
            form.cleaned_data["page"],
            RefusedView(
                name=str(form.data.get("name", ""))[:_LONGEST_TYPED],
                team=form.cleaned_data["team"],
                pinned=form.cleaned_data["pinned"],
                faults=[str(fault) for fault in form.errors["name"]],
            ),
        )
    else:
        _say_faults(request, form)
    return _back(request)


def _say_faults(request: HttpRequest, form: Form) -> None:
    for name, faults in form.errors.items():
        label = form.fields[name].label or name if name in form.fields else ""
        messages.error(request, f"{label}: {' '.join(map(str, faults))}")


def _address(page: str, query: str) -> str:
    query = query.lstrip("?")
    return reverse(page) + (f"?{query}" if query else "")


def _back(request: HttpRequest) -> HttpResponse:
    """To the page on which the button stood."""
    return redirect(place_to_go(request, reverse("overview"), field="back"))
