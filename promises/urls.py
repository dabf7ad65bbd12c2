"""The addresses of the pages."""

from django.urls import include, path

from promises.views import (
    alerts,
    customers,
    dashboards,
    health,
    inbox,
    notifications,
    promises,
    references,
    sample,
)

urlpatterns = [
    path("", dashboards.overview, name="overview"),
    path("teams/<path:reference>", dashboards.team, name="team"),
    path("customers/<path:reference>", customers.customer, name="customer"),
    path("promises/<int:id>", promises.promise, name="promise"),
    path("promises/by-reference", references.promise_by_reference, name="promise-by-reference"),
    path("sample/remove", sample.remove, name="sample-remove"),
    path("health/", health.health, name="health"),
    path("health/replay", health.replay, name="health-replay"),
    path("health/accept", health.accept, name="health-accept"),
    path("health/check", health.check, name="health-check"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/read", inbox.read, name="inbox-read"),
    path("inbox/<int:id>", inbox.opened, name="inbox-open"),
    path("notifications/", notifications.notifications, name="notifications"),
    path("unsubscribe/<str:token>", notifications.unsubscribe, name="unsubscribe"),
    path("alerts/", alerts.rules, name="alert-rules"),
    path("alerts/new", alerts.new_rule, name="alert-rule-new"),
    path("alerts/<int:id>", alerts.rule, name="alert-rule"),
    path("alerts/<int:id>/delete", alerts.delete_rule, name="alert-rule-delete"),
    path("alerts/deliveries", alerts.deliveries, name="deliveries"),
    path("alerts/deliveries/retry", alerts.retry_deliveries, name="deliveries-retry"),
    path("api/v1/", include("promises.api.urls")),
]
