"""What the examples of the API speak of: a promise, a customer, a calendar, an import and so on."""

from datetime import date

from django.utils import timezone

from interactions.keys import make_key
from interactions.models import ApiKey, Source
from promises.models import AlertRule
from promises.services.calendars import Draft, make_calendar
from promises.services.counting import count_pending
from promises.services.reports import freeze
from promises.services.restating import restate, restate_some
from promises.services.webhooks.endpoints import make_endpoint, send_test
from tests.events import NOW, SHOP, made, store
from tests.made_once import made_once
from tests.standards import standard
from tests.uploads import uploads_of_all_states


@made_once
def examples_world() -> str:
    """Make it, in an empty ledger. Shape: a key that may do everything there."""
    source = Source.objects.create(name=SHOP)
    make_key(name="shop", scopes=["events:write"], source=source)
    store(
        made("order-900", customer="c-9", team="fulfilment", touchpoint="webshop"),
        made("order-901", customer="c-10", team="support", touchpoint="phone"),
    )
    count_pending()
    week = {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
    make_calendar("office", Draft("Office", "UTC", week), now=NOW, by="Ada")
    standard("first-answer", amount=240.0)
    endpoint, _ = make_endpoint(
        url="https://hooks.example.com/", description="", event_types=["promise.failed"]
    )
    send_test(endpoint, now=timezone.now())
    told = {"thresholds": ["due"], "channels": ["inbox"], "audience": "promise_team"}
    AlertRule.objects.create(name="Due", **told)
    restate("response", 1, now=NOW, by="Ada", reason="To look at both figures")
    while restate_some():
        pass
    restate("quality", 1, now=NOW, by="Ada", reason="To be taken back")
    freeze(date(2026, 2, 1), now=timezone.now(), by="Ada")
    uploads_of_all_states()
    scopes = [ApiKey.Scope.READ, ApiKey.Scope.EVENTS_WRITE, ApiKey.Scope.ADMIN]
    return make_key(name="all", scopes=[scope.value for scope in scopes], source=source)[1]
