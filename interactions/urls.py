"""Routes of the facts' own interfaces."""

from django.urls import path

from interactions import views
from interactions.api import EventsApi
from interactions.api_docs import docs
from interactions.api_schema import schema
from interactions.api_sources import KeyApi, KeyRotationApi, SourceApi, SourceKeysApi, SourcesApi

urlpatterns = [
    path("api/schema", schema, name="api-schema"),
    path("api/docs", docs, name="api-docs"),
    path("api/v1/events", EventsApi.as_view(), name="api-events"),
    path("api/v1/sources", SourcesApi.as_view(), name="api-sources"),
    path("api/v1/sources/<int:id>", SourceApi.as_view(), name="api-source"),
    path("api/v1/sources/<int:id>/keys", SourceKeysApi.as_view(), name="api-source-keys"),
    path("api/v1/keys/<int:id>/rotation", KeyRotationApi.as_view(), name="api-key-rotation"),
    path("api/v1/keys/<int:id>", KeyApi.as_view(), name="api-key"),
    path("settings/sources/", views.sources.all_sources, name="sources"),
    path("settings/sources/<int:id>", views.sources.one_source, name="source"),
    path("settings/keys/<int:id>/rotation", views.sources.rotate, name="key-rotation"),
    path("settings/keys/<int:id>/revocation", views.sources.revoke, name="key-revocation"),
    path("connect/", views.connect.connect, name="connect"),
    path("connect/<int:id>/state", views.connect.state, name="connect-state"),
]
