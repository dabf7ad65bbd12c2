"""The list of promises behind every figure, on a page and as a table."""

from dataclasses import replace

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from interactions.selectors import viewer_for
from interactions.streaming import CSV, TooManyStreams, streamed
from promises.domain.tables import csv_lines
from promises.models import ReadingPage
from promises.selectors.asked import DEFAULT_WINDOW
from promises.selectors.listing import PromiseList, items_in, list_read, wanted_from_query
from promises.selectors.narrowing import asked_with_filters
from promises.selectors.promise_items import ITEM_COLUMNS, item_cells
from promises.selectors.reading import views_read
from promises.services.reading import remember
from promises.templatetags.promise_listing import ANY_PERIOD, SORT_WORDS, STANDS_WORDS
from promises.templatetags.promise_tags import asked_parts
from promises.views.in_parts import WHOLE
from promises.views.live import asks_again, live_page

PIECE = 500


@require_safe
@login_required
@live_page
def promise_list(request: HttpRequest) -> HttpResponse:
    """The promises behind a figure, in pages."""
    viewer, now = viewer_for(request.user), timezone.now()
    asked = asked_with_filters(viewer, request.GET, now=now)
    wanted = wanted_from_query(request.GET)
    asked = replace(asked, problems=(*asked.problems, *wanted.problems))
    page = list_read(viewer, asked, wanted)
    if viewer.user_id is not None and not asks_again(request):
        remember(viewer.user_id, ReadingPage.PROMISES, kept_query(request))
    context = {
        "page": page,
        "filtered": pressing_none(page),
        "viewer": viewer,
        "views": views_read(viewer, ReadingPage.PROMISES, page.choices.teams),
        "export": exported_query(request),
        "stands": STANDS_WORDS.items(),
        "sorts": SORT_WORDS.items(),
        "any_period": wanted.stands in ANY_PERIOD,
        **kept_fields(page),
    }
    return render(request, "promises/promises.html", context)


@require_safe
@login_required
def promise_table(request: HttpRequest) -> HttpResponseBase:
    """The same list as CSV: all of it, as a stream; 503 where too many are on their way."""
    viewer, now = viewer_for(request.user), timezone.now()
    asked = asked_with_filters(viewer, request.GET, now=now)
    items = items_in(viewer, asked, wanted_from_query(request.GET))
    cells = (item_cells(item) for item in items)
    try:
        return streamed(csv_lines(ITEM_COLUMNS, cells, piece=PIECE), CSV, "promises.csv")
    except TooManyStreams as busy:
        answer = render(request, "promises/busy.html", {"viewer": viewer}, status=busy.status_code)
        answer["Retry-After"] = str(busy.wait)
        return answer


def pressing_none(page: PromiseList) -> PromiseList:
    """The page as its filters show it: no period is pressed where none decides what is listed."""
    if page.wanted.stands not in ANY_PERIOD or page.asked.window == "custom":
        return page
    return replace(page, asked=replace(page.asked, window="custom"))


def kept_fields(page: PromiseList) -> dict[str, list[tuple[str, str]]]:
    """What the forms of the page carry along: `kept` is the list's own, `searched` all but the
    search."""
    wanted, window = page.wanted, page.asked.window
    own = [("stands", wanted.stands), ("customer", wanted.customer)]
    own += [("stake", wanted.stake), ("standard", wanted.standard)]
    search = [("q", wanted.words), ("sort", wanted.sort)]
    # Filters that show no period must not lose it: it counts again once another list is asked for.
    unpressed = pressing_none(page) is not page and window != DEFAULT_WINDOW
    period = [("window", window)] if unpressed else []
    return {
        "kept": [(name, value) for name, value in own + search + period if value],
        "searched": [
            (name, value)
            for name, value in [*asked_parts(page.asked).items(), *own]
            if value and not (name == "window" and value == DEFAULT_WINDOW)
        ],
    }


def exported_query(request: HttpRequest) -> str:
    """All of the list, not the page of it that is shown."""
    query = request.GET.copy()
    query.pop("cursor", None)
    return query.urlencode()


def kept_query(request: HttpRequest) -> str:
    """The address's question as it is kept: without the place in a list, the moment,
    and how much of the page."""
    query = request.GET.copy()
    for name in ("cursor", "as_of", "live", WHOLE):
        query.pop(name, None)
    return query.urlencode()
