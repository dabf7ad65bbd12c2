"""`manage.py freeze_report MONTH`: a past month's figures, kept as they are known now."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from promises.selectors.reports import NoReport, month_of
from promises.services.reports import AlreadyFrozen, MonthNotOver, NothingDue, fell_due, freeze


class Command(BaseCommand):
    """Freeze the report of a month."""

    help = "Freeze the report of a month that is over; what is heard later changes nothing in it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which month."""
        parser.add_argument("month", help="such as 2026-02")

    def handle(self, *args: Any, **options: Any) -> None:
        """Freeze it, once.

        Raises: CommandError.
        """
        try:
            month, now = month_of(options["month"]), timezone.now()
            fell_due(month, now=now)
            row = freeze(month, now=now, by="freeze_report")
        except NoReport:
            raise CommandError("Give a month such as 2026-02.") from None
        except MonthNotOver:
            raise CommandError("Only a month that is over can be frozen, from 1990 on.") from None
        except AlreadyFrozen:
            raise CommandError("It is frozen already, and stays as it was.") from None
        except NothingDue:
            raise CommandError("No promise fell due in it: there is nothing to freeze.") from None
        company = row.figures["company"][0]
        self.stdout.write(f"{row} is frozen: {company['kept']:,} of {company['n']:,} were kept.")
