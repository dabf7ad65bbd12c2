"""Which named addresses are pages, and a company in which every one of them has something on it.

A name stands in exactly one of PLAIN, PLACED, POSTS and OTHERS; a test tells what is missing.
"""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from interactions.ledger import record
from interactions.models import ApiKey, Source, Team, Touchpoint
from promises.models import (
    AlertRule,
    Calendar,
    DatedNote,
    Restatement,
    SavedView,
    Standard,
    WebhookDelivery,
    WebhookEvent,
)
from promises.scores.figures import FigureRow
from promises.services.alerts.unsubscribing import Mails, token_for
from promises.services.counting import count_pending
from promises.services.reports import freeze
from promises.services.uploads.changing import start
from promises.services.webhooks.endpoints import make_endpoint, send_test
from tests.browser.test_alert_pages import news
from tests.browser.test_calendar_pages import office
from tests.browser.test_health_and_docs import trouble
from tests.events import event, fulfilled
from tests.promises.risks import keep_calibration, store_risks
from tests.promises.views.world import DAY, HOSTILE, World, promise_made
from tests.standards import standard
from tests.uploads import BAD, described, orders, worked

# They take a form and show no page; GET is refused.
POSTS = frozenset(
    [
        "logout",
        "key-rotation",
        "view-save",
        "view-change",
        "note",
        "note-deletion",
        "customer-unsay",
        "promise-undo",
        "desk-undo",
        "preference-theme",
        "welcome-dismiss",
        "sample-remove",
        "import-describe",
        "import-act",
        "health-replay",
        "health-accept",
        "health-check",
        "kind-restate",
        "restatement-cancel",
        "standard-switch",
        "standard-move",
        "webhook-rotation",
        "webhook-switch",
        "webhook-test",
        "webhook-replay",
        "webhook-delivery-replay",
        "person-role",
        "person-switch",
        "person-link",
        "settings-team-archive",
        "settings-touchpoint-archive",
        "member-add",
        "member-remove",
        "account-password",
        "inbox-read",
        "deliveries-retry",
    ]
)
# They answer GET with something else than a page of their own.
OTHERS = {
    "a probe": {"livez", "readyz"},
    "a table to download": {
        "figures",
        "teams-csv",
        "promises-table",
        "risk-calibration-csv",
        "trust-csv",
        "analysis-csv",
        "import-rejects",
        "import-mapping",
        "report-csv",
    },
    "a part of a page": {
        "advice",
        "connect-state",
        "customer-options",
        "import-preview",
        "import-state",
        "promise-proposal",
        "view-counts",
    },
    "leads to a page": {
        "start",
        "welcome",
        "promise-act",
        "customer-say",
        "promise-by-reference",
        "inbox-open",
        "password-set",
    },
}


def names() -> Iterator[str]:
    """Every name of an address that is neither Django's own administration nor the API's."""
    for pattern in _patterns(get_resolver()):
        name = pattern.name
        if name == "api-docs" or (name and not name.startswith("api-")):
            yield name


def _patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield pattern
        elif pattern.namespace is None:
            yield from _patterns(pattern)


def seeded(world: World, settings: Any) -> dict[str, list[str]]:
    """Let something happen for every page, and tell where each lies. Shape: name -> addresses."""
    _happen(world, settings)
    pages = {name: [reverse(name)] for name in PLAIN}
    for name, arguments in _places(world).items():
        pages[name] = [reverse(name, args=one) for one in arguments]
    pages["overview"] += ["/?kind=response", "/?window=9y&as_of=2026-01-01"]
    pages["overview"] += ["/?kind=quality", "/?touchpoint=webshop&explicit=true&from=2026-01-01"]
    pages["promises"] += ["/promises/?stands=missed", "/promises/?kind=quality"]
    pages["desk"] += ["/desk/?of=teams"]
    pages["search"] += ["/search/?q=order"]
    pages["health"] += ["/health/?waiting=1"]
    # The last month is frozen; the one before is not.
    before = (timezone.localdate().replace(day=1) - DAY).replace(day=1) - DAY
    pages["report-freeze"] = [f"/reports/freeze?month={before:%Y-%m}"]
    pages["unsubscribe"] += [reverse("unsubscribe", args=["x"])]
    pages["customer"][1] += "?say=describe"
    pages["customer"] += [f"{pages['customer'][0]}?happened=said&since=28d"]
    return pages


# Pages without arguments.
PLAIN = [
    "overview",
    "teams",
    "customers",
    "promises",
    "desk",
    "promise-new",
    "search",
    "keys",
    "preferences",
    "at-risk",
    "risk-calibration",
    "analysis",
    "welcome-next",
    "installation",
    "words",
    "imports",
    "health",
    "calendars",
    "calendar-new",
    "kinds",
    "standards",
    "standard-new",
    "webhooks",
    "reports",
    "settings",
    "people",
    "settings-teams",
    "settings-touchpoints",
    "settings-segments",
    "settings-changes",
    "account",
    "inbox",
    "notifications",
    "alert-rules",
    "alert-rule-new",
    "deliveries",
    "sources",
    "connect",
    "api-docs",
]
# The ones that `_places` gives an address.
PLACED = [
    "team",
    "customer",
    "promise",
    "promise-outcome",
    "import",
    "calendar",
    "calendar-apply",
    "kind",
    "restatement",
    "standard",
    "webhook",
    "webhook-deletion",
    "webhook-delivery",
    "report",
    "report-freeze",
    "person",
    "settings-team",
    "settings-touchpoint",
    "unsubscribe",
    "alert-rule",
    "alert-rule-delete",
    "source",
    "key-revocation",
]


