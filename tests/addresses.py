"""The addresses of all pages of the site, each with something that it can be about."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

from django.contrib.auth.models import User
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from interactions.models import ApiKey, Source, Team, Touchpoint
from promises.models import (
    AlertRule,
    Message,
    MonthlyReport,
    OpenPromise,
    Promise,
    Restatement,
    Upload,
    WebhookDelivery,
    WebhookEndpoint,
)

# Programs' own interface, Django's admin and the probes are no pages of the site.
ELSEWHERE = ("api/v1/", "admin/", "livez", "readyz")
# What is begun by a link that was mailed: its address holds a secret, and no row.
MAILED = {"password-set", "unsubscribe"}

Parts = dict[str, Any]


def _one(model: type[Model], **those: object) -> Callable[[Promise], Parts]:
    """The number of a row, the first of some; of one that nobody has where there is none."""

    def found(_about: Promise) -> Parts:
        row = model._default_manager.filter(**those).order_by("pk").first()
        return {"id": row.pk if row else 1}

    return found


def _open(_about: Promise) -> Parts:
    return {"id": OpenPromise.objects.order_by("pk")[0].promise_id}


def _delivery(_about: Promise) -> Parts:
    row = WebhookDelivery.objects.order_by("pk")[0]
    return {"id": row.endpoint_id, "delivery": row.pk}


def _month(_about: Promise) -> Parts:
    return {"month": f"{MonthlyReport.objects.order_by('month')[0].month:%Y-%m}"}


# What stands in the addresses of the pages that are about something, given a promise.
PARTS: dict[str, Callable[[Promise], Parts]] = {
    "team": lambda about: {"reference": about.team.reference},
    "customer": lambda about: {"reference": about.customer.reference},
    "customer-say": lambda about: {"name": "describe", "reference": about.customer.reference},
    "customer-unsay": lambda about: {"reference": about.customer.reference},
    "trust-csv": lambda about: {"reference": about.customer.reference},
    "promise": lambda about: {"id": about.pk},
    "promise-act": lambda about: _open(about) | {"name": "fulfil"},
    "promise-outcome": _open,
    "figures": lambda _: {"name": "teams"},
    "analysis-csv": lambda _: {"name": "comparison"},
    "import": _one(Upload, mapping__isnull=False),
    "import-state": _one(Upload),
    "import-describe": _one(Upload),
    "import-preview": _one(Upload),
    "import-rejects": _one(Upload, mapping__isnull=False),
    "import-mapping": _one(Upload, mapping__isnull=False),
    "calendar": lambda _: {"reference": "office"},
    "calendar-apply": lambda _: {"reference": "office"},
    "standard": lambda _: {"reference": "answer-0"},
    "kind": lambda _: {"kind": "delivery"},
    "restatement": _one(Restatement),
    "webhook": _one(WebhookEndpoint),
    "webhook-deletion": _one(WebhookEndpoint),
    "webhook-delivery": _delivery,
    "report": _month,
    "report-csv": _month,
    "person": _one(User),
    "settings-team": _one(Team),
    "settings-touchpoint": _one(Touchpoint),
    "inbox-open": _one(Message),
    "alert-rule": _one(AlertRule),
    "alert-rule-delete": _one(AlertRule),
    "source": _one(Source),
    "key-revocation": _one(ApiKey),
    "connect-state": _one(ApiKey),
}
# More than one way to ask a page; {team}, {customer}, {source} and {reference} are those of the
# promise, {day} is one of the past.
QUERIES: dict[str, tuple[str, ...]] = {
    "overview": (
        "",
        "team={team}&explicit=true",
        "window=7d",
        "window=365d&kind=delivery",
        "window=all",
        "as_of={day}",
    ),
    "report": ("", "compared=1"),
    "teams": ("", "window=all", "as_of={day}"),
    "customers": ("", "team={team}", "as_of={day}"),
    "team": ("", "window=28d&kind=response", "window=all", "as_of={day}"),
    "customer": ("", "kind=delivery", "happened=feedback", "as_of={day}"),
    "trust-csv": ("", "as_of={day}"),
    "promises": (
        "",
        "stands=missed",
        "stands=due&team={team}&window=all",
        "stands=overdue",
        "stands=kept&window=all&as_of={day}",
    ),
    "analysis": (
        "",
        "team={team}",
        "window=28d&kind=delivery&against=year",
        "window=365d",
        "as_of={day}",
    ),
    "at-risk": ("", "team={team}&kind=delivery"),
    "promise": ("", "as_of={day}"),
    "promise-by-reference": ("source={source}&reference={reference}",),
    "search": ("", "q=arrives", "q={reference}"),
    "customer-options": ("q=ada",),
    "view-counts": ("page=overview", "page=promises"),
    "promise-new": ("", "customer={customer}"),
    "advice": ("kind=delivery&team={team}&due_at=2099-01-01T12:00",),
}


def addresses(about: Promise, *, day: str) -> Iterator[tuple[str, str]]:
    """Shape: (the name of the page, its path with its query)."""
    told = {
        "team": quote(about.team.reference),
        "customer": quote(about.customer.reference),
        "source": quote(about.source.name),
        "reference": quote(about.reference),
        "day": day,
    }
    for name, anything in _named(get_resolver().url_patterns):
        path = reverse(name, kwargs=PARTS[name](about) if name in PARTS else anything)
        for query in QUERIES.get(name, ("",)):
            yield name, f"{path}?{query.format(**told)}" if query else path


def _named(
    patterns: list[URLPattern | URLResolver], begin: str = ""
) -> Iterator[tuple[str, Parts]]:
    """The names of all addresses, with something for what stands in each."""
    for pattern in patterns:
        route = begin + str(pattern.pattern)
        if route.startswith(ELSEWHERE):
            continue
        if isinstance(pattern, URLResolver):
            yield from _named(pattern.url_patterns, route)
        elif pattern.name and pattern.name not in MAILED:
            yield pattern.name, dict.fromkeys(pattern.pattern.converters, 1)
