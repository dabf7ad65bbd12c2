"""The data health page and its buttons, for managers and admins; for others it is not there."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from interactions.models import PendingEvent
from interactions.selectors import Viewer, viewer_for
from promises.selectors.asked import asked_from_query
from promises.selectors.backlog import held_read
from promises.selectors.freshness import freshness_read
from promises.selectors.health import health_read
from promises.selectors.visibility import NotVisible
from promises.services.health import (
    PARTIES,
    accept_new,
    ask_for_check,
    replay_all,
    replay_some,
)
from promises.views.live import live_page
from promises.wakeup import check_waker, waker

# A bigint has at most this many digits that cannot overflow it.
_DIGITS = 18


@require_safe
@login_required
@live_page
def health(request: HttpRequest) -> HttpResponse:
    """What came in, what is counted, what waits and why.

    Raises: Http404 for whoever may not act for the whole installation.
    """
    viewer, now = _manager(request), timezone.now()
    asked = asked_from_query({}, now=now)
    try:
        context = {
            "viewer": viewer,
            "page": {"asked": asked, "freshness": freshness_read(asked)},
            "health": health_read(viewer, now=now),
            "waiting": _held(request, viewer, PendingEvent.State.WAITING, "waiting"),
            "set_aside": _held(request, viewer, PendingEvent.State.SET_ASIDE, "set_aside"),
        }
    except NotVisible as error:
        raise Http404 from error
    return render(request, "promises/health.html", context)


def _held(request: HttpRequest, viewer: Viewer, state: str, name: str) -> dict[str, object]:
    after = _number(request.GET.get(name, ""))
    page = held_read(viewer, state, now=timezone.now(), after=after)
    return {"events": page.events, "next": page.next, "from_start": not after, "name": name}


@require_POST
@login_required
def replay(request: HttpRequest) -> HttpResponse:
    """Replay one event that was set aside, or all.

    Raises: Http404 as the page does.
    """
    _manager(request)
    if request.POST.get("all"):
        number = replay_all()
    else:
        number = replay_some([_number(request.POST.get("event", ""))])
    transaction.on_commit(waker.wake)
    messages.success(
        request,
        ngettext(
            "%(n)s event is being counted again.", "%(n)s events are being counted again.", number
        )
        % {"n": number},
    )
    return redirect("health")


@require_POST
@login_required
def accept(request: HttpRequest) -> HttpResponse:
    """Say that new customers, teams or touchpoints are fine.

    Raises: Http404 as the page does, and for other words.
    """
    _manager(request)
    what = request.POST.get("what", "")
    if what not in PARTIES:
        raise Http404
    accept_new(what, newest=_number(request.POST.get("newest", "")))
    messages.success(request, _("They are no longer listed as new."))
    return redirect("health")


@require_POST
@login_required
def check(request: HttpRequest) -> HttpResponse:
    """Ask for a check of the ledger; it runs in the worker.

    Raises: Http404 as the page does.
    """
    _manager(request)
    ask_for_check(now=timezone.now())
    transaction.on_commit(check_waker.wake)
    messages.success(request, _("The check is under way; its result will stand here."))
    return redirect("health")


def _manager(request: HttpRequest) -> Viewer:
    viewer = viewer_for(request.user)
    if not viewer.manages:
        raise Http404
    return viewer


def _number(text: str) -> int:
    """A number of an event; what is none counts as the beginning."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else 0
