"""`manage.py load_sample`: the sample of the first minute, once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from promises.management.progress import ProgressLine
from promises.services.imports.refusals import ImportRefused
from promises.services.risk import reckon_anew
from promises.services.sample import sample_load


class Command(BaseCommand):
    """Load the sample unless it is there or was removed."""

    help = str(gettext_lazy("Load the sample data once; they can be removed on the pages."))

    def handle(self, *args: Any, **options: Any) -> None:
        """Load it, and say what was done."""
        # Progress is no error: it is not to be red.
        self.stderr.style_func = None
        progress = ProgressLine(self.stderr, moving=self.stderr.isatty())
        try:
            report = sample_load(clock=timezone.now, report_progress=progress.show)
        except ImportRefused as refused:
            raise CommandError(str(refused)) from refused
        except KeyboardInterrupt:
            progress.end()
            message = _("Interrupted. Run it again to go on: nothing is counted twice.")
            raise CommandError(message, returncode=130) from None
        progress.end()
        if report is None:
            self.stdout.write(_("The sample was loaded or removed before; nothing to do."))
            return
        reckon_anew(now=timezone.now())
        rate = report.rows / report.seconds if report.seconds else 0
        self.stdout.write(
            _("Sample: %(promises)s promises from %(rows)s rows (%(rate)s rows/s).")
            % {
                "promises": f"{report.promises:,}",
                "rows": f"{report.rows:,}",
                "rate": f"{rate:,.0f}",
            }
        )
