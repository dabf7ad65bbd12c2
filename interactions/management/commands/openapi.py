"""`manage.py openapi`: the description of the API, as docs/openapi.json holds it."""

from typing import Any

import msgspec
from django.core.management.base import BaseCommand

from interactions.api_schema import openapi_document


def openapi_text() -> str:
    """The document over many lines, so that a change can be read."""
    return msgspec.json.format(msgspec.json.encode(openapi_document()), indent=1).decode() + "\n"


class Command(BaseCommand):
    """Print the OpenAPI document."""

    help = "Print the OpenAPI document of the API; docs/openapi.json is a copy of it."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Print."""
        self.stdout.write(openapi_text(), ending="")
