"""The first run: the first admin, the company, and what comes next."""

from django.contrib import messages
from django.contrib.auth import login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from interactions.changes import By
from interactions.first_admin import AdminRefused, account_exists, make_first_admin, token_opens
from interactions.installation import installation_zone, installed
from interactions.selectors import Viewer
from interactions.views.admins import admins_only
from promises.forms.installing import SAMPLE, InstallationForm, WelcomeForm
from promises.services.installing import (
    InstallationRefused,
    ask_for_sample,
    dismiss_checklist,
    known_zones,
    sample_can_come,
    sample_holds_zone,
    store_company,
    store_zone,
    zone_is_open,
)
from promises.wakeup import sample_waker

_MOST_TOKEN = 200


@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def welcome(request: HttpRequest) -> HttpResponse:
    """Make the first admin; for whoever has the one-time link, and only while there is nobody."""
    if account_exists():
        return redirect("overview")
    asked = request.POST if request.method == "POST" else request.GET
    token = asked.get("token", "")[:_MOST_TOKEN]
    if not token_opens(token):
        status = 403 if token or request.method == "POST" else 200
        return render(request, "promises/welcome/closed.html", {"had_token": token}, status=status)
    zone = installation_zone().key
    form = WelcomeForm(
        request.POST if request.method == "POST" else None,
        zones=known_zones(),
        initial={"zone": zone},
    )
    if request.method == "POST" and form.is_valid() and _begin(request, form):
        return redirect("overview" if form.cleaned_data["begin"] == SAMPLE else "welcome-next")
    context = {"form": form, "token": token, "zone_open": zone_is_open(), "zone": zone}
    status = 422 if form.errors else 200
    return render(request, "promises/welcome/first_admin.html", context, status=status)


@require_safe
@admins_only
def what_next(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Where the first promises come from."""
    return render(request, "promises/welcome/next.html", {"viewer": viewer})


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def installation(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Company and zone; the zone for as long as nothing is filed under its days."""
    zone, is_open = installation_zone().key, zone_is_open()
    form = InstallationForm(
        request.POST if request.method == "POST" else None,
        zones=known_zones(),
        initial={"company": installed(fresh=True).company, "zone": zone},
    )
    if request.method == "POST" and form.is_valid() and _stored(form, zone, viewer):
        messages.success(request, _("It is stored."))
        return redirect("installation")
    context = {
        "viewer": viewer,
        "form": form,
        "zone": zone,
        "zone_open": is_open,
        "sample_holds_zone": not is_open and sample_holds_zone(),
    }
    status = 422 if form.errors else 200
    return render(request, "promises/welcome/installation.html", context, status=status)


@require_POST
@admins_only
def dismiss(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Show the first steps no more."""
    dismiss_checklist(now=timezone.now())
    return redirect("overview")


def _begin(request: HttpRequest, form: WelcomeForm) -> bool:
    """Everything or nothing; False with the form's errors."""
    given = form.cleaned_data
    try:
        with transaction.atomic():
            user = make_first_admin(given["username"], given["password"], email=given["email"])
            by = By(user_id=user.pk)
            store_company(given["company"], by=by)
            if given["zone"] and zone_is_open() and given["zone"] != installation_zone().key:
                store_zone(given["zone"], by=by)
            if given["begin"] == SAMPLE and sample_can_come():
                ask_for_sample(now=timezone.now(), by=by)
                transaction.on_commit(sample_waker.wake)
    except AdminRefused as refused:
        form.add_error(refused.field or None, refused.reasons)
        return False
    except InstallationRefused as refused:
        form.add_error(refused.field, refused.reason)
        return False
    login(request, user)
    messages.success(request, _("Welcome. You are the first admin of this installation."))
    return True


def _stored(form: InstallationForm, zone: str, viewer: Viewer) -> bool:
    given, by = form.cleaned_data, By(user_id=viewer.user_id)
    try:
        with transaction.atomic():
            store_company(given["company"], by=by)
            if given["zone"] and given["zone"] != zone:
                store_zone(given["zone"], by=by)
    except InstallationRefused as refused:
        form.add_error(refused.field, refused.reason)
        return False
    return True
