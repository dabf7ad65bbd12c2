"""`manage.py rebuild_scores`: everything computed, anew from the ledger."""

import time
from typing import Any

from django.core.management.base import BaseCommand

from promises.services.rebuilding import rebuild_scores


class Command(BaseCommand):
    """Rebuild promises, cells and customer rows from the ledger."""

    help = "Rebuild promises, cells and customer rows from the ledger; the pages stay up."

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild with progress."""
        started = time.monotonic()

        def progress(done: int) -> None:
            rate = done / max(time.monotonic() - started, 1e-6)
            self.stderr.write(f"{done:,} promises rebuilt ({rate:,.0f}/s)")

        rebuilt = rebuild_scores(progress=progress)
        self.stdout.write(f"{rebuilt:,} promises, their cells and all customer rows are rebuilt.")
