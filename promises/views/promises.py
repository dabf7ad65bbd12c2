"""The page of a promise, what a person does to it there, and taking that back."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from interactions.models import Event
from interactions.rejection import EventRejected
from interactions.selectors import Viewer, viewer_for
from promises.domain.acts import Act
from promises.forms.acts import FORMS, ActForm
from promises.models import Promise
from promises.selectors.asked import asked_from_query
from promises.selectors.crossings import watch_read
from promises.selectors.pages import PromisePage
from promises.selectors.promises import promise_read
from promises.selectors.risk import chance_read
from promises.selectors.visibility import NotVisible, promise_visible
from promises.services.acting import Done, NotPossible, act_on, take_back
from promises.services.promises import AnotherFact, NoPromise
from promises.templatetags.promise_words import note_word
from promises.views.arithmetic import loss_steps
from promises.views.clock import clock_drawing

# Whatever the address says: people act on what stands now.
_NOW = QueryDict("")


@require_safe
@login_required
@cache_control(private=True)
def promise(request: HttpRequest, id: int) -> HttpResponse:
    """One promise, down to the single event and the single number.

    Raises: Http404 where there is no such promise for this viewer.
    """
    viewer = viewer_for(request.user)
    found, page = _read(request.GET, viewer, id)
    return _shown(request, viewer, found, page)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def act(request: HttpRequest, id: int, name: str) -> HttpResponse:
    """Record what a person did, count it, and show the promise as it stands then.

    Shape: what cannot be taken shows the page again with the reason beside the field.
    Raises: Http404 where there is no such promise for this viewer, or nothing of this name.
    """
    if name not in list(Act):
        raise Http404
    if request.method != "POST":
        return redirect("promise", id)
    viewer = viewer_for(request.user)
    found, page = _read(_NOW, viewer, id)
    form = FORMS[Act(name)](found, page.state, request.POST)
    try:
        done = _recorded(request, viewer, found, page, form) if form.is_valid() else None
    except (NotPossible, NoPromise):
        messages.error(request, _("Nothing was recorded: as it stands now, this makes no sense."))
        return redirect("promise", id)
    if done is None:
        return _refused(request, viewer, found, page, form)
    messages.success(request, form.done if done.is_new else _("That was recorded already."))
    if done.note is not None:
        messages.warning(request, note_word(done.note))
    return redirect("promise", done.promise.pk)


@require_POST
@login_required
def undo(request: HttpRequest, id: int) -> HttpResponse:
    """Take back what was just recorded.

    Raises: Http404 where there is no such promise for this viewer.
    """
    viewer = viewer_for(request.user)
    found, page = _read(_NOW, viewer, id)
    if page.undoable is None or str(page.undoable.seq) != request.POST.get("event"):
        messages.error(
            request, _("Nothing was taken back: somebody did already, or it is too late.")
        )
        return redirect("promise", id)
    event = Event.objects.select_related("source").get(pk=page.undoable.seq)
    take_back(found, event, now=timezone.now(), actor_id=viewer.user_id)
    messages.success(request, _("Taken back. Both events stay in the list below."))
    if not Promise.objects.filter(pk=id).exists():
        return redirect("overview")
    return redirect("promise", id)


def _read(query: QueryDict, viewer: Viewer, id: int) -> tuple[Promise, PromisePage]:
    now = timezone.now()
    asked = asked_from_query(query, now=now)
    try:
        found = promise_visible(viewer, id)
        try:
            return found, promise_read(viewer, id, asked)
        except NotVisible:
            if asked.is_now:
                raise
        # Whoever picks a day is told, where a program gets a 404: the promise itself is there.
        early = _("This promise had not been made by then; this is how it stands now.")
        return found, promise_read(viewer, id, asked.now_instead(early, now=now))
    except NotVisible as error:
        raise Http404 from error


def _recorded(
    request: HttpRequest, viewer: Viewer, found: Promise, page: PromisePage, form: ActForm
) -> Done | None:
    """Record what a form says; None where it was refused, and the form says why.

    Raises: NotPossible, NoPromise.
    """
    try:
        return act_on(
            found,
            page.state,
            form.act,
            _data(request, form),
            seen=form.cleaned_data["seen"],
            now=timezone.now(),
            occurred_at=form.cleaned_data.get("occurred_at"),
            actor_id=viewer.user_id,
        )
    except EventRejected as rejected:
        form.refuse(rejected.pointer, rejected.reason)
    except AnotherFact:
        form.add_error(
            None, _("Somebody recorded the same otherwise meanwhile. Look, then send again.")
        )
        found.refresh_from_db()
        form.see(found.events_count)
    return None


def _data(request: HttpRequest, form: ActForm) -> dict[str, Any]:
    data = form.event_data()
    if form.act is Act.REPEAT:
        data["made_by"] = request.user.get_username()
    return data


def _refused(
    request: HttpRequest, viewer: Viewer, found: Promise, page: PromisePage, form: ActForm
) -> HttpResponse:
    if form.act not in page.acts:
        messages.error(request, _("Nothing was recorded: as it stands now, this makes no sense."))
        return redirect("promise", found.pk)
    return _shown(request, viewer, found, page, form)


def _shown(
    request: HttpRequest,
    viewer: Viewer,
    found: Promise,
    page: PromisePage,
    sent: ActForm | None = None,
) -> HttpResponse:
    """The page; with a form that was sent, its faults."""
    context = {
        "page": page,
        "viewer": viewer,
        "steps": loss_steps(
            page.terms, page.state, page.parameters, page.business_lateness_seconds
        ),
        "drawing": clock_drawing(page.clock, page.state),
        "watch": watch_read(found.pk, page.asked),
        "chance": chance_read(found, page.state, now=page.asked.as_of)
        if page.asked.is_now
        else None,
        "forms": [
            sent if sent is not None and sent.act is one else FORMS[one](found, page.state)
            for one in page.acts
        ],
    }
    return render(request, "promises/promise.html", context, status=200 if sent is None else 422)
