"""`manage.py learn_risk`: learn how likely open promises are kept, and print how well that told."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from promises.domain.backtest import Brier, Learnt
from promises.domain.clock import parse_moment
from promises.selectors.risk import calibration_read
from promises.services.risk import learn, look_back, tell_chances


class Command(BaseCommand):
    """Learn from the past and print chances told against what came."""

    help = (
        "Learn from the past how likely open promises are kept, tell it of those open now, and "
        "print chances told against what came. With --as-of only print, as of a past moment."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The moment."""
        parser.add_argument("--as-of", metavar="MOMENT", help="such as 2026-03-02T09:30:00Z")

    def handle(self, *args: Any, **options: Any) -> None:
        """Learn, and print the table."""
        if options["as_of"]:
            found = look_back(_moment(options["as_of"]))
        else:
            now = timezone.now()
            learn(now=now)
            tell_chances(now=now)
            read = calibration_read()
            assert read is not None  # noqa: S101 (it was just learnt)
            found = Learnt(read.fits, read.calibration)
        self.stdout.write("\n".join(_lines(found)))


def _moment(text: str) -> datetime:
    try:
        moment = parse_moment(text)
    except ValueError:
        raise CommandError(f"{text!r} is no moment such as 2026-03-02T09:30:00Z") from None
    if moment > timezone.now():
        raise CommandError("The moment lies in the future; there is no past to learn from.")
    return moment


def _lines(found: Learnt) -> list[str]:
    judged = found.calibration
    if judged is None:
        return ["There is too little past yet to judge chances by."]
    table = [
        "| chances | told | kept | 95 % range | promises |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    table += [
        f"| {g.lowest:.1%} – {g.highest:.1%} | {g.predicted:.1%} | {g.observed:.1%} "
        f"| {g.low:.1%} – {g.high:.1%} | {g.n:,} |"
        for g in judged.groups
    ]
    return [*table, *(_brier(kind, one) for kind, one in judged.kinds.items())]


def _brier(kind: str, one: Brier) -> str:
    return (
        f"{kind}: {one.n:,} looks, {one.kept:.1%} kept, Brier score {one.score:.4f}, "
        f"base rate {one.base:.4f}, {one.skill:.1%} saved"
    )
