"""The inbox: what I was told."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from interactions.selectors import viewer_for
from promises.selectors.inbox import inbox_read
from promises.selectors.visibility import NotVisible
from promises.services.alerts.reading import read_all, read_one
from promises.views.numbers import MOST_ID, number_in


@require_safe
@login_required
@cache_control(private=True)
def inbox(request: HttpRequest) -> HttpResponse:
    """My messages, the latest first."""
    viewer = viewer_for(request.user)
    page = inbox_read(viewer, before=number_in(request.GET.get("before", "")))
    return render(request, "promises/alerts/inbox.html", {"viewer": viewer, "inbox": page})


@require_safe
@login_required
def opened(request: HttpRequest, id: int) -> HttpResponse:
    """Go to the promise of a message, which is read then.

    Raises: Http404 where the message is not mine, or its promise not for me any more.
    """
    if id > MOST_ID:
        raise Http404
    try:
        message = read_one(viewer_for(request.user), id, now=timezone.now())
    except NotVisible as error:
        raise Http404 from error
    return redirect("promise", message.crossing.promise_id)


@require_POST
@login_required
def read(request: HttpRequest) -> HttpResponse:
    """Mark what was shown as read."""
    newest = number_in(request.POST.get("newest", ""))
    read_all(viewer_for(request.user), newest=newest, now=timezone.now())
    return redirect("inbox")
