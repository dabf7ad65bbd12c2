"""The agent's desk: what is still owed, and a new promise."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from interactions.models import Customer, Event
from interactions.rejection import EventRejected
from interactions.selectors import Viewer, viewer_for
from promises.forms.desk import PromiseForm
from promises.models import Promise
from promises.models.kinds import Kind
from promises.selectors.advice import Advice, advice_for
from promises.selectors.desk import (
    desk_read,
    just_recorded,
    promise_or_none,
    shown_from,
    team_to_promise_for,
    team_used_last,
    teams_to_promise_for,
)
from promises.selectors.visibility import NotVisible, customer_visible
from promises.services.making import made_with, make_promise
from promises.services.promises import AnotherFact, NoPromise
from promises.services.proposing import propose
from promises.views.fragments import done, wants_fragment
from promises.views.live import live_page
from promises.views.numbers import number_in


@require_safe
@login_required
@live_page
def desk(request: HttpRequest) -> HttpResponse:
    """My open promises, or those of my teams, the nearest date first."""
    viewer, now = viewer_for(request.user), timezone.now()
    page = desk_read(
        viewer,
        request.user.get_username(),
        "teams" if request.GET.get("of") == "teams" else "mine",
        now=now,
        shown=shown_from(request.GET.get("shown", "")),
    )
    recorded, event = _recorded(request, viewer)
    context = {"page": page, "viewer": viewer, "recorded": recorded, "event": event}
    return render(request, "promises/desk/desk.html", context)


def _recorded(request: HttpRequest, viewer: Viewer) -> tuple[Promise | None, Event | None]:
    """What was just recorded, for whoever came back from a form without scripts."""
    number = number_in(request.GET.get("done", ""))
    promise = promise_or_none(viewer, number) if number else None
    event = None if promise is None else just_recorded(viewer, promise, timezone.now())
    return promise, event


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@cache_control(private=True)
def new(request: HttpRequest) -> HttpResponse:
    """A promise that was just given: the form, and recording it, once."""
    viewer = viewer_for(request.user)
    teams = teams_to_promise_for(viewer)
    if request.method != "POST":
        last = team_used_last(viewer, request.user.get_username())
        customer = _asked_customer(request, viewer)
        return _form(request, viewer, PromiseForm(viewer, teams, customer=customer, last_team=last))
    form = PromiseForm(viewer, teams, data=request.POST)
    if form.is_valid():
        answer = _made(request, viewer, form)
        return answer or _form(request, viewer, form)
    # Sent again, and what was possible then is not any more: its date has passed.
    known = None if "key" in form.errors else made_with(form.cleaned_data["key"], viewer.user_id)
    if known is not None:
        return _is_made(request, viewer, known, is_new=False)
    if {"kind", "due_date", "target"} & form.errors.keys():
        by = request.POST.get("reckon_by", "")
        form.propose(propose(request.POST.get("said", ""), now=timezone.now(), by=by))
    return _form(request, viewer, form)


def _made(request: HttpRequest, viewer: Viewer, form: PromiseForm) -> HttpResponse | None:
    """Record it; None where it was refused, and the form says why."""
    try:
        made = make_promise(
            form.event_data(request.user.get_username(), viewer.user_id),
            key=form.cleaned_data["key"],
            now=timezone.now(),
            actor_id=viewer.user_id,
        )
    except EventRejected as rejected:
        form.refuse(rejected.pointer, rejected.reason)
    except AnotherFact:
        form.start_anew()
        form.add_error(
            None, _("This form was sent already, with other words. Send it again to log another.")
        )
    except NoPromise:
        form.start_anew()
        form.add_error(None, _("This was logged and taken back. Send it again to log it anew."))
    else:
        return _is_made(request, viewer, made.promise, is_new=made.is_new)
    return None


def _is_made(
    request: HttpRequest, viewer: Viewer, promise: Promise, *, is_new: bool
) -> HttpResponse:
    said = _("The promise is logged.") if is_new else _("That was logged already.")
    if wants_fragment(request):
        event = just_recorded(viewer, promise, timezone.now())
        return done(request, said, promise=promise, event=event)
    messages.success(request, said)
    return redirect(f"{reverse('desk')}?done={promise.pk}")


def _asked_customer(request: HttpRequest, viewer: Viewer) -> Customer | None:
    """The customer from whose page somebody comes."""
    try:
        return customer_visible(viewer, request.GET.get("customer", "").replace("\0", ""))
    except NotVisible:
        return None


def _form(request: HttpRequest, viewer: Viewer, form: PromiseForm) -> HttpResponse:
    name = "_promise_form" if wants_fragment(request) else "new"
    context = {
        "form": form,
        "viewer": viewer,
        "advice": _advice(viewer, form),
        "team": form.chosen_team,
    }
    status = 422 if form.is_bound else 200
    return render(request, f"promises/desk/{name}.html", context, status=status)


def _advice(viewer: Viewer, form: PromiseForm) -> Advice | None:
    """How such promises were kept so far, for whoever looks at the form a second time."""
    kind, due_at = form.data.get("kind", ""), form.moment()
    if kind not in Kind.values or due_at is None:
        return None
    now, team = timezone.now(), form.data.get("team", "").replace("\0", "")
    if due_at <= now:
        return None
    return advice_for(viewer, kind=kind, made_at=now, team=team, due_at=due_at)


@require_safe
@login_required
@cache_control(private=True, max_age=60)
def proposal(request: HttpRequest) -> HttpResponse:
    """What the words typed so far seem to promise, for a person to confirm."""
    by = request.GET.get("by", "")
    found = propose(request.GET.get("said", ""), now=timezone.now(), by=by)
    team = team_to_promise_for(viewer_for(request.user), request.GET.get("team", ""))
    context = {"proposal": found, "team": team.label if team else ""}
    return render(request, "promises/desk/_proposal.html", context)
