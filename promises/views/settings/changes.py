"""The list of changes of settings, for admins."""

from datetime import datetime, time, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from interactions.changes import ChangeFilter, change_page
from interactions.models import Change
from interactions.selectors import Viewer
from interactions.views.admins import admins_only
from promises.domain.clock import parse_day
from promises.views.numbers import number_in

ON_A_PAGE = 50


@require_safe
@admins_only
def changes(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Who changed what, latest first; filters and place in the address."""
    given = {name: request.GET.get(name, "") for name in ("area", "by", "subject", "from", "to")}
    given = {name: value.replace("\0", "").strip() for name, value in given.items()}
    problems = []
    if given["area"] not in ("", *Change.Area.values):
        problems.append(_("There is no such setting; all are shown."))
        given["area"] = ""
    start, end = _midnight(given["from"]), _midnight(given["to"], after=True)
    for name, moment in (("from", start), ("to", end)):
        if given[name] and moment is None:
            problems.append(_("“%(given)s” is no day such as 2026-03-02.") % {"given": given[name]})
            given[name] = ""
    wanted = ChangeFilter(given["area"], given["by"], given["subject"], start, end)
    before = number_in(request.GET.get("before", ""))
    rows, following = change_page(wanted, before=before, limit=ON_A_PAGE)
    asked = {name: value for name, value in given.items() if value}
    context = {
        "viewer": viewer,
        "changes": rows,
        "areas": Change.Area.choices,
        "given": given,
        "day_from": given["from"],
        "filtered": bool(asked),
        "problems": problems,
        "earlier": urlencode(asked | {"before": following}) if following else "",
        "latest": urlencode(asked) if before else None,
    }
    return render(request, "promises/settings/changes.html", context)


def _midnight(text: str, *, after: bool = False) -> datetime | None:
    """The beginning of a day in the installation's zone, or its end; None where it is none."""
    try:
        day = parse_day(text) + timedelta(days=1 if after else 0)
        return timezone.make_aware(datetime.combine(day, time.min))
    except (ValueError, OverflowError):
        return None
