"""My notifications, and the way out of e-mails without signing in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from interactions.selectors import viewer_for
from promises.forms.alerts import NotificationForm
from promises.models import NotificationSettings
from promises.services.alerts.channels import email_is_on
from promises.services.alerts.unsubscribing import BadLink, subscription_of
from promises.services.alerts.unsubscribing import unsubscribe as end_mails


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def notifications(request: HttpRequest) -> HttpResponse:
    """How I want to be told."""
    person = get_object_or_404(User, pk=request.user.pk)
    wanted = NotificationSettings.objects.filter(user=person).first()
    form = NotificationForm(
        request.POST if request.method == "POST" else None,
        instance=wanted or NotificationSettings(user=person),
    )
    if request.method == "POST" and form.is_valid():
        form.keep(now=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("notifications")
    context = {
        "viewer": viewer_for(request.user),
        "form": form,
        "email": person.email,
        "email_is_on": email_is_on(),
    }
    status = 422 if form.errors else 200
    return render(request, "promises/alerts/notifications.html", context, status=status)


@csrf_exempt  # The signature is the proof; a mail program has no token of a page (RFC 8058).
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ask, then end the e-mails. Only POST ends them: programs follow links to look at them."""
    try:
        subscription = subscription_of(token)
    except BadLink:
        bad = {"state": "bad"}
        return render(request, "promises/alerts/unsubscribe.html", bad, status=404)
    if request.method == "POST":
        end_mails(subscription)
    state = "done" if request.method == "POST" else "asked"
    context = {"state": state, "mails": subscription.mails.value}
    return render(request, "promises/alerts/unsubscribe.html", context)
