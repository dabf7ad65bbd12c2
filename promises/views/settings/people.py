"""Accounts and roles, for admins."""

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from interactions.changes import By
from interactions.models import Team
from interactions.models.party import NOT_STATED
from interactions.selectors import Viewer
from interactions.views.admins import admins_only
from interactions.views.sources import existing
from promises.forms.settings import InviteForm, PersonForm, RoleForm, SettingForm
from promises.selectors.settings import person_line, person_lines
from promises.services.settings.people import (
    describe,
    faults_of,
    invite,
    password_link,
    set_active,
    set_role,
)
from promises.services.settings.refusals import SettingRefused
from promises.views.numbers import number_in


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def people(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Everybody with an account, and a form that invites somebody; the answer shows the link."""
    form = InviteForm(
        request.POST if request.method == "POST" else None,
        teams=[(str(team.pk), team.name) for team in _teams()],
    )
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        team = Team.objects.filter(pk=number_in(given.pop("team"))).first()
        by = By(user_id=viewer.user_id)
        try:
            person = invite(**given, team=team, by=by)
        except SettingRefused as refused:
            form.refuse_all(faults_of(**given, team=team) or [refused])
        else:
            return _link(request, viewer, person)
    context = {"viewer": viewer, "people": person_lines(), "form": form}
    status = 422 if form.errors else 200
    return render(request, "promises/settings/people.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def person(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """One account, and a form for name and address.

    Raises: Http404.
    """
    row: User = existing(User, id)
    form = PersonForm(
        request.POST if request.method == "POST" else None,
        initial={"name": row.first_name, "email": row.email},
    )
    if request.method == "POST" and form.is_valid():
        try:
            describe(row, **form.cleaned_data, by=By(user_id=viewer.user_id))
        except SettingRefused as refused:
            form.refuse_all(faults_of(**form.cleaned_data) or [refused])
        else:
            messages.success(request, _("Saved."))
            return redirect("person", row.pk)
    return _page(request, viewer, row, form=form)


@require_POST
@admins_only
def role(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Give somebody another role for all teams.

    Raises: Http404.
    """
    row: User = existing(User, id)
    form = RoleForm(request.POST)
    if form.is_valid():
        try:
            set_role(row, role=form.cleaned_data["role"], by=By(user_id=viewer.user_id))
        except SettingRefused as refused:
            form.add_error("role", refused.reason)
        else:
            messages.success(request, _("Saved. It holds from the next page on."))
            # Whoever gives up being an admin may not see this page any more.
            is_me = row.pk == viewer.user_id
            return redirect("overview") if is_me else redirect("person", row.pk)
    return _page(request, viewer, row, role_form=form)


@require_POST
@admins_only
def switch(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Deactivate or activate an account.

    Raises: Http404.
    """
    row: User = existing(User, id)
    active = request.POST.get("active") == "1"
    try:
        set_active(row, active=active, by=By(user_id=viewer.user_id))
    except SettingRefused as refused:
        messages.error(request, refused.reason)
        return redirect("person", row.pk)
    messages.success(
        request,
        _("The account is active.")
        if active
        else _("The account is deactivated and signed out. What it did stays."),
    )
    return redirect("person", row.pk)


@require_POST
@admins_only
def link(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """A link with which somebody sets a password, shown once.

    Raises: Http404.
    """
    return _link(request, viewer, existing(User, id))


def _link(request: HttpRequest, viewer: Viewer, row: User) -> HttpResponse:
    try:
        code, token = password_link(row, by=By(user_id=viewer.user_id))
    except SettingRefused as refused:
        messages.error(request, refused.reason)
        return redirect("person", row.pk)
    address = request.build_absolute_uri(reverse("password-set", args=[code, token]))
    context = {"viewer": viewer, "person": row, "address": address}
    return render(request, "promises/settings/link.html", context)


def _page(
    request: HttpRequest,
    viewer: Viewer,
    row: User,
    *,
    form: PersonForm | None = None,
    role_form: RoleForm | None = None,
) -> HttpResponse:
    line = person_line(row.pk)
    shown: list[SettingForm] = [
        form or PersonForm(initial={"name": row.first_name, "email": row.email}),
        role_form or RoleForm(initial={"role": line.everywhere}),
    ]
    context = {"viewer": viewer, "person": line, "form": shown[0], "role_form": shown[1]}
    status = 422 if any(one.errors for one in shown) else 200
    return render(request, "promises/settings/person.html", context, status=status)


def _teams() -> list[Team]:
    teams = Team.objects.filter(archived_at=None).exclude(reference=NOT_STATED)
    return list(teams.order_by("name", "pk"))
