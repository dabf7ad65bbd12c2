"""The addresses of the pages."""

from django.urls import include, path

from promises.views import (
    calendars,
    customers,
    dashboards,
    health,
    promises,
    references,
    sample,
    webhooks,
)

urlpatterns = [
    path("", dashboards.overview, name="overview"),
    path("teams/<path:reference>", dashboards.team, name="team"),
    path("customers/<path:reference>", customers.customer, name="customer"),
    path("promises/<int:id>", promises.promise, name="promise"),
    path("promises/<int:id>/undo", promises.undo, name="promise-undo"),
    path("promises/<int:id>/act/<str:name>", promises.act, name="promise-act"),
    path("promises/by-reference", references.promise_by_reference, name="promise-by-reference"),
    path("sample/remove", sample.remove, name="sample-remove"),
    path("health/", health.health, name="health"),
    path("health/replay", health.replay, name="health-replay"),
    path("health/accept", health.accept, name="health-accept"),
    path("health/check", health.check, name="health-check"),
    path("settings/calendars/", calendars.all_calendars, name="calendars"),
    path("settings/new-calendar/", calendars.new_calendar, name="calendar-new"),
    path("settings/calendars/<slug:reference>", calendars.one_calendar, name="calendar"),
    path("settings/calendars/<slug:reference>/apply", calendars.apply, name="calendar-apply"),
    path("settings/webhooks/", webhooks.all_webhooks, name="webhooks"),
    path("settings/webhooks/<int:id>", webhooks.one_webhook, name="webhook"),
    path("settings/webhooks/<int:id>/rotation", webhooks.rotate, name="webhook-rotation"),
    path("settings/webhooks/<int:id>/switch", webhooks.switch, name="webhook-switch"),
    path("settings/webhooks/<int:id>/test", webhooks.test, name="webhook-test"),
    path("settings/webhooks/<int:id>/replay", webhooks.replay_since, name="webhook-replay"),
    path("settings/webhooks/<int:id>/deletion", webhooks.delete, name="webhook-deletion"),
    path(
        "settings/webhooks/<int:id>/deliveries/<int:delivery>",
        webhooks.one_delivery,
        name="webhook-delivery",
    ),
    path(
        "settings/webhooks/<int:id>/deliveries/<int:delivery>/replay",
        webhooks.replay_one,
        name="webhook-delivery-replay",
    ),
    path("api/v1/", include("promises.api.urls")),
]
