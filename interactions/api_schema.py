"""`/api/schema`: OpenAPI 3.1 of everything under /api/v1, as JSON or YAML."""

import json
from functools import cache
from typing import Any

import yaml
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from drf_spectacular.generators import SchemaGenerator

from interactions.problems import only_read

YAML = "application/yaml"


@cache
def openapi_document() -> dict[str, Any]:
    """The whole document; the routes of a process do not change."""
    found = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    # What the generator leaves behind in types of its own becomes plain data.
    document: dict[str, Any] = json.loads(json.dumps(found))
    return document


@only_read
@login_not_required
def schema(request: HttpRequest) -> HttpResponse:
    """The document; YAML where `Accept` prefers it."""
    if request.get_preferred_type(["application/json", YAML]) == YAML:
        text = yaml.safe_dump(openapi_document(), sort_keys=False, allow_unicode=True)
        return HttpResponse(text, content_type=YAML)
    return HttpResponse(
        json.dumps(openapi_document(), ensure_ascii=False), content_type="application/json"
    )
