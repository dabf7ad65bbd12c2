#!/usr/bin/env python
"""Commands of the site; `manage.py help` lists them."""

import os
import sys

from django.conf import settings
from django.core.management import execute_from_command_line
from django.db import OperationalError

from promisegap.addresses import postgres_answers
from promisegap.processes import last_line
from promisegap.timeouts import allow_long_statements


def main() -> None:
    """Run one command; a database that is away gets a sentence instead of a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "promisegap.settings")
    allow_long_statements()
    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        if settings.EMBEDDED_POSTGRES and not postgres_answers(settings.DATA_DIR):
            sys.exit(
                "The embedded PostgreSQL is not running; start it with `make up` "
                "or set DATABASE_URL."
            )
        sys.exit(f"PostgreSQL cannot do this: {last_line(str(error))}")


if __name__ == "__main__":
    main()
