"""What came of a promise, recorded from any list, and taken back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST

from interactions.rejection import EventRejected
from interactions.selectors import Viewer, viewer_for
from promises.domain.acts import Act, possible_acts
from promises.domain.lifecycle import PromiseState
from promises.forms.desk import OutcomeForm
from promises.models import Promise
from promises.selectors.desk import just_recorded, promise_now, promise_or_none
from promises.selectors.visibility import NotVisible
from promises.services.acting import Done, NotPossible, act_on, take_back
from promises.services.promises import AnotherFact, NoPromise
from promises.templatetags.promise_words import note_word
from promises.views.fragments import done, place_to_go, wants_fragment
from promises.views.numbers import MOST_ID


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@cache_control(private=True)
def outcome(request: HttpRequest, id: int) -> HttpResponse:
    """The outcomes that are possible now, and recording one of them, once.

    Raises: Http404 where there is no such promise for this viewer.
    """
    viewer, now = viewer_for(request.user), timezone.now()
    promise, state = _found(viewer, id)
    form = OutcomeForm(
        state,
        seen=promise.events_count,
        now=now,
        data=request.POST if request.method == "POST" else None,
    )
    if request.method != "POST":
        is_open = Act.FULFIL in possible_acts(state, now)
        return _form(request, viewer, promise, form if is_open else None)
    if not form.is_valid():
        return _form(request, viewer, promise, form)
    try:
        recorded = _recorded(viewer, promise, state, form)
    except (NotPossible, NoPromise):
        return _form(request, viewer, promise, None)
    if recorded is None:
        return _form(request, viewer, promise, form)
    return _is_done(request, viewer, promise, form, recorded)


def _found(viewer: Viewer, id: int) -> tuple[Promise, PromiseState]:
    if id > MOST_ID:
        raise Http404
    try:
        return promise_now(viewer, id)
    except NotVisible as error:
        raise Http404 from error


def _recorded(
    viewer: Viewer, promise: Promise, state: PromiseState, form: OutcomeForm
) -> Done | None:
    """Record it; None where it was refused, and the form says why.

    Raises: NotPossible, NoPromise.
    """
    try:
        return act_on(
            promise,
            state,
            form.act,
            form.event_data(),
            seen=form.cleaned_data["seen"],
            now=timezone.now(),
            occurred_at=form.cleaned_data["occurred_at"],
            actor_id=viewer.user_id,
        )
    except EventRejected as rejected:
        form.refuse(rejected.pointer, rejected.reason)
    except AnotherFact:
        form.add_error(
            None, _("Somebody recorded the same otherwise meanwhile. Look, then send again.")
        )
        promise.refresh_from_db()
        form.see(promise.events_count)
    return None


def _is_done(
    request: HttpRequest, viewer: Viewer, promise: Promise, form: OutcomeForm, recorded: Done
) -> HttpResponse:
    said = form.done if recorded.is_new else _("That was recorded already.")
    if recorded.note is not None:
        said = f"{said} {note_word(recorded.note)}"
    if wants_fragment(request):
        event = just_recorded(viewer, promise, timezone.now())
        return done(request, said, promise=promise, event=event)
    messages.success(request, said)
    return redirect(place_to_go(request, f"{reverse('desk')}?done={promise.pk}"))


def _form(
    request: HttpRequest, viewer: Viewer, promise: Promise, form: OutcomeForm | None
) -> HttpResponse:
    """The form; None where there is nothing left to record."""
    name = "_outcome_form" if wants_fragment(request) else "outcome"
    bound = request.method == "POST"
    status = 200 if not bound else 409 if form is None else 422
    context = {"form": form, "promise": promise, "viewer": viewer}
    return render(request, f"promises/desk/{name}.html", context, status=status)


@require_POST
@login_required
def undo(request: HttpRequest, id: int) -> HttpResponse:
    """Take back what this person just recorded about a promise.

    Shape: taking it back twice is taking it back once; what is not there, or not for these eyes,
    cannot be taken back.
    """
    viewer, now = viewer_for(request.user), timezone.now()
    said = _("Nothing was taken back: somebody did already, or it is too late.")
    promise = promise_or_none(viewer, min(id, MOST_ID))
    event = None if promise is None else just_recorded(viewer, promise, now)
    if promise and event and str(event.pk) == request.POST.get("event"):
        take_back(promise, event, now=now, actor_id=viewer.user_id)
        said = _("Taken back. Both events stay in the ledger.")
    if wants_fragment(request):
        return done(request, said)
    messages.success(request, said)
    return redirect("desk")
