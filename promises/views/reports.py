"""The pages of frozen reports."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from interactions.selectors import viewer_for
from promises.domain.tables import csv_lines
from promises.selectors.reports import NoReport, all_reports, month_of, report_read, report_table
from promises.services.reports import (
    AlreadyFrozen,
    MonthNotOver,
    NothingDue,
    fell_due,
    freeze,
)


@require_safe
@login_required
@cache_control(private=True)
def reports(request: HttpRequest) -> HttpResponse:
    """All frozen months."""
    viewer = viewer_for(request.user)
    today = timezone.localdate()
    context = {"viewer": viewer, "reports": all_reports(), "this_month": f"{today:%Y-%m}"}
    return render(request, "promises/reports.html", context)


@require_safe
@login_required
@cache_control(private=True)
def report(request: HttpRequest, month: str) -> HttpResponse:
    """One frozen month; what changed since where that is asked for, which the page does itself.

    Raises: Http404.
    """
    viewer = viewer_for(request.user)
    try:
        found = report_read(viewer, month, compared="compared" in request.GET)
    except NoReport:
        raise Http404 from None
    return render(request, "promises/report.html", {"viewer": viewer, "report": found})


@require_safe
@login_required
@cache_control(private=True)
def report_csv(request: HttpRequest, month: str) -> HttpResponse:
    """The same as a table.

    Raises: Http404.
    """
    try:
        found = report_read(viewer_for(request.user), month)
    except NoReport:
        raise Http404 from None
    columns, rows = report_table(found)
    content = b"".join(csv_lines(columns, rows, piece=500))
    answer = HttpResponse(content, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="report-{found.name}.csv"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@cache_control(private=True)
def freeze_month(request: HttpRequest) -> HttpResponse:
    """Ask, then freeze a month by hand: for those who may act for the whole installation."""
    viewer = viewer_for(request.user)
    if not viewer.manages:
        raise PermissionDenied
    asked = request.POST if request.method == "POST" else request.GET
    now = timezone.now()
    try:
        month = month_of(asked.get("month", "").strip())
        count = fell_due(month, now=now)
        if request.method != "POST":
            context = {"viewer": viewer, "month": month, "count": count}
            return render(request, "promises/report_freeze.html", context)
        freeze(month, now=now, by=request.user.get_username())
    except NoReport:
        messages.error(request, _("Give a month such as 2026-02."))
    except MonthNotOver:
        messages.error(request, _("Only a month that is over can be frozen, from 1990 on."))
    except NothingDue:
        messages.error(request, _("No promise fell due in that month: there is nothing to freeze."))
    except AlreadyFrozen:
        messages.info(request, _("It is frozen already, and stays as it was."))
        return redirect("report", f"{month:%Y-%m}")
    else:
        messages.success(request, _("Frozen. What is heard later changes nothing in it."))
        return redirect("report", f"{month:%Y-%m}")
    return redirect("reports")
