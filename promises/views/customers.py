"""The page of a customer."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from interactions.selectors import viewer_for
from promises.selectors.asked import asked_from_query
from promises.selectors.customers import customer_read
from promises.selectors.visibility import NotVisible

TIMELINE_STEP = 50
TIMELINE_MOST = 1_000


@require_safe
@login_required
@cache_control(private=True)
def customer(request: HttpRequest, reference: str) -> HttpResponse:
    """Everything that was promised to one customer, and what came of it.

    Raises: Http404 where there is no such customer for this viewer.
    """
    viewer = viewer_for(request.user)
    asked = asked_from_query(request.GET, now=timezone.now())
    limit = timeline_limit(request.GET.get("timeline", ""))
    try:
        page = customer_read(viewer, reference, asked, timeline_limit=limit)
    except NotVisible as error:
        raise Http404 from error
    # A fixed step would always lengthen by little what is long already.
    longer = min(2 * limit, TIMELINE_MOST) if limit < TIMELINE_MOST else None
    context = {"page": page, "viewer": viewer, "timeline_longer": longer}
    return render(request, "promises/customer.html", context)


def timeline_limit(text: str) -> int:
    """How many events of the timeline to show; what is not a number counts as not asked for."""
    # isdecimal() lets only digits through, of any script; a long row of them is no limit.
    asked = int(text) if text.isdecimal() and len(text) <= 6 else TIMELINE_STEP
    return min(max(asked, TIMELINE_STEP), TIMELINE_MOST)
