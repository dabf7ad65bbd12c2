"""Reads of how kinds are judged, and of what was judged anew (R18)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from promises.domain.loss import DEFAULT_PARAMETERS
from promises.models import KindParameters, Restatement
from promises.models.kinds import Kind
from promises.scores import CUSTOM
from promises.scores.figures import SideBySide, rows_from, side_by_side
from promises.selectors.asked import question_for
from promises.selectors.pages import Asked

# So many are listed, the newest first.
MOST = 50


class NoRestatement(LookupError):
    """There is none with this number."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a kind's parameters. Units: seconds; base_loss is 0 to 1."""

    version: int
    base_loss: float
    half_life_seconds: float
    tolerance_seconds: float
    valid_from: datetime | None
    made_by: str
    reason: str


@dataclass(frozen=True, slots=True)
class KindRead:
    """How a kind is judged. Shape: versions are newest first; `running` is its restatement that is
    not finished."""

    kind: str
    versions: tuple[Version, ...]
    running: Restatement | None

    @property
    def newest(self) -> Version:
        """What judges promises that are made now."""
        return self.versions[0]


@dataclass(frozen=True, slots=True)
class RestatementRead:
    """One restatement with both figures of a window."""

    row: Restatement
    rows: tuple[SideBySide, ...]
    window: str

    @property
    def share_done(self) -> float | None:
        """How far the job is, 0 to 1; None until it has counted."""
        if self.row.total is None:
            return None
        return min(1.0, self.row.done / self.row.total) if self.row.total else 1.0


@dataclass(frozen=True, slots=True)
class RestatedNote:
    """What a score says of a restatement that changed it.

    Shape: figures is None where none were kept of the days or the moment asked for.
    """

    row: Restatement
    figures: SideBySide | None


def kind_read(kind: str) -> KindRead:
    """How one kind is judged."""
    rows = KindParameters.objects.filter(kind=kind).order_by("-version")
    versions = [_version(row) for row in rows]
    if not versions:
        first = DEFAULT_PARAMETERS[kind]
        numbers = (first.base_loss, first.half_life_seconds, first.tolerance_seconds)
        versions = [Version(1, *numbers, None, "", "")]
    running = Restatement.objects.filter(kind=kind, finished_at=None).first()
    return KindRead(kind, tuple(versions), running)


def kinds_read() -> list[KindRead]:
    """How all kinds are judged."""
    return [kind_read(kind) for kind in Kind.values]


def latest_restatements(limit: int = MOST, *, below: int | None = None) -> list[Restatement]:
    """The newest first, without their figures."""
    rows = Restatement.objects.defer("before", "after").order_by("-pk")
    return list((rows if below is None else rows.filter(pk__lt=below))[:limit])


def restatement_read(pk: int, window: str) -> RestatementRead:
    """One restatement.

    Raises: NoRestatement.
    """
    row = Restatement.objects.filter(pk=pk).first()
    if row is None:
        raise NoRestatement(str(pk))
    return RestatementRead(row, tuple(both_figures(row, window)), window)


def both_figures(row: Restatement, window: str) -> list[SideBySide]:
    """The figures of a window before and after; after it is done there are both."""
    before, after = row.before.get(window, []), row.after.get(window, [])
    return side_by_side(rows_from(before), rows_from(after))


def restated_notes(asked: Asked, *, team: str = "") -> tuple[RestatedNote, ...]:
    """Restatements that changed a score of the window asked for: the company's, or a team's.

    Shape: newest first; only those after which the figure is another, or may be. A past moment is
    told by what holds today, so that those that came after it are told, too; what was moved in a
    calendar since is not in its figures.
    """
    rows = Restatement.objects.filter(state=Restatement.State.DONE)
    rows = rows.filter(Q(finished_at__lte=asked.as_of) | ~Q(kind=""))
    if asked.kind:
        rows = rows.filter(kind__in=("", asked.kind))
    starts_at = question_for(asked, team_ids=None).starts_at
    if starts_at is not None:
        rows = rows.filter(asked_at__gte=starts_at)
    return tuple(_notes(rows.order_by("-pk")[:MOST], asked, team))


def _notes(rows: Iterable[Restatement], asked: Asked, team: str) -> Iterable[RestatedNote]:
    wanted = "team" if team else ("company" if asked.kind else "everything")
    for row in rows:
        since = row.finished_at is not None and row.finished_at > asked.as_of
        if since or asked.window == CUSTOM:
            yield RestatedNote(row, None)
            continue
        scope = wanted if row.kind or wanted == "team" else "company"
        for figures in both_figures(row, asked.window):
            if (figures.either.scope, figures.either.id) == (scope, team) and figures.differs:
                yield RestatedNote(row, figures)


def _version(row: KindParameters) -> Version:
    return Version(
        version=row.version,
        base_loss=row.base_loss,
        half_life_seconds=row.half_life_seconds,
        tolerance_seconds=row.tolerance_seconds,
        valid_from=row.valid_from if row.version > 1 else None,
        made_by=row.made_by,
        reason=row.reason,
    )
