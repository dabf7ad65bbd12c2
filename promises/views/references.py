"""From the name that a source gave a promise to its page."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from interactions.selectors import viewer_for
from promises.selectors.visibility import visible_promises


@require_safe
@login_required
def promise_by_reference(request: HttpRequest) -> HttpResponse:
    """Lead to the promise that `source` calls `reference`.

    Raises: Http404 where there is no such promise for this viewer.
    """
    names = {name: request.GET.get(name, "") for name in ("source", "reference")}
    if any("\x00" in name for name in names.values()):
        raise Http404
    found = visible_promises(viewer_for(request.user)).filter(
        source__name=names["source"], reference=names["reference"]
    )
    pk = found.values_list("pk", flat=True).first()
    if pk is None:
        raise Http404
    return redirect("promise", pk)
