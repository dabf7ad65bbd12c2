"""The pages of webhooks, for admins."""

from datetime import timedelta

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from interactions.changes import By
from interactions.plain_reasons import sentence_of
from interactions.selectors import Viewer
from interactions.views.admins import admins_only
from interactions.views.sources import existing
from promises.forms.webhooks import ReplayForm, WebhookForm
from promises.models import WebhookDelivery, WebhookEndpoint
from promises.selectors.webhooks import (
    Webhook,
    deliveries_of,
    delivery_in_full,
    webhook,
    webhooks,
)
from promises.services.webhooks.endpoints import (
    WebhookRefused,
    change_endpoint,
    delete_endpoint,
    make_endpoint,
    replay,
    replay_failed,
    rotate_secret,
    send_test,
)
from promises.wakeup import webhook_waker

ON_A_PAGE = 50
_DIGITS = 18


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def all_webhooks(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """All endpoints, and a form for a new one, whose secret is shown in the answer and never
    again."""
    form = WebhookForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            row, secret = make_endpoint(**form.cleaned_data, by=By(user_id=viewer.user_id))
        except WebhookRefused as refused:
            form.refuse(refused.pointer, refused.reason)
        else:
            return _secret(request, viewer, row.pk, secret)
    context = {"viewer": viewer, "webhooks": webhooks(now=timezone.now()), "form": form}
    status = 422 if form.errors else 200
    return render(request, "promises/webhooks.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def one_webhook(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """One endpoint with its deliveries, and a form that changes it.

    Raises: Http404.
    """
    row = existing(WebhookEndpoint, id)
    form = WebhookForm(
        request.POST if request.method == "POST" else None,
        initial={
            "url": row.url,
            "description": row.description,
            "event_types": row.event_types,
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            change_endpoint(
                row.pk, **form.cleaned_data, now=timezone.now(), by=By(user_id=viewer.user_id)
            )
        except WebhookRefused as refused:
            form.refuse(refused.pointer, refused.reason)
        else:
            messages.success(request, _("The webhook is changed."))
            return redirect("webhook", row.pk)
    return _page(request, viewer, row.pk, form, ReplayForm(initial={"since": _day_ago()}))


@require_POST
@admins_only
def rotate(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Make a new secret, and show it once.

    Raises: Http404.
    """
    row = existing(WebhookEndpoint, id)
    secret = rotate_secret(row.pk, now=timezone.now(), by=By(user_id=viewer.user_id))
    return _secret(request, viewer, row.pk, secret)


@require_POST
@admins_only
def switch(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Switch an endpoint on or off.

    Raises: Http404.
    """
    row = existing(WebhookEndpoint, id)
    on = request.POST.get("on") == "1"
    change_endpoint(row.pk, enabled=on, now=timezone.now(), by=By(user_id=viewer.user_id))
    transaction.on_commit(webhook_waker.wake)
    messages.success(
        request, _("It is on.") if on else _("It is off. Nothing new is noted for it.")
    )
    return redirect("webhook", row.pk)


@require_POST
@admins_only
def test(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Send a test event.

    Raises: Http404.
    """
    row = existing(WebhookEndpoint, id)
    try:
        delivery = send_test(row, now=timezone.now())
    except WebhookRefused as refused:
        messages.error(request, sentence_of(refused.reason))
        return redirect("webhook", row.pk)
    transaction.on_commit(webhook_waker.wake)
    messages.success(request, _("A test is under way; what comes of it will stand here."))
    return redirect("webhook-delivery", row.pk, delivery.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def delete(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Ask, then delete.

    Raises: Http404.
    """
    row = existing(WebhookEndpoint, id)
    if request.method != "POST":
        context = {"viewer": viewer, "webhook": webhook(row.pk, now=timezone.now())}
        return render(request, "promises/webhook_delete.html", context)
    delete_endpoint(row.pk, by=By(user_id=viewer.user_id))
    messages.success(request, _("The webhook is deleted."))
    return redirect("webhooks")


@require_POST
@admins_only
def replay_since(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Send again all that was given up since a moment.

    Raises: Http404.
    """
    row = existing(WebhookEndpoint, id)
    form = ReplayForm(request.POST)
    if not form.is_valid():
        return _page(request, viewer, row.pk, _form_of(row), form)
    number = replay_failed(row, form.cleaned_data["since"], now=timezone.now())
    transaction.on_commit(webhook_waker.wake)
    messages.success(
        request,
        ngettext("%(n)s delivery is sent again.", "%(n)s deliveries are sent again.", number)
        % {"n": number},
    )
    return redirect("webhook", row.pk)


@require_safe
@admins_only
def one_delivery(request: HttpRequest, viewer: Viewer, id: int, delivery: int) -> HttpResponse:
    """One delivery with its body, its attempts and what was answered.

    Raises: Http404.
    """
    row = _delivery(id, delivery)
    context = {
        "viewer": viewer,
        "webhook": _told(row.endpoint_id),
        "told": delivery_in_full(row.endpoint_id, row.pk),
    }
    return render(request, "promises/webhook_delivery.html", context)


@require_POST
@admins_only
def replay_one(request: HttpRequest, viewer: Viewer, id: int, delivery: int) -> HttpResponse:
    """Send one delivery again.

    Raises: Http404.
    """
    row = _delivery(id, delivery)
    if replay(row, now=timezone.now()):
        messages.success(request, _("It is sent again, under the same id."))
    else:
        messages.info(request, _("It is under way already."))
    transaction.on_commit(webhook_waker.wake)
    return redirect("webhook-delivery", row.endpoint_id, row.pk)


def _page(
    request: HttpRequest, viewer: Viewer, pk: int, form: WebhookForm, replay_form: ReplayForm
) -> HttpResponse:
    state = request.GET.get("state", "")
    state = state if state in WebhookDelivery.State.values else ""
    before = _number(request.GET.get("before", ""))
    context = {
        "viewer": viewer,
        "webhook": _told(pk),
        "page_of": deliveries_of(pk, state=state, before=before, limit=ON_A_PAGE),
        "state": state,
        "states": WebhookDelivery.State.choices,
        "from_start": not before,
        "form": form,
        "replay_form": replay_form,
    }
    status = 422 if form.errors or replay_form.errors else 200
    return render(request, "promises/webhook.html", context, status=status)


def _secret(request: HttpRequest, viewer: Viewer, pk: int, secret: str) -> HttpResponse:
    context = {"viewer": viewer, "webhook": _told(pk), "secret": secret}
    return render(request, "promises/webhook_secret.html", context)


def _told(pk: int) -> Webhook:
    try:
        return webhook(pk, now=timezone.now())
    except WebhookEndpoint.DoesNotExist:
        raise Http404 from None


def _delivery(endpoint: int, pk: int) -> WebhookDelivery:
    row: WebhookDelivery = existing(WebhookDelivery, pk)
    if row.endpoint_id != endpoint:
        raise Http404
    return row


def _form_of(row: WebhookEndpoint) -> WebhookForm:
    return WebhookForm(
        initial={"url": row.url, "description": row.description, "event_types": row.event_types}
    )


def _day_ago() -> str:
    return f"{timezone.localtime() - timedelta(days=1):%Y-%m-%dT%H:%M}"


def _number(text: str) -> int:
    """Where a page begins; what is no number counts as the beginning."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else 0
