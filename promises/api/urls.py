"""Routes under /api/v1."""

from django.urls import path

from promises.api import acting, calendars, customers, exports, parties, promises
from promises.api.changes import ChangesApi
from promises.api.health import DataHealthApi, HeldEventsApi, ReplayApi
from promises.api.reckoning import ReckonApi
from promises.api.scores import ScoresApi
from promises.api.standards import StandardApi, StandardsApi, StandardTrialApi
from promises.api.webhook_deliveries import (
    DeliveriesApi,
    DeliveryApi,
    DeliveryReplayApi,
    WebhookReplayApi,
)
from promises.api.webhooks import WebhookApi, WebhookRotationApi, WebhooksApi, WebhookTestApi

urlpatterns = [
    path("scores", ScoresApi.as_view(), name="api-scores"),
    path("promises", acting.PromisesDoor.as_view(), name="api-promises"),
    path("promises/<str:id>", promises.PromiseApi.as_view(), name="api-promise"),
    path(
        "promises/<str:id>/events", promises.PromiseEventsApi.as_view(), name="api-promise-events"
    ),
    path("promises/<str:id>/fulfilment", acting.FulfilmentApi.as_view(), name="api-fulfilment"),
    path("promises/<str:id>/reschedule", acting.RescheduleApi.as_view(), name="api-reschedule"),
    path("promises/<str:id>/pause", acting.PauseApi.as_view(), name="api-pause"),
    path("promises/<str:id>/resume", acting.ResumptionApi.as_view(), name="api-resume"),
    path("promises/<str:id>/withdrawal", acting.WithdrawalApi.as_view(), name="api-withdrawal"),
    path("promises/<str:id>/failure", acting.FailureApi.as_view(), name="api-failure"),
    path("promises/<str:id>/reopening", acting.ReopeningApi.as_view(), name="api-reopening"),
    # Ids of parties may hold slashes; the longer address is looked for first.
    path("customers", customers.CustomersApi.as_view(), name="api-customers"),
    path(
        "customers/<path:id>/timeline",
        customers.CustomerTimelineApi.as_view(),
        name="api-customer-timeline",
    ),
    path("customers/<path:id>", customers.CustomerApi.as_view(), name="api-customer"),
    path("teams", parties.TeamsApi.as_view(), name="api-teams"),
    path("teams/<path:id>", parties.TeamApi.as_view(), name="api-team"),
    path("touchpoints", parties.TouchpointsApi.as_view(), name="api-touchpoints"),
    path("export/promises.csv", exports.PromisesCsv.as_view(), name="api-export-promises-csv"),
    path(
        "export/promises.ndjson", exports.PromisesLines.as_view(), name="api-export-promises-lines"
    ),
    path("export/scores.csv", exports.ScoresCsv.as_view(), name="api-export-scores"),
    path("calendars", calendars.CalendarsApi.as_view(), name="api-calendars"),
    path("calendars/<str:id>", calendars.CalendarApi.as_view(), name="api-calendar"),
    path("calendars/<str:id>/due", ReckonApi.as_view(), name="api-calendar-due"),
    path("standards", StandardsApi.as_view(), name="api-standards"),
    path("standards/<str:id>", StandardApi.as_view(), name="api-standard"),
    path("standards/<str:id>/dry-run", StandardTrialApi.as_view(), name="api-standard-dry-run"),
    path("webhooks", WebhooksApi.as_view(), name="api-webhooks"),
    path("webhooks/<str:id>", WebhookApi.as_view(), name="api-webhook"),
    path("webhooks/<str:id>/rotation", WebhookRotationApi.as_view(), name="api-webhook-rotation"),
    path("webhooks/<str:id>/test", WebhookTestApi.as_view(), name="api-webhook-test"),
    path("webhooks/<str:id>/replay", WebhookReplayApi.as_view(), name="api-webhook-replay"),
    path("webhooks/<str:id>/deliveries", DeliveriesApi.as_view(), name="api-webhook-deliveries"),
    path(
        "webhooks/<str:id>/deliveries/<str:delivery>",
        DeliveryApi.as_view(),
        name="api-webhook-delivery",
    ),
    path(
        "webhooks/<str:id>/deliveries/<str:delivery>/replay",
        DeliveryReplayApi.as_view(),
        name="api-webhook-delivery-replay",
    ),
    path("changes", ChangesApi.as_view(), name="api-changes"),
    path("health/data", DataHealthApi.as_view(), name="api-health-data"),
    path("health/events", HeldEventsApi.as_view(), name="api-health-events"),
    path("health/replay", ReplayApi.as_view(), name="api-health-replay"),
]
