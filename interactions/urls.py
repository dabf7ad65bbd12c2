"""Routes of the facts' own interfaces."""

from django.urls import path

from interactions.api import EventsApi

urlpatterns = [path("api/v1/events", EventsApi.as_view(), name="api-events")]
