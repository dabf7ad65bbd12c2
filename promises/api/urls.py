"""Routes under /api/v1."""

from django.urls import path

from promises.api.scores import ScoresApi

urlpatterns = [path("scores", ScoresApi.as_view(), name="api-scores")]
