"""The addresses of all pages, as they stand in the routes."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from interactions.models import Customer, Source, Team, Touchpoint
from promises.models import (
    AlertRule,
    Calendar,
    Promise,
    Standard,
    Upload,
    WebhookDelivery,
    WebhookEndpoint,
)
from tests.browser.hostile import GROUPS

# Files, buttons, pieces of pages; what is there before anybody has signed in, or by a link of
# one's own.
NO_PAGES = {
    *("figures", "teams-csv", "promises-table", "risk-calibration-csv", "analysis-csv"),
    *(
        "trust-csv",
        "report-csv",
        "import-rejects",
        "import-mapping",
        "view-save",
        "view-change",
        "note",
    ),
    "view-counts",
    *("note-deletion", "promise-undo", "promise-act", "desk-undo", "preference-theme"),
    *("customer-say", "customer-unsay"),
    *("welcome-dismiss", "sample-remove", "import-act", "health-replay", "health-accept"),
    *("health-check", "kind-restate", "restatement-cancel", "standard-switch", "report-freeze"),
    *("standard-move", "webhook-rotation", "webhook-switch", "webhook-test", "webhook-replay"),
    *("webhook-delivery-replay", "person-role", "person-switch", "person-link", "person"),
    *("settings-team-archive", "settings-touchpoint-archive", "member-add", "member-remove"),
    *("account-password", "inbox-read", "inbox-open", "deliveries-retry", "import-describe"),
    *("start", "welcome", "password-set", "unsubscribe", "restatement", "promise-by-reference"),
    *("key-rotation", "key-revocation", "connect-state", "import-preview", "webhook-deletion"),
    *("calendar-apply", "settings-segments-of"),
}
# What is shown of them is asked for in the address.
QUERIES = {
    "overview": ("", "?window=28d&kind=delivery", "?explicit=true"),
    "promises": ("?window=all&stands=missed", "?window=all&stands=open", "?window=all"),
    "desk": ("", "?of=teams"),
    "analysis": ("", "?by=team"),
    "settings-changes": ("", "?area=standard", "?area=calendar", "?area=team", "?area=person"),
}
# What somebody typed comes back on these.
SAID_BACK = {
    "overview": ("window", "team", "touchpoint", "segment", "as_of", "from"),
    "search": ("q",),
    "customer-options": ("q",),
    "promise-proposal": ("said",),
    "settings-changes": ("subject", "by"),
    "promises": ("stands", "cursor", "team"),
    "advice": ("team", "due_at"),
}


def routes() -> dict[str, str]:
    """The names of all routes of pages, and what they are made of."""
    found = {}
    for entry in get_resolver().url_patterns:
        if isinstance(entry, URLResolver):
            inner = [] if entry.namespace else entry.url_patterns
            found |= {one.name: str(one.pattern) for one in inner if isinstance(one, URLPattern)}
    return {name: route for name, route in found.items() if not (name or "").startswith("api-")}


def pages() -> Iterator[tuple[str, str]]:
    """Each page, of each thing that has one. Shape: (name of the route, address)."""
    for name, route in routes().items():
        if name in NO_PAGES:
            continue
        if "<" not in route:
            yield from ((name, reverse(name) + query) for query in QUERIES.get(name, ("",)))
    for name, rows in things().items():
        yield from ((name, reverse(name, args=row)) for row in rows)
    month = timezone.localdate().replace(day=1) - timedelta(days=1)
    yield "report", reverse("report", args=[f"{month:%Y-%m}"])


def things() -> dict[str, list[tuple[Any, ...]]]:
    """The pages of single things, and by what they are asked for."""

    def each(model: Any, field: str = "pk") -> list[tuple[Any, ...]]:
        return list(model.objects.order_by("pk").values_list(field))

    def told(model: Any) -> list[tuple[Any, ...]]:
        """Those of each group of payloads, and some of the others."""
        rows = [row for row in each(model, "reference") if row[0] in GROUPS]
        return rows + [row for row in each(model, "reference") if row[0] not in GROUPS][::6]

    promises, imports = each(Promise), each(Upload)
    deliveries = list(WebhookDelivery.objects.order_by("pk").values_list("endpoint", "pk"))
    return {
        # Each group of payloads has four and more of them.
        "promise": promises[::3],
        "promise-outcome": promises[::9],
        "customer": told(Customer),
        "team": told(Team),
        "import": imports,
        "import-state": imports[::7],
        "calendar": each(Calendar, "reference"),
        "standard": each(Standard, "reference"),
        "kind": [("delivery",), ("quality",)],
        "webhook": each(WebhookEndpoint),
        "webhook-delivery": deliveries,
        "alert-rule": each(AlertRule),
        "alert-rule-delete": each(AlertRule)[:1],
        "settings-team": each(Team)[::3],
        "settings-touchpoint": each(Touchpoint)[::3],
        "source": each(Source),
    }


def said_back(texts: tuple[str, ...]) -> Iterator[str]:
    """Addresses that hold a text which the page says back."""
    for name, fields in SAID_BACK.items():
        for field in fields:
            yield from (f"{reverse(name)}?{field}={quote(text)}" for text in texts[::3])
    yield from (f"/{quote(text)}" for text in texts)


def continued(client: Client, path: str) -> Iterator[str]:
    """The further pages of a list."""
    while path:
        found = re.findall(
            r'href="([^"]+)">(?:Next page|Earlier changes)', client.get(path).content.decode()
        )
        path = _whole(path, found[-1]) if found else ""
        if path:
            yield path


def _whole(path: str, link: str) -> str:
    link = link.replace("&amp;", "&")
    return path.partition("?")[0] + link if link.startswith("?") else link
