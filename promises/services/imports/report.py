"""What an import says of itself: while it runs, and at the end."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from promises.services.imports.doubles import KINDS, SHOWN_DOUBLES, Double, doubles_said

# So many rejected rows are shown on the screen; all of them are in the reject file.
SHOWN_REJECTIONS = 5


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is.

    Units: lines while it reads, events while it counts; seconds since its start.
    """

    counting: bool
    done: int
    total: int
    seconds: float

    @property
    def rate(self) -> float:
        """Lines or events per second."""
        return self.done / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """None while nothing can be said."""
        return (self.total - self.done) / self.rate if self.rate else None


Reporter = Callable[[Progress], None]


@dataclass(slots=True)
class ImportReport:
    """What was read and what became of it.

    Shape: rows are those of the files with promises. Where a join has several matches each counts
    as a promise, as a double, as skipped or as rejected. promises counts each once, and doubles
    names the first rows that tell of one again. accepted and duplicate count events; repeated are
    those duplicates that an earlier row of the import told.
    """

    rows: int = 0
    promises: int = 0
    accepted: int = 0
    duplicate: int = 0
    repeated: int = 0
    rejected: int = 0
    unreadable_joined: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    remarks: Counter[str] = field(default_factory=Counter)
    rejections: list[str] = field(default_factory=list)
    doubles: list[Double] = field(default_factory=list)
    teams: set[str] = field(default_factory=set)
    touchpoints: set[str] = field(default_factory=set)
    reject_files: list[Path] = field(default_factory=list)
    seconds: float = 0.0
    uncounted: int = 0
    dry_run: bool = False

    def add_double(self, double: Double) -> None:
        """Count a row that tells of a promise again, and keep its line if it is among the first."""
        self.remarks[double.kind] += 1
        if self.remarks[double.kind] <= SHOWN_DOUBLES:
            self.doubles.append(double)

    def as_json(self) -> dict[str, Any]:
        """What the run's row keeps beside its numbers."""
        return {
            "promises": self.promises,
            "skipped": dict(self.skipped),
            "repeated": self.repeated,
            "remarks": dict(self.remarks),
            "unreadable_joined": self.unreadable_joined,
        }


def summary_lines(report: ImportReport) -> list[str]:
    """The report in words, a line for each number."""
    lines = [_("Dry run: nothing was recorded.")] if report.dry_run else []
    rate = report.rows / report.seconds if report.seconds else 0
    lines += [
        _("%(rows)s rows read in %(seconds).1f s (%(rate)s rows/s)")
        % {"rows": f"{report.rows:,}", "seconds": report.seconds, "rate": f"{rate:,.0f}"},
        _("%(count)s promises") % {"count": f"{report.promises:,}"},
        _("%(count)s events accepted") % {"count": f"{report.accepted:,}"},
        _("%(count)s duplicates, nothing changed") % {"count": f"{report.duplicate:,}"},
    ]
    if report.repeated:
        count = f"{report.repeated:,}"
        lines.append("  " + _("%(count)s of them told by an earlier row") % {"count": count})
    for reason, skipped in report.skipped.most_common():
        lines.append(
            _("%(count)s skipped: %(reason)s") % {"count": f"{skipped:,}", "reason": reason}
        )
    return lines + _rejection_lines(report) + _note_lines(report)


def _rejection_lines(report: ImportReport) -> list[str]:
    lines = [_("%(count)s rejected") % {"count": f"{report.rejected:,}"}]
    lines += [f"  {line}" for line in report.rejections]
    if report.rejected > len(report.rejections):
        lines.append("  ...")
    return lines + [
        "  " + _("all of them in %(path)s") % {"path": path} for path in report.reject_files
    ]


def _note_lines(report: ImportReport) -> list[str]:
    sentences = {
        "due_before_made": _("due before it was made; kept, and noted on the promise"),
        "outcome_before_made": _("outcome before it was made; kept, and noted on the promise"),
        "ended_and_fulfilled": _("withdrawn or failed, and fulfilled as well"),
        "other_order": _("dates that fit only the other order of day and month; rejected"),
        "outcome_in_future": _("outcome still to come; left out, the promise is open"),
    }
    notes = {
        sentence: report.remarks[code]
        for code, sentence in sorted(sentences.items())
        if report.remarks[code]
    }
    notes[_("rows of joined files that cannot be read")] = report.unreadable_joined
    notes[_("events still to be counted by the worker")] = report.uncounted
    lines = [
        _("note: %(count)s %(what)s") % {"count": f"{count:,}", "what": what}
        for what, count in notes.items()
        if count
    ]
    return lines + [
        _("note: %(what)s") % {"what": doubles_said(kind, report.remarks[kind], report.doubles)}
        for kind in KINDS
        if report.remarks[kind]
    ]
