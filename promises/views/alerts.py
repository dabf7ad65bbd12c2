"""Alert rules and deliveries, for managers and admins; for others they are not there."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from interactions.changes import By
from interactions.selectors import Viewer, viewer_for
from promises.forms.alerts import AlertRuleForm
from promises.models import AlertRule
from promises.selectors.alerts import deliveries_read, rule_lines
from promises.services.alerts.channels import email_is_on
from promises.services.alerts.delivering import retry
from promises.services.alerts.rule_changes import delete_rule as remove
from promises.services.alerts.rule_changes import record_rule, rule_facts
from promises.views.numbers import MOST_ID, number_in

Rest = ParamSpec("Rest")
View = Callable[Concatenate[HttpRequest, Viewer, Rest], HttpResponse]


def managers_only(view: View[Rest]) -> Callable[Concatenate[HttpRequest, Rest], HttpResponse]:
    """Give a view its viewer, who manages; for everybody else the page is not there."""

    def guarded(request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        viewer = viewer_for(request.user)
        if not viewer.manages:
            raise Http404
        return view(request, viewer, *args, **kwargs)

    return login_required(never_cache(wraps(view)(guarded)))


@require_safe
@managers_only
def rules(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """All rules."""
    context = {"viewer": viewer, "rules": rule_lines(), "email_is_on": email_is_on()}
    return render(request, "promises/alerts/rules.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def new_rule(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """A new rule."""
    return _rule_page(request, viewer, AlertRule(thresholds=[], channels=[]))


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def rule(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Change a rule.

    Raises: Http404.
    """
    return _rule_page(request, viewer, _existing(id))


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def delete_rule(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Ask, then delete a rule; what was told stays.

    Raises: Http404.
    """
    row = _existing(id)
    if request.method != "POST":
        return render(request, "promises/alerts/delete.html", {"viewer": viewer, "rule": row})
    remove(row, by=By(user_id=viewer.user_id))
    messages.success(request, _("The rule is deleted."))
    return redirect("alert-rules")


@require_safe
@managers_only
def deliveries(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """What did not arrive yet, and why."""
    page = deliveries_read(now=timezone.now())
    context = {"viewer": viewer, "deliveries": page, "email_is_on": email_is_on()}
    return render(request, "promises/alerts/deliveries.html", context)


@require_POST
@managers_only
def retry_deliveries(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Try some failed deliveries again, or all."""
    chosen = (
        None
        if request.POST.get("all")
        else [number_in(one) for one in request.POST.getlist("delivery")]
    )
    number = retry(chosen, now=timezone.now())
    messages.success(
        request,
        ngettext("%(n)s delivery is tried again.", "%(n)s deliveries are tried again.", number)
        % {"n": number},
    )
    return redirect("deliveries")


def _rule_page(request: HttpRequest, viewer: Viewer, row: AlertRule) -> HttpResponse:
    before = rule_facts(row)
    form = AlertRuleForm(request.POST if request.method == "POST" else None, instance=row)
    if request.method == "POST" and form.is_valid():
        made = form.save(commit=False)
        if made._state.adding:
            made.made_by_id = viewer.user_id
        with transaction.atomic():
            made.save()
            form.save_m2m()
            record_rule(made, before, by=By(user_id=viewer.user_id))
        messages.success(request, _("The rule is saved. It tells of what happens from now on."))
        return redirect("alert-rules")
    context = {"viewer": viewer, "form": form, "rule": row, "email_is_on": email_is_on()}
    status = 422 if form.errors else 200
    return render(request, "promises/alerts/rule.html", context, status=status)


def _existing(id: int) -> AlertRule:
    if id > MOST_ID:
        raise Http404
    return get_object_or_404(AlertRule, pk=id)
