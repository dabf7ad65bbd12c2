"""Putting people in teams and taking them out: managers agents, admins everybody."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from interactions.changes import By
from interactions.models import Membership, Team
from interactions.selectors import Viewer
from interactions.views.sources import existing
from promises.forms.settings import MemberForm, NameForm
from promises.services.settings.people import add_member, remove_member
from promises.services.settings.refusals import SettingRefused
from promises.views.alerts import managers_only
from promises.views.numbers import number_in

Role = Membership.Role


def member_form(data: Any, viewer: Viewer, team: Team) -> MemberForm:
    """A form that offers the people and roles that this viewer may put in a team."""
    people = User.objects.filter(is_active=True)
    if not viewer.administers:
        people = people.exclude(memberships__team=team)
    return MemberForm(
        data,
        people=[
            (str(person.pk), f"{person.username} {person.first_name}".strip())
            for person in people.order_by("username")
        ],
        roles=[
            (role.value, str(role.label)) for role in Role if viewer.administers or role == "agent"
        ],
    )


@require_POST
@managers_only
def add(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Put somebody in a team.

    Raises: Http404.
    """
    # Its page imports this module.
    from promises.views.settings.parties import party_page  # noqa: PLC0415

    team: Team = existing(Team, id)
    form = member_form(request.POST, viewer, team)
    if form.is_valid():
        person = get_object_or_404(User, pk=number_in(form.cleaned_data["person"]))
        try:
            add_member(team, person, role=form.cleaned_data["role"], by=By(user_id=viewer.user_id))
        except SettingRefused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("Saved."))
            return redirect("settings-team", team.pk)
    return party_page(request, viewer, "teams", team, NameForm(initial={"name": team.name}), form)


@require_POST
@managers_only
def remove(request: HttpRequest, viewer: Viewer, id: int, member: int) -> HttpResponse:
    """Take somebody out of a team.

    Raises: Http404, also for a role that a manager does not give.
    """
    row: Membership = existing(Membership, member)
    if row.team_id != id or not (viewer.administers or row.role == Role.AGENT):
        raise Http404
    try:
        remove_member(row, by=By(user_id=viewer.user_id))
    except SettingRefused as refused:
        messages.error(request, refused.reason)
    else:
        messages.success(request, _("Taken out of the team. The account stays."))
    return redirect("settings-team", id)
