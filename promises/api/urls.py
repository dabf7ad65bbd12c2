"""Routes under /api/v1."""

from django.urls import path

import interactions.id_paths  # noqa: F401 (registers <id:...>)
from promises.api import acting, calendars, customers, exports, parties, promises
from promises.api.advice import AdviceApi
from promises.api.alert_rules import AlertRuleApi, AlertRulesApi
from promises.api.analysis import ComparisonApi, ConsequencesApi, DriversApi
from promises.api.changes import ChangesApi
from promises.api.funnel import FunnelApi
from promises.api.gaming import TeamPanelApi
from promises.api.health import DataHealthApi, HeldEventsApi, ReplayApi
from promises.api.import_acts import ImportCancelApi, ImportStartApi, ImportUndoApi
from promises.api.imports import ImportApi, ImportMappingApi, ImportRejectsApi, ImportsApi
from promises.api.kinds import KindApi, KindPreviewApi, KindsApi
from promises.api.reckoning import ReckonApi
from promises.api.reports import ReportApi, ReportCsv, ReportsApi
from promises.api.restatements import RestatementApi, RestatementCancelApi, RestatementsApi
from promises.api.risk import AtRiskApi, CalibrationApi
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
    path("advice", AdviceApi.as_view(), name="api-advice"),
    path("at-risk", AtRiskApi.as_view(), name="api-at-risk"),
    path("at-risk/calibration", CalibrationApi.as_view(), name="api-calibration"),
    path("scores", ScoresApi.as_view(), name="api-scores"),
    path("funnel", FunnelApi.as_view(), name="api-funnel"),
    path("comparison", ComparisonApi.as_view(), name="api-comparison"),
    path("drivers", DriversApi.as_view(), name="api-drivers"),
    path("consequences", ConsequencesApi.as_view(), name="api-consequences"),
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
    # Ids of parties may hold slashes; the longer address is looked for first, and an id that ends
    # as one has a tilde there.
    path("customers", customers.CustomersApi.as_view(), name="api-customers"),
    path(
        "customers/<id:id>/timeline",
        customers.CustomerTimelineApi.as_view(),
        name="api-customer-timeline",
    ),
    path("customers/<id:id>", customers.CustomerApi.as_view(), name="api-customer"),
    path("teams", parties.TeamsApi.as_view(), name="api-teams"),
    path("teams/<id:id>/panel", TeamPanelApi.as_view(), name="api-team-panel"),
    path("teams/<id:id>", parties.TeamApi.as_view(), name="api-team"),
    path("touchpoints", parties.TouchpointsApi.as_view(), name="api-touchpoints"),
    path("export/promises.csv", exports.PromisesCsv.as_view(), name="api-export-promises-csv"),
    path(
        "export/promises.ndjson", exports.PromisesLines.as_view(), name="api-export-promises-lines"
    ),
    path("export/scores.csv", exports.ScoresCsv.as_view(), name="api-export-scores"),
    path("export/reports/<str:month>.csv", ReportCsv.as_view(), name="api-export-report"),
    path("reports", ReportsApi.as_view(), name="api-reports"),
    path("reports/<str:month>", ReportApi.as_view(), name="api-report"),
    path("calendars", calendars.CalendarsApi.as_view(), name="api-calendars"),
    path("calendars/<str:id>", calendars.CalendarApi.as_view(), name="api-calendar"),
    path("calendars/<str:id>/due", ReckonApi.as_view(), name="api-calendar-due"),
    path("kinds", KindsApi.as_view(), name="api-kinds"),
    path("kinds/<str:kind>", KindApi.as_view(), name="api-kind"),
    path("kinds/<str:kind>/preview", KindPreviewApi.as_view(), name="api-kind-preview"),
    path("restatements", RestatementsApi.as_view(), name="api-restatements"),
    path("restatements/<str:id>", RestatementApi.as_view(), name="api-restatement"),
    path(
        "restatements/<str:id>/cancel",
        RestatementCancelApi.as_view(),
        name="api-restatement-cancel",
    ),
    path("imports", ImportsApi.as_view(), name="api-imports"),
    path("imports/<str:id>", ImportApi.as_view(), name="api-import"),
    path("imports/<str:id>/mapping", ImportMappingApi.as_view(), name="api-import-mapping"),
    path("imports/<str:id>/start", ImportStartApi.as_view(), name="api-import-start"),
    path("imports/<str:id>/cancellation", ImportCancelApi.as_view(), name="api-import-cancel"),
    path("imports/<str:id>/undo", ImportUndoApi.as_view(), name="api-import-undo"),
    path("imports/<str:id>/rejects", ImportRejectsApi.as_view(), name="api-import-rejects"),
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
    path("alert-rules", AlertRulesApi.as_view(), name="api-alert-rules"),
    path("alert-rules/<str:id>", AlertRuleApi.as_view(), name="api-alert-rule"),
    path("changes", ChangesApi.as_view(), name="api-changes"),
    path("health/data", DataHealthApi.as_view(), name="api-health-data"),
    path("health/events", HeldEventsApi.as_view(), name="api-health-events"),
    path("health/replay", ReplayApi.as_view(), name="api-health-replay"),
]
