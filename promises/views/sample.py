"""The button that removes the sample."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from interactions.selectors import viewer_for
from promises.services.sample import sample_remove
from promises.wakeup import risk_waker


@require_POST
@login_required
def remove(request: HttpRequest) -> HttpResponse:
    """Remove the sample, for managers and admins only; from the page of the installation, where
    its zone can be chosen then, the way leads back there.

    Raises: PermissionDenied for anybody else.
    """
    viewer = viewer_for(request.user)
    if not viewer.manages:
        raise PermissionDenied
    if sample_remove(user_id=viewer.user_id) is not None:
        risk_waker.wake()
    messages.success(request, _("The sample is removed. What you record from now on is yours."))
    return redirect("installation" if request.POST.get("then") == "installation" else "overview")
