"""Uploads as pages and the API show them: how far they are, and what can be done next."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet, Sum
from django.db.models.fields.json import KeyTextTransform

from promises.models import Upload, UploadPiece

State = Upload.State
ACTIVE = (State.CHECKING, State.RUNNING, State.UNDOING)
ON_A_PAGE = 50


class NoSuchUpload(Exception):
    """There is none with that number."""


@dataclass(frozen=True, slots=True)
class UploadRead:
    """One upload.

    Units: `done` and `total` are lines, or events while it is undone; `seconds` spent so far.
    """

    id: int
    name: str
    size: int
    state: str
    problem: str
    source: str
    by: str
    created_at: datetime
    begun_at: datetime | None
    ended_at: datetime | None
    worked_at: datetime | None
    is_stopping: bool
    done: int
    total: int
    seconds: float
    recorded: int
    undone: int
    has_file: bool
    has_rejects: bool
    has_mapping: bool
    is_dry: bool
    counts: dict[str, int]

    @property
    def is_active(self) -> bool:
        """Whether a worker has it, or is to take it."""
        return self.state in ACTIVE

    @property
    def known(self) -> int:
        """Events that were recorded before: not those that the file itself tells twice."""
        return self.counts["duplicate"] - self.counts["repeated"]

    @property
    def percent(self) -> int:
        """How far it is."""
        return min(100, self.done * 100 // self.total) if self.total else 0

    @property
    def rate(self) -> float:
        """Rows per second, so far."""
        return self.counts["rows"] / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """None while nothing can be said."""
        if not self.is_active or self.state == State.UNDOING or not self.done or not self.seconds:
            return None
        return (self.total - self.done) * self.seconds / self.done

    @property
    def can_start(self) -> bool:
        """Whether it can be checked or imported."""
        return self.state in (State.DRAFT, State.CHECKED) and self.has_mapping and self.has_file

    @property
    def can_go_on(self) -> bool:
        """Whether an import that stopped can go on."""
        return self.state in (State.CANCELLED, State.FAILED) and not self.undone and self.has_file

    @property
    def can_undo(self) -> bool:
        """Whether there is something to take back."""
        over = self.state in (State.DONE, State.CANCELLED, State.FAILED)
        return over and self.recorded > self.undone

    @property
    def can_forget(self) -> bool:
        """Whether it left nothing behind."""
        return not self.is_active and not self.recorded


def upload_read(pk: int) -> UploadRead:
    """One upload.

    Raises: NoSuchUpload.
    """
    row = _rows().filter(pk=pk).first()
    if row is None:
        raise NoSuchUpload
    return _read(row)


def uploads_read(*, before: int = 0, limit: int = ON_A_PAGE) -> list[UploadRead]:
    """Uploads, the latest first."""
    rows = _rows().filter(pk__lt=before) if before else _rows()
    return [_read(row) for row in rows.order_by("-pk")[:limit]]


def _rows() -> QuerySet[Upload]:
    files = UploadPiece.objects.filter(upload=OuterRef("pk"))
    return (
        Upload.objects.select_related("actor")
        .defer("head", "mapping")
        .annotate(
            recorded=Sum("uploadspan__events"),
            has_file=Exists(files.filter(kind=UploadPiece.Kind.FILE)),
            has_rejects=Exists(files.filter(kind=UploadPiece.Kind.REJECTS)),
            source=_source(),
        )
    )


def _source() -> KeyTextTransform:
    """The source that a mapping names, without the rest of it."""
    return KeyTextTransform("source", "mapping")


def _read(row: Upload) -> UploadRead:
    # Annotations of `_rows`.
    told = row.__dict__
    undoing = row.state in (State.UNDOING, State.UNDONE)
    report = row.report
    names = ("rows", "promises", "accepted", "duplicate", "repeated", "rejected")
    return UploadRead(
        id=row.pk,
        name=row.name,
        size=row.size,
        state=row.state,
        problem=row.problem,
        source=told["source"] or "",
        by=row.actor.get_username() if row.actor else row.made_by,
        created_at=row.created_at,
        begun_at=row.begun_at,
        ended_at=row.ended_at,
        worked_at=row.worked_at,
        is_stopping=row.cancel_asked,
        done=row.undone if undoing else row.line,
        total=(told["recorded"] or 0) if undoing else row.lines,
        seconds=report.get("seconds", 0.0),
        recorded=told["recorded"] or 0,
        undone=row.undone,
        has_file=told["has_file"],
        has_rejects=told["has_rejects"],
        has_mapping=told["source"] is not None,
        is_dry=bool(report.get("dry_run")),
        counts={name: report.get(name, 0) for name in names}
        | {"skipped": sum(report.get("skipped", {}).values())},
    )
