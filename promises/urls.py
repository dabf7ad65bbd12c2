"""The addresses of the pages."""

from django.urls import include, path

from promises.views import customers, dashboards, promises, sample

urlpatterns = [
    path("", dashboards.overview, name="overview"),
    path("teams/<path:reference>", dashboards.team, name="team"),
    path("customers/<path:reference>", customers.customer, name="customer"),
    path("promises/<int:id>", promises.promise, name="promise"),
    path("sample/remove", sample.remove, name="sample-remove"),
    path("api/v1/", include("promises.api.urls")),
]
