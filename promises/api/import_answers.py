"""Imports as the API answers and takes them."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from rest_framework import status
from rest_framework.exceptions import APIException

from promises.models import Upload
from promises.selectors.uploads import UploadRead
from promises.services.imports.mapping import Mapping
from promises.services.uploads.changing import mapping_of
from promises.services.uploads.checks import Check, report_checks, report_from
from promises.services.uploads.previewing import Preview

State = Literal[
    "draft", "checking", "checked", "running", "done", "cancelled", "failed", "undoing", "undone"
]


class ImportConflict(APIException):
    """What is asked for cannot be done as the import stands."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "import_conflict"


class ImportUnusable(APIException):
    """A file or a mapping that cannot be used."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "import_unusable"


class ImportCounts(msgspec.Struct):
    """So far. Promises are counted once, however many rows tell of them. Accepted and duplicate
    count events, repeated those duplicates that an earlier row of the file told; the others
    rows."""

    rows: int
    promises: int
    accepted: int
    duplicate: int
    repeated: int
    skipped: int
    rejected: int


class CheckAnswer(msgspec.Struct):
    """One sentence of what was found: rows are lost (`bad`), kept and noted (`odd`), or neither."""

    level: Literal["good", "plain", "odd", "bad"]
    text: str


class ImportItem(msgspec.Struct):
    """An import in the list.

    `done` and `total` are lines of the file, or events while it is undone. `counts` are of the
    dry run where `is_dry_run` is true. `recorded` events are its own, `undone` of them taken back.
    """

    id: str
    name: str
    size: int
    state: State
    problem: str
    source: str
    made_by: str
    created_at: datetime
    begun_at: datetime | None
    ended_at: datetime | None
    is_stopping: bool
    done: int
    total: int
    is_dry_run: bool
    counts: ImportCounts
    recorded: int
    undone: int
    has_rejects: bool


class ImportAnswer(ImportItem):
    """An import in full: `mapping` is null until it was stored; `proposal` is what its columns look
    like, as far as that goes; `rejections` tells of the first rejected rows."""

    encoding: str
    mapping: Mapping | None
    proposal: dict[str, Any] | None
    checks: list[CheckAnswer]
    rejections: list[str]


class PreviewRowAnswer(msgspec.Struct):
    """One row as it would be read; with a `problem` it would not be. `due_at` may be a date
    without a time. `fraction` is the share fulfilled, null where nothing or all of it is.
    `note` says which earlier row tells of the same promise, and which of the two counts."""

    line: int
    reference: str
    kind: str
    statement: str
    customer: str
    team: str
    made_at: datetime | None
    due_at: str
    outcome: str
    outcome_at: datetime | None
    fraction: float | None
    note: str
    problem: str


class ImportPreviewAnswer(msgspec.Struct):
    """The first rows, and what was found among those `looked_at`; `whole` if these are all."""

    rows: list[PreviewRowAnswer]
    checks: list[CheckAnswer]
    looked_at: int
    whole: bool


class StartBody(msgspec.Struct, forbid_unknown_fields=True):
    """What is started: a check that records nothing, or the import."""

    dry_run: bool = False


class ImportOptions(msgspec.Struct, forbid_unknown_fields=True):
    """A mapping, as docs/import.md has it, and the encoding where the one found is wrong."""

    mapping: Mapping
    encoding: Annotated[str, msgspec.Meta(max_length=40)] = ""


def item_of(read: UploadRead) -> ImportItem:
    """An import in the list."""
    return ImportItem(**_plain(read))


def answer_of(read: UploadRead, upload: Upload, proposal: dict[str, Any] | None) -> ImportAnswer:
    """An import in full."""
    report = report_from(upload.report)
    return ImportAnswer(
        **_plain(read),
        encoding=upload.encoding,
        mapping=mapping_of(upload),
        proposal=proposal,
        checks=_checks(report_checks(report)) if report.rows else [],
        rejections=report.rejections,
    )


def preview_answer(preview: Preview) -> ImportPreviewAnswer:
    """The first rows."""
    rows = []
    for row in preview.rows:
        told = asdict(row) | {"due_at": row.due_at.isoformat() if row.due_at else ""}
        rows.append(PreviewRowAnswer(**told))
    return ImportPreviewAnswer(rows, _checks(preview.checks), preview.looked_at, preview.whole)


def _checks(checks: list[Check]) -> list[CheckAnswer]:
    return [CheckAnswer(check.level, check.text) for check in checks]


def _plain(read: UploadRead) -> dict[str, Any]:
    return {
        "id": str(read.id),
        "name": read.name,
        "size": read.size,
        "state": read.state,
        "problem": read.problem,
        "source": read.source,
        "made_by": read.by,
        "created_at": read.created_at,
        "begun_at": read.begun_at,
        "ended_at": read.ended_at,
        "is_stopping": read.is_stopping,
        "done": read.done,
        "total": read.total,
        "is_dry_run": read.is_dry,
        "counts": ImportCounts(**read.counts),
        "recorded": read.recorded,
        "undone": read.undone,
        "has_rejects": read.has_rejects,
    }
