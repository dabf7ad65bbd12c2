"""The page of a promise."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from interactions.selectors import viewer_for
from promises.selectors.asked import asked_from_query
from promises.selectors.crossings import watch_read
from promises.selectors.promises import promise_read
from promises.selectors.visibility import NotVisible
from promises.views.arithmetic import loss_steps


@require_safe
@login_required
@cache_control(private=True)
def promise(request: HttpRequest, id: int) -> HttpResponse:
    """One promise, down to the single event and the single number.

    Raises: Http404 where there is no such promise for this viewer.
    """
    viewer = viewer_for(request.user)
    asked = asked_from_query(request.GET, now=timezone.now())
    try:
        page = promise_read(viewer, id, asked)
    except NotVisible as error:
        raise Http404 from error
    steps = loss_steps(page.terms, page.state, page.parameters, page.business_lateness_seconds)
    watch = watch_read(id, asked)
    context = {"page": page, "viewer": viewer, "steps": steps, "watch": watch}
    return render(request, "promises/promise.html", context)
