"""The trust line, drawn: placed by attributes, because the content policy refuses styles."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from promises.domain.trust import START, Step, TrustPoint
from promises.selectors.trust import Trust

WIDTH, HEIGHT = 640, 160
# Room for the marks at the ends.
MARGIN = 8
# So many steps stand in the table; the latest tell the most.
MOST_ROWS = 50


@dataclass(frozen=True, slots=True)
class Mark:
    """A break or a recovery on the line."""

    x: float
    y: float
    step: str


@dataclass(frozen=True, slots=True)
class TrustDrawing:
    """The line and its marks in a box of `width` times `height`; `rows` are its latest steps."""

    width: int
    height: int
    line: str
    end_x: float
    end_y: float
    marks: tuple[Mark, ...]
    levels: tuple[float, ...]
    rows: tuple[TrustPoint, ...]
    more: int
    begins_at: datetime


def trust_drawing(trust: Trust, as_of: datetime) -> TrustDrawing | None:
    """The drawing of a line; None where nothing has happened yet."""
    if not trust.points:
        return None
    first, last = trust.points[0].at, as_of
    span = (last - first).total_seconds() or 1.0

    def x(at: datetime) -> float:
        return _round(MARGIN + (WIDTH - 2 * MARGIN) * (at - first).total_seconds() / span)

    places = [(x(point.at), y_of(point.trust)) for point in trust.points]
    line = _stairs(places, y_of(trust.points[0].trust - trust.points[0].change))
    marks = (
        Mark(*place, point.step.value)
        for place, point in zip(places, trust.points, strict=True)
        if point.step is not Step.KEPT
    )
    return TrustDrawing(
        width=WIDTH,
        height=HEIGHT,
        line=f"{line} {WIDTH - MARGIN},{places[-1][1]}",
        end_x=WIDTH - MARGIN,
        end_y=places[-1][1],
        marks=tuple(marks),
        levels=(y_of(1.0), y_of(0.5), y_of(0.0)),
        rows=tuple(reversed(trust.points[-MOST_ROWS:])),
        more=max(0, len(trust.points) - MOST_ROWS),
        begins_at=first,
    )


def y_of(trust: float = START) -> float:
    """Where a value lies: 1 on top."""
    return _round(MARGIN + (HEIGHT - 2 * MARGIN) * (1.0 - trust))


def _stairs(places: Sequence[tuple[float, float]], before: float) -> str:
    """The value holds until the next step: a line of right angles."""
    corners, level = [], before
    for x, y in places:
        corners += [f"{x},{level}", f"{x},{y}"]
        level = y
    return " ".join(corners)


def _round(value: float) -> float:
    return round(value, 1)
