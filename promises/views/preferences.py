"""My preferences."""

from dataclasses import asdict

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST

from interactions.models import Preference
from interactions.preferences import choose, chosen_by
from interactions.selectors import viewer_for
from promises.forms.preferences import PreferenceForm


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@cache_control(private=True)
def preferences(request: HttpRequest) -> HttpResponse:
    """Single keys on or off, the colours, and what tables begin with."""
    viewer = viewer_for(request.user)
    mine = chosen_by(request.user.pk)
    form = PreferenceForm(
        request.POST if request.method == "POST" else None,
        initial=asdict(mine),
    )
    if form.is_valid() and request.user.pk is not None:
        choose(request.user.pk, **form.cleaned_data)
        messages.success(request, _("Your preferences are kept."))
        return redirect("preferences")
    context = {"viewer": viewer, "form": form}
    status = 422 if form.errors else 200
    return render(request, "promises/desk/preferences.html", context, status=status)


@require_POST
@login_required
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the colours that somebody chose in the header, where they follow the account."""
    chosen = request.POST.get("theme", "")
    if chosen not in Preference.Theme.values:
        return HttpResponse(status=422)
    if request.user.pk is not None:
        choose(request.user.pk, theme=chosen)
    return HttpResponse(status=204)
