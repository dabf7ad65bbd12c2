"""`manage.py ledger_check [--json]`: exit 1 on any difference."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from promises.services.checking import check_and_keep

_LINES = (
    ("received", "events received"),
    ("applied", "  applied"),
    ("pending", "  still to be counted"),
    ("waiting", "  waiting for their promise"),
    ("set_aside", "  set aside"),
    ("deleted", "events deleted by audited commands"),
    ("lost", "events lost"),
    ("strays", "to-do rows without an event"),
    ("intake_received", "items received over the API"),
    ("intake_accepted", "  accepted"),
    ("intake_duplicate", "  duplicate"),
    ("intake_rejected", "  rejected"),
    ("intake_different", "  that do not add up"),
    ("tallies_different", "sources counted wrongly"),
    ("promises", "promises recomputed"),
    ("promises_different", "  different from stored"),
    ("promises_pending", "  not compared, events pending"),
    ("open_different", "open promises different"),
    ("remainders_different", "rests owed different"),
    ("cells_different", "cells different"),
    ("customer_scores", "customer rows recomputed"),
    ("customer_scores_different", "  different from stored"),
)


class Command(BaseCommand):
    """Check that nothing is lost and that stored equals recomputed."""

    help = "Recompute everything from the ledger; exit 1 if anything is lost or different."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--json for machines."""
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, print, exit."""
        report = check_and_keep()
        found = report.as_dict()
        if options["json"]:
            self.stdout.write(json.dumps(found, default=str))
        else:
            for name, words in _LINES:
                self.stdout.write(f"{words:<38}{found[name]:>12,}")
            for what, examples in report.examples.items():
                for example in examples:
                    self.stdout.write(f"{what}: {example}")
            self.stdout.write("nothing lost, nothing different" if report.ok else "DIFFERENCES")
        if not report.ok:
            sys.exit(1)
