"""`manage.py import_promises FILE... --mapping MAPPING.toml`: promises from CSV files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from promises.management.progress import ProgressLine
from promises.services.imports.planning import import_plan
from promises.services.imports.refusals import ImportRefused
from promises.services.imports.report import ImportReport, summary_lines
from promises.services.imports.running import CHUNK_ROWS, import_run


class Command(BaseCommand):
    """Import CSV files; the same file again changes nothing."""

    help = str(gettext_lazy("Import promises and what came of them from CSV files."))

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the files and what to do with them."""
        parser.add_argument(
            "files", nargs="+", type=Path, metavar="FILE", help=_("CSV, gzip or not")
        )
        parser.add_argument("--mapping", type=Path, required=True, help=_("a TOML file"))
        parser.add_argument("--dry-run", action="store_true", help=_("record nothing, report all"))
        parser.add_argument("--rejects", type=Path, help=_("where rejected rows go"))
        parser.add_argument(
            "--no-project", action="store_true", help=_("leave counting to the worker")
        )
        parser.add_argument("--progress", action="store_true", help=_("a moving progress line"))
        parser.add_argument("--chunk-rows", type=int, default=CHUNK_ROWS, help=_("per transaction"))

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, and say what became of every row."""
        # Progress is no error: it is not to be red.
        self.stderr.style_func = None
        progress = ProgressLine(self.stderr, moving=options["progress"] or self.stderr.isatty())
        try:
            report = self._run(progress, options)
        except ImportRefused as refused:
            raise CommandError(str(refused)) from refused
        except KeyboardInterrupt:
            progress.end()
            message = _("Interrupted. Run it again to go on: nothing is counted twice.")
            raise CommandError(message, returncode=130) from None
        progress.end()
        self.stdout.write("\n".join(summary_lines(report)))

    def _run(self, progress: ProgressLine, options: dict[str, Any]) -> ImportReport:
        plan = import_plan(options["files"], options["mapping"])
        rejects: Path | None = options["rejects"]
        if rejects is not None and len(plan.files) > 1:
            raise CommandError(_("--rejects names one file; import one file at a time with it."))
        if options["chunk_rows"] < 1:
            raise CommandError(_("--chunk-rows must be at least 1."))
        return import_run(
            plan,
            clock=timezone.now,
            report_progress=progress.show,
            reject_path=lambda file: rejects or Path.cwd() / f"{file.path.name}.rejects.csv",
            dry_run=options["dry_run"],
            project=not options["no_project"],
            chunk_rows=options["chunk_rows"],
        )
