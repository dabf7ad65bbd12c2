"""What a look at rows found, in plain language."""

from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from promises.services.imports.doubles import Double, doubles_said
from promises.services.imports.report import ImportReport

# A reason in full is more than a sentence can hold; the reject file has them all.
SHOWN = 20
_NUMBERS = ("rows", "promises", "accepted", "duplicate", "repeated", "rejected", "seconds")


@dataclass(frozen=True, slots=True)
class Check:
    """One sentence. Shape: `level` is "bad" where rows are lost, "odd" where they are kept and
    noted, "good" where it is as it should be, "plain" else."""

    level: Literal["good", "plain", "odd", "bad"]
    text: str


def report_checks(report: ImportReport) -> list[Check]:
    """The report in sentences, the worst first."""
    checks = [Check("bad", sentence) for sentence in _lost(report)]
    checks += [Check("odd", sentence) for sentence in _odd(report)]
    same = report.remarks["same_row"]
    if same:
        checks.append(Check("plain", doubles_said("same_row", same, report.doubles)))
    for reason, count in sorted(report.skipped.items(), key=lambda item: -item[1])[:SHOWN]:
        text = ngettext(
            "%(n)d row is left out: %(why)s.", "%(n)d rows are left out: %(why)s.", count
        )
        checks.append(Check("plain", text % {"n": count, "why": reason}))
    if report.rows and report.promises == report.rows and not checks:
        checks.append(Check("good", _("Every row can be read as a promise.")))
    return checks


def _lost(report: ImportReport) -> list[str]:
    if not report.rejected:
        return []
    if not report.promises and not report.skipped:
        sentences = [
            _("No row can be read as a promise. The columns or the dates are not right yet.")
        ]
    else:
        text = ngettext(
            "%(n)d row cannot be read and will not be taken; it goes to the reject file.",
            "%(n)d rows cannot be read and will not be taken; they go to the reject file.",
            report.rejected,
        )
        sentences = [text % {"n": report.rejected}]
    others = report.remarks["other_order"]
    if others:
        text = ngettext(
            "%(n)d of them has a date that fits only the other order of day and month. The file "
            "must keep to one order.",
            "%(n)d of them have dates that fit only the other order of day and month. The file "
            "must keep to one order.",
            others,
        )
        sentences.append(text % {"n": others})
    return sentences


def _odd(report: ImportReport) -> list[str]:
    remarks = report.remarks
    found = []
    for code, one, many in (
        (
            "due_before_made",
            "%(n)d row is due before it was made. It is late from the beginning.",
            "%(n)d rows are due before they were made. They are late from the beginning.",
        ),
        (
            "outcome_before_made",
            "%(n)d row has an outcome before it was made. It is taken as it stands.",
            "%(n)d rows have an outcome before they were made. They are taken as they stand.",
        ),
        (
            "ended_and_fulfilled",
            "%(n)d row is cancelled or failed, and fulfilled as well. The earlier one decides.",
            "%(n)d rows are cancelled or failed, and fulfilled as well. The earlier one decides.",
        ),
    ):
        if remarks[code]:
            found.append(ngettext(one, many, remarks[code]) % {"n": remarks[code]})
    for kind in ("same_reference", "other_outcome"):
        if remarks[kind]:
            found.append(doubles_said(kind, remarks[kind], report.doubles))
    if report.promises > 1 and remarks["with_outcome"] == 0:
        found.append(
            _("No row has an outcome: every promise will be open, and overdue after its date.")
        )
    return found


def report_json(report: ImportReport) -> dict[str, Any]:
    """A report as the row of an upload keeps it."""
    return {
        "rows": report.rows,
        "promises": report.promises,
        "accepted": report.accepted,
        "duplicate": report.duplicate,
        "repeated": report.repeated,
        "rejected": report.rejected,
        "skipped": dict(report.skipped),
        "remarks": dict(report.remarks),
        "rejections": report.rejections,
        "doubles": report.doubles,
        "teams": sorted(report.teams),
        "touchpoints": sorted(report.touchpoints),
        "seconds": report.seconds,
        "dry_run": report.dry_run,
    }


def report_from(stored: dict[str, Any], *, dry_run: bool | None = None) -> ImportReport:
    """The report that a row keeps; an empty one where there is none."""
    report = ImportReport(dry_run=bool(stored.get("dry_run")) if dry_run is None else dry_run)
    for name in _NUMBERS:
        setattr(report, name, stored.get(name, 0))
    report.skipped.update(stored.get("skipped", {}))
    report.remarks.update(stored.get("remarks", {}))
    report.rejections = list(stored.get("rejections", []))
    report.doubles = [Double(*told) for told in stored.get("doubles", [])]
    report.teams = set(stored.get("teams", ()))
    report.touchpoints = set(stored.get("touchpoints", ()))
    return report