def _told_of_ada(world: World) -> None:
    """Hostile texts stand wherever one can be entered about a customer."""
    User.objects.filter(pk=world.bob.pk).update(first_name=HOSTILE)
    at = world.now - DAY
    described = {"channel": HOSTILE, "needs": HOSTILE, "zone": "Asia/Tokyo", "segment": HOSTILE}
    facts = [
        event("customer.described", "c-1", at, described),
        event("apology.given", "c-1", at, {"words": HOSTILE, "by": HOSTILE, "promise": "order-10"}),
        event("expectation.stated", "c-1", at, {"text": HOSTILE, "origin": HOSTILE}),
    ]
    record(facts, recorded_at=world.now)
    count_pending()


def _happen(world: World, settings: Any) -> None:
    _told_of_ada(world)
    office(world)
    news(world, settings)
    trouble(world)
    _earlier_promises(world)
    store_risks(60, now=timezone.now())
    keep_calibration(now=timezone.now())
    standard()
    _judge_anew(world.now)
    freeze((timezone.localdate().replace(day=1) - DAY).replace(day=1), now=world.now, by="alice")
    endpoint, _secret = make_endpoint(
        url="https://93.184.215.14/hooks", description="chat", event_types=WebhookEvent.values
    )
    send_test(endpoint, now=world.now)
    DatedNote.objects.create(day=world.now.date() - 9 * DAY, text="The van broke down")
    SavedView.objects.create(
        owner=world.alice, page="overview", name="Ours", query="kind=delivery", pinned=True
    )


def _earlier_promises(world: World) -> None:
    """Enough of a past for a trend and for a period before."""
    events = []
    for number in range(24):
        reference, at = f"earlier-{number}", world.now - (25 + 6 * number) * DAY
        team, who = ("fulfilment", "support")[number % 2], {"id": "c-1", "name": "Ada Lovelace"}
        events.append(promise_made(reference, at, kind="delivery", team=team, customer=who))
        events.append(fulfilled(reference, at + (1 + number % 5) * DAY))
    record(events, recorded_at=world.now)
    count_pending()


def _judge_anew(now: datetime) -> None:
    """A restatement that is over. Shape: its figures are those of two windows."""
    row = asdict(FigureRow("company", "", "", 12, 9, 0.75, 30.1, 20.2, 44.3, True))
    Restatement.objects.create(
        kind="delivery",
        version=1,
        made_until=now,
        reason="carriers",
        asked_by="alice",
        asked_at=now - timedelta(minutes=5),
        state=Restatement.State.CANCELLED,
        finished_at=now,
        done=3,
        total=3,
        before={"90d": [row]},
        after={"90d": [row]},
    )


def _places(world: World) -> dict[str, list[list[Any]]]:
    uploads = [
        described(orders(5, BAD)),
        worked(described(orders(5, BAD)).pk, dry_run=True),
        worked(described(orders(5, BAD)).pk),
        start(described().pk, dry_run=True, now=timezone.now()),
    ]
    delivery = WebhookDelivery.objects.latest("pk")
    key = ApiKey.objects.latest("pk")
    rule = AlertRule.objects.latest("pk").pk
    month = timezone.localdate().replace(day=1) - DAY
    calendar = Calendar.objects.latest("pk").reference
    return {
        "team": [["fulfilment"], ["support"]],
        "customer": [["c-1"], ["c-2"]],
        "promise": [[world.moved.pk], [world.foreign.pk]],
        "promise-outcome": [[world.moved.pk]],
        "import": [[one.pk] for one in uploads],
        "calendar": [[calendar]],
        "calendar-apply": [[calendar]],
        "kind": [["delivery"]],
        "restatement": [[Restatement.objects.latest("pk").pk]],
        "standard": [[Standard.objects.latest("pk").reference]],
        "webhook": [[delivery.endpoint_id]],
        "webhook-deletion": [[delivery.endpoint_id]],
        "webhook-delivery": [[delivery.endpoint_id, delivery.pk]],
        "report": [[f"{month:%Y-%m}"]],
        "person": [[world.bob.pk]],
        "settings-team": [[Team.objects.latest("pk").pk]],
        "settings-touchpoint": [[Touchpoint.objects.latest("pk").pk]],
        "unsubscribe": [[token_for(world.alice.pk, Mails.ALERTS)]],
        "alert-rule": [[rule]],
        "alert-rule-delete": [[rule]],
        "source": [[Source.objects.get(name="/shop").pk]],
        "key-revocation": [[key.pk]],
    }


def password_link(world: World) -> str:
    """Where bob sets a new password."""
    code = urlsafe_base64_encode(force_bytes(world.bob.pk))
    return reverse("password-set", args=[code, default_token_generator.make_token(world.bob)])
