"""How long a statement may take, by who asks."""

from django.conf import settings
from django.db import connections


def allow_long_statements() -> None:
    """Give this process the time limit of workers and commands instead of that of pages."""
    options = connections.settings["default"]["OPTIONS"]
    # Of two settings of one parameter the server takes the later.
    options["options"] += f" -c statement_timeout={settings.WORKER_STATEMENT_TIMEOUT_MS}"
