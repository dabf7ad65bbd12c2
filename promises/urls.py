"""The addresses of the pages."""

from django.urls import include, path

from promises.views import calendars, customers, dashboards, health, promises, references, sample

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
    path("settings/calendars/", calendars.all_calendars, name="calendars"),
    path("settings/new-calendar/", calendars.new_calendar, name="calendar-new"),
    path("settings/calendars/<slug:reference>", calendars.one_calendar, name="calendar"),
    path("settings/calendars/<slug:reference>/apply", calendars.apply, name="calendar-apply"),
    path("api/v1/", include("promises.api.urls")),
]
