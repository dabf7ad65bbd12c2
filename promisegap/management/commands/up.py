"""Start everything on this machine: PostgreSQL, Redis, site, worker and clock."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from promisegap.processes import ServerProblem
from promisegap.up import Installation


class Command(BaseCommand):
    """`manage.py up`."""

    help = "Start everything on this machine and keep it running until Ctrl-C."
    # They ask the database, which this command starts.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what differs from a first try."""
        parser.add_argument("--no-sample", action="store_true", help="start with an empty ledger")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until the end; what is in the way is one sentence."""
        sample = settings.SAMPLE and not options["no_sample"]
        try:
            Installation(self._say, sample=sample).run()
        except ServerProblem as problem:
            sys.exit(str(problem))

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
