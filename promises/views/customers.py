"""The page of a customer: the memory card, what was promised, and the timeline with its filters."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from interactions.selectors import Viewer, viewer_for
from interactions.streaming import CSV, sent_whole
from promises.domain.clock import parse_moment
from promises.domain.tables import csv_lines
from promises.forms.customers import CUSTOMER_FORMS, CustomerForm, KnownOf
from promises.models import Promise
from promises.selectors.asked import asked_from_query
from promises.selectors.customers import (
    TimelineWanted,
    TrustStep,
    customer_read,
    customer_rest,
    customer_trust,
    trust_steps,
)
from promises.selectors.dashboards import LIST_LENGTH
from promises.selectors.hurt import hurt_read
from promises.selectors.memory import REACH
from promises.selectors.narrowing import asked_with_filters
from promises.selectors.pages import Asked, CustomerPage, CustomerRest, TimelineEntry
from promises.selectors.timelines import GROUPS, Place, TimelineFilter
from promises.selectors.trust import CustomerTrust
from promises.selectors.visibility import NotVisible, visible_promises
from promises.templatetags.promise_format import shortened
from promises.templatetags.promise_tags import address, asked_query
from promises.views.in_parts import REST, Part, part_asked, part_of, place_asked
from promises.views.numbers import number_in
from promises.views.promise_list import PIECE
from promises.views.trust import trust_drawing

TIMELINE_STEP = 30
# Parameters about what stands below, or about a form that may.
AT_ONCE = ("happened", "since", "about", "before", "say")
# Customers on the page of those hurt most.
MOST_HURT = 50
# The place of the trust line; it comes later, as the rest does.
_TRUST = "trust-line"
TRUST_COLUMNS = [field.name for field in fields(TrustStep)]
# Of a promise in a choice.
MOST_CHARACTERS = 60
# How far back a timeline may be asked for; left out: all of it.
SINCE = {"28d": timedelta(days=28), "90d": timedelta(days=90), "365d": timedelta(days=365)}


@dataclass(frozen=True, slots=True)
class TimelineAsked:
    """What of the timeline was asked for, read from the URL.

    Shape: `given` is what the URL says of it, without the place where the page begins.
    """

    wanted: TimelineFilter
    before: Place | None
    given: Mapping[str, str]
    problems: tuple[str, ...] = ()

    @property
    def about(self) -> str:
        """The promise to which it is narrowed, as the choices name it; "" for all."""
        return "" if self.wanted.promise is None else str(self.wanted.promise.pk)


@require_safe
@login_required
@cache_control(private=True)
def hurt_most(request: HttpRequest) -> HttpResponse:
    """The customers hurt most; as many of them as the overview shows, where that asks for them."""
    viewer = viewer_for(request.user)
    whole = request.GET.get("rows") != "short"
    asked = asked_with_filters(viewer, request.GET, now=timezone.now())
    page = hurt_read(viewer, asked, limit=MOST_HURT if whole else LIST_LENGTH)
    context = {"page": page, "viewer": viewer, "whole": whole}
    return render(request, "promises/customers.html", context)


@require_safe
@login_required
@cache_control(private=True)
def customer(request: HttpRequest, reference: str) -> HttpResponse:
    """Everything that was promised to one customer, and what came of it.

    Raises: Http404 where there is no such customer for this viewer.
    """
    return customer_page(request, viewer_for(request.user), reference, request.GET)


@require_safe
@login_required
def trust_csv(request: HttpRequest, reference: str) -> HttpResponse:
    """The steps of the trust line, oldest first, as CSV; of the promises that the viewer may see.

    Raises: Http404 where there is no such customer for this viewer.
    """
    viewer = viewer_for(request.user)
    asked = asked_from_query(request.GET, now=timezone.now())
    try:
        steps = trust_steps(viewer, reference, asked)
    except NotVisible as error:
        raise Http404 from error
    rows = ([getattr(step, column) for column in TRUST_COLUMNS] for step in steps)
    return sent_whole(csv_lines(TRUST_COLUMNS, rows, piece=PIECE), CSV, "trust.csv")


def customer_page(
    request: HttpRequest,
    viewer: Viewer,
    reference: str,
    params: Mapping[str, str],
    *,
    sent: CustomerForm | None = None,
) -> HttpResponse:
    """The page; with a form that was sent, its faults.

    Raises: Http404.
    """
    asked = asked_from_query(params, now=timezone.now())
    timeline = timeline_asked(params, viewer, reference, asked)
    asked = replace(asked, problems=(*asked.problems, *timeline.problems))
    wanted = TimelineWanted(TIMELINE_STEP, timeline.before, timeline.wanted)
    part = Part.WHOLE if sent else _part(request)
    context = {"viewer": viewer, "list_of": {"customer": reference}, "kept": timeline.given}
    try:
        if part is Part.REST and place_asked(request) == _TRUST:
            context |= _trust(customer_trust(viewer, reference, asked))
            return part_of(request, "promises/_trust.html", context)
        if part is Part.REST:
            rest = customer_rest(viewer, reference, asked, wanted)
            context |= {"page": rest, "says": _hears(reference) if asked.is_now else {}}
            # The links of periods keep what the timeline was asked for.
            context |= _below(rest, timeline) | {"of_timeline": _is_of_timeline(request)}
            return part_of(request, "promises/_customer_rest.html", context)
        page = customer_read(viewer, reference, asked, wanted if part is Part.WHOLE else None)
    except NotVisible as error:
        raise Http404 from error
    if page.trust:
        context |= _trust(page.trust)
    context |= {"page": page, "says": _says(page, params.get("say", ""), sent)}
    if page.rest:
        context |= _below(page.rest, timeline)
    return part_of(request, "promises/customer.html", context, status=422 if sent else 200)


def _part(request: HttpRequest) -> Part:
    """What is asked for; whoever asks for some of the timeline, or for a form, gets it at once."""
    if _is_of_timeline(request):
        return Part.REST
    part = part_asked(request, (_TRUST, REST))
    named = any(request.GET.get(name) for name in AT_ONCE)
    return Part.WHOLE if part is Part.FIRST and named else part


def _is_of_timeline(request: HttpRequest) -> bool:
    return request.headers.get("HX-Target") == "timeline"


def _trust(found: CustomerTrust) -> dict[str, object]:
    """What the template of the trust line needs, where it stands alone."""
    return {"page": found, "trust": trust_drawing(found.line, found.asked.as_of)}


def _below(rest: CustomerRest, timeline: TimelineAsked) -> dict[str, object]:
    """What the templates of the rest need besides it."""
    return {
        "asked_timeline": timeline,
        "groups": list(GROUPS),
        "periods": list(SINCE),
        "about": _choices(rest, timeline.wanted.promise),
        "links": _links(rest, timeline),
    }


@dataclass(frozen=True, slots=True)
class Sayable:
    """Something that can be recorded: where the page is with its form, where the form is alone, and
    the form where it is shown."""

    title: str
    customer: str
    address: str
    alone: str
    form: CustomerForm | None = None


def _says(page: CustomerPage, asked_for: str, sent: CustomerForm | None) -> dict[str, Sayable]:
    """What can be recorded, by its name; the past cannot be acted on."""
    if not page.asked.is_now:
        return {}
    memory, id = page.memory, page.row.id
    known = KnownOf(
        memory.last_break.promise.id if memory.last_break else None,
        {name: getattr(memory, name) for name in REACH} | {"preferred_name": page.preferred_name},
    )
    says = {name: _sayable(name, id) for name in CUSTOMER_FORMS}
    if sent is not None:
        says[sent.name] = replace(says[sent.name], form=sent)
    if any(known.described.values()):
        says["describe"] = replace(says["describe"], title=_("Change how to reach them"))
    if known.broken is None:
        del says["tell"]
    else:
        says["tell"] = replace(says["tell"], alone=f"{says['tell'].alone}?promise={known.broken}")
    if sent is None and asked_for in says:
        form = CUSTOMER_FORMS[asked_for](known=known)
        says[asked_for] = replace(says[asked_for], form=form)
    return says


def _sayable(name: str, id: str) -> Sayable:
    return Sayable(
        str(CUSTOMER_FORMS[name].title),
        id,
        f"{address('customer', id)}?say={name}",
        address("customer-say", name, id),
    )


def _hears(id: str) -> dict[str, Sayable]:
    """What can be recorded above the timeline."""
    return {"hear": _sayable("hear", id)}


def timeline_asked(
    params: Mapping[str, str], viewer: Viewer, reference: str, asked: Asked
) -> TimelineAsked:
    """Read the filters of the timeline and where it begins; what cannot be read is left out."""
    problems = []
    given = {name: params.get(name, "") for name in ("happened", "since", "about")}
    if given["happened"] not in ("", *GROUPS):
        said = _("The kind of event “%(given)s” is unknown.")
        problems.append(said % {"given": _short(given["happened"])})
        given["happened"] = ""
    if given["since"] not in ("", *SINCE):
        problems.append(_("The period “%(given)s” is unknown.") % {"given": _short(given["since"])})
        given["since"] = ""
    promise = None
    if given["about"]:
        promise = _promise(viewer, reference, given["about"])
        if promise is None:
            problems.append(_("The timeline cannot be narrowed to that promise."))
            given["about"] = ""
    before = _place(params.get("before", ""))
    if params.get("before") and before is None:
        problems.append(_("The place in the timeline could not be read; it begins at its latest."))
    start = asked.as_of - SINCE[given["since"]] if given["since"] else None
    wanted = TimelineFilter(given["happened"], start, promise)
    kept = {name: value for name, value in given.items() if value}
    return TimelineAsked(wanted, before, kept, tuple(problems))


def _promise(viewer: Viewer, reference: str, about: str) -> Promise | None:
    promises = visible_promises(viewer).filter(pk=number_in(about))
    return promises.filter(customer__reference=reference).first()


def _choices(rest: CustomerRest, chosen: Promise | None) -> tuple[tuple[str, str], ...]:
    """The promises to which the timeline can be narrowed: those that the page lists."""
    found = dict(rest.choices)
    if chosen is not None:
        found.setdefault(chosen.pk, chosen.statement)
    return tuple((str(id), shortened(text, MOST_CHARACTERS)) for id, text in found.items())


def _links(rest: CustomerRest, timeline: TimelineAsked) -> dict[str, str]:
    """Where the timeline goes on, and back to its latest; only those that lead somewhere."""
    links = {}
    if rest.timeline_more:
        place = {"before": _place_text(rest.timeline[-1])}
        links["earlier"] = asked_query(rest.asked, **timeline.given, **place)
    if timeline.before is not None:
        links["latest"] = asked_query(rest.asked, **timeline.given) or "?"
    return links


def _place_text(entry: TimelineEntry) -> str:
    return f"{entry.occurred_at.isoformat()}_{entry.seq}".replace("+00:00", "Z")


def _place(text: str) -> Place | None:
    moment, _line, number = text.rpartition("_")
    try:
        found: datetime = parse_moment(moment)
    except (ValueError, OverflowError):
        return None
    seq = number_in(number)
    return (found, seq) if seq else None


def _short(text: str) -> str:
    return text[:40]
